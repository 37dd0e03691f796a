"""A client's time line: talks, orders, handoffs, warnings in one order. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from gateway import desk_timeline
from institution.models import Order
from profiles.model import Said

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def said(minutes: int, text: str, intent: str | None = None, emotion: str | None = None, strength: float = 0.0) -> Said:
    return Said(f"m{minutes}", minutes, text, NOON + timedelta(minutes=minutes), intent, emotion, strength)


def test_a_pause_of_half_an_hour_ends_a_talk() -> None:
    found = desk_timeline.talks([
        said(0, "我的持仓", "ask_holdings"), said(29, "一直跌,我有点慌", "ask_market", "恐慌", 0.72),
        said(59, "谢谢"),
    ])  # fmt: skip
    # 29 minutes after the first: the same talk; 30 after the second: another.
    assert [one["words"] for one in found] == ["客户来聊 2 句,谈到持仓、行情,恐慌 72%", "客户来聊 1 句"]
    assert [one["detail"] for one in found] == ["「一直跌,我有点慌」", "「谢谢」"], "the worst mood is quoted"
    assert [one["tone"] for one in found] == ["warn", ""]


def test_long_words_are_cut() -> None:
    (one,) = desk_timeline.talks([said(0, "长" * 60)])
    assert one["detail"] == f"「{'长' * 40}…」"


def test_an_order_says_what_and_how_it_stands() -> None:
    order = Order(
        id="o1", kind="switch", fund="HY001", name="甲基金", to_fund="HY002", to_name="乙基金", amount=None,
        shares=Decimal("1200.5"), placed_at=NOON, t_day=date(2026, 11, 24), confirm_day=date(2026, 11, 25), arrival=None,
        cancellable_until=None, status="held", status_words="等您确认", fee=Decimal(0),
    )  # fmt: skip
    (one,) = desk_timeline.orders([order])
    assert one["words"] == "转换甲基金到乙基金 1,200.50 份"
    assert (one["detail"], one["tone"]) == ("等您确认", "warn")


def test_everything_in_one_order_the_newest_first() -> None:
    profile = {
        "events": [{"kind": "new_child", "words": "家里添了孩子", "at": (NOON - timedelta(days=3)).isoformat()}],
        "alerts": [
            {"words": "单一行业集中", "level": "high", "note": "", "opened_at": (NOON + timedelta(hours=1)).isoformat()}
        ],
        "past_alerts": [],
    }
    found = desk_timeline.line(desk_timeline.talks([said(0, "你好")]), desk_timeline.of_profile(profile))
    assert [one["kind"] for one in found] == ["alert", "talk", "event"]
    assert [one["tone"] for one in found] == ["bad", "", ""]

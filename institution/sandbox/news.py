"""A news and policy feed as an outside provider sends it: RSS, CSV and JSON, from what the funds' benchmarks did and a
list of policy notes. Invented, a function of seed and day; some notes stand in two feeds, as outside."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

from institution import calendar
from institution.sandbox.state import State

DAYS = 14
#: A benchmark that moved so far in five trading days is news.
MOVED, TRADING_DAYS = 0.04, 5
PROVIDER = "衡远资讯"
#: Weekday -> kind, title, text: what authorities and the market say in turn; each names the industry it is about.
NOTES: dict[int, tuple[str, str, str]] = {
    0: (
        "policy",
        "有关部门就新能源汽车下乡活动公开征求意见",
        "征求意见稿提出延长新能源汽车下乡支持期限,征求意见截至月底。",
    ),
    1: ("rate", "公开市场逆回购利率维持不变", "当日公开市场操作利率与上一期持平,货币市场资金面平稳。"),
    2: ("policy", "医药集中采购新一批名单公布", "新一批药品集中带量采购拟中选结果公布,医药企业将陆续披露影响。"),
    3: ("policy", "半导体设备出口管制清单更新", "境外主管部门更新半导体设备出口管制清单,相关企业正在评估影响。"),
    4: ("market", "消费数据公布", "社会消费品零售数据公布,消费行业各分项增速不一。"),
}


@dataclass(frozen=True)
class Note:
    id: str
    at: datetime
    kind: str
    title: str
    text: str

    @property
    def url(self) -> str:
        return f"https://news.example.com/{self.id}"


def notes(state: State, now: datetime) -> list[Note]:
    """Of the last days up to now, the newest first."""
    today = calendar.local(now).date()
    days = [today - timedelta(days=n) for n in range(DAYS)]
    found = [one for day in days if calendar.is_trading(day) for one in _of_day(state, day)]
    return sorted((one for one in found if one.at <= now), key=lambda one: one.at, reverse=True)


def _of_day(state: State, day: date) -> Iterator[Note]:
    kind, title, text = NOTES[day.weekday()]
    yield Note(f"{day:%Y%m%d}-note", calendar.midnight(day) + timedelta(hours=9), kind, title, text)
    seen: set[str] = set()
    for fund in state.catalog.funds.values():
        if fund.benchmark in seen or fund.kind in ("货币", "债券", "私募"):
            continue
        seen.add(fund.benchmark)
        before = state.nav(fund.code, _before(day))
        change = float(state.nav(fund.code, day) / before) - 1
        if abs(change) >= MOVED and fund.sector not in ("均衡", "多策略"):
            moved = f"{'涨' if change > 0 else '跌'} {abs(change):.1%}"
            at = calendar.midnight(day) + timedelta(hours=20, minutes=10)
            yield Note(f"{day:%Y%m%d}-{fund.code}", at, "market", f"{fund.sector}板块近五个交易日{moved}",
                       f"{fund.name}净值近五个交易日{moved}。")  # fmt: skip


def _before(day: date) -> date:
    return calendar.trading_days(day - timedelta(days=21), day)[-1 - TRADING_DAYS]


def rss(some: list[Note]) -> str:
    items = "".join(
        f"<item><guid>{one.id}</guid><title>{escape(one.title)}</title><description>{escape(one.text)}</description>"
        f"<link>{one.url}</link><category>{one.kind}</category><pubDate>{one.at:%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
        for one in some
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{PROVIDER}</title>{items}</channel></rss>'


def table(some: list[Note]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("id", "at", "kind", "title", "text", "url"))
    writer.writerows((one.id, one.at.isoformat(), one.kind, one.title, one.text, one.url) for one in some)
    return out.getvalue()


def plain(some: list[Note]) -> str:
    return json.dumps(
        {"items": [{"id": one.id, "at": one.at.isoformat(), "kind": one.kind, "title": one.title, "text": one.text,
                    "url": one.url} for one in some]}, ensure_ascii=False)  # fmt: skip

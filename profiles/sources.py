"""The twelve systems that a profile is joined from (requirement D1), declared. Pure.

call         how the institution is asked (its port), or what tells us without being asked
every        how often it is asked; None: it tells us itself
fresh        older than this its figures count as stale
on_failure   what the profile does while it does not answer
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Source:
    name: str
    title: str
    call: str
    every: timedelta | None
    fresh: timedelta
    on_failure: str
    kinds: tuple[str, ...]
    #: Read page by page with a cursor; the others are read whole, a client at a time.
    paged: bool = False

    def is_fresh(self, read_at: datetime | None, now: datetime) -> bool:
        return read_at is not None and timedelta(0) <= now - read_at <= self.fresh


_WAIT = "游标不动,下一次从断点接着读;间隔加倍,最长 30 分钟"
_ALL = (
    Source("trading", "交易系统", "GET /systems/trading/events · /clients/{id}/orders · /holdings · /plans", MINUTE, HOUR,
           _WAIT, ("placed", "order"), paged=True),
    Source("nav", "基金与净值", "GET /systems/nav/events · /funds · /funds/{code}/navs", HOUR, HOUR * 3,
           "用上一个净值,不算回撤指标;" + _WAIT, ("nav",), paged=True),
    Source("risk_test", "风险测评", "GET /systems/risk_test/events · /clients/{id} risk_*", HOUR, HOUR * 3,
           "按已知等级从严处理;" + _WAIT, ("tested",), paged=True),
    Source("crm", "客户关系", "GET /systems/crm/events · /clients/{id}", HOUR, HOUR * 3, _WAIT, ("changed",), paged=True),
    Source("service", "服务记录", "GET /systems/service/events", HOUR, DAY, _WAIT, ("served",), paged=True),
    Source("conversation", "智能与人工对话", "时间线(本系统)", None, MINUTE * 5, "对话是本系统自己的,随轮次记入", ("message",)),
    Source("app", "应用行为", "GET /systems/app/events?after=", MINUTE * 5, HOUR, _WAIT,
           ("login", "page_view", "new_device"), paged=True),
    Source("marketing", "营销触达", "GET /systems/marketing/events?after=", HOUR, DAY, _WAIT,
           ("push_sent", "push_opened", "opted_out"), paged=True),
    Source("complaint", "投诉系统", "GET /systems/complaint/events", MINUTE * 5, HOUR, _WAIT, ("complaint",), paged=True),
    Source("compliance", "合规与适当性", "GET /systems/compliance/events", HOUR, DAY, _WAIT, ("checked",), paged=True),
    Source("payment", "支付与银行卡", "GET /systems/payment/events?after=", MINUTE * 5, HOUR, _WAIT,
           ("transfer_in", "transfer_out"), paged=True),
    Source("education", "投资者教育", "GET /systems/education/events?after=", HOUR, DAY * 2, _WAIT, ("lesson_read",),
           paged=True),
)  # fmt: skip
SOURCES = {source.name: source for source in _ALL}
LONGEST_PAUSE = MINUTE * 30


def due(source: Source, tried_at: datetime | None, failures: int, now: datetime) -> bool:
    """Whether the source is asked now: after its interval, doubled with each failure in a row."""
    if source.every is None:
        return False
    # The clock may have been set back to an earlier scene.
    if tried_at is None or now < tried_at:
        return True
    pause = min(source.every * 2**failures, max(LONGEST_PAUSE, source.every)) if failures else source.every
    return now - tried_at >= pause

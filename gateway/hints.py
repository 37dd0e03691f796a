"""What an advisor is told beside the conversation he owns (requirement C7): what is due, what is known, what may be said.

`decide` is pure; `Hints` loads what it needs. A hint never says to the client itself: `send` goes into the draft.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from compliance.policy_file import Wording
from compliance.wording import check
from contracts.reasons import NEGATIVE
from contracts.turn import TurnAnswer, TurnRequest
from gateway.hub import Hub
from gateway.past_replies import PastReplies
from gateway.timeline import store
from institution.client import Institution
from institution.models import Fund
from institution.rules import suitable
from kit import log
from kit.clock import SHANGHAI, Clock
from kit.errors import AgentError
from kit.settings import load
from knowledge.opening import open_library
from knowledge.replies import Replied
from knowledge.search import Entry, Library

#: Three fit above the draft without hiding the talk.
MOST_HINTS = 3
#: Below this strength a negative word is only a colour of speech.
FELT = 0.35
#: How far back the fund is looked for that the client does not name again.
LOOK_BACK = 20
#: A hint is read at a glance; `send` has the whole text.
SHOWN_CHARS = 120
#: Guard rules whose words, said by a client, are a wish that no fund can meet.
NO_FUND_DOES = frozenset({"principal", "no_risk", "never_loses", "yield"})
#: From this age a client is spoken to as an elderly one.
ELDERLY_AGE = 60
FALLS = "净值有涨有跌,可能亏损"
COMFORT = {
    "恐慌": "我明白您现在很着急。我们先不做决定,我陪您一件一件看清楚。",
    "焦虑": "心里不踏实很正常,我陪您一起把情况看清楚,不急着做决定。",
    "失望": "让您失望了,这份心情我理解。我把情况如实说给您听。",
    "愤怒": "很抱歉让您生气了。您的不满我记下了,我先把情况查清楚再回复您。",
}


@dataclass(frozen=True)
class Hint:
    """kind: compliance, knowledge or reply. send: what goes into the draft, when it can."""

    kind: str
    text: str
    send: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, **({"send": self.send} if self.send else {})}


@dataclass(frozen=True)
class Situation:
    """level: the client's, C1 to C5. fund: named now, else talked of last. known: what the library is sure of.

    past: a colleague's well-rated reply to a like question
    """

    text: str
    emotion: str
    strength: float
    level: str | None
    fund: Fund | None
    fund_named: bool
    fitting: tuple[Fund, ...] = ()
    known: Entry | None = None
    past: Replied | None = None

    @property
    def upset(self) -> bool:
        return self.emotion in NEGATIVE and self.strength >= FELT

    @property
    def above(self) -> bool:
        """Whether the fund that the client names is above his level."""
        return bool(self.fund and self.fund_named and self.level and not suitable(self.level, self.fund.risk))


def decide(now: Situation, wording: Wording) -> list[Hint]:
    """At most three hints, one of a kind; nothing that may not be said is offered for sending."""
    wish = next((found.words for found in check(now.text, wording) if found.code in NO_FUND_DOES), None)
    offered = [_compliance(now, wish), _knowledge(now), _reply(now, wish)]
    return [_lawful(hint, wording) for hint in offered if hint][:MOST_HINTS]


def _lawful(hint: Hint, wording: Wording) -> Hint:
    return Hint(hint.kind, hint.text) if hint.send and check(hint.send, wording) else hint


def _compliance(now: Situation, wish: str | None) -> Hint | None:
    due: list[str] = []
    if now.above and now.fund:
        due.append(f"客户等级{now.level},{_name(now.fund)}属{now.fund.risk},高于他的等级,不能推介(RULE-SUIT)")
    if wish:
        due.append(f"客户要求「{wish}」,必须纠正:公募基金不保本,也不承诺收益")
    if now.upset:
        due.append(f"客户情绪{now.emotion},先安抚,不要推荐产品")
    return Hint("compliance", ";".join(due) + "。", _correction(now) if wish or now.above else None) if due else None


def _correction(now: Situation) -> str:
    if now.fund is None:
        return f"公募基金都不保本,也不承诺收益,{FALLS}。"
    above = f",高于您的等级{now.level}" if now.above else ""
    return f"公募基金都不保本,也不承诺收益。{_name(now.fund)}属{now.fund.risk}{above},{FALLS}。"


def _reply(now: Situation, wish: str | None) -> Hint | None:
    if now.upset:
        return Hint("reply", COMFORT[now.emotion], COMFORT[now.emotion])
    if not (wish or now.above):
        return _past(now)
    if not now.fitting:
        return None
    listed = "、".join(f"{_name(fund)}属{fund.risk}" for fund in now.fitting)
    said = (
        f"在您的等级{now.level}以内,可以先了解:{listed}。它们同样不保本,{FALLS},过往业绩不代表未来表现;"
        f"请按这笔钱什么时候要用来选。"
    )
    return Hint("reply", said, said)


def _past(now: Situation) -> Hint | None:
    if now.past is None:
        return None
    return Hint("reply", f"同事答过相近的问题(客户评{now.past.score}分):{_short(now.past.reply)}", now.past.reply)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}……"


def _knowledge(now: Situation) -> Hint | None:
    if now.fund and (fact := fact_of(now.fund, now.text)):
        return Hint("knowledge", fact, fact)
    if now.known is None:
        return None
    return Hint("knowledge", f"{now.known.title}:{_short(now.known.text)}", now.known.text)


def fact_of(fund: Fund, text: str) -> str | None:
    """What the client asks of the fund, from the institution's own data; None when he asks nothing of it."""
    name, fees = _name(fund), fund.fees
    if re.search(r"费|扣多少", text):
        service = f",销售服务费每年{_rate(fees.service)}" if fees.service else ""
        return (
            f"{name}的管理费每年{_rate(fees.management)},托管费每年{_rate(fees.custody)}{service},"
            f"每天从基金资产里计提,已体现在净值中;申购费{_rate(fees.buy)},赎回费按持有天数计算。"
        )
    if re.search(r"净值|估值|涨了|跌了|涨多少|跌多少|多少钱一份", text):
        on = fund.nav_date
        return f"{name}{on.month}月{on.day}日公布的净值是{fund.nav:.4f},当天净值在交易日晚上公布。"
    if re.search(r"经理|谁在?管", text):
        return f"{name}的基金经理是{fund.manager}。"
    if "规模" in text:
        return f"{name}最近公布的规模是{fund.size:f}亿元。"
    if re.search(r"基准|对标", text):
        return f"{name}的业绩比较基准是{fund.benchmark}。"
    if re.search(r"稳|风险|等级|会不会亏|R[1-5]", text):
        return f"{name}是{fund.kind}基金,风险等级{fund.risk},{FALLS}。"
    return None


def named(text: str, funds: Iterable[Fund]) -> Fund | None:
    """The fund whose code, name or nickname stands in the text; the longest name wins."""
    lower = text.lower()
    names = [(name, fund) for fund in funds for name in (fund.code, fund.name, fund.name[2:], *fund.nicknames)]
    found = [(len(name), fund) for name, fund in names if len(name) > 1 and name.lower() in lower]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def fitting(funds: Iterable[Fund], level: str | None, beside: Fund | None = None) -> tuple[Fund, ...]:
    """The largest public fund of each kind within the client's level, the highest risk first; at most three.

    beside  the fund talked of: its own house's funds come first, for only they can be switched into (RULE-SWITCH)
    """

    def rank(fund: Fund) -> tuple[bool, Decimal]:
        return beside is not None and fund.company == beside.company, fund.size

    best: dict[str, Fund] = {}
    for fund in funds:
        if level is None or fund.kind == "私募" or not suitable(level, fund.risk):
            continue
        if fund.kind not in best or rank(fund) > rank(best[fund.kind]):
            best[fund.kind] = fund
    ordered = sorted(best.values(), key=lambda fund: fund.code)
    return tuple(sorted(ordered, key=lambda fund: fund.risk, reverse=True)[:3])


def _name(fund: Fund) -> str:
    return f"{fund.name}({fund.code})"


def _rate(value: Any) -> str:
    return f"{float(value) * 100:.2f}%"


@cache
def library() -> Library:
    """Read once, when the first advisor needs it."""
    return open_library(kept=load().var / "knowledge")


class Hints:
    #: A hint that comes late is of no use.
    PATIENCE_SECONDS = 3.0

    def __init__(self, engine: AsyncEngine, institution: Institution, clock: Clock, hub: Hub, wording: Wording) -> None:
        self._engine, self._institution, self._clock = engine, institution, clock
        self._hub, self._wording = hub, wording
        self._past = PastReplies(engine, clock, wording)
        self._log = log.get(__name__)

    async def tell(self, request: TurnRequest, answer: TurnAnswer, readers: set[str]) -> None:
        """Hints on the client's message to the desks of its readers."""
        try:
            async with asyncio.timeout(self.PATIENCE_SECONDS):
                found = decide(await self._situation(request, answer), self._wording)
        except (AgentError, TimeoutError) as error:
            self._log.warning("No hints", action="hints_unavailable", cause=type(error).__name__)
            return
        frame = {
            "type": "hint", "conversation_id": request.conversation_id, "hints": [hint.to_json() for hint in found],
        }  # fmt: skip
        self._hub.to_desks(frame, readers)

    async def _situation(self, request: TurnRequest, answer: TurnAnswer) -> Situation:
        today = self._clock.now().astimezone(SHANGHAI).date()
        funds, known = await asyncio.gather(
            self._institution.funds(), asyncio.to_thread(_sure, request, today)
        )  # fmt: skip
        fund, now = await self._fund(request, answer, funds)
        level = request.client.get("risk_level")
        past = await self._past.nearest(request.text)
        return Situation(
            request.text, answer.emotion, answer.strength, level, fund, now, fitting(funds, level, fund), known, past
        )  # fmt: skip

    async def _fund(self, request: TurnRequest, answer: TurnAnswer, funds: Sequence[Fund]) -> tuple[Fund | None, bool]:
        """The fund that is talked of, and whether the message itself names it."""
        codes = [entity.get("value") for entity in answer.entities if entity.get("entity") == "fund"]
        if fund := next((fund for fund in funds if fund.code in codes), None) or named(request.text, funds):
            return fund, True
        async with self._engine.connect() as sql:
            said = await store.before(sql, request.conversation_id, None, LOOK_BACK)
        spoken = (named(message.draft.text, funds) for message in reversed(said))
        return next((fund for fund in spoken if fund), None), False


def _sure(request: TurnRequest, today: date) -> Entry | None:
    """What the library is sure of, among what holds for such a client on his channel."""
    hits = library().search(
        request.text, today=today, most=1, client=client_kinds(request.client.get("age")), channel=_channel(request)
    )
    return hits[0].entry if hits and hits[0].sure else None


def client_kinds(age: Any) -> tuple[str, ...]:
    """The kinds that knowledge may be limited to (`knowledge.entries.CLIENTS`): whoever talks here is a person.

    Of a stranger the age is not known, which excludes nothing.
    """
    if not isinstance(age, int):
        return ()
    return ("个人", "老年") if age >= ELDERLY_AGE else ("个人",)


def _channel(request: TurnRequest) -> str:
    return "wechat" if request.channel.startswith("wechat") else request.channel

"""A combined query over tags and file, in words: 「教育金 且 C2 且 近30天赎回」 (requirement D4). Pure: words -> SQL expression.

    query  = part { 或 part }        part = term { 且 term }        term = [非] ( condition | "(" query ")" )

且 may be left out. A condition is a tag (or its short name, with ≥0.5 for the least weight), C1–C5, a tier, a stage, a region
(地区上海), an age (60岁以上, 35岁以下), a deed within days (近30天赎回, 买入, 来聊), an advisor (顾问A09), how likely leaving
was last night (流失风险高, 中, 低).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from kit.errors import Invalid
from profiles.tables import chances, target_tags, targets

#: A tag that weighs less is not meant by its name alone.
LEAST_WEIGHT = 0.3
MOST_TERMS = 20
SHORT = {
    "教育金": "子女教育需求",
    "养老": "养老需求",
    "买房": "购房需求",
    "结婚": "婚嫁需求",
    "保险": "保障需求",
    "流失": "流失苗头",
}
TIERS, STAGES = ("大众", "财富", "高净值"), ("新手", "成长", "成熟", "退休")
DEEDS = {"赎回": targets.c.redeemed_at, "买入": targets.c.bought_at, "来聊": targets.c.spoke_at}
RISKS = {"高": "high", "中": "medium", "低": "low"}
_TOKEN = re.compile(r"\s*(且|或|非|[()()]|[^\s且或非()()]+)")
Condition = ColumnElement[bool]


class QueryWrong(Invalid):
    """查询写得不对。"""

    code = "query_wrong"


@dataclass(frozen=True)
class Query:
    words: str
    condition: Condition

    def count(self) -> Select[int]:
        return select(func.count()).select_from(targets).where(self.condition)

    def clients(self, limit: int) -> Select[str, str | None]:
        wanted = select(targets.c.client_id, targets.c.own_advisor).where(self.condition)
        return wanted.order_by(targets.c.client_id).limit(limit)


def parse(words: str, tags: Iterable[str], now: datetime) -> Query:
    """Raises QueryWrong."""
    reader = _Reader(_TOKEN.findall(words), frozenset(tags), now)
    if not reader.tokens or len(reader.tokens) > 2 * MOST_TERMS:
        raise QueryWrong("请写至少一个条件,最多 20 个。")
    condition = reader.either()
    if reader.tokens:
        raise QueryWrong(f"「{reader.tokens[0]}」这里看不懂。")
    return Query(words.strip(), condition)


class _Reader:
    def __init__(self, tokens: list[str], tags: frozenset[str], now: datetime) -> None:
        self.tokens, self._tags, self._now = tokens, tags, now

    def either(self) -> Condition:
        parts = [self._both()]
        while self._next("或"):
            parts.append(self._both())
        return or_(*parts)

    def _both(self) -> Condition:
        parts = [self._term()]
        while self._next("且") or (self.tokens and self.tokens[0] not in ("或", ")", ")")):
            parts.append(self._term())
        return and_(*parts)

    def _term(self) -> Condition:
        if self._next("非"):
            return not_(self._term())
        if self._next("(") or self._next("("):
            inner = self.either()
            if not (self._next(")") or self._next(")")):
                raise QueryWrong("少了一个右括号。")
            return inner
        if not self.tokens or self.tokens[0] in ("且", "或", ")", ")"):
            raise QueryWrong("「且」「或」的两边都要有条件。")
        return self._condition(self.tokens.pop(0))

    def _next(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False

    def _condition(self, word: str) -> Condition:
        for pattern, make in self._kinds():
            if found := pattern.fullmatch(word):
                return make(found)
        return self._tag(word)

    def _kinds(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Condition]], ...]:
        c = targets.c
        return (
            (re.compile(r"[Cc]([1-5])"), lambda m: c.risk == int(m[1])),
            (re.compile("|".join(TIERS)), lambda m: c.tier == m[0]),
            (re.compile("|".join(STAGES)), lambda m: c.stage == m[0]),
            (re.compile(r"地区(\w{2,8})"), lambda m: c.region == m[1]),
            (re.compile(r"(\d{1,3})岁以上"), lambda m: c.age >= int(m[1])),
            (re.compile(r"(\d{1,3})岁以下"), lambda m: c.age < int(m[1])),
            (re.compile(r"顾问([A-Za-z0-9_-]{1,20})"), lambda m: c.own_advisor == m[1]),
            (re.compile(r"流失风险([高中低])"), lambda m: c.client_id.in_(_leaving(RISKS[m[1]]))),
            (
                re.compile(r"近(\d{1,3})天(赎回|买入|来聊)"),
                lambda m: DEEDS[m[2]] >= self._now - timedelta(days=int(m[1])),
            ),
        )

    def _tag(self, word: str) -> Condition:
        name, _, least = word.replace(">=", "≥").partition("≥")
        full = SHORT.get(name, name)
        if full not in self._tags:
            raise QueryWrong(f"没有标签或条件「{name}」。")
        if not least:
            return targets.c.tags.contains(f",{full},", autoescape=True)
        try:
            weight = float(least)
        except ValueError:
            raise QueryWrong(f"「{word}」的权重应当是 0 到 1 的数。") from None
        here = select(target_tags.c.client_id).where(target_tags.c.tag == full, target_tags.c.weight >= weight)
        return targets.c.client_id.in_(here)


def _leaving(level: str) -> Select[str]:
    return select(chances.c.client_id).where(chances.c.level == level)

# Rows of a table and patterns are longer than a line of code.
"""Everything in a message that has a value: funds, money, parts, shares, percentages, dates, periods, risk levels.

A span always points into the original text, whatever the normalising front changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from re import Pattern
from typing import Any

from bot.language import dates
from bot.language.funds import FundMatcher
from bot.language.normalise import Normalised
from bot.language.numbers import ARABIC, NUMBER, parse_number, plain


@dataclass(frozen=True)
class Entity:
    entity: str
    value: Any
    text: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        return {"entity": self.entity, "value": self.value, "text": self.text, "start": self.start, "end": self.end}


#: (entity, value, start, end) in the normalised text.
Raw = tuple[str, Any, int, int]

# Indices end in numbers that are no money: 沪深300, 中证500.
_INDEX = re.compile(r"(?:沪深|中证|上证|标普|纳指|纳斯达克|创业板|科创|恒生|csi)\s?\d+|300指数|500指数")
_RISK = re.compile(r"(?<![a-z0-9])([cr])\s?([1-5一二三四五])(?![0-9a-z])")
# The five client levels by name; 积极 and 激进 are how clients call the highest.
_RISK_NAMES = {"保守型": "C1", "谨慎型": "C1", "稳健型": "C2", "平衡型": "C3", "成长型": "C4", "进取型": "C5",
               "积极型": "C5", "激进型": "C5"}  # fmt: skip
_RISK_NAME = re.compile("|".join(_RISK_NAMES))

_MONEY = re.compile(
    rf"({NUMBER})\s*(?:(?:多)?(?:元钱|元|块钱|块)|人民币|大洋)([一二两三四五六七八九\d]{{1,2}}(?!\d|份|只|天|个|年|月|块|元|次))?"
)
_BIG_MONEY = re.compile(
    r"(?<![\d.a-z])((?:\d+(?:\.\d+)?[十百千]?(?:[万亿]|[wk](?![a-z]))|[一二两三四五六七八九十百千零点壹贰叁肆伍陆柒捌玖拾佰仟]+个?[万亿]|[一二两三四五六七八九]?十来万)(?:[一二两三四五六七八九\d]千?(?![\d份只天个年月]))?)(?![份股人次个点%岁只])"
)
# 千万别卖: no ten million.
_WARNING = re.compile(r"千万(?:别|不|要|得|小心|记)")
_AFTER_VERB = re.compile(
    rf"(?:买|买入|申购|加仓|加|补仓|补|投|定投|存|充|转|赎|赎回|取|取出|提|卖|卖出|卖掉|留|剩|改成|改为|改到|调到|调成|降到|降为|升到|涨到|加到|减到|"
    rf"每月|每周|每个月|每天|扣|拿|放|出|换成|换|要|就|先|来|整|搞|凑|亏|赚|赔|差|少|下单|至少|最多|只)(?:了|个|它|我|的)?\s*(\d{{1,2}}[百千]\d?|{ARABIC}|[一二两三四五六七八九]?[百千][一二两三四五六七八九零十百]*|[一二两三四五六七八九十]+[百千万][一二三四五六七八九零十百千]*)"
    r"(?![\d.,:]*\d)(?!\s*(?:份|%|个|天|号|日|月|年|只|点|次|岁|期|分|指数|股|人|笔|条|倍|家|种|遍|秒|小时|多?份|周|w|k|万|g|张|位|楼|路|级|块|元|/|-|:))"
)
# A number that is the whole message answers "how much?".
_ONLY_NUMBER = re.compile(rf"^(?:那|就|要|嗯|那就)?,?({NUMBER})(?:吧|的|就行|就好|得了)?[。.!]*$")
_HALF = re.compile(r"(?<!亏)(?<!亏了)(?<!跌了)(?<!跌)(?<!少了)(?:一半|半数|对半)")
_TRADE = r"(?:卖掉|卖出|卖|赎回|赎|取出来|取出|取|转走|转出|转|提现|提出来|提|换|抛|撤|出掉|退)"
_ALL = re.compile(
    rf"(?:全部|全都|所有的?|全数|全额)(?={_TRADE}|给我{_TRADE}|帮我{_TRADE}|都{_TRADE}|[^,。]{{0,6}}{_TRADE}(?!基|债))|(?<=[卖赎取转抛提出掉回])(?:全部|所有)|清仓|^(?:全部|全都|所有)[吧的了]?$|全(?=卖|赎|取出|抛|提出|转出|清掉)|(?<![人家们在怎么谁])都(?=(?:给我|帮我)?(?:卖[了掉]|赎[了回]|取出|转[到成了]|换[成了]|[出抛清][了掉]))"
)
_FRACTION = re.compile(
    r"([一二三四五六七八九十\d]{1,2})分之([一二两三四五六七八九十\d]{1,2})|(?<![\d/.])([1-9])/([2-9])(?![\d/])"
)
_TENTHS = re.compile(r"([一二两三四五六七八九1-9])成(半)?(?=仓|的|卖|赎|吧|出|换|[,。!?]|$|左右|就|取|转)")
_SHARES = re.compile(
    rf"({NUMBER})\s*份(?!对账|资产|证明|报告|合同|材料|保险|工作|心|文件|单|资料|[\u4e00-\u9fff]{{0,2}}报告)"
)
_PERCENT = re.compile(
    rf"(-?(?:{ARABIC}))\s*(?:%|个百分点|个点|趴)|百分之([零一二两三四五六七八九十百点\d.]+)|([一二两三四五六七八九十]+)(?:个百分点|个多?点|趴)|千分之([零一二三四五六七八九十点\d.]+)"
)


def extract(text: Normalised, matcher: FundMatcher, today: date) -> tuple[Entity, ...]:
    """The entities of one message in order of place; where two readings overlap the earlier kind of the list wins."""
    taken: list[Raw] = []
    for reader in _READERS:
        _add(taken, reader(text.text, matcher, today))
    return tuple(_entity(text, raw) for raw in sorted(taken, key=lambda raw: raw[2]) if raw[0] != "")


def _entity(text: Normalised, raw: Raw) -> Entity:
    start, end = text.original_span(raw[2], raw[3])
    return Entity(raw[0], raw[1], text.original[start:end], start, end)


def _add(taken: list[Raw], found: Iterable[Raw]) -> None:
    for raw in found:
        if all(raw[3] <= other[2] or raw[2] >= other[3] for other in taken):
            taken.append(raw)


def _funds(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    return [("fund", code, start, end) for code, start, end in matcher.find(text)]


def _indices(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    """Places that must not be read as money; they are no entity themselves."""
    return [("", None, *m.span()) for m in _INDEX.finditer(text)]


def _risk(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    found: list[Raw] = []
    for m in _RISK.finditer(text):
        number = parse_number(m.group(2))
        found.append(("risk_level", f"{m.group(1).upper()}{number}", *m.span()))
    return found + [("risk_level", _RISK_NAMES[m.group()], *m.span()) for m in _RISK_NAME.finditer(text)]


def _dates(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    return [(f.entity, f.value, f.start, f.end) for f in dates.find(text, today)]


def _percents(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    found: list[Raw] = []
    for m in _PERCENT.finditer(text):
        value = parse_number(next(g for g in m.groups() if g).lstrip("-"))
        if value is None:
            continue
        sign = -1 if m.group().startswith("-") else 1
        found.append(("percent", plain(sign * value / (10 if m.group(4) else 1)), *m.span()))
    return found


def _shares(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    # 一份 is a paper; nobody trades a single share.
    return [raw for raw in _numbers(_SHARES, "shares", text) if Decimal(raw[1]) >= 2]


def _money(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    found: list[Raw] = []
    for m in _MONEY.finditer(text):
        value = parse_number(m.group(1))
        if value is None:
            continue
        rest = parse_number(m.group(2)) if m.group(2) else None
        if rest is not None:  # 12块5: five tenths
            value += rest / (10 if rest < 10 else 100)
        found.append(("amount", plain(value), *m.span()))
    found += [raw for raw in _numbers(_BIG_MONEY, "amount", text) if not _WARNING.match(text, raw[2])]
    found += [
        raw for raw in _numbers(_ONLY_NUMBER, "amount", text) if Decimal(raw[1]) >= 100 and Decimal(raw[1]) % 10 == 0
    ]
    # 买一百 is money; 买5 is no amount anyone trades.
    return found + [raw for raw in _numbers(_AFTER_VERB, "amount", text) if Decimal(raw[1]) >= 10]


def _portions(text: str, matcher: FundMatcher, today: date) -> list[Raw]:
    found: list[Raw] = [("portion", "0.5", *m.span()) for m in _HALF.finditer(text)]
    for m in _FRACTION.finditer(text):
        low, high = (m.group(1), m.group(2)) if m.group(1) else (m.group(4), m.group(3))
        below, above = parse_number(low), parse_number(high)
        if below and above and above < below:
            found.append(("portion", plain(round(above / below, 4)), *m.span()))
    for m in _TENTHS.finditer(text):
        tenths = parse_number(m.group(1)) or Decimal(0)
        found.append(("portion", plain((tenths + (Decimal("0.5") if m.group(2) else 0)) / 10), *m.span()))
    return found + [("portion", "1", *m.span()) for m in _ALL.finditer(text)]


def _numbers(pattern: Pattern[str], entity: str, text: str) -> list[Raw]:
    found: list[Raw] = []
    for m in pattern.finditer(text):
        value = parse_number(m.group(1))
        if value is not None and value > 0:
            end = m.end() if entity == "shares" else m.end(1)
            found.append((entity, plain(value), m.start(1), end))
    return found


Reader = Callable[[str, FundMatcher, date], list[Raw]]
_READERS: tuple[Reader, ...] = (_funds, _indices, _risk, _percents, _shares, _portions, _dates, _money)


def first(entities: Iterable[Entity], kind: str) -> Entity | None:
    return next((entity for entity in entities if entity.entity == kind), None)

"""Quantities, spans of time and days of the month in a client's words. Pure; a number is a Decimal, money is in yuan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {char: value for value, chars in enumerate(("零〇", "一壹幺", "二贰两俩", "三叁仨", "四肆", "五伍", "六陆",
                                                     "七柒", "八捌", "九玖")) for char in chars}  # fmt: skip
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "K": 1000,
         "万": 10_000, "萬": 10_000, "w": 10_000, "W": 10_000, "亿": 100_000_000}  # fmt: skip
NUMBER = re.compile(r"(?:\d[\d,,]*(?:\.\d+)?|[零〇一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万萬亿])"
                    r"(?:[\d.零〇一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万萬亿]|[kKwW](?![a-zA-Z]))*")  # fmt: skip
ALL = re.compile(r"全部|全都|全卖|全赎|都卖|都赎|清仓|全额|所有|全转|都转|统统|一股脑|卖光|全出")
PARTS = {"一半": "0.5", "半数": "0.5", "50%": "0.5", "三分之一": "0.33333333", "三分之二": "0.66666667", "四分之一": "0.25",
         "四分之三": "0.75", "五分之一": "0.2", "五分之二": "0.4", "五分之三": "0.6", "十分之一": "0.1"}  # fmt: skip
KEEP = re.compile(r"(?:留|剩|保留|留下)(?:个|着|下)?\s*$")


@dataclass(frozen=True)
class Quantity:
    """How much. unit: yuan, shares, portion (0..1 of what there is), keep (yuan or shares that stay), or bare (no unit said)."""

    value: Decimal
    unit: str


def number(text: str) -> Decimal | None:
    """The number that `text` as a whole spells, in digits, Chinese or both (「1万2」「一万二」「5k」); None when it is none."""
    text = text.replace(",", "").replace(",", "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Decimal(text)
    if all(char in DIGITS for char in text) and len(text) > 1:
        return Decimal("".join(str(DIGITS[char]) for char in text))
    total, section, current, last_unit = Decimal(0), Decimal(0), None, 0
    for token in re.findall(r"\d+(?:\.\d+)?|.", text):
        if token[0].isdigit():
            current = Decimal(token)
        elif token in DIGITS:
            current = Decimal(DIGITS[token])
            last_unit = 0 if DIGITS[token] == 0 else last_unit
        elif token in UNITS:
            unit = UNITS[token]
            if unit >= 10_000 and token not in "kK":
                total += (section + (current if current is not None else (0 if section else 1))) * unit
                section = Decimal(0)
            else:
                section += (current if current is not None else 1) * unit
            current, last_unit = None, unit
        else:
            return None
    if current is not None:
        # 「一万二」 is 12,000, 「三千五」 3,500: the last digit counts the next lower unit.
        short = last_unit >= 100 and current < 10 and current == int(current)
        section += current * (last_unit // 10) if short else current
    return total + section


def numbers(text: str) -> Iterator[tuple[Decimal, str, str]]:
    """Each number of a text, with what stands before and after it."""
    for found in NUMBER.finditer(text):
        value = number(found.group())
        if value is not None:
            yield value, text[: found.start()], text[found.end() :]


def quantity(text: str) -> Quantity | None:
    """How much a client wants to move; the last quantity wins, since a correction comes last (「不是三千,是五千」)."""
    if ALL.search(text) and not re.search(r"(不|别)(要|是)?(全部|全都|清仓|全卖)", text):
        return Quantity(Decimal(1), "portion")
    found: Quantity | None = None
    for words, part in PARTS.items():
        if words in text:
            found = Quantity(Decimal(part), "portion")
            text = text.replace(words, " " * len(words))
    for value, before, after in numbers(text):
        if re.search(r"\d\s*[块塊]\s*$", before) and value < 10:
            continue  # the jiao of the sum just read
        if re.match(r"\s*(%|%|个点)", after):
            found = Quantity(value / 100, "portion")
        elif re.match(r"\s*成(?!功|本|交|立)", after) and value <= 10:
            found = Quantity(value / 10, "portion")
        elif re.search(r"百分之\s*$", before):
            found = Quantity(value / 100, "portion")
        elif KEEP.search(before):
            found = Quantity(value, "keep")
        elif re.match(r"\s*份", after):
            found = Quantity(value, "shares")
        elif re.match(r"\s*(元|块|圆|塊|蚊|rmb|RMB)", after):
            found = Quantity(value + tail(after), "yuan")
        elif not names_something_else(value, before, after) and not (found and found.unit == "portion"):
            # 「300卖一半」: the share is how much, the number is the fund's name.
            found = Quantity(value, "bare")
    return found


def tail(after: str) -> Decimal:
    """The jiao after 「块」: 「12块5」 is 12.5."""
    jiao = re.match(r"\s*[块塊]([\d一二三四五六七八九])(?!\d)", after)
    return (number(jiao[1]) or Decimal(0)) / 10 if jiao else Decimal(0)


def names_something_else(value: Decimal, before: str, after: str) -> bool:
    """Whether a bare number is part of a name, a date, a count of funds, a verb: 沪深300, 11月, 第一只, HY031, 放一放."""
    repeated = value == 1 and before[-1:] == after[:1] != ""
    return repeated or bool(
        re.match(r"\s*(号|號|日|天|年|月|周|岁|点|分钟|个月|只|支|笔|个|次|步|指数|指|ETF|etf|etF|级|期|样|下|些|直|定|起|共|半|般)",
                 after)
        or re.search(r"(沪深|中证|纳指|纳斯达克|标普|上证|创业板|科创|HY|"
                     r"hy|C|R|第|周|星期|礼拜|每|这|那|哪|同|某|另|统|尾号)\s*$", before)
    )  # fmt: skip


def day_of_month(text: str) -> int | None:
    """The deduction day that a text names: 「每月15号」."""
    found = re.search(r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[号號日]", text)
    day = number(found[1]) if found else None
    return int(day) if day is not None and 1 <= day <= 31 else None


def frequency(text: str) -> str | None:
    """每月, 每周, 每两周 or 每日; None when the text says nothing of it."""
    if re.search(r"每?[两二双](个)?(周|星期|礼拜)", text):
        return "每两周"
    if re.search(r"每个?月|按月|月扣|一个月|每月|月定投", text):
        return "每月"
    if re.search(r"每个?(周|星期|礼拜)|按周|周扣|周定投|一周", text):
        return "每周"
    return "每日" if re.search(r"每天|每日|日扣|日定投|每个?交易日", text) else None


def weekday(text: str) -> int | None:
    """1 for 周一 … 5 for 周五."""
    found = re.search(r"(?:周|星期|礼拜)([一二三四五])", text)
    return "一二三四五".index(found[1]) + 1 if found else None


def months(text: str) -> int | None:
    """A span of time in months: 「三年后」 36, 「半年」 6, 「18个月」 18."""
    for value, _, after in numbers(text):
        if re.match(r"\s*年半", after):
            return int(value * 12) + 6
        if re.match(r"\s*年(?!化|级|终|龄|报)", after) and value < 100:
            return int(value * 12)
        # 「一个月存一千」 is a rhythm, 「一个月后」 a span.
        if re.match(r"\s*个月" + ("(后|之后|以后)" if value == 1 else ""), after):
            return int(value)
    return 6 if "半年" in text else None


def ages(text: str) -> list[tuple[int, str, str]]:
    """Ages in years, each with the words just before it in its clause and all that follows: 「到18岁」 is (18, "到", "")."""
    found = []
    for said in re.finditer(r"(\d{1,3}|[一二三四五六七八九十]{1,3})\s*岁", text):
        value = number(said[1])
        if value is not None and value < 120:
            before = re.split(r"[,,。;;!!??、]", text[: said.start()])[-1]
            found.append((int(value), before, text[said.end() :]))
    return found


def amounts(text: str) -> list[tuple[Decimal, str]]:
    """Sums of money with the words just before each: what a plan's figures are read from."""
    found = []
    for value, before, after in numbers(text):
        if re.match(r"\s*(岁|年|个月|号|號|日|%|%|份|个点|月|周|只|支|个孩|个娃|个小孩|孩|娃|胎|套|平)", after):
            continue
        if names_something_else(value, before, after) and not re.match(r"\s*起", after) and value < 100:
            continue
        found.append((value, re.split(r"[,,。;;!!??、]", before)[-1][-12:]))
    return found

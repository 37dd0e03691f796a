# Rows of a table and patterns are longer than a line of code.
# ruff: noqa: E501
"""Dates and periods relative to a given day, as ISO text. Pure: the day is always an argument."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.language.numbers import parse_number

Value = str | dict[str, str]


@dataclass(frozen=True)
class Found:
    """A date (value ISO text) or a period (value {"from", "to"}) at text[start:end]."""

    entity: str
    value: Value
    start: int
    end: int


_N = r"(\d{1,3}|[一二两三四五六七八九十半]{1,3})"
_DAY_WORDS = {"大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨儿": -1, "今天": 0, "今日": 0, "今晚": 0,
              "今早": 0, "今儿": 0, "今晨": 0, "当天": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "明儿": 1, "后天": 2, "后日": 2,
              "大后天": 3}  # fmt: skip
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6} | {str(i): i - 1 for i in range(1, 7)}
_WEEK = r"(上上|下下|上|下|这|本|)(?:个)?(?:周|星期|礼拜)"
_MONTH_SHIFT = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_MONTH_WORD = r"(上上|下下|上|下|这|本|当)个?月"
_DAY_OF_MONTH = r"(\d{1,2}|[一二三四五六七八九十]{1,3})(?:号|日)"
_NOT_DATE = r"(?![线指基])"


def find(text: str, today: date) -> list[Found]:
    """Every date and period in a normalised text, longest first where they overlap, in order of place."""
    found: list[Found] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            try:
                result = read(match, today)
            except (ValueError, OverflowError):
                continue  # 2月30号 names no day
            if result is not None:
                entity, value = result
                # A group named "said" leaves out the words before it that only help to read it.
                named = "said" in pattern.groupindex
                found.append(Found(entity, value, *match.span("said" if named else 0)))
    return _join_ranges(text, _without_overlaps(found))


def _without_overlaps(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(one.end <= k.start or one.start >= k.end for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


def _join_ranges(text: str, found: list[Found]) -> list[Found]:
    """9月1号到10月1号 is one period."""
    joined: list[Found] = []
    for one in found:
        last = joined[-1] if joined else None
        if last and last.end < one.start and re.fullmatch(r"\s*(?:到|至|~|-|—)\s*", text[last.end : one.start]):
            begin, end = _ends(last)[0], _ends(one)[1]
            if begin <= end:
                start = last.start - (1 if text[: last.start].endswith("从") else 0)
                joined[-1] = Found("period", {"from": begin, "to": end}, start, one.end)
                continue
        joined.append(one)
    return joined


def _ends(found: Found) -> tuple[str, str]:
    return (found.value, found.value) if isinstance(found.value, str) else (found.value["from"], found.value["to"])


# --- reading one match: (entity, value) or None ---

Reading = tuple[str, Value] | None


def _day(value: date) -> Reading:
    return "date", value.isoformat()


def _span(begin: date, end: date) -> Reading:
    return "period", {"from": begin.isoformat(), "to": end.isoformat()}


def _count(text: str) -> int:
    value = parse_number(text)
    if value is None:
        raise ValueError(text)
    return int(value)


def _months(day: date, months: int) -> date:
    """The same day so many months on; the month's last when it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _full(match: re.Match[str], today: date) -> Reading:
    year, month, day = match.group(1), match.group(2), match.group(3)
    return _day(date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day)))


def _nearest(month: int, day: int, today: date) -> date:
    """The occurrence of a yearless date that lies closest to today."""
    options: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            options.append(date(year, month, day))
        except ValueError:
            continue
    return min(options, key=lambda option: abs((option - today).days))


def _month_day(match: re.Match[str], today: date) -> Reading:
    year, month, day = match.group(1), _count(match.group(2)), _count(match.group(3))
    if year:
        return _day(date(_year(year, today), month, day))
    return _day(_nearest(month, day, today))


def _year(text: str, today: date) -> int:
    words = {"今年": 0, "去年": -1, "前年": -2, "明年": 1}
    return today.year + words[text] if text in words else int(text.rstrip("年")) + (2000 if len(text) == 3 else 0)


def _day_word(match: re.Match[str], today: date) -> Reading:
    return _day(today + timedelta(days=_DAY_WORDS[match.group()]))


def _weekday(match: re.Match[str], today: date) -> Reading:
    shift = {"上上": -2, "上": -1, "下": 1, "下下": 2}.get(match.group(1), 0)
    monday = today - timedelta(days=today.weekday())
    return _day(monday + timedelta(days=7 * shift + _WEEKDAYS[match.group(2)]))


def _shifted_month_day(match: re.Match[str], today: date) -> Reading:
    month = _months(today.replace(day=1), _MONTH_SHIFT[match.group(1)])
    return _day(month.replace(day=_count(match.group(2))))


def _bare_day(match: re.Match[str], today: date) -> Reading:
    day = _count(match.group(3))
    this_month = today.replace(day=day)
    # 每月15号, 改到15号: the next time it comes round; else the one of this month.
    return _day(_months(this_month, 1) if match.group(1) and this_month <= today else this_month)


def _month_end(match: re.Match[str], today: date) -> Reading:
    month = _months(today.replace(day=1), _MONTH_SHIFT.get(match.group(1) or "", 0))
    return _day(_last_of(month.year, month.month))


def _ago(match: re.Match[str], today: date) -> Reading:
    number, unit = _count(match.group(1)) if match.group(1) != "半" else 0, match.group(2)
    sign = -1 if match.group(3).endswith("前") else 1
    if not number or (unit == "年" and sign > 0):
        return None
    if unit in "天日":
        return _day(today + timedelta(days=sign * number))
    if unit in ("周", "个星期", "个礼拜", "星期"):
        return _day(today + timedelta(days=7 * sign * number))
    return _day(_months(today, sign * number * (12 if unit == "年" else 1)))


def _recent(match: re.Match[str], today: date) -> Reading:
    number, unit = match.group(1), match.group(2)
    if number == "半":
        return _span(_months(today, -6), today) if unit == "年" else _span(today - timedelta(days=15), today)
    count = 1 if number in ("", None) else _count(number)
    if unit in "天日":
        return _span(today - timedelta(days=count), today)
    if unit in ("周", "个星期", "个礼拜", "星期"):
        return _span(today - timedelta(days=7 * count), today)
    if unit == "个季度":
        return _span(_months(today, -3 * count), today)
    return _span(_months(today, -count * (12 if unit == "年" else 1)), today)


def _whole_month(match: re.Match[str], today: date) -> Reading:
    first = _months(today.replace(day=1), _MONTH_SHIFT[match.group(1)])
    last = _last_of(first.year, first.month)
    return _span(first, min(last, today) if first <= today else last)


def _named_month(match: re.Match[str], today: date) -> Reading:
    year, month = match.group(1), _count(match.group(2))
    first = date(_year(year, today), month, 1) if year else _latest_month(month, today)
    last = _last_of(first.year, first.month)
    return _span(first, min(last, today) if first <= today else last)


def _latest_month(month: int, today: date) -> date:
    """A month without a year is the last one that has begun: what one asks about has happened."""
    return date(today.year if month <= today.month else today.year - 1, month, 1)


def _week(match: re.Match[str], today: date) -> Reading:
    shift = {"上上": -2, "上": -1, "下": 1, "下下": 2}.get(match.group(1), 0)
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * shift)
    sunday = monday + timedelta(days=6)
    return _span(monday, min(sunday, today) if monday <= today else sunday)


def _whole_year(match: re.Match[str], today: date) -> Reading:
    year = _year(match.group(1), today)
    return _span(date(year, 1, 1), min(date(year, 12, 31), today) if year <= today.year else date(year, 12, 31))


def _same_time(match: re.Match[str], today: date) -> Reading:
    """去年同期: from the year's first day to this day of it."""
    end = _months(today, -12 if match.group(1) == "去年" else -24)
    return _span(date(end.year, 1, 1), end)


def _month_begin(match: re.Match[str], today: date) -> Reading:
    return _day(_months(today.replace(day=1), _MONTH_SHIFT.get(match.group(1) or "", 0)))


def _year_end(match: re.Match[str], today: date) -> Reading:
    return _day(date(today.year - (1 if match.group(1) == "去" else -1 if match.group(1) == "明" else 0), 12, 31))


def _year_to_date(match: re.Match[str], today: date) -> Reading:
    return _span(date(today.year, 1, 1), today)


def _half_year(match: re.Match[str], today: date) -> Reading:
    year = _year(match.group(1), today) if match.group(1) else today.year
    begin, end = (
        (date(year, 1, 1), date(year, 6, 30)) if match.group(2) == "上" else (date(year, 7, 1), date(year, 12, 31))
    )
    return _span(begin, min(end, today) if begin <= today else end)


def _quarter(match: re.Match[str], today: date) -> Reading:
    word = match.group(2)
    current = (today.month - 1) // 3
    year = _year(match.group(1), today) if match.group(1) else today.year
    if word in ("上", "上个"):
        index = year * 4 + current - 1
    elif word in ("这", "这个", "本"):
        index = year * 4 + current
    else:
        index = year * 4 + _count(word.lstrip("第")) - 1
    begin = date(index // 4, index % 4 * 3 + 1, 1)
    end = _last_of(begin.year, begin.month + 2)
    return _span(begin, min(end, today) if begin <= today else end)


_YEAR = r"(今年|去年|前年|明年|20\d\d年|\d\d年)"
_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Reading]]] = [
    (re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|号)?(?!\d)"), _full),
    (re.compile(_YEAR + r"?的?(\d{1,2}|[一二三四五六七八九十]{1,2})月份?(\d{1,2}|[一二三四五六七八九十]{1,3})(?:日|号)"), _month_day),
    (re.compile(r"()(?<![\d/.])(\d{1,2})/(\d{1,2})(?![\d/%])"), lambda m, t: _month_day(m, t) if int(m.group(3)) > 12 or int(m.group(2)) > 4 else None),
    (re.compile("|".join(sorted(_DAY_WORDS, key=len, reverse=True))), _day_word),
    (re.compile(_WEEK + r"([一二三四五六日天1-6])(?!个|年|期)"), _weekday),
    (re.compile(_MONTH_WORD + r"的?" + _DAY_OF_MONTH), _shifted_month_day),
    (re.compile(r"(?<![\d月一二三四五六七八九十])((?:每月|每个月|改到|改成|改为|换到|挪到|推到|延到)?)(?P<said>" + _DAY_OF_MONTH + r")(?![线店机卡])"), _bare_day),
    (re.compile(r"(?:(上|下|这|本|当)个?)?月(?:底|末)"), _month_end),
    (re.compile(_N + r"(天|日|周|个?星期|个礼拜|个月|年)(之前|以前|前|之后|以后|后)(?!的今天)"), _ago),
    (re.compile(r"(?:最近|过去|近|这|前)的?这?" + r"(\d{1,3}|[一二两三四五六七八九十半]{1,3})" + r"(天|日|周|个?星期|个礼拜|个月|月|年|个季度)(?:以来|里|内|之内|多|来)?"), _recent),
    (re.compile(r"(?<!\d)(\d{1,3}|[一二两三四五六七八九十半]{1,3})" + r"(天|周|个?星期|个月|年)(?:以来|来)(?!不|没|一直)"), _recent),
    (re.compile(_MONTH_WORD + r"(?!底|末|初|\d|的?\d+[号日])"), _whole_month),
    (re.compile(_YEAR + r"?的?(?<![\d个])(\d{1,2}|(?<![一二三四五六七八九十个])[一二三四五六七八九十]{1,2})月份?(?!\d|[一二三四五六七八九十]+[号日]|底|初|末|定投)"), _named_month),
    (re.compile(r"(上上|下下|上|下|这|本)(?:个)?(?:周|星期|礼拜)(?![一二三四五六日天\d末])"), _week),
    (re.compile(r"(今年|去年|前年|明年|20\d\d年)(?:全年|一年|一整年|一整年的|度)?(?![以初底末上下\d一二三四]|的?\d|的?[一二三四五六七八九十]+月|[一二三四五六七八九]十|同期|这个?时候|这会儿)"), _whole_year),
    (re.compile(r"今年以来|年初至今|年初到现在|开年以来|今年到现在|从年初到现在"), _year_to_date),
    (re.compile(r"(去年|前年)(?:的)?(?:同期|这个?时候|这会儿)"), _same_time),
    (re.compile(r"(上|下|这|本|当)(?:个)?月初(?!到|开)"), _month_begin),
    (re.compile(r"(去|今|明)?年(?:底|末)(?!到|以来|奖)"), _year_end),
    (re.compile(r"()(?<![\d.])(1[0-2]|[1-9])\.(\d{1,2})(?=那[天笔]|[买卖]的|[号日])"), _month_day),
    (re.compile(_YEAR + r"?(上|下)半年"), _half_year),
    (re.compile(_YEAR + r"?(第?[一二三四1-4]|上个?|这个?|本)季度?(?!度)"), _quarter),
]  # fmt: skip

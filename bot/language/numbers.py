"""Chinese and Arabic numbers as people write them: 5000, 1.2w, 两万五, 12块5, 1,000,000, 百分之十二."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_DIGITS |= {c: i + 1 for i, c in enumerate("壹贰叁肆伍陆柒捌玖")}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000}
_BIG = {"万": 10_000, "w": 10_000, "亿": 100_000_000}

#: Regex source of one number, unit letters included.
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE = r"[零〇一二两俩三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+"
NUMBER = (
    rf"(?:(?:{ARABIC})(?:[十百千]?[万亿w]|[百千k])?(?:[零一二两三四五六七八九]?\d*[千百](?![分]))*\d*"
    rf"|(?:{CHINESE})(?:点[零一二三四五六七八九]+)?[万千百亿w]?[一二三四五六七八九]?)"
)
_TOKEN = re.compile(rf"{ARABIC}|.")


def parse_number(text: str) -> Decimal | None:
    """The value of a number written in digits, characters or both; None when it is none.

    A single digit after a unit counts the next lower unit: 两万五 is 25000, 一百八 is 180, 3千5 is 3500.
    """
    # 二十来万 is about twenty, 一个亿 is one.
    text = text.strip().lower().replace("来", "").replace("个", "")
    if "点" in text:
        return _with_point(text)
    tokens = _TOKEN.findall(text)
    if not tokens:
        return None
    if len(tokens) > 1 and all(t in _DIGITS for t in tokens):
        return Decimal("".join(str(_DIGITS[t]) for t in tokens))
    return _sum(tokens)


def _with_point(text: str) -> Decimal | None:
    """一点二万, 百分之零点五's 零点五."""
    whole, _, rest = text.partition("点")
    scale = Decimal(1)
    while rest and rest[-1] in {**_UNITS, **_BIG}:
        scale *= {**_UNITS, **_BIG}[rest[-1]]
        rest = rest[:-1]
    head = parse_number(whole) if whole else Decimal(0)
    if head is None or not rest or any(c not in _DIGITS and not c.isdigit() for c in rest):
        return None
    decimals = "".join(str(_DIGITS.get(c, c)) for c in rest)
    return (head + Decimal(f"0.{decimals}")) * scale


def _sum(tokens: list[str]) -> Decimal | None:
    total, section, digit = Decimal(0), Decimal(0), None
    last_unit = 0
    zero = False
    for token in tokens:
        if token in _DIGITS and (token not in "零〇"):
            digit = Decimal(_DIGITS[token])
        elif token in "零〇":
            zero = True
        elif token in _UNITS:
            section += (digit if digit is not None else Decimal(1)) * _UNITS[token]
            digit, last_unit, zero = None, _UNITS[token], False
        elif token in _BIG:
            section = (section + (digit or 0)) or Decimal(1)
            total = (total + section) * _BIG[token]
            section, digit, last_unit, zero = Decimal(0), None, _BIG[token], False
        else:
            try:
                digit = Decimal(token.replace(",", ""))
            except InvalidOperation:
                return None
    if digit is None:
        return total + section
    # 两万五: the lone digit stands one unit below the last; 一百零五: the zero says that it does not.
    lone = digit * last_unit / 10 if last_unit >= 100 and not zero and digit < 10 else digit
    return total + section + lone


def plain(value: Decimal) -> str:
    """Decimal text without exponent or trailing zeros: 25000, 0.3333, 12.5."""
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

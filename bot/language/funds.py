"""Which fund a text names: by code, name or nickname."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.language.normalise import normalise

#: Ordinary words that also are nicknames, and what must not (or must) stand beside them.
_GUARDS: dict[str, str] = {
    "红利": r"红利(?!再(?!来|买|加|卖|补)|转(?=投|再|份|为)|到账|发|方式|模式|税|投)",
    "货币": r"货币(?!政策|市场|型|贬值|化)",
    "消费": r"消费(?=那|这|基金|混合|怎|涨|跌|亏|赚|还能|要不要|的?净值|类)",
    "平衡": r"(?<![不再])平衡(?!型|一下|点|仓)",
    "零钱": r"零钱(?=那|基金|里|的)",
    "黄金": r"黄金(?!会员|价|首饰|饰品|客户|等级)",
    "ai": r"(?<![a-z])ai(?=那|这|基金|股票|主题|的?净值|怎么|跌|涨)",
    "银行股": r"银行股(?!票账)",
    "尊享": r"尊享(?!会员|权益|服务)",
    "医药": r"医药(?!费)",
    "短债": r"短债",
    "稳进": r"稳进(?!型)",
    "双盈": r"双盈",
    "可转债": r"可转债(?!打新|申购新)",
    "养老基金": r"养老基金(?!是什么|和)",
    "新能源": r"新能源(?!车|汽车)",
}
#: After these the word is a field, not a fund: 新能源板块.
_FIELD = r"(?!板块|行业|政策|概念|产业|市场|赛道)"


@dataclass(frozen=True)
class Fund:
    code: str
    name: str
    nicknames: tuple[str, ...] = ()


def load_funds(path: Path) -> tuple[Fund, ...]:
    """The funds of the institution's file: {"funds": {code: {name, nicknames}}} or a list with `code` in each."""
    import yaml

    with open(path, encoding="utf-8") as file:
        body = yaml.safe_load(file)
    return read_funds(body["funds"])


def read_funds(body: object) -> tuple[Fund, ...]:
    rows: Iterable[Mapping[str, object]]
    rows = [{"code": code, **row} for code, row in body.items()] if isinstance(body, dict) else body  # type: ignore
    return tuple(
        Fund(str(row["code"]), str(row["name"]), tuple(str(n) for n in row.get("nicknames") or ()))  # type: ignore
        for row in rows
    )


def to_json(funds: Iterable[Fund]) -> list[dict[str, object]]:
    return [{"code": fund.code, "name": fund.name, "nicknames": list(fund.nicknames)} for fund in funds]


class FundMatcher:
    """Finds the funds of a normalised text, the longest name first."""

    def __init__(self, funds: Iterable[Fund]) -> None:
        self._codes: dict[str, str] = {}
        for fund in funds:
            for alias in _aliases(fund):
                # The first fund of the list keeps a nickname that two of them claim.
                self._codes.setdefault(normalise(alias).text, fund.code)
        self._pattern = re.compile("|".join(_source(a) for a in sorted(self._codes, key=len, reverse=True)) or r"(?!)")

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """(code, start, end) of each fund named, in order of place."""
        return [(self._codes[m.group()], m.start(), m.end()) for m in self._pattern.finditer(text)]


def _aliases(fund: Fund) -> list[str]:
    """Code, name, nicknames, and the name without the house's own two characters before it."""
    house = fund.name[:2]
    short = [] if any(n.startswith(house) for n in fund.nicknames) else [fund.name[2:]]
    with_house = [house + nickname for nickname in fund.nicknames if not nickname.startswith(house)]
    return [fund.code, fund.name, *fund.nicknames, *short, *with_house]


def _source(alias: str) -> str:
    if alias in _GUARDS:
        return f"(?:{_GUARDS[alias]}){_FIELD}"
    if alias.isdigit():
        return rf"(?<![\d.]){alias}(?=那|这只|指数|基金|etf)(?!\d)"
    if alias.isascii():
        return rf"(?<![a-z0-9]){re.escape(alias)}(?![a-z0-9])"
    # 中证500 is not the beginning of 中证5000.
    return re.escape(alias) + (r"(?!\d)" if alias[-1].isdigit() else "") + _FIELD

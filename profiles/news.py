"""Outside news against a client's holdings (requirement E3): feeds read, the same news once, who is concerned and why. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as tree
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from institution.calendar import SHANGHAI
from kit.errors import Invalid
from profiles.indicators.declared import percent, yuan
from profiles.model import Position

Json = dict[str, Any]
KINDS = ("policy", "market", "fund", "rate")
MOST_TEXT, MOST_ITEMS = 1000, 500
#: Share of the holdings from which it is noticed, and from which an advisor should speak of it.
NOTICED, LARGE = 0.10, 0.30
#: Industry of the catalogue -> words by which news is about it; word and exclusion keep other meanings out.
SECTORS: Mapping[str, str] = {
    "新能源": r"新能源|光伏|锂电|储能|风电", "医药": r"医药|医疗|药品|集采|集中采购.*药|创新药", "半导体": r"半导体|芯片|集成电路",
    "消费": r"消费(?!者权益|金融)|白酒", "军工": r"军工|国防", "银行": r"银行(?:板块|股|业)", "人工智能": r"人工智能|大模型|算力",
    "黄金": r"黄金(?!周|时段|地段)|金价", "海外": r"纳斯达克|标普|美股|恒生|QDII",
    "现金": r"逆回购|货币市场", "短债": r"逆回购|货币市场",
    "纯债": r"债市|国债|利率债", "信用债": r"债市|信用债|违约", "可转债": r"可转债|转债", "红利": r"红利|高股息",
}  # fmt: skip


@dataclass(frozen=True)
class News:
    id: str
    at: datetime
    kind: str
    title: str
    text: str
    url: str
    source: str

    @property
    def same(self) -> str:
        """News of one title and day are one, whoever sent them."""
        bare = re.sub(r"[\W_]+", "", self.title)
        return f"{self.at.astimezone(SHANGHAI):%Y%m%d}:{bare}"


@dataclass(frozen=True)
class Concern:
    """What news has to do with a client. share: of all that is held."""

    news: News
    share: float
    amount: float
    why: tuple[str, ...]

    @property
    def level(self) -> str:
        return "large" if self.share >= LARGE else "noticed" if self.share >= NOTICED else "small"


def read(form: str, text: str, source: str) -> list[News]:
    """What a feed holds; entries without title or time are left out. Raises Invalid for what is no feed."""
    try:
        raw = {"rss": _rss, "csv": _csv, "json": _json}[form](text)
        return [one for entry in raw[:MOST_ITEMS] if (one := _news(entry, source))]
    except (tree.ParseError, csv.Error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("资讯源的内容无法识别。", cause=type(error).__name__) from error


def _rss(text: str) -> list[Json]:
    # A feed needs no document type; one that brings entities of its own is not read.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError
    names = {"guid": "id", "pubDate": "at", "category": "kind", "title": "title", "description": "text", "link": "url"}
    return [
        {ours: item.findtext(theirs) or "" for theirs, ours in names.items()}
        for item in tree.fromstring(text).iter("item")
    ]


def _csv(text: str) -> list[Json]:
    return [dict(row) for row in csv.DictReader(io.StringIO(text))]


def _json(text: str) -> list[Json]:
    return list(json.loads(text)["items"])


def _news(entry: Json, source: str) -> News | None:
    title, url = str(entry.get("title") or "").strip(), str(entry.get("url") or "")
    at = _at(str(entry.get("at") or ""))
    if not title or at is None:
        return None
    kind = str(entry.get("kind") or "market")
    text = re.sub(r"<[^>]+>", "", str(entry.get("text") or ""))[:MOST_TEXT].strip()
    safe = url if url.startswith(("https://", "http://")) else ""
    return News(str(entry.get("id") or title), at, kind if kind in KINDS else "market", title, text, safe, source)


def _at(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(text)
        except ValueError:
            continue
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    return None


def once(some: Iterable[News]) -> list[News]:
    """Each news once, as it was told first, the newest first."""
    first: dict[str, News] = {}
    for one in sorted(some, key=lambda one: (one.at, one.source)):
        first.setdefault(one.same, one)
    return sorted(first.values(), key=lambda one: (one.at, one.id), reverse=True)


def concern(news: News, positions: Sequence[Position]) -> Concern | None:
    """What the news has to do with these holdings: by the fund's name or code, or by its industry; None: nothing."""
    total = sum(p.value for p in positions)
    told = f"{news.title} {news.text}"
    hit: list[Position] = []
    why: list[str] = []
    for p in positions:
        pattern = SECTORS.get(p.sector)
        word = re.search(pattern, told) if pattern else None
        if p.name in told or p.fund in told:
            why.append(f"资讯提到{p.name}")
        elif word:
            why.append(f"{p.name}属{p.sector},资讯提到「{word.group()}」")
        else:
            continue
        hit.append(p)
    if not hit or total <= 0:
        return None
    amount = sum(p.value for p in hit)
    return Concern(news, amount / total, amount, tuple(why))


def say(one: Concern) -> str:
    """What can be told the client: what happened and by whom it was told, what he holds of it; no forecast."""
    at = one.news.at.astimezone(SHANGHAI)
    return (
        f"{at.month}月{at.day}日{one.news.source}消息:{one.news.title}。{one.news.text}您有{yuan(one.amount)}"
        f"(占持仓{percent(one.share)})和它相关。消息不代表以后涨跌,是否调整请结合自己的用钱时间。"
    )

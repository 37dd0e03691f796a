"""The brief: all that an advisor must know before the first word, built from plain data. Pure.

What the reader may not see is not built in (requirement H2): without `sees_assets` no sum, holding or loss of the
client appears, neither as a field nor in a derived sentence. Quotes are the client's own words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.reasons import NEGATIVE, words
from handoff import brief_words as say
from handoff.model import ClientView, Priority, TimelineMessage
from handoff.priority import duration

ELDERLY_FROM = 60
MOST_QUOTES, MOST_ASKED, MOST_TRIED, MOST_HOLDINGS = 5, 6, 4, 6
LONGEST_QUOTE = 90
#: A sector holding above this is an alert of its own (requirement E1).
CONCENTRATED = 0.5
BABY = ("刚出生", "当爸爸", "当妈妈", "宝宝", "新生儿", "怀孕", "生了")
PUNCTUATION = " 。.!~,?"
SMALL_TALK = ("好的", "嗯", "谢谢", "你好", "您好", "在吗", "ok", "哦", "行", "是的", "对", "人工", "转人工")


@dataclass(frozen=True)
class Holding:
    """A holding as a brief shows it; money in yuan."""

    name: str
    value: float
    profit: float
    profit_rate: float
    share: float
    sector: str = ""


@dataclass(frozen=True)
class Subject:
    """Everything a brief is built from.

    history      oldest first, all channels
    holdings     empty when there are none or the institution does not answer
    sees_assets  whether the reader may see sums
    """

    client: ClientView
    topic: str
    second_topic: str | None
    reasons: Sequence[str]
    priority: Priority
    history: Sequence[TimelineMessage]
    requested_at: datetime
    now: datetime
    facts: Sequence[dict[str, str]] = ()
    note: str = ""
    holdings: Sequence[Holding] = ()
    total: float | None = None
    own_advisor_name: str | None = None
    risk_expired: bool = False
    tags: Sequence[str] = ()
    complained_about_name: str | None = None
    past_notes: Sequence[str] = ()
    sees_assets: bool = False
    extra_alerts: Sequence[str] = field(default_factory=tuple)


def build_brief(subject: Subject) -> dict[str, Any]:
    """The `Brief` of docs/protocol.md."""
    said = [m for m in subject.history if m.author == "client"]
    told = [m for m in said if _tells(m.text)]
    emotion = next((m.emotion for m in reversed(said) if m.emotion), None)
    return {
        "who": _who(subject),
        "now": _now(subject, told, emotion),
        "asked": [_short(m.text) for m in told[-MOST_ASKED:]],
        "tried": _tried(subject.history),
        "summary": _summary(subject, told, emotion),
        "quotes": [{"at": m.at.isoformat(), "text": _short(m.text), "emotion": m.emotion} for m in _quotes(told)],
        "emotion_curve": [
            {
                "at": m.at.isoformat(), "seq": m.seq, "emotion": m.emotion, "strength": m.strength,
                "negative": m.emotion in NEGATIVE,
            }
            for m in said
            if m.emotion
        ],
        "alerts": _alerts(subject, emotion),
        "avoid": _avoid(subject, emotion),
        "opening": _opening(subject, told, emotion),
        "next_steps": _next_steps(subject),
        "facts": [dict(fact) for fact in subject.facts],
        "reason": "、".join(words(code) for code in subject.reasons) or "客户要求人工服务",
        "priority": subject.priority.explanation,
    }  # fmt: skip


def _tells(text: str) -> bool:
    """Whether a message tells the advisor anything."""
    bare = unicodedata.normalize("NFKC", text).strip(PUNCTUATION).lower()
    return len(bare) > 1 and bare not in SMALL_TALK


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_QUOTE else flat[: LONGEST_QUOTE - 1] + "…"


def _yuan(amount: float) -> str:
    return f"{amount:,.2f} 元"


def _who(subject: Subject) -> list[dict[str, str]]:
    client = subject.client
    rows = [
        ("客户", client.name or client.id),
        ("年龄", f"{client.age} 岁" if client.age is not None else ""),
        ("阶段", client.stage),
        ("层级", client.tier),
        ("会员", client.member_level),
        ("风险等级", client.risk_level + ("(测评已过期)" if subject.risk_expired else "")),
        ("地区", client.region),
        ("语言", f"{client.dialect}{'(必须)' if client.language_hard else ''}" if client.dialect else ""),
        ("专属顾问", subject.own_advisor_name or ""),
        ("标签", "、".join(subject.tags)),
    ]
    if subject.sees_assets:
        if subject.total is not None:
            rows.append(("总资产", _yuan(subject.total)))
        rows += [
            (h.name, f"{_yuan(h.value)},占 {h.share:.0%},盈亏 {h.profit:+,.2f} 元({h.profit_rate:+.1%})")
            for h in subject.holdings[:MOST_HOLDINGS]
        ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _now(subject: Subject, told: Sequence[TimelineMessage], emotion: str | None) -> str:
    wants = f"「{_short(told[-1].text)}」" if told else "客户要求人工服务"
    mood = f",情绪{emotion}" if emotion else ""
    return f"{subject.topic}:{wants}{mood},已等 {duration((subject.now - subject.requested_at).total_seconds())}"


def _tried(history: Sequence[TimelineMessage]) -> list[str]:
    """What the bot answered, each with the question before it."""
    pairs: list[str] = []
    question: str | None = None
    for message in history:
        if message.author == "client":
            question = _short(message.text) if _tells(message.text) else question
        elif message.author == "ai" and question is not None:
            title = (message.card or {}).get("title")
            pairs.append(f"问「{question}」,机器人答:{_short(message.text) or title or '已展示卡片'}")
            question = None
    return pairs[-MOST_TRIED:]


def _quotes(told: Sequence[TimelineMessage]) -> list[TimelineMessage]:
    """The messages that tell most, in their order: strong emotion, figures, length, and the latest."""

    def weight(index: int) -> float:
        message = told[index]
        strong = (message.strength or 0.0) * 3 if message.emotion in NEGATIVE else 0.0
        figures = 1.5 if any(c.isdigit() for c in message.text) else 0.0
        return strong + figures + min(len(message.text), 60) / 40 + index / max(1, len(told))

    best = sorted(range(len(told)), key=weight, reverse=True)[:MOST_QUOTES]
    return [told[index] for index in sorted(best)]


def _summary(subject: Subject, told: Sequence[TimelineMessage], emotion: str | None) -> str:
    parts = []
    if told:
        first, last = _short(told[0].text), _short(told[-1].text)
        if last == first:
            parts.append(f"客户说「{first}」")
        else:
            parts.append(f"客户围绕这件事说了 {len(told)} 句,起初说「{first}」,最近说「{last}」")
        channels = dict.fromkeys(m.channel for m in told)
        if len(channels) > 1:
            parts.append(f"先后用过 {len(channels)} 个渠道")
    moods = [m.emotion for m in told if m.emotion]
    if moods:
        negative = sum(mood in NEGATIVE for mood in moods)
        share = f"{len(moods)} 句中有 {negative} 句带负面情绪," if negative else ""
        parts.append(f"{share}当前情绪:{emotion}")
    if subject.facts:
        parts.append("已知:" + ",".join(f"{fact['label']} {fact['value']}" for fact in subject.facts))
    if subject.note:
        parts.append(subject.note)
    if subject.past_notes:
        parts.append("上次处理:" + _short(subject.past_notes[-1]))
    return "。".join(parts) + "。" if parts else "客户还没有说明具体问题。"


def _loses(subject: Subject) -> bool:
    return any(h.profit < 0 for h in subject.holdings)


def _alerts(subject: Subject, emotion: str | None) -> list[str]:
    urgent = [
        words(c) for c in subject.reasons if c in ("self_harm", "account_safety", "compliance_risk", "large_redemption")
    ]
    found = [*urgent, *subject.extra_alerts]
    if subject.complained_about_name:
        found.append(f"投诉对象:{subject.complained_about_name}")
    if emotion in NEGATIVE:
        found.append(f"客户情绪{emotion}")
    if subject.risk_expired:
        found.append("风险测评已过期,不能申购或新增定投")
    if subject.sees_assets:
        sectors: dict[str, float] = {}
        for holding in subject.holdings:
            sectors[holding.sector] = sectors.get(holding.sector, 0.0) + holding.share
        found += [
            f"{sector}占资产 {share:.0%},单一行业超过一半"
            for sector, share in sectors.items()
            if sector
            and sector not in ("货币", "债券", "宽基")
            and share > CONCENTRATED
            and not any(sector in alert for alert in subject.extra_alerts)
        ]
    return found


def _avoid(subject: Subject, emotion: str | None) -> list[str]:
    found = [say.AVOID_ALWAYS, say.AVOID_REPEAT]
    found += [text for code, text in say.AVOID_BY_REASON.items() if code in subject.reasons]
    if emotion in say.AVOID_BY_EMOTION:
        found.append(say.AVOID_BY_EMOTION[emotion])
    if subject.sees_assets and _loses(subject) and (emotion in NEGATIVE or "投资" in subject.topic):
        found.append(say.AVOID_AFTER_LOSS)
    if (subject.client.age or 0) >= ELDERLY_FROM:
        found.append(say.AVOID_ELDERLY)
    elif subject.client.stage == "新手":
        found.append(say.AVOID_NOVICE)
    return list(dict.fromkeys(found))


def _opening(subject: Subject, told: Sequence[TimelineMessage], emotion: str | None) -> str:
    greeting = say.GREETING.get(emotion or "", say.CALM)
    if emotion not in NEGATIVE and any(word in m.text for m in told for word in BABY):
        greeting = say.CONGRATULATE
    if "self_harm" in subject.reasons:
        return (
            f"{subject.client.name},您好,我是真人同事,现在就在这里陪您。钱的事都可以慢慢来,您愿意和我说说现在的感受吗?"
        )
    return f"{subject.client.name}您好,{greeting}{say.TOPIC_LINE.get(subject.topic, say.TOPIC_LINE['交易操作'])}"


def _next_steps(subject: Subject) -> list[str]:
    first = [step for code in subject.reasons for step in say.STEPS_BY_REASON.get(code, ())]
    topics = [subject.topic, subject.second_topic]
    usual = [] if "self_harm" in subject.reasons else [s for t in topics if t for s in say.NEXT_STEPS.get(t, ())]
    return list(dict.fromkeys([*first, *usual]))[:7]

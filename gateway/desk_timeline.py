"""A client's time on one line: what he said, ordered and was served with, what happened to him and what we did. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from contracts.reasons import NEGATIVE
from handoff.record import Handoff
from institution.models import Order
from profiles.model import Said
from profiles.words import TOPICS

Json = dict[str, Any]
#: A pause as long as this ends a talk.
TALK_PAUSE = timedelta(minutes=30)
MOST_ITEMS, MOST_TOPICS, QUOTE_CHARS = 120, 3, 40
VERBS = {"buy": "买入", "redeem": "赎回", "switch": "转换", "dca": "定投买入"}
OUTCOMES = {"solved": "已解决", "unsolved": "未解决", "follow_up": "需要跟进"}


def item(at: datetime, kind: str, words: str, detail: str = "", tone: str = "") -> Json:
    """kind: talk, order, event, alert, handoff or outreach. tone: good, warn, bad or nothing."""
    return {"at": at.isoformat(), "kind": kind, "words": words, "detail": detail, "tone": tone}


def talks(said: Sequence[Said]) -> list[Json]:
    """One item a talk: what it was about, the client's first words, and the mood if it was bad."""
    found: list[list[Said]] = []
    for one in said:
        if found and one.at - found[-1][-1].at < TALK_PAUSE:
            found[-1].append(one)
        else:
            found.append([one])
    return [_talk(group) for group in found]


def _talk(group: Sequence[Said]) -> Json:
    topics = list(dict.fromkeys(TOPICS[one.intent] for one in group if one.intent in TOPICS))[:MOST_TOPICS]
    bad = [one for one in group if one.emotion in NEGATIVE]
    worst = max(bad, key=lambda one: one.strength, default=None)
    quoted = worst or group[0]
    text = quoted.text if len(quoted.text) <= QUOTE_CHARS else quoted.text[:QUOTE_CHARS] + "…"
    about = f",谈到{'、'.join(topics)}" if topics else ""
    mood = f",{worst.emotion} {round(worst.strength * 100)}%" if worst else ""
    return item(group[0].at, "talk", f"客户来聊 {len(group)} 句{about}{mood}", f"「{text}」", "warn" if worst else "")


def orders(found: Iterable[Order]) -> list[Json]:
    return [_order(one) for one in found]


def _order(order: Order) -> Json:
    to = f"到{order.to_name}" if order.to_name else ""
    if order.amount is not None:
        size = f" {order.amount:,.2f} 元"
    else:
        size = f" {order.shares:,.2f} 份" if order.shares is not None else ""
    tone = "warn" if order.status == "held" or order.days_late else ""
    return item(order.placed_at, "order", f"{VERBS[order.kind]}{order.name}{to}{size}", order.status_words, tone)


def handoffs(found: Iterable[Handoff], names: Mapping[str, str]) -> list[Json]:
    """names: of the staff by id."""
    items = []
    for one in found:
        who = names.get(one.owner_id or "", "")
        end = OUTCOMES.get(one.outcome or "", "")
        detail = " · ".join(part for part in (f"{who} 接起" if who else "", end, one.close_note) if part)
        items.append(item(one.requested_at, "handoff", f"转人工:{one.topic}", detail))
    return items


def of_profile(profile: Mapping[str, Any]) -> list[Json]:
    """Life events and warnings, as the reader may see them."""
    items = [item(datetime.fromisoformat(one["at"]), "event", one["words"]) for one in profile["events"]]
    for one in (*profile["alerts"], *profile["past_alerts"]):
        tone = "bad" if one["level"] == "high" else "warn"
        items.append(item(datetime.fromisoformat(one["opened_at"]), "alert", one["words"], one["note"], tone))
    return items


def line(*parts: Iterable[Json]) -> list[Json]:
    """All of it, the newest first."""
    together = [one for part in parts for one in part]
    return sorted(together, key=lambda one: datetime.fromisoformat(one["at"]), reverse=True)[:MOST_ITEMS]

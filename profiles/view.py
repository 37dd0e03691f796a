"""The profile as a reader may see it (requirement H2). Pure.

Without `assets` no sum, holding or order of the client appears, neither as a field nor in what is derived from one: tags
are weighed from file and talk alone, alerts are those of the talk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from profiles import words
from profiles.alerts import Alert, State, merged
from profiles.model import Evidence, LifeEvent, Person, Position, Said
from profiles.policy import IndicatorRule, Policy
from profiles.tags import Tag, tags_of
from profiles.trend import trend

Json = dict[str, Any]
#: The brief names what weighs; a page shows the rest, too.
WEIGHTY = 0.3
MOST_TOPICS, MOST_EVIDENCE, MOST_PAST, MOST_TAGS = 6, 6, 10, 6


@dataclass(frozen=True)
class Known:
    """All that is kept of a client. alerts: open or not, the newest first."""

    evidence: Sequence[Evidence]
    events: Sequence[LifeEvent]
    alerts: Sequence[Alert]
    said: Sequence[Said] = ()


def seen(known: Known, policy: Policy, *, assets: bool) -> Known:
    """What is left of it for a reader with or without the right to see assets."""
    if assets:
        return known
    return Known(
        [one for one in known.evidence if one.source != "books"],
        [one for one in known.events if one.source != "books"],
        [
            one for one in known.alerts
            if one.indicator in policy.indicators and not policy.indicators[one.indicator].indicator.assets
        ],
        known.said,
    )  # fmt: skip


def profile(
    person: Person | None,
    positions: Sequence[Position] | None,
    known: Known,
    policy: Policy,
    *,
    assets: bool,
    now: datetime,
) -> Json:
    """`{client, assets, tags, alerts, past_alerts, events, trend, topics}`; client is null when the institution is away."""
    mine = seen(known, policy, assets=assets)
    groups = merged([a for a in mine.alerts if a.state is State.OPEN], policy.indicators)
    return {
        "client": _client(person) if person else None,
        "assets": _assets(positions) if assets and positions is not None else None,
        "tags": [_tag(tag, now=now) for tag in tags_of(mine.evidence, mine.events, policy, now=now)],
        "alerts": [_alert(group, policy.indicators) for group in groups],
        "past_alerts": [
            _alert((a,), policy.indicators)
            for a in mine.alerts
            if a.state is not State.OPEN and a.indicator in policy.indicators
        ][:MOST_PAST],
        "events": [{"kind": e.kind, "words": e.words, "at": e.at.isoformat()} for e in mine.events],
        "trend": [
            {"day": d.day.isoformat(), "messages": d.messages, "negative": d.negative, "positive": d.positive}
            for d in trend(mine.said, now=now)
        ],
        "topics": topics(mine.said),
    }


def alert_lines(known: Known, policy: Policy, *, assets: bool) -> list[str]:
    """The open alerts as lines of a brief, the gravest first, one a group."""
    mine = seen(known, policy, assets=assets)
    groups = merged([a for a in mine.alerts if a.state is State.OPEN], policy.indicators)
    return [LINE[group[0].level.value] + group[0].words for group in groups]


def tag_names(known: Known, policy: Policy, *, assets: bool, now: datetime) -> list[str]:
    """The tags that weigh, the heaviest first."""
    mine = seen(known, policy, assets=assets)
    return [tag.name for tag in tags_of(mine.evidence, mine.events, policy, now=now) if tag.weight >= WEIGHTY][
        :MOST_TAGS
    ]


LINE = {"low": "低风险预警:", "medium": "中风险预警:", "high": "高风险预警:"}


def topics(said: Sequence[Said]) -> list[Json]:
    """What the client asked about last, each once, the newest first."""
    found: dict[str, str] = {}
    for one in reversed(said):
        if one.intent in words.TOPICS:
            found.setdefault(words.TOPICS[one.intent], one.at.isoformat())
    return [{"topic": topic, "at": at} for topic, at in found.items()][:MOST_TOPICS]


def _client(person: Person) -> Json:
    return {
        "id": person.id, "name": person.name, "age": person.age, "stage": person.stage, "tier": person.tier,
        "region": person.region, "risk_level": f"C{person.risk}" if person.risk else "",
        "risk_expired": person.test_expired, "member_level": person.member_level, "own_advisor": person.own_advisor,
    }  # fmt: skip


def _assets(positions: Sequence[Position]) -> Json:
    return {
        "total": f"{sum(p.value for p in positions):.2f}",
        "profit": f"{sum(p.value - p.cost for p in positions):.2f}",
        "items": [
            {"fund": p.fund, "name": p.name, "sector": p.sector, "value": f"{p.value:.2f}", "share": p.share}
            for p in sorted(positions, key=lambda p: -p.value)
        ],
    }


def _tag(tag: Tag, *, now: datetime) -> Json:
    return {
        "tag": tag.name, "group": tag.group, "weight": round(tag.weight, 3), "limited": list(tag.limited),
        "evidence": [
            {"words": one.words, "source": one.source, "at": min(one.at, now).isoformat(), "weight": round(left, 3)}
            for one, left in tag.evidence[:MOST_EVIDENCE]
        ],
    }  # fmt: skip


def _alert(group: Sequence[Alert], rules: Mapping[str, IndicatorRule]) -> Json:
    head = group[0]
    return {
        "id": head.id, "indicator": head.indicator, "title": rules[head.indicator].title,
        "group": rules[head.indicator].group, "level": head.level.value, "words": head.words, "advice": head.advice,
        "opened_at": head.opened_at.isoformat(), "updated_at": head.updated_at.isoformat(), "state": head.state.value,
        "closed_at": head.closed_at.isoformat() if head.closed_at else None, "closed_by": head.closed_by,
        "note": head.note, "also": [{"words": a.words, "advice": a.advice, "level": a.level.value} for a in group[1:]],
    }  # fmt: skip

"""A past decision in words: how urgent, why this one, why not that one, and that the rules of then say so again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from handoff.hours import SHANGHAI
from handoff.matching import preference_words
from handoff.model import Advisor, Candidate
from handoff.policy import Policy
from handoff.replay import decide_again

Json = dict[str, Any]
#: Of a large staff the rest is counted, not named.
MOST_NAMED = 12


def explain(decision: Mapping[str, Any], roster: Iterable[Advisor], policy: Policy | None) -> Json:
    """`{id, at, advisor, policy_version, same, words}`; `words` are lines to read from top to bottom.

    decision  a row of `store.decisions_of`
    policy    the rules of then; None when their text is not known: it is told without being made again
    same      whether the rules of then, given what was known then, again say what was decided; null without rules
    """
    advisors = list(roster)
    names = {advisor.id: advisor.name for advisor in advisors}
    chosen, at = str(decision["advisor_id"]), datetime.fromisoformat(decision["inputs"]["now"])
    name = names.get(chosen, chosen)
    lines = [
        f"{_moment(at)},「{decision['inputs']['topic']}」派给{name}。",
        f"有多急:{decision['result']['explanation']}。",
    ]
    if policy is None:
        return _told(decision, name, lines, None, "这一版规则的原文没有留存,只列出当时的记录。")
    found, ranked = decide_again(decision["inputs"], advisors, policy)
    mine = next((one for one in ranked if one.advisor.id == chosen), None)
    if mine is None:
        return _told(decision, name, lines, None, f"{name}已不在名册上,不能重算。")
    lines.append(f"为什么是{name}:{'、'.join(mine.because) or '当时只有他能接'}。")
    again = decision["inputs"].get("again", {}).get(chosen)
    lines += [f"另外:{again}。"] if again else []
    others = [one for one in ranked if one.advisor.id != chosen]
    lines += [f"为什么不是{one.advisor.name}:{_why_not(one, mine, policy)}。" for one in others[:MOST_NAMED]]
    if len(others) > MOST_NAMED:
        lines.append(f"其余 {len(others) - MOST_NAMED} 位排在后面或不能接。")
    same = mine.eligible and found.explanation == decision["result"]["explanation"] and _as_told(decision, ranked)
    verdict = (
        "用当时的输入和当时的规则重算一遍,结果相同。" if same else "重算的结果与当时的记录不同,请检查名册是否有变动。"
    )
    return _told(decision, name, lines, same, f"规则版本 {decision['policy_version']}。{verdict}")


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日(周{'一二三四五六日'[local.weekday()]}) {local:%H:%M:%S}"


def _as_told(decision: Mapping[str, Any], ranked: Sequence[Candidate]) -> bool:
    """Whether each candidate that was written down has the same points again."""
    totals = {one.advisor.id: (one.eligible, one.total) for one in ranked}
    told = decision["result"]["candidates"]
    return all(totals.get(one["advisor"]["id"]) == (one["eligible"], one["total"]) for one in told)


def _why_not(other: Candidate, mine: Candidate, policy: Policy) -> str:
    if not other.eligible:
        return "、".join(other.blocked_by)
    if other.key < mine.key:
        return "单看这一单他更合适,但同时还有别的客户在等,这样分派总体最好"
    for name, his, best, part in zip(policy.matching.preferences, other.key, mine.key, other.points, strict=True):
        if his != best:
            return f"也能接,但先比的「{preference_words(name)}」不如({part.words})"
    return "也能接,各项都相同,按工号先后"


def _told(decision: Mapping[str, Any], name: str, lines: Sequence[str], same: bool | None, last: str) -> Json:
    return {
        "id": decision["id"], "at": decision["at"].isoformat(),
        "advisor": {"id": decision["advisor_id"], "name": name}, "policy_version": decision["policy_version"],
        "same": same, "words": [*lines, last],
    }  # fmt: skip

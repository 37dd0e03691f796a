"""When a person must come: the rules of `escalation.yml`, read, checked and applied. Pure but for `load`.

Requirements B2, B3, C1. Rules that fire all count: their reasons go to the advisor together, and the first one in the
file says what the bot does before it hands over and which topic the case has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contracts.reasons import EMOTIONS, NEGATIVE, REASONS, TOPICS, words

CONDITIONS = {
    "intent", "flag", "emotion", "strength_at_least", "negative_share_above", "failures_at_least", "repeats_at_least",
    "tier", "age_at_least", "slot", "text", "understood", "confidence_at_least",
}  # fmt: skip
ANSWER, NOTHING = "answer", "nothing"


class RulesInvalid(ValueError):
    """escalation.yml 有误; the message names the line."""


@dataclass(frozen=True)
class Rule:
    reason: str
    when: Mapping[str, Any]
    say: str = ANSWER
    topic: str | None = None


@dataclass(frozen=True)
class Rules:
    rules: tuple[Rule, ...]
    with_any: tuple[Rule, ...]
    topics: Mapping[str, str]
    default_topic: str
    floor: float
    margin: float
    sure: float
    soothing_above: float
    window: int
    least_messages: int


@dataclass(frozen=True)
class Facts:
    """What is known of the present message and of its sender.

    intents   of the message's requests, in the client's order
    strength  0..1 of `emotion`
    """

    intents: tuple[str, ...]
    text: str = ""
    flags: frozenset[str] = frozenset()
    emotion: str = "平静"
    strength: float = 0.0
    understood: bool = True
    confidence: float = 1.0
    negative_share: float = 0.0
    failures: int = 0
    repeats: int = 0
    tier: str = ""
    age: int = 0
    slots: Mapping[str, Any] = field(default_factory=dict)
    #: Topic of the talk so far, for a bare 「转人工」.
    last_topic: str | None = None


@dataclass(frozen=True)
class Escalation:
    """A handoff to ask for. `say` is "answer", "nothing" or an action's name."""

    reasons: tuple[str, ...]
    topic: str
    say: str
    second_topic: str | None = None

    def to_slot(self) -> dict[str, Any]:
        return {
            "reasons": list(self.reasons),
            "topic": self.topic,
            "second_topic": self.second_topic,
            "words": [words(reason) for reason in self.reasons],
        }


def decide(rules: Rules, facts: Facts) -> Escalation | None:
    """The handoff that the rules ask for, or None."""
    fired = [rule for rule in rules.rules if holds(rule.when, facts)]
    if not fired:
        return None
    reasons = dict.fromkeys(rule.reason for rule in fired)
    reasons.update(dict.fromkeys(rule.reason for rule in rules.with_any if holds(rule.when, facts)))
    topics = list(dict.fromkeys([*(r.topic for r in fired if r.topic), *_topics_of(rules, facts.intents)]))
    if not topics:
        topics = [facts.last_topic or rules.default_topic]
    return Escalation(tuple(reasons), topics[0], fired[0].say, topics[1] if len(topics) > 1 else None)


def _topics_of(rules: Rules, intents: Sequence[str]) -> Iterator[str]:
    return (rules.topics[intent] for intent in intents if intent in rules.topics)


def topic_of(rules: Rules, intents: Sequence[str]) -> str | None:
    """The topic that the requests themselves have, or None for small talk."""
    return next(_topics_of(rules, intents), None)


def holds(when: Mapping[str, Any], facts: Facts) -> bool:
    """Whether all conditions are met."""
    return all(_meets(name, wanted, facts) for name, wanted in when.items())


def _meets(name: str, wanted: Any, facts: Facts) -> bool:
    any_of = wanted if isinstance(wanted, list) else [wanted]
    if name == "intent":
        return bool(set(facts.intents) & set(any_of))
    if name == "flag":
        return bool(facts.flags & set(any_of))
    if name == "emotion":
        return facts.emotion in any_of
    if name == "tier":
        return facts.tier in any_of
    if name == "text":
        return re.search(wanted, facts.text, re.IGNORECASE) is not None
    if name == "slot":
        return all(_holds(facts.slots.get(slot), value) for slot, value in wanted.items())
    if name == "understood":
        return facts.understood is wanted
    if name == "negative_share_above":
        return facts.negative_share > float(wanted)
    figure = {"confidence_at_least": facts.confidence, "strength_at_least": facts.strength, "failures_at_least": facts.failures,
              "repeats_at_least": facts.repeats, "age_at_least": facts.age}[name]  # fmt: skip
    return figure >= float(wanted)


def _holds(value: Any, wanted: Any) -> bool:
    """`true` asks that the slot holds anything; a slot that holds an object is else compared by its topic."""
    if isinstance(wanted, bool):
        return bool(value) is wanted
    return bool((value.get("topic") if isinstance(value, Mapping) else value) == wanted)


def negative_share(rules: Rules, recent: Sequence[str], present: str) -> float:
    """Share of negative messages, 0..1, over the last `window` with the present one; 0 while there are too few (B2)."""
    seen = [*recent, present][-rules.window :]
    if len(seen) < rules.least_messages:
        return 0.0
    return sum(emotion in NEGATIVE for emotion in seen) / len(seen)


# --- reading the file ---


class RulesFile:
    """The rules in a file, read again when a trainer has saved it; a broken file leaves the last good ones in force.

    complain   told once of each broken state of the file
    """

    def __init__(self, path: Path, complain: Callable[[str], None] = lambda words: None) -> None:
        self._path = path
        self._complain = complain
        self._read_at = path.stat().st_mtime
        self._rules = load(path)

    def current(self) -> Rules:
        saved_at = self._path.stat().st_mtime
        if saved_at != self._read_at:
            self._read_at = saved_at
            try:
                self._rules = load(self._path)
            except RulesInvalid as error:
                self._complain(str(error))
        return self._rules


def load(path: Path) -> Rules:
    """The rules in the file. Raises RulesInvalid naming file, line and what is wrong."""
    text = path.read_text(encoding="utf-8")
    try:
        node = yaml.compose(text)
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RulesInvalid(f"{path.name}: {error}") from error
    lines = _lines(node)
    try:
        topics = {intent: topic for topic, intents in body["topics"].items() for intent in intents}
        found = Rules(
            rules=tuple(_rule(item, lines("rules", n)) for n, item in enumerate(body["rules"])),
            with_any=tuple(_rule(item, lines("with_any", n)) for n, item in enumerate(body.get("with_any", []))),
            topics=topics, default_topic=body["default_topic"], floor=float(body["understanding"]["floor"]),
            margin=float(body["understanding"]["margin"]), sure=float(body["understanding"]["sure"]),
            soothing_above=float(body["soothing"]["negative_share_above"]), window=int(body["soothing"]["window"]),
            least_messages=int(body["soothing"]["least_messages"]),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise RulesInvalid(f"{path.name}: 缺少或写错了 {error}") from error
    except RulesInvalid as error:
        raise RulesInvalid(f"{path.name}: {error}") from None
    unknown = {*topics.values(), found.default_topic} - set(TOPICS)
    if unknown:
        raise RulesInvalid(f"{path.name}: topics 里没有这样的主题:{'、'.join(sorted(unknown))}")
    return found


def _rule(item: Mapping[str, Any], line: int) -> Rule:
    unknown = set(item) - {"reason", "when", "say", "topic"}
    if unknown:
        raise RulesInvalid(f"第 {line} 行:不认识的字段 {'、'.join(sorted(unknown))}")
    rule = Rule(item["reason"], item["when"], item.get("say", ANSWER), item.get("topic"))
    if rule.reason not in REASONS:
        raise RulesInvalid(f"第 {line} 行:原因目录里没有 {rule.reason}")
    if rule.topic is not None and rule.topic not in TOPICS:
        raise RulesInvalid(f"第 {line} 行:没有主题 {rule.topic}")
    if not rule.when or set(rule.when) - CONDITIONS:
        raise RulesInvalid(f"第 {line} 行:when 只能用 {'、'.join(sorted(CONDITIONS))}")
    emotion = rule.when.get("emotion", [])
    if not set([emotion] if isinstance(emotion, str) else emotion) <= set(EMOTIONS):
        raise RulesInvalid(f"第 {line} 行:没有情绪 {emotion}")
    if rule.say not in (ANSWER, NOTHING) and not rule.say.startswith("action_"):
        raise RulesInvalid(f"第 {line} 行:say 只能是 answer、nothing 或动作名")
    if "text" in rule.when:
        try:
            re.compile(rule.when["text"])
        except re.error as error:
            raise RulesInvalid(f"第 {line} 行:text 不是正确的正则:{error}") from error
    return rule


def _lines(node: Any) -> Any:
    """A function (section, index) -> line number of that item in the file, counted from 1."""
    starts = {
        key.value: [item.start_mark.line + 1 for item in value.value]
        for key, value in (node.value if node else [])
        if isinstance(value, yaml.SequenceNode)
    }
    return lambda section, index: starts.get(section, [])[index]

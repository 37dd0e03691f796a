"""The supervisors' policy files as checked values, with the line of every mistake.

load_policy(folder) reads `priority.yml` and `matching.yml`. `Policy.version` is a hash of both texts; it is
stored with each decision, so that a decision can be replayed under the rules it was made by.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from contracts.reasons import EMOTIONS, REASONS, TOPICS, words
from kit.errors import Invalid

FOLDER = Path(__file__).parent / "policy"
LEVELS = ("low", "medium", "high", "urgent")
PREFERENCES = (
    "supervisor", "directed", "standing_order", "own_advisor", "knew_case", "skill", "second_skill",
    "dialect", "region", "load", "rating",
)  # fmt: skip
#: Nobody is barred from a case for longer: the client waits meanwhile.
MOST_LAPSE_SECONDS = 3600
Curve = tuple[tuple[float, float], ...]


ALERT_SECONDS = 900.0


class PolicyBroken(Invalid):
    """规则文件有误。"""

    code = "policy_broken"


@dataclass(frozen=True)
class Weight:
    points: int
    group: str
    words: str


@dataclass(frozen=True)
class Ageing:
    """curve: (waited / promised, points), straight between, flat after the last."""

    promised_seconds: float
    curve: Curve

    def points(self, waited_seconds: float) -> float:
        share = waited_seconds / self.promised_seconds
        for (left, low), (right, high) in itertools.pairwise(self.curve):
            if share < right:
                return low + (high - low) * (share - left) / (right - left)
        return self.curve[-1][1]


@dataclass(frozen=True)
class PriorityPolicy:
    caps: dict[str, int]
    reasons: dict[str, Weight]
    emotions: dict[str, int]
    emotion_group: str
    member_levels: dict[str, int]
    member_group: str
    ageing_group: str
    normal: Ageing
    high_risk: Ageing
    high_risk_reasons: frozenset[str]
    levels: dict[str, int]
    #: A high-risk case must have reached a person by then.
    alert_seconds: float = ALERT_SECONDS


@dataclass(frozen=True)
class Relaxation:
    after_seconds: float
    least_skill: int | None = None
    drop: frozenset[str] = frozenset()
    supervisor: bool = False
    reserve: bool = True


@dataclass(frozen=True)
class Lapse:
    """When somebody who did not keep a case may be asked again: by then, or earlier when nobody else could take it."""

    after_seconds: float
    alone_seconds: float


#: For rules that were written before they could be chosen.
LAPSES = {"missed": Lapse(90, 0), "declined": Lapse(300, 60), "passed": Lapse(600, 120)}


@dataclass(frozen=True)
class MatchingPolicy:
    licences: dict[str, frozenset[str]]
    skill_of: dict[str, str]
    preferences: tuple[str, ...]
    own_advisor_least_skill: int
    least_skill: int
    relaxation: tuple[Relaxation, ...]
    anyone_for: frozenset[str]
    offer_seconds: float
    lease_seconds: float
    wrap_up_seconds: float
    knew_case_hours: float
    handling_seconds: float
    exclusions: Mapping[str, Lapse] = field(default_factory=lambda: LAPSES)
    #: Licences so rare that the last places of who holds one are kept for those who need it.
    reserved: frozenset[str] = frozenset()
    reserved_places: int = 1


@dataclass(frozen=True)
class Policy:
    priority: PriorityPolicy
    matching: MatchingPolicy
    version: str


class _Reader:
    """A YAML text as plain data that remembers the line of each path."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._lines: dict[tuple[Any, ...], int] = {}
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            self.data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise PolicyBroken(f"{name} 第 {mark.line + 1 if mark else 1} 行:不是合法的 YAML") from error
        if not isinstance(self.data, dict) or node is None:
            raise PolicyBroken(f"{name} 第 1 行:应当是一组「名称: 值」")
        self._walk(node, ())

    def _walk(self, node: yaml.Node, path: tuple[Any, ...]) -> None:
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if (*path, key.value) in self._lines:
                    self._lines[path] = key.start_mark.line + 1
                    self.refuse(path, f"「{key.value}」写了两遍")
                self._walk(value, (*path, key.value))
                self._lines[(*path, key.value)] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._walk(value, (*path, index))

    def refuse(self, path: tuple[Any, ...], why: str) -> NoReturn:
        while path and path not in self._lines:
            path = path[:-1]
        raise PolicyBroken(f"{self._name} 第 {self._lines.get(path, 1)} 行:{why}", line=self._lines.get(path, 1))

    def at(self, *path: Any) -> Any:
        found: Any = self.data
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                self.refuse(path, f"缺少「{step}」")
        return found

    def number(self, *path: Any, least: float = 0, most: float = 1e9) -> float:
        found = self.at(*path)
        if isinstance(found, bool) or not isinstance(found, int | float) or not least <= found <= most:
            self.refuse(path, f"「{path[-1]}」应当是 {least:g} 到 {most:g} 之间的数")
        return found

    def whole(self, *path: Any, least: int = 0, most: int = 100) -> int:
        found = self.number(*path, least=least, most=most)
        if not isinstance(found, int):
            self.refuse(path, f"「{path[-1]}」应当是整数")
        return found

    def choice(self, allowed: Any, *path: Any) -> str:
        found = self.at(*path)
        if found not in allowed:
            self.refuse(path, f"没有「{found}」,可以写:{'、'.join(sorted(allowed))}")
        return str(found)

    def table(self, *path: Any, keys: Any = None) -> dict[str, Any]:
        found = self.at(*path)
        if not isinstance(found, dict):
            self.refuse(path, f"「{path[-1]}」应当是一组「名称: 值」")
        for key in found:
            if keys is not None and key not in keys:
                self.refuse((*path, key), f"没有「{key}」,可以写:{'、'.join(sorted(keys))}")
        return found

    def names(self, allowed: Any, *path: Any) -> tuple[str, ...]:
        found = self.at(*path)
        if not isinstance(found, list):
            self.refuse(path, f"「{path[-1]}」应当是一个列表")
        return tuple(self.choice(allowed, *path, index) for index in range(len(found)))


def read_priority(text: str, name: str = "priority.yml") -> PriorityPolicy:
    """The weights in `text`; PolicyBroken with its line when they cannot be followed."""
    file = _Reader(text, name)
    caps = {group: file.whole("caps", group) for group in file.table("caps")}
    reasons = {}
    for code, entry in file.table("reasons", keys=REASONS).items():
        group = file.choice(caps, "reasons", code, "group")
        reasons[code] = Weight(file.whole("reasons", code, "points"), group, str(entry.get("words") or words(code)))
    policy = PriorityPolicy(
        caps=caps,
        reasons=reasons,
        emotions={e: file.whole("emotions", e) for e in file.table("emotions", keys=EMOTIONS)},
        emotion_group=file.choice(caps, "emotion_group"),
        member_levels={m: file.whole("member_levels", m) for m in file.table("member_levels")},
        member_group=file.choice(caps, "member_group"),
        ageing_group=file.choice(caps, "ageing", "group"),
        normal=_ageing(file, "normal"),
        high_risk=_ageing(file, "high_risk"),
        high_risk_reasons=frozenset(file.names(REASONS, "ageing", "high_risk_reasons")),
        levels={level: file.whole("levels", level) for level in LEVELS},
        alert_seconds=(
            file.number("ageing", "alert_seconds", least=1)
            if "alert_seconds" in file.table("ageing")
            else ALERT_SECONDS
        ),
    )
    floors = [policy.levels[level] for level in LEVELS]
    if floors[0] != 0 or floors != sorted(floors):
        file.refuse(("levels",), "各级的分数应当从 0 起依次升高")
    bends = [x * a.promised_seconds for a in (policy.normal, policy.high_risk) for x, _ in a.curve]
    # Both lines are straight between the bends, so to compare them there is to compare them everywhere.
    if any(policy.high_risk.points(at) < policy.normal.points(at) for at in bends):
        file.refuse(("ageing", "high_risk"), "高风险的等待加分不能低于普通")
    return policy


def _ageing(file: _Reader, kind: str) -> Ageing:
    path = ("ageing", kind, "curve")
    count = len(file.at(*path))
    curve = tuple((file.number(*path, i, 0), file.number(*path, i, 1, most=100)) for i in range(count))
    rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in itertools.pairwise(curve))
    if not curve or curve[0] != (0, 0) or not rising:
        file.refuse(path, "等待曲线应当从 [0, 0] 起,时间递增,分数不降")
    return Ageing(file.number("ageing", kind, "promised_seconds", least=1), curve)


def read_matching(text: str, name: str = "matching.yml") -> MatchingPolicy:
    """The matching rules in `text`; PolicyBroken with its line when they cannot be followed."""
    file = _Reader(text, name)
    licences = {}
    for topic in file.table("licences", keys=TOPICS):
        wanted = file.at("licences", topic)
        if not isinstance(wanted, list):
            file.refuse(("licences", topic), f"「{topic}」应当是一个列表")
        licences[topic] = frozenset(str(licence) for licence in wanted)
    for topic in TOPICS:
        if topic not in licences:
            file.refuse(("licences",), f"缺少主题「{topic}」的执业资格")
    held = frozenset().union(*licences.values())
    steps = []
    for index, entry in enumerate(file.at("relaxation")):
        path = ("relaxation", index)
        least = file.whole(*path, "least_skill", most=5) if "least_skill" in entry else None
        drop = frozenset(file.names(PREFERENCES, *path, "drop")) if "drop" in entry else frozenset()
        supervisor, reserve = bool(entry.get("supervisor")), entry.get("reserve", True) is not False
        steps.append(Relaxation(file.number(*path, "after_seconds"), least, drop, supervisor, reserve))
    if [step.after_seconds for step in steps] != sorted(step.after_seconds for step in steps):
        file.refuse(("relaxation",), "放宽的时间应当依次升高")
    return MatchingPolicy(
        licences=licences,
        skill_of={t: file.choice(TOPICS, "skill_of", t) for t in file.table("skill_of", keys=TOPICS)},
        preferences=file.names(PREFERENCES, "preferences"),
        own_advisor_least_skill=file.whole("own_advisor_least_skill", most=5),
        least_skill=file.whole("least_skill", most=5),
        relaxation=tuple(steps),
        anyone_for=frozenset(file.names(REASONS, "anyone_for")),
        offer_seconds=file.number("offer_seconds", least=1),
        lease_seconds=file.number("lease_seconds", least=1),
        wrap_up_seconds=file.number("wrap_up_seconds"),
        knew_case_hours=file.number("knew_case_hours"),
        handling_seconds=file.number("handling_seconds", least=1),
        reserved=frozenset(file.names(held, "reserved")) if "reserved" in file.data else frozenset(),
        reserved_places=file.whole("reserved_places", least=1) if "reserved_places" in file.data else 1,
        exclusions=_lapses(file) if "exclusions" in file.data else LAPSES,
    )


def _lapses(file: _Reader) -> dict[str, Lapse]:
    file.table("exclusions", keys=LAPSES)
    found = {}
    for kind in LAPSES:
        after = file.number("exclusions", kind, "after_seconds", most=MOST_LAPSE_SECONDS)
        alone = file.number("exclusions", kind, "alone_seconds", most=MOST_LAPSE_SECONDS)
        if alone > after:
            file.refuse(("exclusions", kind, "alone_seconds"), "没有别人能接时,不能比平时等得更久")
        found[kind] = Lapse(after, alone)
    return found


def load_policy(folder: Path = FOLDER) -> Policy:
    """The policy in `folder`; PolicyBroken names file and line of the first mistake."""
    return read_policy(*((folder / name).read_text(encoding="utf-8") for name in ("priority.yml", "matching.yml")))


def read_policy(priority: str, matching: str) -> Policy:
    return Policy(read_priority(priority), read_matching(matching), version_of(priority, matching))


def version_of(priority: str, matching: str) -> str:
    return hashlib.sha256(f"{priority}\0{matching}".encode()).hexdigest()[:12]

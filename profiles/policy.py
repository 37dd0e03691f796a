"""The rules that supervisors edit, as checked values: `policy/indicators.yml` and `policy/tags.yml`. Pure but for `load`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiles.features import FEATURES, SAID, tells_of_assets
from profiles.indicators import DECLARED, Indicator
from profiles.lines import Node
from profiles.model import LEVELS, Level

FOLDER = Path(__file__).parent / "policy"
GROUPS = ("基础属性", "投资行为", "需求偏好", "风险特征")
#: state: what is, and clears by itself when it is over; event: what happened, and stays until somebody has looked.
KINDS = ("state", "event")
Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Bands:
    """From where a level holds. strict: above the threshold, else at least it. margin: how far below it, as a part of
    it, a level that holds is kept."""

    thresholds: Mapping[Level, float]
    strict: bool
    margin: float = 0.0


@dataclass(frozen=True)
class IndicatorRule:
    """group: alerts of one group are shown as one. cooldown_hours: how long it stays quiet after somebody closed it."""

    indicator: Indicator
    title: str
    group: str
    bands: Bands
    kind: str
    keep_hours: float
    cooldown_hours: float
    parameters: Mapping[str, float]
    words: str
    advice: str


@dataclass(frozen=True)
class TagRule:
    name: str
    group: str
    half_life_days: float


@dataclass(frozen=True)
class Range:
    least: float
    most: float


@dataclass(frozen=True)
class Sign:
    """How something is recognised: in a message (says or intents, and not unless), or in features (all of `when`)."""

    says: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    intents: tuple[str, ...] = ()
    when: Mapping[str, Range] | None = None

    @property
    def source(self) -> str:
        """books when it tells of holdings or orders (requirement H2), else file; talk for what is heard."""
        if self.when is None:
            return "talk"
        return "books" if any(tells_of_assets(name) for name in self.when) else "file"


@dataclass(frozen=True)
class EvidenceRule:
    id: str
    tag: str
    strength: float
    words: str
    sign: Sign


@dataclass(frozen=True)
class Limit:
    """What a life event does to a tag for so many days: its weight times `factor`, and at most `cap`."""

    factor: float
    cap: float
    days: float


@dataclass(frozen=True)
class EventRule:
    """again_days: seen again within it, it is the same event."""

    kind: str
    words: str
    again_days: float
    signs: tuple[Sign, ...]
    raises: Mapping[str, float]
    limits: Mapping[str, Limit]


@dataclass(frozen=True)
class Policy:
    indicators: Mapping[str, IndicatorRule]
    tags: Mapping[str, TagRule]
    events: Mapping[str, EventRule]
    evidence: tuple[EvidenceRule, ...]


def load(folder: Path = FOLDER) -> Policy:
    """Raises PolicyBroken."""
    indicators, tags = folder / "indicators.yml", folder / "tags.yml"
    return read(indicators.read_text(encoding="utf-8"), tags.read_text(encoding="utf-8"))


def read(indicators: str, tags: str) -> Policy:
    """The policy that the two texts tell. Raises PolicyBroken."""
    top = Node.root("indicators.yml", indicators).fields("version indicators", "")
    rules = {name: _indicator(name, node) for name, node in top["indicators"].fields().items()}
    if missing := [name for name in DECLARED if name not in rules]:
        top["indicators"].broken(f"缺少指标 {'、'.join(missing)}")
    top = Node.root("tags.yml", tags).fields("version tags events evidence", "")
    known = {name: _tag(name, node) for name, node in top["tags"].fields().items()}
    events = {kind: _event(kind, node, known) for kind, node in top["events"].fields().items()}
    evidence = {name: _evidence(name, node, known) for name, node in top["evidence"].fields().items()}
    return Policy(rules, known, events, tuple(evidence.values()))


def _indicator(name: str, node: Node) -> IndicatorRule:
    declared = DECLARED.get(name)
    if declared is None:
        node.broken(f"没有指标「{name}」")
    fields = node.fields("title group words advice", "over from margin kind keep_hours cooldown_hours parameters")
    if ("over" in fields) == ("from" in fields):
        node.broken("over(大于)和 from(达到)要写且只写一个")
    strict = "over" in fields
    margin = fields["margin"].share() if "margin" in fields else 0.0
    given = fields["parameters"].fields(" ".join(declared.parameters), "") if "parameters" in fields else {}
    if missing := [one for one in declared.parameters if one not in given]:
        node.broken(f"缺少参数 {'、'.join(missing)}")
    return IndicatorRule(
        declared, fields["title"].text(), fields["group"].text(),
        Bands(_thresholds(fields["over" if strict else "from"]), strict, margin),
        kind=fields["kind"].one_of(KINDS, "类别") if "kind" in fields else "state",
        keep_hours=fields["keep_hours"].number(0) if "keep_hours" in fields else 0.0,
        cooldown_hours=fields["cooldown_hours"].number(0) if "cooldown_hours" in fields else 24.0 * 30,
        parameters={key: value.number(0) for key, value in given.items()},
        words=fields["words"].template(declared.figures), advice=fields["advice"].template(declared.figures),
    )  # fmt: skip


def _thresholds(node: Node) -> dict[Level, float]:
    fields = node.fields("", " ".join(level.value for level in LEVELS))
    found = {level: fields[level.value].number(0) for level in LEVELS if level.value in fields}
    values = list(found.values())
    if not values:
        node.broken("至少要有一个级别")
    if values != sorted(set(values)):
        node.broken("级别越高,门槛应当越高")
    return found


def _tag(name: str, node: Node) -> TagRule:
    fields = node.fields("group half_life_days", "")
    return TagRule(name, fields["group"].one_of(GROUPS, "标签组"), fields["half_life_days"].number(1))


def _event(kind: str, node: Node, tags: Mapping[str, TagRule]) -> EventRule:
    fields = node.fields("words again_days", "signs raises limits")
    raises = fields["raises"].fields() if "raises" in fields else {}
    limits = fields["limits"].fields() if "limits" in fields else {}
    for name, place in [*raises.items(), *limits.items()]:
        if name not in tags:
            place.broken(f"没有标签「{name}」")
    return EventRule(
        kind, fields["words"].text(), fields["again_days"].number(0),
        tuple(_sign(item, item.fields("", "says unless intents when")) for item in fields["signs"].items())
        if "signs" in fields else (),
        {name: place.share() for name, place in raises.items()},
        {name: _limit(place) for name, place in limits.items()},
    )  # fmt: skip


def _limit(node: Node) -> Limit:
    fields = node.fields("factor cap days", "")
    return Limit(fields["factor"].share(), fields["cap"].share(), fields["days"].number(1))


def _evidence(name: str, node: Node, tags: Mapping[str, TagRule]) -> EvidenceRule:
    fields = node.fields("tag strength words", "says unless intents when")
    sign = _sign(node, {key: value for key, value in fields.items() if key in ("says", "unless", "intents", "when")})
    return EvidenceRule(
        name, fields["tag"].one_of(tags, "标签"), fields["strength"].share(), fields["words"].text(), sign
    )


def _sign(node: Node, fields: Mapping[str, Node]) -> Sign:
    heard, counted = "says" in fields or "intents" in fields, "when" in fields
    if heard == counted:
        node.broken("says、intents(听到的)和 when(算出的)要写且只写一种")
    conditions = fields["when"].fields() if counted else {}
    for name, place in conditions.items():
        if name not in FEATURES and not name.startswith(SAID):
            place.broken(f"没有特征「{name}」")
    return Sign(
        tuple(item.pattern() for item in fields["says"].items()) if "says" in fields else (),
        tuple(item.pattern() for item in fields["unless"].items()) if "unless" in fields else (),
        tuple(item.text() for item in fields["intents"].items()) if "intents" in fields else (),
        {name: _range(place) for name, place in conditions.items()} if counted else None,
    )


def _range(node: Node) -> Range:
    fields = node.fields("", "min max")
    if not fields:
        node.broken("min 和 max 至少写一个")
    return Range(
        fields["min"].number() if "min" in fields else float("-inf"),
        fields["max"].number() if "max" in fields else float("inf"),
    )

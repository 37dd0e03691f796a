"""Are priority, tags and churn the same for everybody (requirement G4): `python -m bench.profiles_fairness SAMPLE.csv`.

Two looks. Counterfactual: the same case, with only age, region or tier swapped, must come out the same (高净值 is left out: it
is a reason and a tag of its own, on purpose). Error rates: of simulated clients whose truth is known, the share of leaving
clients that is found and of quiet ones that is warned about, and the share of planted stories that is caught, each group
against all others. Exits 1 unless every gap is proven to lie within its bound (`bench.profiles_gaps`); the sample must be
large enough for that: some 16,000 clients. The world is simulated: the generator makes clients of sixty and older come a
quarter less often, and nothing else depends on the groups. Emotion has a command of its own, `bench.profiles_voices`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.profiles_gaps import Gap, Rate, gaps
from handoff.model import Case, ClientView
from handoff.policy import load_policy
from handoff.priority import prioritise
from profiles import churn, policy, stories
from profiles.behaviour import NAMES
from profiles.model import Evidence, Facts, Person, Said
from profiles.tags import counted, heard, tags_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
#: The swapped case may not differ at all; error rates may differ by so much between a group and the others.
PRIORITY_BOUND, TAG_BOUND, ERROR_BOUND = 0.0, 0.0, 0.10
FIELDS = ("age", "sex", "region", "tier")
#: What is no field of the input cannot weigh: sex is none, of a case or of a tag's rules.
NO_INPUT = "sex"
AGES, REGIONS, TIERS = (24, 36, 52, 64), ("上海", "四川", "河南"), ("大众", "财富")
SAYINGS = ("我想问教育金", "跌得睡不着", "能抄底吗", "求稳一点", "怎么销户")
Json = dict[str, Any]


def band(age: int) -> str:
    return "30岁以下" if age < 30 else "30-44岁" if age < 45 else "45-59岁" if age < 60 else "60岁以上"


def spread(values: Iterable[float]) -> float:
    known = list(values)
    return max(known) - min(known) if known else 0.0


def swapped(priority_of: Callable[[ClientView], float], base: ClientView, field: str, others: Sequence[Any]) -> float:
    """The widest difference that swapping one field makes."""
    return spread(priority_of(replace(base, **{field: other})) for other in others)


def priorities() -> Json:
    """By how many points a case's priority differs when only the client's group is another."""
    rules = load_policy().priority
    found: Json = {}
    for field, others in (("age", AGES), ("region", REGIONS), ("tier", TIERS)):
        gaps = []
        for reasons in (("complaint",), ("account_safety",), ("large_redemption", "emotion_panic"), ("explicit_ask",)):

            def points(client: ClientView, reasons: tuple[str, ...] = reasons) -> float:
                case = Case("H", client, "投资", reasons, NOW - timedelta(minutes=2), emotion="焦虑", strength=0.6)
                return prioritise(case, rules, now=NOW).points

            gaps.append(swapped(points, _client(), field, others))
        found[field] = max(gaps)
    return found


def _client() -> ClientView:
    return ClientView("C1", "王芳", "成长", "大众", 36, "C3", "普通", "上海")


def tag_weights() -> Json:
    """By how much a tag's weight differs when only the client's group is another; the same talk, the same books."""
    rules = policy.load()
    base = Person("C1", "王芳", 36, "成长", "大众", "上海", 3, False, None, "普通", None, 1e5)
    said = tuple(Said(f"m{n}", n, text, NOW, None, "焦虑", 0.5) for n, text in enumerate(SAYINGS))
    talk: list[Evidence] = [e for one in said for e in heard(one, rules)[0]]
    found: Json = {}
    groups: tuple[tuple[str, tuple[Any, ...]], ...] = (("age", AGES), ("region", REGIONS), ("tier", TIERS))
    for field, others in groups:
        weights: dict[str, list[float]] = {}
        for other in others:
            facts = Facts(replace(base, **{field: other}), NOW, NOW.date(), said=said)
            tags = {t.name: t.weight for t in tags_of([*talk, *counted(facts, rules)[0]], (), rules, now=NOW)}
            for name in rules.tags:
                weights.setdefault(name, []).append(tags.get(name, 0.0))
        found[field] = round(max(spread(values) for values in weights.values()), 4)
    return found


Cases = Mapping[str, Mapping[str, list[tuple[bool, bool]]]]


def churn_cases(rows: Sequence[Mapping[str, str]]) -> Cases:
    """`{field: {group: [(left, warned)]}}`."""
    model = churn.load()
    warned = [churn.risk(model, [float(row[name]) for name in NAMES]).level in tuple(_warning()) for row in rows]
    return _grouped(
        [({**row, "age": band(int(row["age"]))}, row["left"] == "1", w) for row, w in zip(rows, warned, strict=True)]
    )


def story_cases(seen: Iterable[stories.Seen]) -> Cases:
    """The same of planted stories: (a story is there, its own signal was seen; without a story: any was).

    The stories that happen at some ages only, and leaving, which the churn sample measures better, are left out.
    """
    return _grouped([
        ({"age": band(one.who.age), "sex": one.who.sex, "region": one.who.region, "tier": one.who.tier}, one.story is not None,
         one.story in one.signals if one.story else bool(one.signals - {"churn"}))
        for one in seen if one.story in (None, "panic", "theft")
    ])  # fmt: skip


def _grouped(cases: Iterable[tuple[Mapping[str, str], bool, bool]]) -> Cases:
    found: dict[str, dict[str, list[tuple[bool, bool]]]] = {field: {} for field in FIELDS}
    for about, truth, raised in cases:
        for field in FIELDS:
            found[field].setdefault(about[field], []).append((truth, raised))
    return found


def errors(cases: Cases) -> dict[str, dict[str, tuple[Gap, ...]]]:
    """`{field: {"found"|"false": gaps}}`, a gap a group."""
    comparisons = 2 * sum(len(groups) for groups in cases.values())
    return {
        field: {
            part: gaps({name: _rate(pairs, truth) for name, pairs in groups.items()}, bound=ERROR_BOUND, comparisons=comparisons)
            for part, truth in (("found", True), ("false", False))
        }
        for field, groups in cases.items()
    }  # fmt: skip


def _rate(pairs: Sequence[tuple[bool, bool]], truth: bool) -> Rate:
    raised = [warn for there, warn in pairs if there is truth]
    return Rate(sum(raised), len(raised))


def _warning() -> Iterable[Any]:
    return [level for level in churn.load().levels if level.value in ("medium", "high")]


def report(rows: Sequence[Mapping[str, str]], seen: Sequence[stories.Seen]) -> Json:
    """`{priority, tags, churn, stories, failed}`; failed: what is above a bound or not proven to be below it, in words."""
    found: Json = {"priority": priorities(), "tags": tag_weights()}
    failed = [f"priority by {n}: {gap}" for n, gap in found["priority"].items() if gap > PRIORITY_BOUND]
    failed += [f"tags by {n}: {gap}" for n, gap in found["tags"].items() if gap > TAG_BOUND]
    failed += [f"{NO_INPUT} is an input" for kind in (ClientView, Person) if NO_INPUT in kind.__dataclass_fields__]
    for name, cases in (("churn", churn_cases(rows)), ("stories", story_cases(seen))):
        judged = errors(cases)
        failed += [
            f"{name} {part} by {field}, {one.group}: {one.gap:+.3f} [{one.low:+.3f}, {one.high:+.3f}] {one.verdict}"
            for field, parts in judged.items() for part, row in parts.items() for one in row if one.verdict != "within"
        ]  # fmt: skip
        found[name] = {
            f: {part: [asdict(g) for g in row] for part, row in parts.items()} for f, parts in judged.items()
        }
    return {**found, "failed": failed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", type=Path, help="CSV of `python -m tools.churn_sample`")
    parser.add_argument("--clients", type=int, default=8000, help="with planted stories")
    parser.add_argument("--seed", type=int, default=40)
    given = parser.parse_args()
    with given.sample.open(encoding="utf-8", newline="") as file:
        found = report(list(csv.DictReader(file)), stories.play(given.clients, given.seed))
    print(json.dumps(found, ensure_ascii=False, indent=1))
    sys.exit(1 if found["failed"] else 0)


if __name__ == "__main__":
    main()

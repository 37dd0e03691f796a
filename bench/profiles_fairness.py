"""Are priority, tags and churn the same for everybody (requirement G4): `python -m bench.profiles_fairness SAMPLE.csv`.

Two looks. Counterfactual: the same case, with only age, region or tier swapped, must come out the same (高净值 is left out: it
is a reason and a tag of its own, on purpose). Error rates:
of simulated clients whose truth is known, the share of leaving clients that is found and of quiet ones that is
warned about, by group. A gap above its bound exits 1. The world is simulated: the generator itself makes clients of
sixty and older come a quarter less often, and nothing else depends on the groups. Emotion is read from the text alone and
is not measured here: words of the groups (他/她, dialect) have to be swapped in messages (`huiban nlu eval`).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from handoff.model import Case, ClientView
from handoff.policy import load_policy
from handoff.priority import prioritise
from profiles import churn, policy
from profiles.behaviour import NAMES
from profiles.model import Evidence, Facts, Person, Said
from profiles.tags import counted, heard, tags_of

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
#: The swapped case may not differ at all; error rates may differ by so much between groups of some size.
PRIORITY_BOUND, TAG_BOUND, ERROR_BOUND, LEAST_GROUP = 0.0, 0.0, 0.10, 20
#: A gap counts when chance makes one so wide in a hundred groups only.
STANDARD_ERRORS = 2.6
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


def errors(rows: Sequence[Mapping[str, str]]) -> Json:
    """Of each group: how many, the share of the leaving that is found, the share of the staying that is warned about."""
    model = churn.load()
    warned = [churn.risk(model, [float(row[name]) for name in NAMES]).level in tuple(_warning()) for row in rows]
    found: Json = {}
    for field in ("age", "sex", "region", "tier"):
        groups: dict[str, list[tuple[bool, bool]]] = {}
        for row, warn in zip(rows, warned, strict=True):
            name = band(int(row["age"])) if field == "age" else row[field]
            groups.setdefault(name, []).append((row["left"] == "1", warn))
        table = {name: _rates(pairs) for name, pairs in sorted(groups.items())}
        whole = _rates([pair for pairs in groups.values() for pair in pairs])
        found[field] = {
            "groups": table, "found_gap": _gap(table, whole, "found", "left"), "false_gap": _gap(table, whole, "false", "stayed"),
        }  # fmt: skip
    return found


def _gap(table: Mapping[str, Json], whole: Json, rate: str, size: str) -> float:
    """The widest distance of a group from all clients that chance does not explain; 0 when there is none."""
    gaps = [0.0]
    for group in table.values():
        gap, share = abs(group[rate] - whole[rate]), whole[rate]
        if group[size] >= LEAST_GROUP and gap > STANDARD_ERRORS * (share * (1 - share) / group[size]) ** 0.5:
            gaps.append(gap)
    return round(max(gaps), 4)


def _warning() -> Iterable[Any]:
    return [level for level in churn.load().levels if level.value in ("medium", "high")]


def _rates(pairs: Sequence[tuple[bool, bool]]) -> Json:
    left = [warn for gone, warn in pairs if gone]
    stayed = [warn for gone, warn in pairs if not gone]
    return {
        "clients": len(pairs), "left": len(left), "stayed": len(stayed), "found": round(sum(left) / max(1, len(left)), 3),
        "false": round(sum(stayed) / max(1, len(stayed)), 3),
    }  # fmt: skip


def report(rows: Sequence[Mapping[str, str]]) -> Json:
    """`{priority, tags, churn, broken}`; broken: the gaps above their bounds, in words."""
    found: Json = {"priority": priorities(), "tags": tag_weights(), "churn": errors(rows)}
    broken = [f"priority by {n}: {gap}" for n, gap in found["priority"].items() if gap > PRIORITY_BOUND]
    broken += [f"tags by {n}: {gap}" for n, gap in found["tags"].items() if gap > TAG_BOUND]
    broken += [f"{NO_INPUT} is an input" for kind in (ClientView, Person) if NO_INPUT in kind.__dataclass_fields__]
    for name, entry in found["churn"].items():
        broken += [
            f"churn {kind} by {name}: {entry[kind]}" for kind in ("found_gap", "false_gap") if entry[kind] > ERROR_BOUND
        ]
    found["broken"] = broken
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", type=Path, help="CSV of `python -m tools.churn_sample`")
    given = parser.parse_args()
    with given.sample.open(encoding="utf-8", newline="") as file:
        found = report(list(csv.DictReader(file)))
    print(json.dumps(found, ensure_ascii=False, indent=1))
    sys.exit(1 if found["broken"] else 0)


if __name__ == "__main__":
    main()

"""From judged lines to figures: accuracy, macro-F1, calibration, speed, what is confused with what. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language.emotion import NEGATIVE
from bot.language.models import CALM
from bot.language.understanding import Parse

#: How many confusions and worst lines are reported.
SHOWN = 20


@dataclass(frozen=True)
class Judged:
    line: dict[str, Any]
    parse: Parse
    milliseconds: float

    @property
    def intent_right(self) -> bool:
        return self.parse.intent in (self.line["intent"], *(self.line.get("also") or ()))

    @property
    def emotion_right(self) -> bool:
        return self.parse.emotion in (self.line["emotion"], *(self.line.get("also_emotion") or ()))

    @property
    def both_found(self) -> bool:
        return set(self.line["intents"]) <= {request.intent for request in self.parse.requests}

    @property
    def both_in_order(self) -> bool:
        return [request.intent for request in self.parse.requests] == list(self.line["intents"])


Pair = tuple[str, str]


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Everything `huiban nlu eval` reports. Figures of what the file does not hold are null."""
    plain = [one for one in judged if one.line.get("intent")]
    moods = [one for one in judged if one.line.get("emotion")]
    double = [one for one in judged if one.line.get("intents")]
    told = [one for one in plain if one.line.get("history")]
    intent_pairs = [_pair(one, "intent", one.parse.intent, "also") for one in plain]
    mood_pairs = [_pair(one, "emotion", one.parse.emotion, "also_emotion") for one in moods]
    calm = [one for one in moods if one.line["emotion"] == CALM]
    return {
        "lines": len(judged),
        "intent": {
            "accuracy": _mean(one.intent_right for one in plain),
            "interval": interval([one.intent_right for one in plain]),
            "macro_f1": macro_f1(intent_pairs),
            "n": len(plain),
        },
        "emotion": {
            "accuracy": _mean(one.emotion_right for one in moods),
            "macro_f1": macro_f1(mood_pairs),
            "calm_called_negative": _mean(one.parse.emotion in NEGATIVE and not one.emotion_right for one in calm),
            "n": len(moods),
        },
        "multi": {
            "both_found": _mean(one.both_found for one in double),
            "both_in_order": _mean(one.both_in_order for one in double),
            "single_split": _mean(len(one.parse.requests) > 1 for one in plain),
            "n": len(double),
        },
        "history": {"accuracy": _mean(one.intent_right for one in told), "n": len(told)},
        "entities": entity_scores(judged),
        "calibration": calibration([(one.parse.confidence, one.intent_right) for one in plain]),
        "coverage": coverage([(one.parse.confidence, one.intent_right) for one in plain]),
        "latency_ms": {
            "p50": percentile([one.milliseconds for one in judged], 0.50),
            "p95": percentile([one.milliseconds for one in judged], 0.95),
        },
        "styles": styles(plain),
        "intents": per_label(intent_pairs),
        "emotions": per_label(mood_pairs),
        "confusions": confusions(intent_pairs),
        "worst": worst(plain),
    }


def _pair(one: Judged, label: str, said: str, also: str) -> Pair:
    """(truth, said); an acceptable alternative counts as the truth."""
    return (said, said) if said in (one.line.get(also) or ()) else (one.line[label], said)


def _mean(values: Iterable[bool]) -> Any:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None


def interval(right: Sequence[bool]) -> Any:
    """Wilson's 95 % interval of a share."""
    n = len(right)
    if not n:
        return None
    share, z = sum(right) / n, 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return [round(middle - reach, 4), round(middle + reach, 4)]


def macro_f1(pairs: Sequence[Pair]) -> Any:
    """Mean F1 of the labels that stand in the truth."""
    rows = per_label(pairs)
    return round(sum(row["f1"] for row in rows.values()) / len(rows), 4) if rows else None


def per_label(pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    truth, said = Counter(t for t, _ in pairs), Counter(s for _, s in pairs)
    hits = Counter(t for t, s in pairs if t == s)
    rows: dict[str, dict[str, Any]] = {}
    for label in sorted(truth):
        recall = hits[label] / truth[label]
        precision = hits[label] / said[label] if said[label] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if hits[label] else 0.0
        rows[label] = {
            "n": truth[label],
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(f1, 4),
        }
    return rows


def styles(plain: Sequence[Judged]) -> dict[str, Any]:
    groups: dict[str, list[Judged]] = {}
    for one in plain:
        if one.line.get("style"):
            groups.setdefault(one.line["style"], []).append(one)
    return {
        style: {
            "n": len(group),
            "intent": _mean(one.intent_right for one in group),
            "emotion": _mean(one.emotion_right for one in group if one.line.get("emotion")),
        }
        for style, group in sorted(groups.items())
    }


def confusions(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    counts = Counter(pair for pair in pairs if pair[0] != pair[1])
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"truth": t, "said": s, "count": count} for (t, s), count in ordered[:SHOWN]]


def worst(plain: Sequence[Judged]) -> list[dict[str, Any]]:
    """The lines that were wrong with the most confidence."""
    wrong = sorted((one for one in plain if not one.intent_right), key=lambda one: -one.parse.confidence)
    return [
        {"text": one.line["text"], "truth": one.line["intent"], "said": one.parse.intent,
         "confidence": round(one.parse.confidence, 3)}
        for one in wrong[:SHOWN]
    ]  # fmt: skip


def calibration(scored: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Expected calibration error over ten bins, and the bins (mean confidence, share right, count)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for confidence, right in scored:
        bins[min(9, int(confidence * 10))].append((confidence, right))
    rows = []
    error = 0.0
    for found in filter(None, bins):
        confidence, right = sum(c for c, _ in found) / len(found), sum(r for _, r in found) / len(found)
        error += abs(confidence - right) * len(found) / len(scored)
        rows.append({"confidence": round(confidence, 3), "right": round(right, 3), "n": len(found)})
    return {"error": round(error, 4) if scored else None, "bins": rows}


def coverage(scored: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    """How many messages are answered, and how many of those rightly, from a confidence upwards."""
    rows = []
    for floor in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        taken = [right for confidence, right in scored if confidence >= floor]
        if taken:
            rows.append({"from": floor, "answered": round(len(taken) / len(scored), 4), "right": _mean(taken)})
    return rows


def entity_scores(judged: Sequence[Judged]) -> dict[str, Any]:
    """Precision, recall, F1 of exact span and value, over the lines that have `entities`."""
    labelled = [one for one in judged if "entities" in one.line]
    if not labelled:
        return {"f1": None, "n": 0}
    hits = said = truth = 0
    for one in labelled:
        wanted = [_key(e) for e in one.line["entities"]]
        found = [_key(e.to_json()) for e in one.parse.entities]
        hits += len([key for key in found if key in wanted])
        said, truth = said + len(found), truth + len(wanted)
    precision, recall = hits / said if said else 0.0, hits / truth if truth else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "n": truth}


def _key(entity: dict[str, Any]) -> tuple[Any, ...]:
    value = entity["value"]
    return (entity["entity"], str(sorted(value.items())) if isinstance(value, dict) else str(value),
            entity.get("start"), entity.get("end"))  # fmt: skip


def percentile(values: Sequence[float], share: float) -> Any:
    """The value below which `share` of them lie (nearest rank)."""
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 2) if ordered else None


def summary(found: dict[str, Any]) -> str:
    """The figures that count, a line each."""
    rows = [
        ("intent accuracy", found["intent"]["accuracy"]), ("intent macro-F1", found["intent"]["macro_f1"]),
        ("emotion accuracy", found["emotion"]["accuracy"]), ("emotion macro-F1", found["emotion"]["macro_f1"]),
        ("calm called negative", found["emotion"]["calm_called_negative"]), ("both requests found", found["multi"]["both_found"]),
        ("follow-ups", found["history"]["accuracy"]), ("calibration error", found["calibration"]["error"]),
        ("p50 ms", found["latency_ms"]["p50"]), ("p95 ms", found["latency_ms"]["p95"]),
    ]  # fmt: skip
    lines = [f"{name:22}{'-' if value is None else value}" for name, value in rows]
    lines += [f"  {style:20}{row['intent']}" for style, row in found["styles"].items()]
    lines += [f"  {row['truth']} -> {row['said']}  {row['count']}" for row in found["confusions"][:10]]
    return "\n".join(lines)

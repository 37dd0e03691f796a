"""The encoder on real text that none of ours was written from; a folder is given, what it lacks is left out.

Linear probes: logistic regression on the vectors of the set's own training part, the rest judged. Zero-shot: our
emotion model as it is, its labels mapped onto the set's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.language import emotion, scoring, training
from bot.language.encoder import Encoder
from bot.language.features import Ngrams
from bot.language.models import Models
from bot.language.normalise import normalise

#: More lines of a set change nothing but the time.
MOST = 6000
PROBE_C = 4.0
CPED = {"worried": "焦虑", "fear": "恐慌", "depress": "失望", "sadness": "失望", "anger": "愤怒", "neutral": "平静",
        "relaxed": "安心", "happy": "满意", "grateful": "满意"}  # fmt: skip
#: Weibo's six, and what of ours counts as each; 困惑 stands nearest to surprise.
SMP = {"angry": ("愤怒",), "sad": ("失望",), "fear": ("焦虑", "恐慌"), "happy": ("满意", "安心"), "neutral": ("平静",),
       "surprise": ("困惑",)}  # fmt: skip
TONE = {"满意": "积极", "安心": "积极", "平静": "中性", "困惑": "中性"}

Row = Mapping[str, Any]


def probes(folder: Path, encoder: Encoder, models: Models | None) -> dict[str, Any]:
    """Figures by name of set and method."""
    runs: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
        "bq_corpus, cosine threshold": (("bq_corpus/dev.jsonl",), lambda rows: _pairs(rows, encoder)),
        "cic, linear probe": (("cic/train.jsonl", "cic/dev.jsonl"), lambda a, b: _probe(a, b, encoder)),
        "finfe_guba, linear probe": (
            ("finfe_guba/train_dedup.jsonl", "finfe_guba/eval_heldout.jsonl"), lambda a, b: _probe(a, b, encoder)),
        "smp2020, linear probe": (("smp2020/usual_eval_labeled.jsonl",), lambda rows: _probe(*_halves(rows), encoder)),
        "cped, linear probe": (("cped/valid.jsonl",), lambda rows: _probe(*_halves(_mapped(rows)), encoder)),
    }  # fmt: skip
    if models:
        runs |= {
            "cped, zero-shot": (("cped/valid.jsonl",), lambda rows: _zero(_mapped(rows), encoder, models, {})),
            "smp2020, zero-shot": (
                ("smp2020/usual_eval_labeled.jsonl",), lambda rows: _zero(rows, encoder, models, _named(SMP))),
            "finfe_guba, zero-shot": (
                ("finfe_guba/eval_heldout.jsonl",),
                lambda rows: _zero(rows, encoder, models, {m: TONE.get(m, "消极") for m in emotion.EMOTIONS})),
        }  # fmt: skip
    found: dict[str, Any] = {}
    for name, (files, run) in runs.items():
        if not all((folder / file).exists() for file in files):
            print(f"{name}: not in {folder}, left out")
            continue
        found[name] = run(*[_read(folder / file) for file in files])
        print(f"{name:28}{json.dumps(found[name], ensure_ascii=False)}", flush=True)
    return found


def _read(path: Path) -> list[Row]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    # Evenly over the file: some are in order of label.
    step = max(1.0, len(rows) / MOST)
    return [rows[int(i * step)] for i in range(min(len(rows), MOST))]


def _halves(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    return [row for i, row in enumerate(rows) if i % 5], [row for i, row in enumerate(rows) if not i % 5]


def _mapped(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "label": CPED[row["label"]]} for row in rows if row["label"] in CPED]


def _named(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {ours: theirs for theirs, names in groups.items() for ours in names}


def _texts(rows: Sequence[Row], key: str = "text") -> list[str]:
    return [normalise(row[key]).text or " " for row in rows]


def _figures(pairs: Sequence[scoring.Pair]) -> dict[str, Any]:
    right = [truth == said for truth, said in pairs]
    return {"n": len(pairs), "accuracy": round(sum(right) / len(right), 4), "interval": scoring.interval(right),
            "macro_f1": scoring.macro_f1(pairs)}  # fmt: skip


def _probe(learned: Sequence[Row], held: Sequence[Row], encoder: Encoder) -> dict[str, Any]:
    nothing = Ngrams({}, np.zeros(0, dtype=np.float32))
    here, there = _texts(learned), _texts(held)
    model = training.fit_linear(
        encoder.encode(here),
        training.sparse_matrix(here, nothing),
        np.array([r["label"] for r in learned]),
        PROBE_C,
        8.0,
    )
    said = training.all_scores(model, encoder.encode(there), training.sparse_matrix(there, nothing)).argmax(axis=1)
    return _figures([(row["label"], model.labels[i]) for row, i in zip(held, said, strict=True)])


def _zero(rows: Sequence[Row], encoder: Encoder, models: Models, names: Mapping[str, str]) -> dict[str, Any]:
    texts = _texts(rows)
    moods = [models.emotions(v, t, emotion.read(t))[0] for v, t in zip(encoder.encode(texts), texts, strict=True)]
    return _figures([(row["label"], names.get(mood, mood)) for row, mood in zip(rows, moods, strict=True)])


def _pairs(rows: Sequence[Row], encoder: Encoder) -> dict[str, Any]:
    """Same question or not by the cosine; the threshold is the best of one half, the other half is judged."""
    near = (encoder.encode(_texts(rows, "text_a")) * encoder.encode(_texts(rows, "text_b"))).sum(axis=1)
    same = np.array([str(row["label"]) == "1" for row in rows])
    learned = np.arange(len(rows)) % 2 == 0
    steps = np.linspace(-0.2, 1.0, 121)
    best = max(steps, key=lambda step: float(((near[learned] >= step) == same[learned]).mean()))
    said = near[~learned] >= best
    return _figures([(str(t), str(s)) for t, s in zip(same[~learned], said, strict=True)])

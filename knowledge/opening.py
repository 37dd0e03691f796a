"""Opens the library as every process uses it: with the sentence encoder of the language core where this machine can run it.

The one place where knowledge meets `bot/language`, whose functions import nothing of ours and nothing of Rasa. One artefact
(`bot/encoder`), one class: nothing of it is repeated here. `python -m knowledge.opening` makes the vectors beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from kit.log import get
from kit.settings import load
from knowledge.entries import CONTENT
from knowledge.search import Library
from knowledge.vectors import Encoder


def open_library(kept: Path | None = None, folder: Path = CONTENT) -> Library:
    """The library with encoder and spelling. kept: where the vectors of the entries are left for the next start."""
    return Library.load(folder, encoder(), spelling=spelling(), kept=kept)


def encoder() -> Encoder | None:
    """The artefact in `bot/encoder`; None, said in the log, where it was not made or onnxruntime is missing."""
    # By name: bot/ belongs to the other Python and is not type-checked with us.
    module = import_module("bot.language.encoder")
    needed = {"onnxruntime": find_spec("onnxruntime") is not None,
              "bot/encoder/encoder.onnx": (module.FOLDER / "encoder.onnx").exists()}  # fmt: skip
    missing = [what for what, here in needed.items() if not here]
    if missing:
        get(__name__).warning("Knowledge is searched by words only", action="encoder_missing", missing=missing)
        return None
    return cast(Encoder, module.OnnxEncoder())


def spelling() -> Callable[[str], str]:
    """The front of the language core: one spelling for width, script, emoji and slips of the input method."""
    normalise = import_module("bot.language.normalise").normalise
    return lambda text: cast(str, normalise(text).text)


def main() -> None:
    """Leave the vectors of the entries in `var/knowledge`, so that no process makes them while it starts."""
    open_library(kept=load().var / "knowledge")


if __name__ == "__main__":
    main()

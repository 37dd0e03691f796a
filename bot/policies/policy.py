"""DialoguePolicy: the Rasa shell over `turn_plan`. It outranks RulePolicy and abstains on ordinary turns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from rasa.core.constants import POLICY_PRIORITY
from rasa.core.featurizers.precomputation import MessageContainerForCoreFeaturization
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.escalation import RulesFile
from bot.policies.turn_plan import LISTEN, Turn, next_step

RULES = Path(__file__).with_name("escalation.yml")


def complain(words: str) -> None:
    structlog.get_logger().error("Escalation rules refused; the last good ones stay in force", detail=words)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class DialoguePolicy(Policy):
    """Reads what was understood and what has been done in this turn, and names the next action."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # RulePolicy has 6; ours comes first.
        return {POLICY_PRIORITY: 7, "rules": str(RULES)}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Any | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._rules = RulesFile(Path(config["rules"]), complain)

    def train(
        self,
        training_trackers: list[TrackerWithCachedStates],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Nothing to learn: the rules stand in a file."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        precomputations: MessageContainerForCoreFeaturization | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        probabilities = self._default_predictions(domain)
        step = next_step(self._rules.current(), turn_of(tracker)) if tracker.latest_message.text else None
        if step is None:
            return self._prediction(probabilities)
        probabilities[domain.index_for_action(step.action)] = 1.0
        return self._prediction(probabilities, optional_events=[SlotSet(k, v) for k, v in step.slots.items()])


def turn_of(tracker: DialogueStateTracker) -> Turn:
    """The present turn as plain data. Events between two user messages belong to the earlier one's turn."""
    done: list[str] = []
    earlier: list[Any] = []
    for event in tracker.applied_events():
        if isinstance(event, UserUttered):
            if event is not tracker.latest_message:
                earlier.append((event.intent_name or "", funds_of(event.entities), event.text or ""))
            done = []
        elif isinstance(event, ActionExecuted) and event.action_name and event.action_name != LISTEN:
            done.append(event.action_name)
    message = tracker.latest_message
    parsed = message.parse_data
    slots = tracker.current_slot_values()
    ranking = [(r["name"], float(r["confidence"])) for r in parsed.get("intent_ranking", ())]
    requests = [r["intent"] for r in parsed.get("requests", ())] or [message.intent_name or "out_of_scope"]
    emotion = parsed.get("emotion") or {}
    return Turn(
        text=message.text or "",
        ranking=tuple(ranking) or ((requests[0], 1.0),),
        requests=tuple(requests),
        flags=frozenset(parsed.get("flags", ())),
        emotion=emotion.get("name", "平静"),
        strength=float(emotion.get("strength", 0.0)),
        recent_emotions=tuple(slots.get("recent_emotions") or ()),
        failures=int(slots.get("failures") or 0),
        repeats=int(slots.get("repeats") or 0),
        funds=funds_of(message.entities),
        earlier=tuple(earlier[-6:]),
        owner=slots.get("owner") or "bot",
        client=slots.get("client") or {},
        slots=slots,
        done=tuple(done),
    )


def funds_of(entities: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(str(e.get("value")) for e in entities if e.get("entity") == "fund")

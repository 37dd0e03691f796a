"""A stored decision made again from its inputs: the same ranking, on any machine, under the same rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from handoff.matching import candidates
from handoff.model import Advisor, AdvisorView, Candidate, Case, ClientView, Presence, Priority
from handoff.policy import Policy
from handoff.priority import prioritise


def read_inputs(inputs: Mapping[str, Any], roster: Iterable[Advisor]) -> tuple[Case, list[AdvisorView], datetime]:
    """The case, the staff and the instant that `views.case_inputs` wrote down."""
    client = ClientView(
        id="", tier=inputs["tier"], region=inputs["region"], own_advisor=inputs["own_advisor"],
        dialect=inputs["dialect"], language_hard=inputs["language_hard"], member_level=inputs["member_level"],
    )  # fmt: skip
    case = Case(
        id="", client=client, topic=inputs["topic"], second_topic=inputs["second_topic"],
        reasons=tuple(inputs["reasons"]), requested_at=datetime.fromisoformat(inputs["requested_at"]),
        emotion=inputs["emotion"], strength=inputs["strength"], excluded=dict(inputs["excluded"]),
        complained_about=inputs["complained_about"], knew=inputs["knew"], directed_to=inputs["directed_to"],
        again=dict(inputs.get("again", {})), unreserved=inputs.get("unreserved", False),
    )  # fmt: skip
    staff = [
        AdvisorView(advisor, Presence(inputs["advisors"][advisor.id][0]), inputs["advisors"][advisor.id][1])
        for advisor in roster
        if advisor.id in inputs["advisors"]
    ]
    return case, staff, datetime.fromisoformat(inputs["now"])


def decide_again(
    inputs: Mapping[str, Any], roster: Iterable[Advisor], policy: Policy
) -> tuple[Priority, list[Candidate]]:
    """Priority and ranking of a past decision under `policy`: the one of then explains it, another shows what would
    have been."""
    case, staff, now = read_inputs(inputs, roster)
    return prioritise(case, policy.priority, now=now), candidates(case, staff, policy.matching, now=now)

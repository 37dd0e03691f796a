"""The record of suitability checks (requirement G1): written to the institution before what they allow is shown or done."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from json import dumps

from actions.services import House
from actions.turn import Turn
from compliance.suitability import Assessment

BY = "bot"


async def keep(turn: Turn, house: House, checked: Sequence[Assessment]) -> None:
    """Keep the checks of this turn; the same ones of the same message once. Raises Unavailable."""
    if not checked:
        return
    records = [one.record(by=BY) for one in checked]
    # A message may be checked more than once, with other amounts: the key is made of both.
    body = sha256(dumps(records, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
    await house.institution.keep_suitability(turn.client_id, records, f"{turn.message_id}-suitability-{body}")

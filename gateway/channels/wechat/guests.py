"""What somebody hears who is not bound to an account: only what anybody may know. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.turn import Reply, TurnAnswer, TurnRequest
from gateway.channels.wechat import words
from institution.client import Institution
from institution.models import Advisor, Client, Holdings
from kit.errors import NotFound

CHANNEL = "wechat"
#: Begins the name of a person, and of his conversation, until he is bound.
GUEST = "wx-"
#: Intents whose answers hold no client's data. One that is missing here costs a guest an answer; one too many, a secret.
PUBLIC = frozenset({
    "greet", "goodbye", "thank", "affirm", "deny", "correct", "repeat", "ask_identity", "ask_capability", "chitchat", "abuse",
    "self_harm", "out_of_scope", "nlu_fallback", "ask_redeem_arrival", "ask_confirm_date", "ask_trading_hours", "ask_fee",
    "ask_limit", "ask_lockup", "ask_nav", "ask_fund_info", "ask_term", "ask_robo_logic", "ask_market", "ask_product_risk",
    "qualified_investor", "ask_beginner", "open_account", "login_problem", "ask_privacy", "accessibility", "how_to_use",
})  # fmt: skip


def lawful(request: TurnRequest, answer: TurnAnswer | None) -> TurnAnswer | None:
    """The answer as it may be shown; for a guest's private question, the way to bind an account.

    Who is handed to a person is told his place and wait: the institution gives nobody's data for a guest's name.
    """
    if request.client_id or answer is None or not request.answer or answer.intent in PUBLIC or answer.escalation:
        return answer
    return replace(answer, replies=(Reply(words.BIND_FIRST),), escalation=None)


def guest(name: str) -> Client:
    """Somebody of whom nothing is known but the conversation."""
    unknown: dict[str, Any] = {
        "sex": "", "age": None, "stage": "", "risk_level": "", "risk_tested_on": None, "risk_valid_until": None,
        "aum": Decimal(0), "tier": "", "region": "", "phone": "", "card_tail": "", "member_level": "",
    }  # fmt: skip
    # Not checked: an age of nobody is none, and nothing else here is decided by it.
    return Client.model_construct(id=name, name=words.GUEST, channel=CHANNEL, **unknown)


class WithGuests:
    """Meets `handoff.ports.Institution`: who is not bound yet is a client of whom nothing is known."""

    def __init__(self, source: Institution) -> None:
        self._source = source

    async def client(self, client_id: str) -> Client:
        return guest(client_id) if client_id.startswith(GUEST) else await self._source.client(client_id)

    async def holdings(self, client_id: str) -> Holdings:
        """Raises NotFound."""
        if client_id.startswith(GUEST):
            raise NotFound(words.GUEST)
        return await self._source.holdings(client_id)

    async def advisors(self) -> list[Advisor]:
        return await self._source.advisors()

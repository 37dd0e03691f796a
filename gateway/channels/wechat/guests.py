"""What somebody hears who is not bound to an account: only what anybody may know. Pure."""

from __future__ import annotations

from dataclasses import replace

from contracts.turn import Reply, TurnAnswer, TurnRequest
from gateway.channels.wechat import words

#: Intents whose answers hold no client's data. One that is missing here costs a guest an answer; one too many, a secret.
PUBLIC = frozenset({
    "greet", "goodbye", "thank", "affirm", "deny", "correct", "repeat", "ask_identity", "ask_capability", "chitchat", "abuse",
    "self_harm", "out_of_scope", "nlu_fallback", "ask_redeem_arrival", "ask_confirm_date", "ask_trading_hours", "ask_fee",
    "ask_limit", "ask_lockup", "ask_nav", "ask_fund_info", "ask_term", "ask_robo_logic", "ask_market", "ask_product_risk",
    "qualified_investor", "ask_beginner", "open_account", "login_problem", "ask_privacy", "accessibility", "how_to_use",
})  # fmt: skip


def lawful(request: TurnRequest, answer: TurnAnswer | None) -> TurnAnswer | None:
    """The answer as it may be shown; for a guest's private question, the way to bind an account."""
    if request.client_id or answer is None or not request.answer or answer.intent in PUBLIC:
        return answer
    return replace(answer, replies=(Reply(words.BIND_FIRST),), escalation=None)

"""The addresses and one-time sign-in links that `huiban run` prints when everything is up."""

from __future__ import annotations

from gateway.signin import tickets
from gateway.signin.accounts import TRAINER
from kit.clock import Clock, SystemClock
from kit.ids import NewId, uuid7
from kit.settings import Settings

#: Who the links are for: (words, kind, subject).
WELCOMED: tuple[tuple[str, tickets.Kind, str], ...] = (
    ("client C0001", "client", "C0001"),
    ("advisor A01", "staff", "A01"),
    ("trainer T01", "staff", TRAINER.id),
    ("supervisor A14", "staff", "A14"),
)
PREFIX: dict[tickets.Kind, str] = {"client": "/t/", "staff": "/s/"}


def path(key: str, kind: tickets.Kind, ticket: tickets.Ticket) -> str:
    """Where a ticket is used."""
    return PREFIX[kind] + tickets.issue(key, kind, ticket)


async def welcome(settings: Settings, clock: Clock | None = None, new_id: NewId = uuid7) -> str:
    """What to print after a start: `ready`, the addresses, a link for each kind of person."""
    expires_at = (clock or SystemClock()).now() + tickets.WELCOME_LIFETIME
    lines = ["ready", "", f"  chat  {settings.gateway}/chat/", f"  desk  {settings.gateway}/desk/",
             f"  docs  {settings.gateway}/docs", "", "one-time sign-in links (12 hours):"]  # fmt: skip
    for words, kind, subject in WELCOMED:
        ticket = tickets.Ticket(new_id(), subject, "web", expires_at)
        lines.append(f"  {words:<15} {settings.gateway}{path(settings.key, kind, ticket)}")
    return "\n".join(lines)

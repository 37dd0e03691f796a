"""The handoff feature's tables, on the product's one metadata."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from handoff.model import HandoffState
from kit.database import Instant, metadata

_OPEN = text("state IN ('waiting', 'offered', 'active')")
_STATES = ", ".join(f"'{state.value}'" for state in HandoffState)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("conversation_id", String(80), nullable=False),
    Column("client_id", String(64), nullable=False),
    #: What was known of the client at the request: `handoff.model.ClientView`.
    Column("client", JSON, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("topic", String(20), nullable=False),
    Column("second_topic", String(20)),
    Column("reasons", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("emotion", String(8)),
    Column("strength", Float, nullable=False),
    Column("last_message", JSON(none_as_null=True)),
    #: The first request: waiting counts from it, whatever happens later.
    Column("requested_at", Instant, nullable=False),
    Column("directed_to", String(64)),
    Column("complained_about", String(64)),
    Column("knew", String(64)),
    #: Advisor -> why this case is not offered to him again.
    Column("excluded", JSON, nullable=False),
    Column("offered_to", String(64)),
    Column("offered_at", Instant),
    Column("offer_expires_at", Instant),
    Column("owner_id", String(64)),
    Column("accepted_at", Instant),
    Column("because", JSON, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(20)),
    Column("close_note", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("score", Integer),
    Column("score_comment", Text),
    #: What the client was told at the request, so that the estimate's error can be reported.
    Column("estimated_seconds", Integer),
    #: When the client was told that nobody is on duty; told once.
    Column("told_closed_at", Instant),
    #: When a person first wrote to the client.
    Column("first_reply_at", Instant),
    CheckConstraint(f"state IN ({_STATES})", name="ck_handoffs_state"),
    CheckConstraint("(state = 'offered') = (offered_to IS NOT NULL)", name="ck_handoffs_offered"),
    CheckConstraint("state <> 'active' OR owner_id IS NOT NULL", name="ck_handoffs_owned"),
    CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name="ck_handoffs_score"),
    # One open handoff a conversation: the owner is exactly one.
    Index("uq_handoffs_open", "conversation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_handoffs_state", "state"),
    Index("ix_handoffs_conversation_id_requested_at", "conversation_id", "requested_at"),
    Index("ix_handoffs_owner_id", "owner_id"),
)

handoff_keys = Table(
    "handoff_keys",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
)

#: What happened, in order: transitions, new reasons, who read a brief. Only ever added to.
handoff_events = Table(
    "handoff_events",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", String(20), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
    ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
    Index("ix_handoff_events_handoff_id_at", "handoff_id", "at"),
)

#: One row: how many transactions have written here. Who finds his own number still the latest has seen everything.
handoff_turns = Table(
    "handoff_turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)

#: Presence and load of all staff, as the decisions of one transaction saw them.
handoff_staffings = Table(
    "handoff_staffings",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("advisors", JSON, nullable=False),
)

#: Each decision with its inputs: it can be replayed and explained later.
handoff_decisions = Table(
    "handoff_decisions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("advisor_id", String(64), nullable=False),
    Column("policy_version", String(16), nullable=False),
    Column("inputs", JSON, nullable=False),
    #: Row of `handoff_staffings`; null where the inputs hold it themselves.
    Column("staffing_id", String(64)),
    Column("result", JSON, nullable=False),
    ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
    Index("ix_handoff_decisions_handoff_id", "handoff_id"),
)

#: Promises to clients that were not kept; each is told once.
handoff_alerts = Table(
    "handoff_alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("promise", String(10), nullable=False),
    Column("words", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seen_by", String(64)),
    Column("seen_at", Instant),
    ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
    CheckConstraint("promise IN ('answer', 'resolve', 'alert')", name="ck_handoff_alerts_promise"),
    Index("uq_handoff_alerts_promise", "handoff_id", "promise", unique=True),
    Index("ix_handoff_alerts_at", "at"),
)

#: Messages, call-backs and appointments left instead of waiting.
handoff_follow_ups = Table(
    "handoff_follow_ups",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", Instant),
    Column("advisor_id", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    #: done or cancelled, and by whom; null while it is to be done.
    Column("outcome", String(10)),
    Column("done_by", String(64)),
    #: When the client was reminded of his appointment; reminded once.
    Column("reminded_at", Instant),
    ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
    CheckConstraint("kind IN ('message', 'callback', 'appointment')", name="ck_handoff_follow_ups_kind"),
    # An expert's slot is given once.
    Index(
        "uq_handoff_follow_ups_slot", "advisor_id", "due_at", unique=True,
        sqlite_where=text("kind = 'appointment' AND done_at IS NULL"),
        postgresql_where=text("kind = 'appointment' AND done_at IS NULL"),
    ),
)  # fmt: skip

_PRESENT = text("state IN ('offered', 'joined')")

#: Invited experts and listening supervisors: they take part in a conversation that somebody else owns.
handoff_guests = Table(
    "handoff_guests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("handoff_id", String(64), nullable=False),
    Column("conversation_id", String(80), nullable=False),
    Column("advisor_id", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("invited_by", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("joined_at", Instant),
    Column("ended_at", Instant),
    Column("why", Text, nullable=False),
    ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
    CheckConstraint("kind IN ('expert', 'listener')", name="ck_handoff_guests_kind"),
    # Nobody takes part twice.
    Index(
        "uq_handoff_guests_present", "handoff_id", "advisor_id", "kind", unique=True,
        sqlite_where=_PRESENT, postgresql_where=_PRESENT,
    ),
    Index("ix_handoff_guests_state", "state"),
)  # fmt: skip

#: The texts of the rules that decisions were made by, so that any of them can be read and replayed.
policy_versions = Table(
    "policy_versions",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("author", String(64), nullable=False),
    Column("priority", Text, nullable=False),
    Column("matching", Text, nullable=False),
)

presence = Table(
    "advisor_presence",
    metadata,
    Column("advisor_id", String(64), primary_key=True),
    Column("state", String(8), nullable=False),
    #: The last word from the advisor's own page; null for one who is only pinned.
    Column("heartbeat_at", Instant),
    #: What a loaded fixture says: online, busy, offline, or shift (online while on shift); null without fixture.
    Column("pinned", String(8)),
    #: Conversations he holds outside of this system, from a loaded fixture.
    Column("base_load", Integer, nullable=False),
)

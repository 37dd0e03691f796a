"""The gateway's tables. The handoff feature declares its own on the same metadata."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from kit.database import Instant, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("client_id", String(64), nullable=False),
    #: Changes when the numbers start again: pages that hold older numbers fetch a snapshot.
    Column("epoch", String(36), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("id", String(120), nullable=False),
    Column("author", String(10), nullable=False),
    Column("author_id", String(64)),
    Column("name", String(64)),
    Column("text", Text, nullable=False),
    Column("card", JSON(none_as_null=True)),
    Column("quick_replies", JSON, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("turn_id", String(64)),
    Column("intent", String(64)),
    Column("confidence", Float),
    Column("emotion", String(8)),
    Column("strength", Float),
    UniqueConstraint("conversation_id", "id"),
    ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
    Index("ix_messages_id", "id"),
)

turns = Table(
    "turns",
    metadata,
    Column("conversation_id", String(80), primary_key=True),
    #: The id of the turn's first message: the dialogue core knows the turn by it.
    Column("id", String(64), primary_key=True),
    Column("first_seq", Integer, nullable=False),
    #: gathering (takes more bubbles) -> asked (frozen) -> closed
    Column("state", String(10), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("told_late", Boolean, nullable=False),
    Column("missed", Boolean),
    Column("outcome", String(20)),
    Column("owner", String(10)),
    Column("took_ms", Integer),
    #: `contracts.turn.TurnAnswer` as it came; null until closed.
    Column("answer", JSON(none_as_null=True)),
    ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
    Index("ix_turns_state", "state"),
    Index("ix_turns_conversation_id_first_seq", "conversation_id", "first_seq"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(10), nullable=False),
    #: argon2id; null until the person sets one.
    Column("password_hash", String(200)),
    #: On the institution's roster now; who has left cannot sign in.
    Column("active", Boolean, nullable=False, server_default=true()),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    ForeignKeyConstraint(["staff_id"], ["staff.id"]),
)

used_tickets = Table(
    "used_tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
)

#: Drafts of advisors that may not reach a client (requirement G2); text masked, one row a message id.
blocked_drafts = Table(
    "blocked_drafts",
    metadata,
    Column("conversation_id", String(80), primary_key=True),
    Column("message_id", String(64), primary_key=True),
    Column("advisor_id", String(64), nullable=False),
    Column("advisor_name", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    #: [{words, rule, instead, code}]
    Column("findings", JSON, nullable=False),
    Index("ix_blocked_drafts_at", "at"),
)

#: What an advisor is told beside the conversations he owns, until he dismisses it.
notices = Table(
    "notices",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("advisor_id", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("client_name", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("read_at", Instant),
    Index("ix_notices_advisor_id_read_at", "advisor_id", "read_at"),
)

#: How far each side of a conversation has got. Numbers of another epoch than the conversation's count for nothing.
marks = Table(
    "marks",
    metadata,
    Column("conversation_id", String(80), primary_key=True),
    #: client, or staff: whoever speaks for us, taken together.
    Column("side", String(10), primary_key=True),
    Column("epoch", String(36), nullable=False),
    #: The last message that a page of this side has got, and has shown to a person.
    Column("delivered", Integer, nullable=False),
    Column("read", Integer, nullable=False),
    Column("read_at", Instant),
)

#: Institutions whose pages may hand a client over, by their public key (docs/embedding.md).
embed_keys = Table(
    "embed_keys",
    metadata,
    Column("issuer", String(64), primary_key=True),
    Column("kid", String(64), primary_key=True),
    #: P-256, PEM.
    Column("public_key", Text, nullable=False),
    #: [https://h5.example.com]: pages that may show the chat.
    Column("origins", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
)

#: What the dialogue core was told of a conversation beside its turns; it hears the rest before the next one.
core_hearing = Table(
    "core_hearing",
    metadata,
    Column("conversation_id", String(80), primary_key=True),
    #: The last message of an advisor that it heard.
    Column("seq", Integer, nullable=False),
    #: Its memory of the talk must be cleared first: a fixture began the conversation afresh.
    Column("clear_first", Boolean, nullable=False),
)

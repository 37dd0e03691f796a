"""Keys, nonces already used, and the outbox of webhooks."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text

from kit.database import Instant, metadata

keys = Table(
    "open_keys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(64), nullable=False),
    #: The secret under a key of the ring (`kit.crypto`). Null: of before, derived from the internal key; sealed at a start.
    Column("sealed_secret", Text),
    #: SHA-256 of the secret.
    Column("secret_hash", String(64), nullable=False),
    #: What stands at the messages that come by this key; its webhook gets the replies to them.
    Column("channel", String(20), nullable=False),
    Column("scopes", JSON, nullable=False),
    #: The clients that it may serve; null: all.
    Column("clients", JSON(none_as_null=True)),
    Column("per_minute", Integer, nullable=False),
    Column("webhook", Text),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("revoked_at", Instant),
)

#: A call is taken once: its nonce is remembered as long as its timestamp would be accepted.
nonces = Table(
    "open_nonces",
    metadata,
    Column("key_id", String(40), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index("ix_open_nonces_expires_at", "expires_at"),
)

deliveries = Table(
    "open_deliveries",
    metadata,
    #: The order in which they were made, which is the order of a conversation.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key_id", String(40), nullable=False),
    Column("conversation_id", String(80), nullable=False),
    Column("body", JSON, nullable=False),
    #: waiting -> sent | dead; dead -> waiting when it is asked for again
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    #: One entry a try, the last ones: {at, status, error, ms}
    Column("log", JSON, nullable=False),
    ForeignKeyConstraint(["key_id"], ["open_keys.id"]),
    Index("ix_open_deliveries_state_due_at", "state", "due_at"),
    Index("ix_open_deliveries_key_id_conversation_id", "key_id", "conversation_id"),
)

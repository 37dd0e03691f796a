"""The profile's tables, on the product's one metadata."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Float, Index, Integer, String, Table, Text, text

from kit.database import Instant, metadata

_OPEN = text("state = 'open'")

#: How far each client's talk has been taken in, and when the books were last read.
heard = Table(
    "profile_heard",
    metadata,
    Column("client_id", String(64), primary_key=True),
    #: Of the conversation; another one means that the conversation began afresh, and the profile with it.
    Column("epoch", String(36), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("books_at", Instant),
)

#: What speaks for a tag; the tags themselves follow from it at every reading.
evidence = Table(
    "profile_evidence",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("tag", String(32), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("strength", Float, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", String(10), nullable=False),
    Column("words", Text, nullable=False),
)

#: What happened in the client's life.
events = Table(
    "profile_events",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", String(10), nullable=False),
    Column("words", Text, nullable=False),
)

#: `profiles.alerts.Alert`.
alerts = Table(
    "profile_alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("indicator", String(40), nullable=False),
    Column("level", String(10), nullable=False),
    Column("value", Float, nullable=False),
    Column("words", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(64)),
    Column("note", Text, nullable=False),
    CheckConstraint("level IN ('low', 'medium', 'high')", name="ck_profile_alerts_level"),
    CheckConstraint("state IN ('open', 'handled', 'false_alarm', 'cleared')", name="ck_profile_alerts_state"),
    Index("ix_profile_alerts_client_id_state", "client_id", "state"),
    Index(
        "uq_profile_alerts_open",
        "client_id",
        "indicator",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

#: Who read or judged what of whom, when and from where (requirement H4). Only ever added to.
reads = Table(
    "profile_reads",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reader_id", String(64), nullable=False),
    Column("role", String(10), nullable=False),
    Column("address", String(64), nullable=False),
    Column("client_id", String(64), nullable=False),
    #: The parts that were shown, or the deed.
    Column("what", JSON, nullable=False),
    Index("ix_profile_reads_client_id_at", "client_id", "at"),
)

#: The day's look at every client.
sweeps = Table(
    "profile_sweeps",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("clients", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

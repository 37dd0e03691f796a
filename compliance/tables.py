"""What compliance keeps: the audit trail, stopped access, clients' requests about their data."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Index, Integer, String, Table, Text

from kit.database import Instant, metadata

#: Who did what with whose data, when and from where (requirement H4). Only ever added to; each row seals the one before.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(10), nullable=False),
    Column("address", String(64), nullable=False),
    #: read, change, export, erase, freeze, lift, request
    Column("deed", String(10), nullable=False),
    #: Null where no single client is meant.
    Column("client_id", String(64)),
    Column("refused", Boolean, nullable=False),
    Column("what", JSON, nullable=False),
    #: Names the key of the seal, so that a change of key is no break of the chain.
    Column("key", String(8), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
    Index("ix_audit_entries_who_at", "who", "at"),
    Index("ix_audit_entries_client_id_at", "client_id", "at"),
    Index("ix_audit_entries_at", "at"),
)

#: One row: the last number and seal. Whoever writes holds it, and a trail cut short does not end with it.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("seal", String(64), nullable=False),
)

#: Who may not read for now, because he read too much (requirement H5): a person, or an address.
access_freezes = Table(
    "access_freezes",
    metadata,
    Column("id", String(64), primary_key=True),
    #: A staff id, or an address.
    Column("subject", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(64)),
    Column("note", Text, nullable=False),
    CheckConstraint("kind IN ('person', 'address')", name="ck_access_freezes_kind"),
    Index("ix_access_freezes_subject", "subject"),
)

#: A client's wish to have his data, or to have it erased (requirement H7).
privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    #: asked -> approved | refused; approved -> done (erasure; an export that was fetched)
    Column("state", String(10), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", Instant),
    Column("note", Text, nullable=False),
    Column("done_at", Instant),
    #: What was handed out or erased: counts a store, the archive's digest; never the data.
    Column("result", JSON(none_as_null=True)),
    CheckConstraint("kind IN ('export', 'erasure')", name="ck_privacy_requests_kind"),
    CheckConstraint("state IN ('asked', 'approved', 'refused', 'done')", name="ck_privacy_requests_state"),
    Index("ix_privacy_requests_client_id_asked_at", "client_id", "asked_at"),
    Index("ix_privacy_requests_state", "state"),
)

"""The channel's tables: what came in, who is there, binding codes, where the 微信客服 accounts are read to."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, false

from kit.database import Instant, metadata

inbox = Table(
    "wechat_inbox",
    metadata,
    #: The order in which they came.
    Column("id", Integer, primary_key=True, autoincrement=True),
    #: What a repeated delivery repeats. The row is the record that it came and the work to be done: one INSERT.
    Column("key", String(200), nullable=False, unique=True),
    Column("contact_id", String(80), nullable=False),
    #: push.Push with masked text, and the 微信客服 account it came to.
    Column("body", JSON, nullable=False),
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("ix_wechat_inbox_state_id", "state", "id"),
)

contacts = Table(
    "wechat_contacts",
    metadata,
    #: wx- and a hash of account and openid; also the conversation of somebody who is not bound.
    Column("id", String(80), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("openid", String(64), nullable=False),
    #: The 微信客服 account; empty for the 公众号.
    Column("account", String(64), nullable=False),
    Column("conversation_id", String(80), nullable=False),
    Column("client_id", String(64), nullable=False),
    #: active, frozen (unsubscribed)
    Column("state", String(8), nullable=False),
    #: The numbers of this epoch up to `sent_seq` are owed no more.
    Column("epoch", String(36), nullable=False),
    Column("sent_seq", Integer, nullable=False),
    Column("message_left", Integer, nullable=False),
    Column("message_until", Instant),
    Column("event_left", Integer, nullable=False),
    Column("event_until", Instant),
    Column("spoke_at", Instant),
    Column("bound_at", Instant),
    #: Set by a confirmed binding until the talk so far has been merged: the client to be.
    Column("joins", String(64), nullable=False),
    #: One process sends to a person at a time.
    Column("sending_until", Instant),
    #: The platform's name of the person across the accounts of one owner; empty when it tells none.
    Column("unionid", String(64), nullable=False, server_default=""),
    #: The platform's own staff has the session (微信客服, state 3): he answers, we only write it down.
    Column("held", Boolean, nullable=False, server_default=false()),
    Index("ix_wechat_contacts_conversation_id", "conversation_id"),
    Index("ix_wechat_contacts_unionid", "unionid"),
)

binding_codes = Table(
    "wechat_binding_codes",
    metadata,
    #: SHA-256 of the code.
    Column("id", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    #: made -> claimed (somebody sent it) -> confirmed | refused
    Column("state", String(10), nullable=False),
    Column("contact_id", String(80)),
    Column("claimed_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Index("ix_wechat_binding_codes_client_id", "client_id"),
)

cursors = Table(
    "wechat_cursors",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("cursor", String(200), nullable=False),
)

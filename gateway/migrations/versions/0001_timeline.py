"""Conversations, messages, turns, staff, sessions, used tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.String(80), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("author", sa.String(10), nullable=False),
        sa.Column("author_id", sa.String(64)),
        sa.Column("name", sa.String(64)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("card", sa.JSON()),
        sa.Column("quick_replies", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("turn_id", sa.String(64)),
        sa.Column("intent", sa.String(64)),
        sa.Column("confidence", sa.Float()),
        sa.Column("emotion", sa.String(8)),
        sa.Column("strength", sa.Float()),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name="pk_messages"),
        sa.UniqueConstraint("conversation_id", "id", name="uq_messages_conversation_id_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id"),
    )
    op.create_index("ix_messages_id", "messages", ["id"])
    op.create_table(
        "turns",
        sa.Column("conversation_id", sa.String(80), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("told_late", sa.Boolean(), nullable=False),
        sa.Column("missed", sa.Boolean()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("owner", sa.String(10)),
        sa.Column("took_ms", sa.Integer()),
        sa.Column("answer", sa.JSON()),
        sa.PrimaryKeyConstraint("conversation_id", "id", name="pk_turns"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id"),
    )
    op.create_index("ix_turns_state", "turns", ["state"])
    op.create_index("ix_turns_conversation_id_first_seq", "turns", ["conversation_id", "first_seq"])
    op.create_table(
        "staff",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_sessions_staff_id"),
    )
    op.create_table(
        "used_tickets",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_used_tickets"),
    )


def downgrade() -> None:
    for table in ("used_tickets", "staff_sessions", "staff", "turns", "messages", "conversations"):
        op.drop_table(table)

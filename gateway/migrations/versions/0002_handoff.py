"""Handoffs, what happened to them, decisions, follow-ups, presence."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "advisor_presence",
        sa.Column("advisor_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("heartbeat_at", INSTANT, nullable=True),
        sa.Column("pinned", sa.String(length=8), nullable=True),
        sa.Column("base_load", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("advisor_id", name="pk_advisor_presence"),
    )
    op.create_table(
        "handoffs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("conversation_id", sa.String(length=80), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("client", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("second_topic", sa.String(length=20), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("emotion", sa.String(length=8), nullable=True),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("last_message", sa.JSON(), nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("directed_to", sa.String(length=64), nullable=True),
        sa.Column("complained_about", sa.String(length=64), nullable=True),
        sa.Column("knew", sa.String(length=64), nullable=True),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("offered_to", sa.String(length=64), nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("offer_expires_at", INSTANT, nullable=True),
        sa.Column("owner_id", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("score_comment", sa.Text(), nullable=True),
        sa.Column("estimated_seconds", sa.Integer(), nullable=True),
        sa.Column("told_closed_at", INSTANT, nullable=True),
        sa.CheckConstraint("(state = 'offered') = (offered_to IS NOT NULL)", name="ck_handoffs_offered"),
        sa.CheckConstraint("state <> 'active' OR owner_id IS NOT NULL", name="ck_handoffs_owned"),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'active', 'wrap_up', 'closed', 'abandoned')", name="ck_handoffs_state"
        ),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 1 AND 5", name="ck_handoffs_score"),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
    )
    op.create_index(
        "ix_handoffs_conversation_id_requested_at", "handoffs", ["conversation_id", "requested_at"], unique=False
    )
    op.create_index("ix_handoffs_owner_id", "handoffs", ["owner_id"], unique=False)
    op.create_index("ix_handoffs_state", "handoffs", ["state"], unique=False)
    op.create_index(
        "uq_handoffs_open",
        "handoffs",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'offered', 'active')"),
        postgresql_where=sa.text("state IN ('waiting', 'offered', 'active')"),
    )
    op.create_table(
        "handoff_decisions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("advisor_id", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.String(length=16), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_decisions_handoff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_decisions"),
    )
    op.create_index("ix_handoff_decisions_handoff_id", "handoff_decisions", ["handoff_id"], unique=False)
    op.create_table(
        "handoff_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_events_handoff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_events"),
    )
    op.create_index("ix_handoff_events_handoff_id_at", "handoff_events", ["handoff_id", "at"], unique=False)
    op.create_table(
        "handoff_follow_ups",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("advisor_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('message', 'callback', 'appointment')", name="ck_handoff_follow_ups_kind"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_follow_ups_handoff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_follow_ups"),
    )
    op.create_index(
        "uq_handoff_follow_ups_slot",
        "handoff_follow_ups",
        ["advisor_id", "due_at"],
        unique=True,
        sqlite_where=sa.text("kind = 'appointment' AND done_at IS NULL"),
        postgresql_where=sa.text("kind = 'appointment' AND done_at IS NULL"),
    )
    op.create_table(
        "handoff_keys",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_keys_handoff_id"),
        sa.PrimaryKeyConstraint("key", name="pk_handoff_keys"),
    )


def downgrade() -> None:
    for table in (
        "handoff_keys",
        "handoff_follow_ups",
        "handoff_events",
        "handoff_decisions",
        "handoffs",
        "advisor_presence",
    ):
        op.drop_table(table)

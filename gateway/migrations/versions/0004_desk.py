"""Guests of a conversation, versions of the rules, first reply, how a follow-up ended."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)
PRESENT = sa.text("state IN ('offered', 'joined')")


def upgrade() -> None:
    op.create_table(
        "handoff_guests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=80), nullable=False),
        sa.Column("advisor_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invited_by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("joined_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('expert', 'listener')", name="ck_handoff_guests_kind"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_guests_handoff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_guests"),
    )
    op.create_index(
        "uq_handoff_guests_present",
        "handoff_guests",
        ["handoff_id", "advisor_id", "kind"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )
    op.create_index("ix_handoff_guests_state", "handoff_guests", ["state"])
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("matching", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_policy_versions"),
    )
    op.add_column("handoffs", sa.Column("first_reply_at", INSTANT))
    op.add_column("handoff_follow_ups", sa.Column("outcome", sa.String(length=10)))
    op.add_column("handoff_follow_ups", sa.Column("done_by", sa.String(length=64)))
    op.add_column("handoff_follow_ups", sa.Column("reminded_at", INSTANT))


def downgrade() -> None:
    op.drop_column("handoff_follow_ups", "reminded_at")
    op.drop_column("handoff_follow_ups", "done_by")
    op.drop_column("handoff_follow_ups", "outcome")
    op.drop_column("handoffs", "first_reply_at")
    op.drop_table("policy_versions")
    op.drop_table("handoff_guests")

"""Turns of those who write handoffs; the staff once for all decisions of a moment; promises that were not kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "handoff_turns",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_turns"),
    )
    op.create_table(
        "handoff_staffings",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advisors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_staffings"),
    )
    op.create_table(
        "handoff_alerts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("handoff_id", sa.String(64), nullable=False),
        sa.Column("promise", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.String(64)),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("promise IN ('answer', 'resolve', 'alert')", name="ck_handoff_alerts_promise"),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"], name="fk_handoff_alerts_handoff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_alerts"),
    )
    op.create_index("uq_handoff_alerts_promise", "handoff_alerts", ["handoff_id", "promise"], unique=True)
    op.create_index("ix_handoff_alerts_at", "handoff_alerts", ["at"])
    op.add_column("handoff_decisions", sa.Column("staffing_id", sa.String(64)))


def downgrade() -> None:
    op.drop_column("handoff_decisions", "staffing_id")
    op.drop_table("handoff_alerts")
    op.drop_table("handoff_staffings")
    op.drop_table("handoff_turns")

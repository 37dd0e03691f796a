"""What is known of a client: evidence for tags, life events, risk alerts, who read it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "profile_heard",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("books_at", INSTANT),
        sa.PrimaryKeyConstraint("client_id", name="pk_profile_heard"),
    )
    op.create_table(
        "profile_evidence",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("tag", sa.String(32), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "tag", "key", name="pk_profile_evidence"),
    )
    op.create_table(
        "profile_events",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name="pk_profile_events"),
    )
    op.create_table(
        "profile_alerts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", sa.String(64)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('low', 'medium', 'high')", name="ck_profile_alerts_level"),
        sa.CheckConstraint("state IN ('open', 'handled', 'false_alarm', 'cleared')", name="ck_profile_alerts_state"),
        sa.PrimaryKeyConstraint("id", name="pk_profile_alerts"),
    )
    op.create_index("ix_profile_alerts_client_id_state", "profile_alerts", ["client_id", "state"])
    op.create_index(
        "uq_profile_alerts_open",
        "profile_alerts",
        ["client_id", "indicator"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "profile_reads",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reader_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_profile_reads"),
    )
    op.create_index("ix_profile_reads_client_id_at", "profile_reads", ["client_id", "at"])
    op.create_table(
        "profile_sweeps",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_profile_sweeps"),
    )


def downgrade() -> None:
    for table in (
        "profile_sweeps",
        "profile_reads",
        "profile_alerts",
        "profile_events",
        "profile_evidence",
        "profile_heard",
    ):
        op.drop_table(table)

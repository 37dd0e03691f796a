"""The audit trail with its head, stopped access, clients' requests about their data."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0022"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("deed", sa.String(10), nullable=False),
        sa.Column("client_id", sa.String(64)),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(8), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_who_at", "audit_entries", ["who", "at"])
    op.create_index("ix_audit_entries_client_id_at", "audit_entries", ["client_id", "at"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "access_freezes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("lifted_at", INSTANT),
        sa.Column("lifted_by", sa.String(64)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_freezes"),
        sa.CheckConstraint("kind IN ('person', 'address')", name="ck_access_freezes_kind"),
    )
    op.create_index("ix_access_freezes_subject", "access_freezes", ["subject"])
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", INSTANT),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("result", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_requests"),
        sa.CheckConstraint("kind IN ('export', 'erasure')", name="ck_privacy_requests_kind"),
        sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'done')", name="ck_privacy_requests_state"),
    )
    op.create_index("ix_privacy_requests_client_id_asked_at", "privacy_requests", ["client_id", "asked_at"])
    op.create_index("ix_privacy_requests_state", "privacy_requests", ["state"])


def downgrade() -> None:
    for table in ("privacy_requests", "access_freezes", "audit_head", "audit_entries"):
        op.drop_table(table)

"""Open API: keys, nonces already used, the outbox of webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "open_keys",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("clients", sa.JSON(none_as_null=True)),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("webhook", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_open_keys"),
    )
    op.create_table(
        "open_nonces",
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "nonce", name="pk_open_nonces"),
    )
    op.create_index("ix_open_nonces_expires_at", "open_nonces", ["expires_at"])
    op.create_table(
        "open_deliveries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("conversation_id", sa.String(80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("log", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["open_keys.id"], name="fk_open_deliveries_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_open_deliveries"),
    )
    op.create_index("ix_open_deliveries_state_due_at", "open_deliveries", ["state", "due_at"])
    op.create_index("ix_open_deliveries_key_id_conversation_id", "open_deliveries", ["key_id", "conversation_id"])


def downgrade() -> None:
    op.drop_table("open_deliveries")
    op.drop_table("open_nonces")
    op.drop_table("open_keys")

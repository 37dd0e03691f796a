"""How far each side of a conversation has read, and whose pages may show the chat."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("conversation_id", sa.String(80), nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("conversation_id", "side", name="pk_marks"),
    )
    op.create_table(
        "embed_keys",
        sa.Column("issuer", sa.String(64), nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "kid", name="pk_embed_keys"),
    )


def downgrade() -> None:
    op.drop_table("embed_keys")
    op.drop_table("marks")

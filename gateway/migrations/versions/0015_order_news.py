"""How far the institution's feed of orders has been told to clients."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "feed_positions",
        sa.Column("feed", sa.String(20), nullable=False),
        sa.Column("next", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_positions"),
    )


def downgrade() -> None:
    op.drop_table("feed_positions")

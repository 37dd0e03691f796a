"""What was counted of each client a day, and how likely he is to leave."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0015"

COUNTERS = (
    "login", "push_sent", "push_opened", "transfer_out", "seconds", "redeem", "redeem_yuan", "buy", "buy_yuan",
    "message", "negative", "positive", "grievance",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "profile_days",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in COUNTERS),
        sa.PrimaryKeyConstraint("client_id", "day", name="pk_profile_days"),
    )
    op.create_table(
        "profile_chances",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name="pk_profile_chances"),
    )
    op.create_index("ix_profile_chances_level", "profile_chances", ["level"])
    with op.batch_alter_table("profile_targets") as table:
        table.add_column(sa.Column("assets", sa.Float(), nullable=False, server_default="0"))
    op.create_index("ix_profile_target_tags_client_id", "profile_target_tags", ["client_id"])


def downgrade() -> None:
    op.drop_index("ix_profile_target_tags_client_id", "profile_target_tags")
    with op.batch_alter_table("profile_targets") as table:
        table.drop_column("assets")
    op.drop_table("profile_chances")
    op.drop_table("profile_days")

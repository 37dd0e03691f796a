"""Secrets of Open API keys are stored sealed: a new internal key voids them no more."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("open_keys") as table:
        table.add_column(sa.Column("sealed_secret", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("open_keys") as table:
        table.drop_column("sealed_secret")

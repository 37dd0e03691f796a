"""People in WeChat: one person by his unionid, and whether the platform's own staff has him."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("wechat_contacts", sa.Column("unionid", sa.String(64), nullable=False, server_default=""))
    op.add_column("wechat_contacts", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_wechat_contacts_unionid", "wechat_contacts", ["unionid"])


def downgrade() -> None:
    op.drop_index("ix_wechat_contacts_unionid", "wechat_contacts")
    op.drop_column("wechat_contacts", "held")
    op.drop_column("wechat_contacts", "unionid")

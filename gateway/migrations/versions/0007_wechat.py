"""WeChat: what came in, who is there, binding codes, cursors of 微信客服."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "wechat_inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("contact_id", sa.String(80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_inbox"),
        sa.UniqueConstraint("key", name="uq_wechat_inbox_key"),
    )
    op.create_index("ix_wechat_inbox_state_id", "wechat_inbox", ["state", "id"])
    op.create_table(
        "wechat_contacts",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("openid", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(80), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("epoch", sa.String(36), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("message_left", sa.Integer(), nullable=False),
        sa.Column("message_until", INSTANT),
        sa.Column("event_left", sa.Integer(), nullable=False),
        sa.Column("event_until", INSTANT),
        sa.Column("spoke_at", INSTANT),
        sa.Column("bound_at", INSTANT),
        sa.Column("joins", sa.String(64), nullable=False),
        sa.Column("sending_until", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_contacts"),
    )
    op.create_index("ix_wechat_contacts_conversation_id", "wechat_contacts", ["conversation_id"])
    op.create_table(
        "wechat_binding_codes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("contact_id", sa.String(80)),
        sa.Column("claimed_at", INSTANT),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wechat_binding_codes"),
    )
    op.create_index("ix_wechat_binding_codes_client_id", "wechat_binding_codes", ["client_id"])
    op.create_table(
        "wechat_cursors",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_wechat_cursors"),
    )


def downgrade() -> None:
    for table in ("wechat_cursors", "wechat_binding_codes", "wechat_contacts", "wechat_inbox"):
        op.drop_table(table)

"""What is done about alerts, what the source systems tell, work and messages that follow, lists of clients."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "profile_acts",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("alert_id", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("during", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("handoff_id", sa.String(64)),
        sa.Column("outcome", sa.String(12)),
        sa.PrimaryKeyConstraint("id", name="pk_profile_acts"),
    )
    op.create_index("ix_profile_acts_client_id_at", "profile_acts", ["client_id", "at"])
    op.create_index("ix_profile_acts_state", "profile_acts", ["state"])
    op.create_table(
        "profile_thresholds",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(40), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_profile_thresholds"),
    )
    op.create_index("ix_profile_thresholds_at", "profile_thresholds", ["at"])
    op.create_table(
        "profile_tasks",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("advisor_id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("assets", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("done_by", sa.String(64)),
        sa.PrimaryKeyConstraint("key", name="pk_profile_tasks"),
    )
    op.create_index("ix_profile_tasks_advisor_id_done_at", "profile_tasks", ["advisor_id", "done_at"])
    op.create_table(
        "profile_outreach",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.PrimaryKeyConstraint("key", name="pk_profile_outreach"),
    )
    op.create_index("ix_profile_outreach_client_id_sent_at", "profile_outreach", ["client_id", "sent_at"])
    op.create_index("ix_profile_outreach_state_not_before", "profile_outreach", ["state", "not_before"])
    op.create_table(
        "profile_happenings",
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_profile_happenings"),
    )
    op.create_index("ix_profile_happenings_client_id_at", "profile_happenings", ["client_id", "at"])
    op.create_table(
        "profile_dead_letters",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("entry", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("replayed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_profile_dead_letters"),
    )
    op.create_table(
        "profile_sources",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("cursor", sa.String(120), nullable=False),
        sa.Column("tried_at", INSTANT),
        sa.Column("read_at", INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_profile_sources"),
    )
    op.create_table(
        "profile_targets",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(8), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("own_advisor", sa.String(64)),
        sa.Column("redeemed_at", INSTANT),
        sa.Column("bought_at", INSTANT),
        sa.Column("spoke_at", INSTANT),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name="pk_profile_targets"),
    )
    op.create_index("ix_profile_targets_risk_redeemed_at", "profile_targets", ["risk", "redeemed_at"])
    op.create_table(
        "profile_target_tags",
        sa.Column("tag", sa.String(32), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tag", "client_id", name="pk_profile_target_tags"),
    )
    op.create_table(
        "profile_exports",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", INSTANT),
        sa.Column("fetched_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_profile_exports"),
    )


def downgrade() -> None:
    for table in (
        "profile_exports",
        "profile_target_tags",
        "profile_targets",
        "profile_sources",
        "profile_dead_letters",
        "profile_happenings",
        "profile_outreach",
        "profile_tasks",
        "profile_thresholds",
        "profile_acts",
    ):
        op.drop_table(table)

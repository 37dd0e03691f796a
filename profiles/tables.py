"""The profile's tables, on the product's one metadata."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Date, Float, Index, Integer, String, Table, Text, text

from kit.database import Instant, metadata
from profiles.behaviour import COUNTERS

_OPEN = text("state = 'open'")

#: How far each client's talk has been taken in, and when the books were last read.
heard = Table(
    "profile_heard",
    metadata,
    Column("client_id", String(64), primary_key=True),
    #: Of the conversation; another one means that the conversation began afresh, and the profile with it.
    Column("epoch", String(36), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("books_at", Instant),
)

#: What speaks for a tag; the tags themselves follow from it at every reading.
evidence = Table(
    "profile_evidence",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("tag", String(32), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("strength", Float, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", String(10), nullable=False),
    Column("words", Text, nullable=False),
)

#: What happened in the client's life.
events = Table(
    "profile_events",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", String(10), nullable=False),
    Column("words", Text, nullable=False),
)

#: `profiles.alerts.Alert`.
alerts = Table(
    "profile_alerts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("indicator", String(40), nullable=False),
    Column("level", String(10), nullable=False),
    Column("value", Float, nullable=False),
    Column("words", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(64)),
    Column("note", Text, nullable=False),
    CheckConstraint("level IN ('low', 'medium', 'high')", name="ck_profile_alerts_level"),
    CheckConstraint("state IN ('open', 'handled', 'false_alarm', 'cleared')", name="ck_profile_alerts_state"),
    Index("ix_profile_alerts_client_id_state", "client_id", "state"),
    Index(
        "uq_profile_alerts_open",
        "client_id",
        "indicator",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

#: Who read or judged what of whom, when and from where (requirement H4). Only ever added to.
reads = Table(
    "profile_reads",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reader_id", String(64), nullable=False),
    Column("role", String(10), nullable=False),
    Column("address", String(64), nullable=False),
    Column("client_id", String(64), nullable=False),
    #: The parts that were shown, or the deed.
    Column("what", JSON, nullable=False),
    Index("ix_profile_reads_client_id_at", "client_id", "at"),
)

#: The day's look at every client.
sweeps = Table(
    "profile_sweeps",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("clients", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

#: What was done about an alert: before, during, after (requirement E2). One row an alert and level.
acts = Table(
    "profile_acts",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("alert_id", String(64), nullable=False),
    Column("indicator", String(40), nullable=False),
    Column("level", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    #: Decided when the alert was raised: what is to be done, with its words (`profiles.interventions.Plan`).
    Column("plan", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    #: [{step, at, ...}], in the order done.
    Column("during", JSON, nullable=False),
    Column("after", JSON(none_as_null=True)),
    #: due -> done | failed (given up after some tries); judged once somebody has looked.
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("done_at", Instant),
    Column("handoff_id", String(64)),
    Column("outcome", String(12)),
    Index("ix_profile_acts_client_id_at", "client_id", "at"),
    Index("ix_profile_acts_state", "state"),
)

#: Thresholds that replace those of the policy file, the newest of an indicator holds (requirement E4).
thresholds = Table(
    "profile_thresholds",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("indicator", String(40), nullable=False),
    #: {level: value}
    Column("levels", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_profile_thresholds_at", "at"),
)

#: Work for a client's own advisor.
tasks = Table(
    "profile_tasks",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("advisor_id", String(64), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("assets", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(64)),
    Index("ix_profile_tasks_advisor_id_done_at", "advisor_id", "done_at"),
)

#: Messages that we begin: waiting for a fit time, sent, or not to be sent.
outreach = Table(
    "profile_outreach",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    #: waiting -> sent | dropped
    Column("state", String(10), nullable=False),
    Column("why", String(40), nullable=False),
    Column("sent_at", Instant),
    Index("ix_profile_outreach_state_not_before", "state", "not_before"),
    Index("ix_profile_outreach_client_id_sent_at", "client_id", "sent_at"),
)

#: What the source systems told, each once. The same key of a source is the same event.
happenings = Table(
    "profile_happenings",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
    Index("ix_profile_happenings_client_id_at", "client_id", "at"),
)

#: What was counted of each client a Shanghai day (`profiles.behaviour.COUNTERS`): follows from the happenings, and is
#: added to in the transaction that stores them.
days = Table(
    "profile_days",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    *(Column(name, Float, nullable=False) for name in COUNTERS),
)

#: How likely each client is to leave, as the last night's batch has it. level: empty below the lowest.
chances = Table(
    "profile_chances",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("day", Date, nullable=False),
    Column("probability", Float, nullable=False),
    Column("level", String(10), nullable=False),
    Index("ix_profile_chances_level", "level"),
)

#: What could not be taken in, with the reason; replayed by hand or by `profiles.streams replay`.
dead_letters = Table(
    "profile_dead_letters",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("entry", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("replayed_at", Instant),
)

#: How far each source has been read, and how it is.
sources = Table(
    "profile_sources",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("cursor", String(120), nullable=False),
    Column("tried_at", Instant),
    Column("read_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("why", String(80), nullable=False),
)

#: One row a client, for combined queries: what stands in the file, and when something was last done.
targets = Table(
    "profile_targets",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("risk", Integer, nullable=False),
    Column("age", Integer, nullable=False),
    Column("tier", String(8), nullable=False),
    Column("stage", String(8), nullable=False),
    Column("region", String(16), nullable=False),
    Column("own_advisor", String(64)),
    Column("redeemed_at", Instant),
    Column("bought_at", Instant),
    Column("spoke_at", Instant),
    #: Yuan, as the last look at the books had it: what redemptions are measured by. In no list.
    Column("assets", Float, nullable=False, server_default="0"),
    #: The tags that weigh at least `profiles.query.LEAST_WEIGHT`, between commas: one look at the row answers.
    Column("tags", Text, nullable=False),
    Index("ix_profile_targets_risk_redeemed_at", "risk", "redeemed_at"),
)

#: The tags that weigh, for combined queries; renewed with every look at the client.
target_tags = Table(
    "profile_target_tags",
    metadata,
    Column("tag", String(32), primary_key=True),
    Column("client_id", String(64), primary_key=True),
    Column("weight", Float, nullable=False),
    #: A client's tags are replaced together.
    Index("ix_profile_target_tags_client_id", "client_id"),
)

#: Lists that were asked for: purpose, approval, who fetched (requirements D4, H6).
exports = Table(
    "profile_exports",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("query", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    #: asked -> approved | refused; approved -> fetched
    Column("state", String(10), nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", Instant),
    Column("fetched_at", Instant),
)

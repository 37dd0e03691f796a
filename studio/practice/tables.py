"""Runs through practice cases, kept for the trainee and for supervisors."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from kit.database import Instant, metadata

practice_runs = Table(
    "practice_runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("case_id", String(64), nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("staff_name", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    #: Where the simulated client stands; null when he has gone.
    Column("beat", String(64)),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    #: [{who, text, at, emotion, strength, id, action}]
    Column("lines", JSON, nullable=False),
    Column("done", JSON, nullable=False),
    Column("score", Integer),
    #: The result as it was told; the rubric of later days does not change it.
    Column("result", JSON(none_as_null=True)),
    Index("ix_practice_runs_staff_id_started_at", "staff_id", "started_at"),
    Index("ix_practice_runs_started_at", "started_at"),
)

"""Figures for `GET /metrics`, in a registry of their own: one application, one set of figures."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

#: The plan's limits: 5 s for the bot's answer, 180 s for a person's.
TURN_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 8.0, 15.0, 30.0, 60.0)
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("huiban_turns", "Closed turns", ["outcome"], registry=self.registry)
        self.late_turns = Counter("huiban_late_turns", "Turns past their deadline", registry=self.registry)
        self.turn_seconds = Histogram(
            "huiban_turn_seconds", "From the first bubble to the stored answer", buckets=TURN_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.requests = Counter(
            "huiban_requests", "Answered HTTP requests", ["method", "route", "status"], registry=self.registry
        )
        self.request_seconds = Histogram(
            "huiban_request_seconds", "Time to the answer", ["route"], buckets=REQUEST_BUCKETS, registry=self.registry
        )
        self.refused_signins = Counter("huiban_refused_signins", "Failed sign-ins", ["who"], registry=self.registry)
        self.owners = Gauge("huiban_conversations", "Conversations by owner", ["owner"], registry=self.registry)
        self.broken_promises = Gauge(
            "huiban_broken_promises", "Promised times to clients that were not kept, since the start of service",
            ["promise"], registry=self.registry,
        )  # fmt: skip
        self.open_turns = Gauge("huiban_open_turns", "Turns not closed yet", registry=self.registry)
        self.pages = Gauge("huiban_live_pages", "Open sockets", ["page"], registry=self.registry)

"""Replies of colleagues that clients rated well, as suggestions to an advisor (requirement C7).

Only from solved cases with four or five stars, never from a complaint, an account in danger or a case about a colleague;
without the client's name, and with nothing of him in it (`knowledge.replies.fit`). One house, one store.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from compliance.policy_file import Wording
from compliance.privacy import scrub
from compliance.wording import check
from gateway.tables import messages
from handoff.measures import CONTENT_SCORE
from handoff.model import HandoffState
from handoff.tables import handoffs
from kit.clock import Clock
from knowledge.replies import Replied, Replies, pairs

#: How far back, how many cases, and how often they are read again.
AGE, MOST_CASES, RENEW = timedelta(days=180), 300, timedelta(minutes=10)
#: What is not for others' ears, whatever it was rated.
CLOSED_TOPICS = frozenset({"投诉", "账户安全"})
CLOSED_REASONS = frozenset({"complaint", "account_safety", "self_harm"})


class PastReplies:
    def __init__(self, engine: AsyncEngine, clock: Clock, wording: Wording) -> None:
        self._engine, self._clock, self._wording = engine, clock, wording
        self._known, self._read_at = Replies.of(()), datetime.min.replace(tzinfo=clock.now().tzinfo)

    async def nearest(self, question: str) -> Replied | None:
        """The reply to the question most like this one."""
        now = self._clock.now()
        if abs(now - self._read_at) >= RENEW:
            async with self._engine.connect() as sql:
                found = await self._read(sql, now)
            self._known, self._read_at = Replies.of(found), now
        return self._known.nearest(question)

    async def _read(self, sql: AsyncConnection, now: datetime) -> list[Replied]:
        cells = handoffs.c
        good = select(cells.conversation_id, cells.accepted_at, cells.ended_at, cells.score, cells.client, cells.reasons).where(
            cells.state == HandoffState.CLOSED.value, cells.outcome == "solved", cells.score >= CONTENT_SCORE,
            cells.ended_at >= now - AGE, cells.accepted_at.is_not(None), cells.complained_about.is_(None),
            cells.topic.not_in(CLOSED_TOPICS),
        )  # fmt: skip
        cases = (await sql.execute(good.order_by(cells.ended_at.desc()).limit(MOST_CASES))).all()
        found: list[Replied] = []
        for case in cases:
            if CLOSED_REASONS & set(case.reasons):
                continue
            said = select(messages.c.author, messages.c.text).where(
                messages.c.conversation_id == case.conversation_id, messages.c.at >= case.accepted_at,
                messages.c.at <= case.ended_at,
            )  # fmt: skip
            talk = [(row.author, row.text) for row in await sql.execute(said.order_by(messages.c.seq))]
            name = str((case.client or {}).get("name") or "")
            found += [
                Replied(one.question, scrub(one.reply, name), one.score)
                for one in pairs(talk, case.score) if not check(one.reply, self._wording)
            ]  # fmt: skip
        return found

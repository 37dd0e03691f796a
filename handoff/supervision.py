"""What a supervisor does: takes over, listens, whispers; reads the measures; changes the rules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from handoff import guest_store, reports, rules, store
from handoff.alarms import Alarms, supervisors_only
from handoff.alarms import SupervisorsOnly as SupervisorsOnly
from handoff.core import Work, logger
from handoff.explain import explain
from handoff.guests import Guest, GuestKind, GuestState
from handoff.history import whisper_json
from handoff.hours import SHANGHAI
from handoff.joint import check_not_accused, check_version
from handoff.measures import measure
from handoff.model import HandoffState, Staff
from handoff.policy import FOLDER, MatchingPolicy, PolicyBroken, load_policy, read_policy, version_of
from handoff.ports import Json
from handoff.record import Handoff
from handoff.states import Event, TransitionNotAllowed
from handoff.views import case_inputs, title
from kit.errors import Conflict, Invalid

#: A report over more days is a job for the data warehouse.
LONGEST_REPORT = timedelta(days=92)


class PeriodWrong(Invalid):
    """起止日期不对:开始不能晚于结束,最长 92 天。"""

    code = "period_wrong"


class RulesChanged(Conflict):
    """规则刚刚被其他主管改过,请重新打开后再改。"""

    code = "rules_changed"


class RulesBroken(Invalid):
    """规则有误,没有保存。"""

    code = "rules_broken"


class Supervision(Alarms):
    def __init__(self, *parts: Any, folder: Path = FOLDER, **named: Any) -> None:
        super().__init__(*parts, **named)
        self._folder = folder
        self._stamp = rules.stamp(folder)
        self._saving = asyncio.Lock()
        self._kept = ""

    # -- conversations ---------------------------------------------------------------------------------------

    async def take_over(self, handoff_id: str, staff: Staff, version: int | None = None) -> Json:
        """The supervisor becomes the owner, whoever had the case. Raises SupervisorsOnly, Recused."""
        supervisors_only(staff)
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            check_version(handoff, version)
            check_not_accused(handoff, staff)
            had = handoff.owner_id if handoff.state is HandoffState.ACTIVE else None
            if had == staff.id:
                return await self._shown(work, handoff)
            await self._withdraw_offer(work, handoff)
            moved = await self.step(
                work, handoff, Event.TAKE_OVER if had else Event.PULL, actor=staff.id, detail={"from": had},
                owner_id=staff.id, accepted_at=work.now, offered_to=None, offer_expires_at=None, directed_to=None,
                because=["主管接手"],
            )  # fmt: skip
            await self._end_own_visit(work, moved, staff)
            await self._be_present(work, staff.id)
            await self.say(
                work, handoff.conversation_id, f"{title(staff)}已为您接手,您之前说的内容都已转达,不用再重复。"
            )
            await self.match(work)
            return await self._shown(work, moved)

    async def _end_own_visit(self, work: Work, handoff: Handoff, staff: Staff) -> None:
        for guest in await guest_store.present(work.connection, handoff.conversation_id):
            if guest.advisor_id == staff.id:
                await self._move_guest(work, handoff, guest, GuestState.WITHDRAWN, staff.id, ended_at=work.now)

    async def listen(self, handoff_id: str, staff: Staff, *, on: bool = True) -> Json:
        """Read a conversation live, or stop; the owner sees it, and it is written down."""
        supervisors_only(staff)
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            if on:
                check_not_accused(handoff, staff)
            present = await guest_store.present(work.connection, handoff.conversation_id)
            own = next((g for g in present if g.advisor_id == staff.id and g.kind is GuestKind.LISTENER), None)
            if on and own is None:
                if handoff.state is not HandoffState.ACTIVE or handoff.owner_id == staff.id:
                    raise TransitionNotAllowed(state=handoff.state.value, event="listen")
                guest = Guest(
                    self._new_id(), handoff.id, handoff.conversation_id, staff.id, GuestKind.LISTENER, GuestState.JOINED,
                    invited_by=staff.id, note="", offered_at=work.now, joined_at=work.now,
                )  # fmt: skip
                await guest_store.add(work.connection, guest)
                detail = {"guest": staff.id, "kind": guest.kind.value}
                await self.record(work, handoff.id, "guest_joined", staff.id, detail)
                self._tell_guest(work, handoff, guest)
            elif not on and own is not None:
                await self._move_guest(work, handoff, own, GuestState.LEFT, staff.id, ended_at=work.now)
            return await self._shown(work, handoff)

    async def whisper(self, handoff_id: str, staff: Staff, text: str) -> Json:
        """A word to the owner that the client never sees: `{id, at, from, text}`."""
        supervisors_only(staff)
        async with self.work() as work:
            handoff = await store.get(work.connection, handoff_id)
            check_not_accused(handoff, staff)
            if handoff.state is not HandoffState.ACTIVE or handoff.owner_id is None:
                raise TransitionNotAllowed(state=handoff.state.value, event="whisper")
            event: dict[str, Any] = {
                "id": self._new_id(), "event": "whisper", "actor": staff.id, "detail": {"text": text}, "at": work.now,
            }  # fmt: skip
            await store.note_event(
                work.connection, handoff.id, event["event"], staff.id, event["detail"], id=event["id"], at=work.now
            )
            shown = whisper_json(event, self._roster)
            frame = {"type": "whisper", "conversation_id": handoff.conversation_id, "whisper": shown}
            work.notes.append(({handoff.owner_id, staff.id}, frame))
            return shown

    # -- decisions -------------------------------------------------------------------------------------------

    async def decisions(self, handoff_id: str, staff: Staff) -> list[Json]:
        """Each decision on a case in words, made again under the rules of then: `explain.explain`.

        Raises SupervisorsOnly, Recused.
        """
        supervisors_only(staff)
        roster = list((await self.roster()).values())
        async with self._engine.begin() as connection:
            check_not_accused(await store.get(connection, handoff_id), staff)
            rows = await store.decisions_of(connection, handoff_id)
            texts = await reports.policy_texts(connection, {row["policy_version"] for row in rows})
        policies = {version: read_policy(*found) for version, found in texts.items()} | {
            self.policy.version: self.policy
        }
        return [explain(row, roster, policies.get(row["policy_version"])) for row in rows]

    # -- measures --------------------------------------------------------------------------------------------

    async def measures(self, staff: Staff, first: date | None = None, last: date | None = None) -> Json:
        """The figures of the cases that ended from `first` to `last`, days of the institution; today when not given.

        Raises SupervisorsOnly, PeriodWrong.
        """
        supervisors_only(staff)
        today = self._clock.now().astimezone(SHANGHAI).date()
        first, last = first or last or today, last or first or today
        if first > last or last - first >= LONGEST_REPORT:
            raise PeriodWrong
        await self.roster()
        start, end = _midnight(first), _midnight(last + timedelta(days=1))
        async with self._engine.begin() as connection:
            cases = await reports.cases_ended(connection, start, end)
            requests = await reports.requests_after(connection, start, end)
        names = {advisor.id: advisor.name for advisor in self._roster.values()}
        return {"from": first.isoformat(), "to": last.isoformat(), **measure(cases, requests, names)}

    # -- rules -----------------------------------------------------------------------------------------------

    async def rules(self, staff: Staff, file: str = "priority") -> Json:
        """`{file, text, version, versions}`: the rules in force, and who changed them when."""
        supervisors_only(staff)
        async with self._engine.begin() as connection:
            past = await reports.policy_versions(connection)
        return {
            "file": file, "text": self._text(file), "version": load_policy(self._folder).version,
            "versions": [{**row, "at": row["at"].isoformat()} for row in past],
        }  # fmt: skip

    def _text(self, file: str) -> str:
        return (self._folder / rules.NAMES[file]).read_text(encoding="utf-8")

    async def preview_rules(self, staff: Staff, text: str, file: str = "priority") -> Json:
        """`{errors, rows}`: what today's queue would have been under these rules; nothing is changed.

        Today's decisions are replayed from what they were made from; for the weights, who waits undecided is taken as
        he stands now.
        """
        supervisors_only(staff)
        new, errors = rules.checked(text, file)
        if new is None:
            return {"errors": errors, "rows": []}
        roster = list((await self.roster()).values())
        start = _midnight(self._clock.now().astimezone(SHANGHAI).date())
        async with self._engine.begin() as connection:
            decisions = await reports.decisions_since(connection, start)
            scene = await self.scene(connection, self._clock.now())
        if isinstance(new, MatchingPolicy):
            # A busy day takes seconds; nobody else is to wait for it.
            return {"errors": [], "rows": await asyncio.to_thread(rules.preview_matching, decisions, roster, new)}
        decided = {decision["handoff_id"] for decision in decisions}
        decisions += [
            {
                "id": handoff.id, "handoff_id": handoff.id, "client_name": handoff.client.name, "at": scene.now,
                "inputs": {**case_inputs(handoff, scene), "advisors": scene.staff_inputs},
            }
            for handoff in scene.queue
            if handoff.id not in decided
        ]  # fmt: skip
        return {"errors": [], "rows": rules.preview(decisions, roster, self.policy.priority, new)}

    async def save_rules(self, staff: Staff, text: str, version: str, file: str = "priority") -> Json:
        """Put these rules in force: `{version}`. Raises RulesBroken (`errors`), RulesChanged."""
        supervisors_only(staff)
        _, errors = rules.checked(text, file)
        if errors:
            raise RulesBroken(f"第 {errors[0]['line']} 行:{errors[0]['words']}", errors=errors)
        async with self._saving:
            async with self.work() as work:
                if load_policy(self._folder).version != version:
                    raise RulesChanged
                old = {name: self._text(name) for name in rules.NAMES}
                await self._keep_texts(work, old, author="")
                await self._keep_texts(work, old | {file: text}, author=staff.id)
            # No transaction takes a file back: it is written once the text is kept.
            rules.write(text, file, self._folder)
            self._take_policy()
        logger.info("Rules changed", action="rules_changed", author=staff.id, file=file, version=self.policy.version)
        async with self.work() as work:
            await self.match(work)
        return {"version": self.policy.version}

    async def _keep_texts(self, work: Work, texts: Mapping[str, str], *, author: str) -> None:
        version = version_of(texts["priority"], texts["matching"])
        await reports.note_policy(
            work.connection, version, texts["priority"], texts["matching"], author=author, at=work.now
        )

    def _take_policy(self) -> None:
        self._stamp = rules.stamp(self._folder)
        self.policy = load_policy(self._folder)

    async def tick(self) -> None:
        """One look at the clock, under the rules that are in force now: another process may have changed them."""
        if rules.stamp(self._folder) != self._stamp:
            try:
                self._take_policy()
            except PolicyBroken as error:
                logger.error(
                    "The rules cannot be followed; the last ones stay", action="rules_broken", cause=error.message
                )
        if self._kept != self.policy.version:
            await self._keep_current()
        await super().tick()

    async def _keep_current(self) -> None:
        """The texts of the rules in force, so that what is decided by them can be made again whatever comes later."""
        texts = {name: self._text(name) for name in rules.NAMES}
        if version_of(texts["priority"], texts["matching"]) == self.policy.version:
            async with self.work() as work:
                await self._keep_texts(work, texts, author="")
        self._kept = self.policy.version


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)

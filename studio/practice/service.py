"""Practice from the first word to the result: loads, calls the rules, keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from kit.clock import Clock
from kit.errors import Conflict, NotFound, Refused
from kit.ids import NewId
from studio.practice import play, scoring, store, views
from studio.practice.model import Case, Guard, Rubric, Run

Json = dict[str, Any]
Step = Callable[[Run, Case], Run]


class CaseUnknown(NotFound):
    """没有这个演练案例。"""

    code = "practice_case_unknown"


class RunUnknown(NotFound):
    """没有这次演练。"""

    code = "practice_run_unknown"


class RunOver(Conflict):
    """这次演练已经结束。"""

    code = "practice_over"


class RunChanged(Conflict):
    """这次演练刚在别处更新过，请重新打开。"""

    code = "practice_changed"


@dataclass(frozen=True)
class Trainee:
    """reads_all: supervisors and trainers see everybody's runs."""

    id: str
    name: str
    reads_all: bool = False


class Practice:
    def __init__(
        self, engine: AsyncEngine, clock: Clock, new_id: NewId, cases: Mapping[str, Case], rubric: Rubric, guard: Guard
    ) -> None:
        self._engine, self._clock, self._new_id = engine, clock, new_id
        self._cases, self._rubric, self._guard = cases, rubric, guard

    def cases(self) -> list[Json]:
        return [views.case_json(case, self._rubric) for case in self._cases.values()]

    async def begin(self, trainee: Trainee, case_id: str) -> Json:
        """Raises CaseUnknown."""
        case = self._cases.get(case_id)
        if case is None:
            raise CaseUnknown
        run = play.begin(case, self._new_id(), trainee.id, trainee.name, at=self._clock.now())
        async with self._engine.begin() as sql:
            await store.add(sql, run)
        return views.run_json(run, case)

    async def read(self, trainee: Trainee, run_id: str) -> Json:
        """Raises RunUnknown, Refused."""
        async with self._engine.connect() as sql:
            run = await store.find(sql, run_id)
        if run is None:
            raise RunUnknown
        if run.staff_id != trainee.id and not trainee.reads_all:
            raise Refused("只能看自己的演练。")
        return views.run_json(run, self._cases.get(run.case_id))

    async def reply(self, trainee: Trainee, run_id: str, reply_id: str, text: str) -> Json:
        """Raises RunUnknown, RunOver, RunChanged, Refused."""
        now = self._clock.now()
        return await self._step(
            trainee, run_id, lambda run, case: play.reply(run, case, self._rubric, self._guard, reply_id, text, at=now)
        )

    async def press(self, trainee: Trainee, run_id: str, action_id: str) -> Json:
        """Raises RunUnknown, RunOver, RunChanged, Refused."""
        now = self._clock.now()
        return await self._step(trainee, run_id, lambda run, case: play.press(run, case, action_id, at=now))

    async def finish(self, trainee: Trainee, run_id: str) -> Json:
        """Score the run; it stays as it is from now on. Raises as `reply`."""
        now = self._clock.now()

        def over(run: Run, case: Case) -> Run:
            result = scoring.score(run, case, self._rubric, self._guard)
            return replace(run, ended_at=now, result=result, version=run.version + 1)

        return await self._step(trainee, run_id, over)

    async def runs(self, trainee: Trainee) -> list[Json]:
        async with self._engine.connect() as sql:
            found = await store.listed(sql, None if trainee.reads_all else trainee.id)
        return [views.row_json(run, self._cases.get(run.case_id)) for run in found]

    async def _step(self, trainee: Trainee, run_id: str, step: Step) -> Json:
        async with self._engine.begin() as sql:
            run = await store.find(sql, run_id)
            if run is None:
                raise RunUnknown
            if run.staff_id != trainee.id:
                raise Refused("只能继续自己的演练。")
            case = self._cases.get(run.case_id)
            if case is None:
                raise CaseUnknown
            if run.ended_at is not None:
                raise RunOver
            after = step(run, case)
            if after != run and not await store.replace(sql, run, after):
                raise RunChanged
        return views.run_json(after, case)

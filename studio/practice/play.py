"""How the simulated client goes on: the same reply leads to the same words, every time. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from studio.practice.model import Beat, Case, Guard, Line, Rubric, Run, Who
from studio.practice.signals import signals

#: A client who has heard this many replies has to go.
MOST_REPLIES = 12
#: Prefix of a condition on what was pressed at any time in the run.
ACTION = "action:"


def begin(case: Case, run_id: str, staff_id: str, staff_name: str, *, at: datetime) -> Run:
    """What was said before, and the client's first words."""
    said = tuple(Line(who, text, at) for who, text in case.history)
    run = Run(run_id, case.id, staff_id, staff_name, 1, case.first, at, said)
    return _spoken(run, case.beats[case.first], at=at)


def reply(run: Run, case: Case, rubric: Rubric, guard: Guard, reply_id: str, text: str, *, at: datetime) -> Run:
    """The run after the trainee's words; the client answers at once. The same reply again changes nothing."""
    if any(line.id == reply_id for line in run.lines):
        return run
    said = replace(run, lines=(*run.lines, Line(Who.TRAINEE, text, at, id=reply_id)), version=run.version + 1)
    if run.beat is None:
        return said
    shown = signals(text, case, rubric, guard) | {ACTION + one for one in run.done}
    goes = next((heed.go for heed in case.beats[run.beat].heeds if _meets(heed.when, shown)), None)
    if goes is None or len(replies(said)) >= MOST_REPLIES:
        return replace(said, beat=None)
    return _spoken(said, case.beats[goes], at=at)


def press(run: Run, case: Case, action_id: str, *, at: datetime) -> Run:
    """The run after a button of the desk; again changes nothing."""
    action = next((one for one in case.actions if one.id == action_id), None)
    if action is None or action_id in run.done:
        return run
    line = Line(Who.SYSTEM, f"已操作：{action.words}", at, action=action_id)
    return replace(run, lines=(*run.lines, line), done=run.done | {action_id}, version=run.version + 1)


def replies(run: Run) -> list[Line]:
    return [line for line in run.lines if line.who is Who.TRAINEE]


def _meets(when: tuple[str, ...], shown: frozenset[str]) -> bool:
    return all((name[1:] not in shown) if name.startswith("!") else (name in shown) for name in when)


def _spoken(run: Run, beat: Beat, *, at: datetime) -> Run:
    words = tuple(Line(Who.CLIENT, text, at, beat.emotion, beat.strength) for text in beat.says)
    return replace(run, lines=(*run.lines, *words), beat=beat.id if beat.heeds else None)

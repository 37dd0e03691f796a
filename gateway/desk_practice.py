"""The desk's practice: cases, runs, results. What the trainee writes meets the same wording guard as at work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from compliance.policy_file import Wording
from compliance.wording import check
from gateway.access import Parts, Person
from gateway.checks import check_id, check_text
from handoff.model import SUPERVISOR, Staff
from handoff.views import TRAINER
from kit.clock import Clock
from kit.ids import NewId
from kit.masking import mask
from studio.practice import files
from studio.practice.service import Practice, Trainee

router = APIRouter(prefix="/api/desk/practice", tags=["desk"])

RunId = Annotated[str, Path(max_length=64)]
Json = dict[str, Any]


class Begun(BaseModel):
    case_id: str = Field(max_length=64)


class Said(BaseModel):
    """id: made by the page and repeated on a retry."""

    id: str = Field(max_length=64)
    text: str


class Pressed(BaseModel):
    action: str = Field(max_length=64)


def compose(engine: AsyncEngine, clock: Clock, new_id: NewId, wording: Wording) -> Practice:
    """The practice of a gateway. clock: real time, how long somebody takes to answer is part of the score."""
    return Practice(engine, clock, new_id, files.load_cases(), files.load_rubric(), lambda text: check(text, wording))


@router.get("/cases")
async def cases(parts: Parts, person: Person) -> Json:
    return {"cases": parts.practice.cases()}


@router.get("/runs")
async def runs(parts: Parts, person: Person) -> Json:
    """One's own; everybody's for supervisors and trainers."""
    return {"runs": await parts.practice.runs(_trainee(person))}


@router.post("/runs")
async def begin(body: Begun, parts: Parts, person: Person) -> Json:
    return {"run": await parts.practice.begin(_trainee(person), body.case_id)}


@router.get("/runs/{run_id}")
async def read(run_id: RunId, parts: Parts, person: Person) -> Json:
    return {"run": await parts.practice.read(_trainee(person), run_id)}


@router.post("/runs/{run_id}/replies")
async def reply(run_id: RunId, body: Said, parts: Parts, person: Person) -> Json:
    """Say something to the simulated client; his answer is in the run. The same id again changes nothing."""
    text = mask(check_text(body.text, parts.settings.max_message_chars))
    return {"run": await parts.practice.reply(_trainee(person), run_id, check_id(body.id), text)}


@router.post("/runs/{run_id}/actions")
async def press(run_id: RunId, body: Pressed, parts: Parts, person: Person) -> Json:
    return {"run": await parts.practice.press(_trainee(person), run_id, body.action)}


@router.post("/runs/{run_id}/finish")
async def finish(run_id: RunId, parts: Parts, person: Person) -> Json:
    """Ends the run and scores it."""
    return {"run": await parts.practice.finish(_trainee(person), run_id)}


def _trainee(person: Staff) -> Trainee:
    return Trainee(person.id, person.name, person.role in (SUPERVISOR, TRAINER))

"""`/v1/systems/{source}/events`: what app, payment, marketing and education tell of the sandbox's clients, a page at a time.

The lives are those of `sandbox.life`, lived by the clients of the book; the instant decides how much has happened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from institution.sandbox.clients_api import Here
from institution.sandbox.life import Life, Lived
from kit.clock import SHANGHAI
from kit.errors import Invalid

router = APIRouter(prefix="/v1", tags=["systems"])
LIFE_SEED, LOOK_BACK = 4711, timedelta(days=3)
SystemName = Literal["app", "payment", "marketing", "education"]


@router.get("/systems/{source}/events")
async def system_events(
    state: Here,
    source: SystemName,
    after: Annotated[str, Query(max_length=120)] = "",
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> dict[str, Any]:
    """`{events: [{source, key, client, kind, at, body}], next, more}` after the cursor, up to now, the oldest first.

    Without a cursor the last three days.
    """
    now = state.now()
    since = _instant(after) if after else now - LOOK_BACK
    today = now.astimezone(SHANGHAI).date()
    first = max(since.astimezone(SHANGHAI).date(), today - timedelta(days=30))
    people = sorted(state.world.people)
    life = Life(LIFE_SEED, len(people), state.market.anchor - timedelta(days=30), 120, story_share=0.0)
    names = dict(zip(life.dwellers, people, strict=True))
    found = sorted(
        (one for name in names for one in life.lived(name, first, today) if one.source == source and one.at <= now),
        key=lambda one: (one.at, one.key),
    )
    ahead = [one for one in found if _cursor(one) > after] if after else [one for one in found if one.at > since]
    page = ahead[:limit]
    return {
        "events": [_json(one, names[one.client]) for one in page],
        "next": _cursor(page[-1]) if page else after or f"{now.isoformat()}|",
        "more": len(ahead) > limit,
    }  # fmt: skip


def _json(one: Lived, client: str) -> dict[str, Any]:
    return {
        "source": one.source, "key": one.key, "client": client, "kind": one.kind, "at": one.at.isoformat(), "body": one.body,
    }  # fmt: skip


def _cursor(one: Lived) -> str:
    return f"{one.at.isoformat()}|{one.key}"


def _instant(cursor: str) -> datetime:
    try:
        return datetime.fromisoformat(cursor.split("|")[0])
    except ValueError:
        raise Invalid("after 不是本接口给出的编号。") from None

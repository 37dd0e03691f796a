"""`/v1/systems/{source}/events`: what the institution's eleven systems tell of its clients, a page at a time.

A cursor is the instant at which something was told, and its key. A clock that was set back answers with the present
instant as the cursor: nothing that lies ahead is told twice or skipped, since a key is one event.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from institution.sandbox import news
from institution.sandbox.clients_api import Here
from institution.sandbox.life import Lived
from institution.sandbox.telling import FIRST, LOOK_BACK, tell
from kit.clock import SHANGHAI
from kit.errors import Invalid

router = APIRouter(prefix="/v1", tags=["systems"])
SystemName = Literal[
    "trading", "nav", "risk_test", "crm", "service", "app", "marketing", "complaint", "compliance", "payment", "education"
]  # fmt: skip
#: A clock that jumped further ahead than this skips what lies between.
LONGEST_GAP = timedelta(days=30)


@router.get("/systems/{source}/events")
async def system_events(
    state: Here,
    source: SystemName,
    after: Annotated[str, Query(max_length=160)] = "",
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> dict[str, Any]:
    """`{events: [{source, key, client, kind, at, body}], next, more}` after the cursor, up to now, the oldest first.

    Without a cursor the last days: three, or as many as the system is slow.
    """
    now = state.now()
    ahead = f"{now.astimezone(SHANGHAI).isoformat(timespec='microseconds')}|"
    if after and _instant(after) > now:
        return {"events": [], "next": ahead, "more": False}
    first = FIRST.get(source, LOOK_BACK)
    since = max(_instant(after), now - max(first, LONGEST_GAP)) if after else now - first
    found = [one for one in tell(state, source, since, now) if one.cursor > after]
    page = found[:limit]
    last = page[-1].cursor if page else after or ahead
    return {"events": [_json(one.lived) for one in page], "next": last, "more": len(found) > limit}


@router.get("/news/{form}")
async def news_feed(state: Here, form: Literal["rss", "csv", "json"]) -> Response:
    """An outside provider's feed in its own form: the last two weeks, the newest first."""
    some = news.notes(state, state.now())
    made = {
        "rss": (news.rss, "application/rss+xml"),
        "csv": (news.table, "text/csv"),
        "json": (news.plain, "application/json"),
    }
    write, media = made[form]
    return Response(write(some), media_type=media)


def _json(one: Lived) -> dict[str, Any]:
    return {
        "source": one.source, "key": one.key, "client": one.client, "kind": one.kind, "at": one.at.isoformat(),
        "body": one.body,
    }  # fmt: skip


def _instant(cursor: str) -> datetime:
    try:
        at = datetime.fromisoformat(cursor.split("|")[0])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid("after 不是本接口给出的编号。")
    return at

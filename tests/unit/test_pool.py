"""One connection, many who want it: served in the order in which they came, the urgent first, none lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.util.queue import Empty

from kit.database import close, connect
from kit.pool import Line, urgent


async def ahead(line: Line, name: str, served: list[str]) -> asyncio.Task[None]:
    """Somebody who waits, and gives the connection back at once."""

    waiting = asyncio.Event()

    async def serve() -> None:
        waiting.set()
        item = await line.wait(5)
        served.append(name)
        line.put_nowait(item)

    task = asyncio.create_task(serve())
    await waiting.wait()
    return task


async def test_the_urgent_go_first_and_the_others_keep_their_place() -> None:
    line, served = Line(1), list[str]()
    tasks = [await ahead(line, "first", served), await ahead(line, "second", served)]
    with urgent():
        tasks.append(await ahead(line, "urgent", served))
    line.put_nowait("connection")
    # A newcomer finds nothing free: the connection is the first waiter's already.
    with pytest.raises(Empty):
        line.get_nowait()
    await asyncio.gather(*tasks)
    assert served == ["urgent", "first", "second"]
    assert line.get_nowait() == "connection"


async def test_who_goes_away_loses_no_connection() -> None:
    line, served = Line(1), list[str]()
    gone, waits = await ahead(line, "gone", served), await ahead(line, "waits", served)
    # Handed over and cancelled in the same breath.
    line.put_nowait("connection")
    gone.cancel()
    await asyncio.gather(gone, waits, return_exceptions=True)
    assert served == ["waits"]
    assert line.get_nowait() == "connection"
    early = await ahead(line, "early", served)
    early.cancel()
    await asyncio.gather(early, return_exceptions=True)
    line.put_nowait("connection")
    assert line.get_nowait() == "connection"


async def test_who_waits_too_long_is_told() -> None:
    line = Line(1)
    with pytest.raises(Empty):
        await line.wait(0.001)
    line.put_nowait("connection")
    assert line.qsize() == 1


async def test_an_engines_threads_end_with_it(tmp_path: Path) -> None:
    engine = connect(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    async with engine.connect() as sql:
        raw = (await sql.get_raw_connection()).driver_connection
        assert raw is not None
        await sql.execute(text("select 1"))
    # Closed by force, as when a call was cancelled: nobody waits for the thread's last word.
    raw.stop()
    await close(engine)
    assert not raw._thread.is_alive()

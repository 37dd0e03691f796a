"""A process of its own that serves a crowd on a database file until it is done or is killed: run by test_handoffs.py."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from random import Random

from kit import log
from kit.database import connect, metadata
from kit.ids import uuid7
from tests.faults.crowd import Crowd, Faults
from tests.unit.handoff.world import START, World


async def serve(url: str, size: int, life: int) -> None:
    engine = connect(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    # Each life begins later than the one before could have got to.
    world = World(engine, START + timedelta(minutes=life))
    world.new_id = uuid7
    world.restart()
    print(await Crowd(world, url, Random(life), size, Faults(Random(life))).run(kills=0))
    await world.engine.dispose()


if __name__ == "__main__":
    log.configure("ERROR")
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

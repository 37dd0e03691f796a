"""How soon a WeChat push is acknowledged while the bot hangs: the platform waits five seconds and then sends again.

.venv/bin/python -m bench.callback --people 200 --seconds 30 --rate 10
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

import httpx

from bench.channels import Stage, on_stage
from bench.figures import latencies

#: What the product promises (p99).
BOUND_MS = 100.0
WARM_UP = 20
Json = dict[str, Any]


async def pushes(asked: argparse.Namespace, stage: Stage) -> Json:
    """Pushes at a steady mean rate, whether or not those before are acknowledged (Poisson arrivals)."""
    chance, took, refused = random.Random(asked.seed), list[float](), list[str]()

    async def push(number: int, counts: bool = True) -> None:
        begins = time.monotonic()
        try:
            done = await stage.platform.say(f"o-push-{number % asked.people:05d}", f"第{number}句")
        except httpx.HTTPError as error:
            done = [type(error).__name__]  # type: ignore[list-item]
        if done != [200]:
            refused.append(str(done))
        elif counts:
            took.append(time.monotonic() - begins)

    for number in range(WARM_UP):
        await push(number, counts=False)
    running, number, ends = set[asyncio.Task[None]](), WARM_UP, time.monotonic() + asked.seconds
    while time.monotonic() < ends:
        await asyncio.sleep(chance.expovariate(asked.rate))
        number += 1
        running.add(task := asyncio.create_task(push(number)))
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return {"people": asked.people, "per_s": round(len(took) / asked.seconds, 1), "pushes": len(took),
            "bot": "hangs", "acknowledged": latencies(took), "refused": len(refused), "first_refused": refused[:3]}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("people", 200), ("port", 8600), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=10.0, help="pushes a second, on the mean")
    parser.add_argument("--loud", action="store_true", help="show what the processes write")
    asked = parser.parse_args()
    found = asyncio.run(on_stage(lambda stage: pushes(asked, stage), port=asked.port, hang=True, loud=asked.loud))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    sys.exit(1 if found["refused"] or found["acknowledged"]["p99_ms"] > BOUND_MS else 0)


if __name__ == "__main__":
    main()

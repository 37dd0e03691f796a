"""Work that is due: one worker a key, nothing that was asked for is forgotten."""

from __future__ import annotations

import asyncio

from kit.due import Due


async def test_who_is_woken_while_he_works_works_once_more() -> None:
    begun, gate = list[str](), asyncio.Event()

    async def work(key: str) -> None:
        begun.append(key)
        await gate.wait()

    due = Due(work)
    for _ in range(3):
        due.wake("a")
    due.wake("b")
    await asyncio.wait(due.running, timeout=0)
    assert begun == ["a", "b"]
    # Three more wishes while he works are one more round.
    for _ in range(3):
        due.wake("a")
    gate.set()
    await due.idle()
    assert begun == ["a", "b", "a"]
    assert (due.running, due.of("a")) == ([], None)


async def test_work_that_breaks_ends_nobody_else_and_can_be_woken_again() -> None:
    done = list[str]()

    async def work(key: str) -> None:
        if key == "broken" and "broken" not in done:
            done.append(key)
            raise RuntimeError
        done.append(key)

    due = Due(work)
    due.wake("broken")
    due.wake("whole")
    await due.idle()
    due.wake("broken")
    await due.idle()
    assert done == ["broken", "whole", "broken"]


async def test_work_that_is_cancelled_leaves_no_worker() -> None:
    due = Due(lambda _key: asyncio.Event().wait())  # type: ignore[arg-type,return-value]
    due.wake("a")
    (task,) = due.running
    await asyncio.wait({task}, timeout=0)
    task.cancel()
    await due.idle()
    assert due.running == []

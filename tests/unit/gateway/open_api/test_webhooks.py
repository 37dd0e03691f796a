"""Webhooks: each message once and in order, whatever the receiver does; what is given up can be had again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from gateway.open_api import outbox, tables
from gateway.timeline.model import Author, Draft
from tests.unit.gateway.open_api.conftest import Partner, opened, until


async def stored(partner: Partner) -> list[Any]:
    async with partner.world.parts.engine.connect() as sql:
        return list((await sql.execute(select(tables.deliveries).order_by(tables.deliveries.c.id))).mappings())


async def hasten(partner: Partner) -> None:
    """The pause before the next try is over."""
    async with partner.world.parts.engine.begin() as sql:
        now = partner.world.parts.wall.now()
        await sql.execute(update(tables.deliveries).where(tables.deliveries.c.state == "waiting").values(due_at=now))
    partner.world.parts.hooks.wake()


async def tell(partner: Partner, text: str, message_id: str, author: Author = Author.HUMAN) -> None:
    async with partner.world.parts.engine.begin() as sql:
        now = partner.world.parts.clock.now()
        await partner.world.parts.timeline.append(
            sql, Draft(message_id, "cv-C0001", author, text, now, author_id="A01")
        )


async def test_a_failing_receiver_gets_all_of_it_in_order_later(partner: Partner) -> None:
    partner.receiver.answers = [500, 200]
    await partner.say("一")
    await until(lambda: partner.receiver.tried == 1)
    await tell(partner, "二", "a1")
    await tell(partner, "三", "a2")
    await hasten(partner)
    await until(lambda: len(partner.receiver.got) == 3)
    texts = [one["message"]["text"] for one in partner.receiver.got]
    assert texts == ["答:一", "二", "三"]
    log = (await partner.call("GET", "/deliveries")).json()["deliveries"]
    assert [(one["state"], one["tries"]) for one in log] == [("sent", 1), ("sent", 1), ("sent", 2)]
    assert [entry["status"] for entry in log[2]["log"]] == [500, 204]


async def test_what_is_never_taken_is_dead_and_can_be_had_again(partner: Partner) -> None:
    partner.receiver.answers = [500] * outbox.MOST_TRIES
    await partner.say("一")
    for tries in range(1, outbox.MOST_TRIES + 1):
        await until(lambda tries=tries: partner.receiver.tried == tries)  # type: ignore[misc]
        while (await stored(partner))[0]["tries"] < tries:
            pass
        await hasten(partner)
    dead = (await partner.call("GET", "/deliveries?state=dead")).json()["deliveries"]
    assert [(one["seq"], one["tries"]) for one in dead] == [(2, 8)]
    assert (await partner.call("POST", f"/deliveries/{dead[0]['id']}/redeliver", {})).status_code == 200
    await until(lambda: len(partner.receiver.got) == 1)
    assert (await partner.call("POST", "/deliveries/99/redeliver", {})).status_code == 404


async def test_only_who_spoke_last_by_this_channel_is_told(partner: Partner) -> None:
    await partner.say("一")
    await until(lambda: len(partner.receiver.got) == 1)
    async with partner.world.client() as app:
        await app.post("/api/chat/messages", json={"id": "m1", "text": "在应用里"})
        await partner.world.turn("m1")
    await tell(partner, "在应用里回答", "a1")
    await partner.say("又来了", "p2")
    await until(lambda: len(partner.receiver.got) == 2)
    assert [one["message"]["text"] for one in partner.receiver.got] == ["答:一", "答:又来了"]


async def test_a_message_that_is_not_stored_is_told_to_nobody(partner: Partner) -> None:
    await partner.say("一")
    await until(lambda: len(partner.receiver.got) == 1)
    parts = partner.world.parts
    async with parts.engine.connect() as sql, sql.begin() as whole:
        await parts.timeline.append(sql, Draft("a1", "cv-C0001", Author.HUMAN, "二", parts.clock.now()))
        await whole.rollback()
    assert len(await stored(partner)) == 1


async def test_a_crash_between_message_and_webhook_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as first:
        await first.made()
        first.receiver.answers = [503]
        made = (await first.say("一")).json()["id"]
        await first.world.turn(made)
        await until(lambda: first.receiver.tried >= 1)
    async with opened(tmp_path) as second:
        second.receiver.secret = first.secret
        await hasten(second)
        await until(lambda: len(second.receiver.got) == 1)
        assert second.receiver.got[0]["message"]["text"] == "答:一"


async def test_nothing_more_goes_to_a_revoked_key(partner: Partner) -> None:
    partner.receiver.answers = [500]
    await partner.say("一")
    await until(lambda: partner.receiver.tried == 1)
    async with partner.world.staff("A14") as supervisor:
        await supervisor.post(f"/api/desk/open-keys/{partner.key}/revoke")
        await hasten(partner)
        while (await stored(partner))[0]["state"] != "dead":
            pass
        told = (await supervisor.get(f"/api/desk/open-keys/{partner.key}/deliveries?state=dead")).json()["deliveries"]
    assert told[0]["log"][-1]["error"] == outbox.GONE
    assert partner.receiver.got == []


def test_the_pauses_grow_and_end() -> None:
    pauses = [outbox.pause_after(tries) for tries in range(1, outbox.MOST_TRIES + 1)]
    assert pauses[:3] == [timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30)]
    assert pauses[-1] is None
    waited = sum((pause for pause in pauses if pause), timedelta(0))
    # 1 + 5 + 30 + 120 + 600 + 3600 + 21600 s = 7 h 12 min 36 s: a working day's repair.
    assert waited == timedelta(hours=7, minutes=12, seconds=36)

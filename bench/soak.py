"""Many live clients at once, cut off at random, processes killed now and then: each message once, in order, on each device.

    .venv/bin/python -m bench.soak --clients 1000 --wechat 200 --seconds 300 --pause 120 --kill gateway,redis,rasa

The gateway, Redis and the institution run as in the product. Two things stand in: the platform of WeChat
(`tests/wechat/platform.py`), and the dialogue core (`bench/core.py`), which answers at once, so that the figures are the
channels' own; with --real the product's core and actions answer, and WeChat keeps still.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bench import soak_reckoning as reckoning
from bench.channels import KEY, Stage, on_stage
from bench.soak_people import Book, Client, Device, Habits, Person
from gateway.signin.sessions import CLIENT_COOKIE, ClientSession, client_cookie
from gateway.tables import messages
from kit.database import connect

Json = dict[str, Any]
#: After a kill the next process has so long to catch up before the run counts as calm again.
SETTLE_SECONDS = 10.0
NUMBERED = ("第{number}句",)
#: Answered from the knowledge base, whoever asks.
QUESTIONS = ("赎回几天到账", "R4是啥", "最大回撤是啥意思", "手续费怎么收", "周末能卖吗")


async def soak(asked: argparse.Namespace, stage: Stage) -> Json:
    chance, web, chat = random.Random(asked.seed), Book(), Book()
    before = stage.memory_mb()
    sentences = QUESTIONS if asked.real else NUMBERED
    habits = Habits(stage.own.gateway, time.monotonic() + asked.seconds, asked.pause, asked.cut, sentences)
    devices = devices_of(asked, chance, web, habits)
    people = [
        Person(f"o-soak-{number + 1:05d}", number % 2 == 1, random.Random(chance.random()), chat, habits)
        for number in range(0 if asked.real else asked.wechat)
    ]
    talking: list[asyncio.Task[Any]] = [asyncio.create_task(device.run()) for device in devices]
    talking += [asyncio.create_task(person.run(stage.platform)) for person in people]
    most, outages = before, []
    kills = [name for name in asked.kill.split(",") if name]
    for name in [*kills, None]:
        await asyncio.sleep(asked.seconds / (len(kills) + 1))
        most = max(most, stage.memory_mb())
        if name:
            begin, end = await stage.kill(name)
            outages.append((begin, end + SETTLE_SECONDS))
            print(f"{name} killed, up again after {end - begin:.1f} s", file=sys.stderr, flush=True)
    await asyncio.gather(*talking)
    wrong, twice = [*web.wrong, *chat.wrong], 0
    wrong += await on_screens(stage, devices)
    for person in people:
        found, times = reckoning.of_person(
            person.openid, stage.platform.person(person.openid).got, person.accepted, person.said
        )
        if times and person.kf:
            found = [*found, f"{person.openid}: {times} twice in 微信客服"]
        wrong, twice = wrong + found, twice + times
    return {
        "clients": asked.clients, "devices": len(devices), "in_wechat": len(people), "seconds": asked.seconds, "kills": kills,
        "cuts": web.cuts, "resets": web.resets, "snapshots_failed": web.snapshots_failed,
        "web_messages": len(web.answered), "wechat_messages": len(chat.answered),
        "messages_per_s": round((len(web.answered) + len(chat.answered)) / asked.seconds, 1),
        "web_delivered": reckoning.split(web.delivered, outages), "web_answered": reckoning.split(web.answered, outages),
        "wechat_acknowledged": reckoning.split(chat.delivered, outages),
        "wechat_answered": reckoning.split(chat.answered, outages),
        "gateway_mb_before": before, "gateway_mb": most,
        "kb_per_device": round((most - before) * 1024 / max(1, len(devices)), 1),
        "official_twice": twice, "wrong": len(wrong), "first_wrong": wrong[:5],
    }  # fmt: skip


def devices_of(asked: argparse.Namespace, chance: random.Random, book: Book, habits: Habits) -> list[Device]:
    """One device that speaks for each client; every so many clients have one more that shows the same."""
    now, found = datetime.now(UTC), []
    for number in range(asked.clients):
        name = f"S{number:05d}"
        cookie = f"{CLIENT_COOKIE}={client_cookie(KEY, ClientSession(name, 'web'), now=now)}"
        client = Client(name, cookie)
        second = asked.second and number % asked.second == 0
        for speaks in (True, False) if second else (True,):
            found.append(Device(client, speaks, random.Random(chance.random()), book, habits))
    return found


async def on_screens(stage: Stage, devices: list[Device]) -> list[str]:
    """What is wrong between what was said, what is stored and what each device showed."""
    stored: dict[str, list[reckoning.Row]] = defaultdict(list)
    engine = connect(stage.own.database)
    async with engine.connect() as sql:
        wanted = select(messages.c.conversation_id, messages.c.seq, messages.c.id, messages.c.text)
        for of, seq, message_id, text in await sql.execute(wanted.order_by(messages.c.conversation_id, messages.c.seq)):
            stored[of].append((seq, message_id, text))
    await engine.dispose()
    wrong = []
    for device in devices:
        client, rows = device.client, stored[f"cv-{device.client.id}"]
        if device.speaks:
            wrong += reckoning.of_client(client.id, client.said, client.accepted, rows)
        name = f"{client.id}{'' if device.speaks else ' (second device)'}"
        wrong += reckoning.of_device(name, device.shown, rows, began_at=device.began_at, seen=device.seen)
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("clients", 1000), ("wechat", 200), ("port", 8600), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--second", type=int, default=10, help="every so many clients have a second device; 0: none")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--pause", type=float, default=120.0, help="seconds between a person's messages, about")
    parser.add_argument("--cut", type=float, default=0.2, help="share of the messages after which the line is cut")
    parser.add_argument("--kill", default="", help="what is killed, one after another: gateway,redis,rasa,actions")
    parser.add_argument("--real", action="store_true", help="the product's own dialogue core and actions answer")
    parser.add_argument("--loud", action="store_true", help="show what the processes write")
    asked = parser.parse_args()
    found = asyncio.run(on_stage(lambda stage: soak(asked, stage), port=asked.port, real=asked.real, loud=asked.loud))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    sys.exit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()

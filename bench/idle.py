"""What live pages cost that nobody uses: so many WebSockets, each of a client of its own, and the gateway's memory.

    .venv/bin/python -m bench.idle --sockets 5000

The sockets are bare ones that offer what a browser offers; they ping as the page does.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import struct
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.channels import KEY, Stage, on_stage
from gateway.signin.sessions import CLIENT_COOKIE, ClientSession, client_cookie

#: What the product promises, the gateway with 5,000 idle sockets.
BOUND_MB = 400.0
#: How many shake hands at once.
AT_ONCE = 50
PING = b'{"type":"ping"}'
Json = dict[str, Any]


@dataclass
class Socket:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def frame(self) -> Json:
        """The next text frame, as far as it is not compressed."""
        head = await self.reader.readexactly(2)
        size = head[1] & 0x7F
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        body = await self.reader.readexactly(size)
        if head[0] & 0x40 or head[0] & 0x0F != 1:
            return {"type": "compressed"}
        found: Json = json.loads(body)
        return found

    def ping(self) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[number % 4] for number, byte in enumerate(PING))
        self.writer.write(bytes((0x81, 0x80 | len(PING))) + mask + masked)


async def opened(port: int, cookie: str) -> Socket:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((
        f"GET /api/chat/socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nCookie: {cookie}\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    ).encode())  # fmt: skip
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head.split(b"\r\n")[0], head
    made = Socket(reader, writer)
    await made.frame()
    return made


async def idle(asked: argparse.Namespace, stage: Stage) -> Json:
    before, now, gate = stage.memory_mb(), datetime.now(UTC), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Socket:
        cookie = client_cookie(KEY, ClientSession(f"I{number:05d}", "web"), now=now)
        async with gate:
            return await opened(stage.own.gateway_port, f"{CLIENT_COOKIE}={cookie}")

    began = time.monotonic()
    sockets = await asyncio.gather(*(one(number) for number in range(asked.sockets)))
    took, opened_mb, busy = time.monotonic() - began, stage.memory_mb(), processor_seconds(stage.pid("gateway"))
    rounds = int(asked.seconds // asked.ping)
    for _ in range(rounds):
        for number, socket in enumerate(sockets):
            socket.ping()
            if number % 100 == 99:
                await asyncio.sleep(asked.ping * 100 / len(sockets))
        for socket in sockets:
            while (await socket.frame())["type"] not in ("pong", "compressed"):
                pass
    held_mb, used = stage.memory_mb(), processor_seconds(stage.pid("gateway")) - busy
    for socket in sockets:
        socket.writer.close()
    return {
        "sockets": len(sockets), "opened_in_s": round(took, 1), "gateway_mb_before": before, "gateway_mb_opened": opened_mb,
        "gateway_mb": held_mb, "kb_per_socket": round((held_mb - before) * 1024 / len(sockets), 1),
        "pings": rounds * len(sockets), "processor_share": round(used / max(1.0, rounds * asked.ping), 3),
    }  # fmt: skip


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("sockets", 5000), ("port", 8600)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--ping", type=float, default=20.0, help="seconds between the pings of one page")
    parser.add_argument("--loud", action="store_true", help="show what the processes write")
    asked = parser.parse_args()
    found = asyncio.run(on_stage(lambda stage: idle(asked, stage), port=asked.port, loud=asked.loud))
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["gateway_mb"] > BOUND_MB else 0)


if __name__ == "__main__":
    main()

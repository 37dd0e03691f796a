"""A dialogue core that answers at once by saying the message again, or not at all: what is measured is not Rasa.

Run as a process of its own, so that it can be killed: `uvicorn bench.core:app`. HUIBAN_BENCH_HANG=1 takes calls and never answers.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from fastapi import FastAPI, Request

Json = dict[str, Any]
#: Longer than any run.
FOR_EVER_SECONDS = 86_400.0

app = FastAPI()


@app.post("/webhooks/turn/message")
async def turn(request: Request) -> Json:
    if os.environ.get("HUIBAN_BENCH_HANG"):
        await asyncio.sleep(FOR_EVER_SECONDS)
    body = await request.json()
    replies = [{"text": f"答:{text}"} for text in body["text"].split("\n")] if body["answer"] else []
    return {"replies": replies, "intent": "greet", "confidence": 1.0, "emotion": "平静", "strength": 0.0}


@app.post("/webhooks/turn/heard")
async def heard() -> Json:
    return {}


@app.get("/status")
async def status() -> Json:
    return {}

"""`huiban chat`: a conversation from a terminal, by hand or from a script."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import yaml

from cli.client import ChatClient
from kit.errors import Invalid
from kit.settings import Settings


def turns(text: str) -> list[str]:
    """The client's turns in a YAML list of texts, or of {says: text}. Raises Invalid."""
    try:
        items = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Invalid(f"the script is not YAML: {error}") from error
    if not isinstance(items, list):
        raise Invalid("the script must be a YAML list of the client's turns")
    found = [item.get("says") or item.get("text") if isinstance(item, dict) else item for item in items]
    texts = [turn for turn in found if isinstance(turn, str) and turn]
    if len(texts) < len(items):
        raise Invalid("each turn of the script must be a text, or have the field `says`")
    return texts


async def play(settings: Settings, client_id: str, script: Path, channel: str = "web") -> None:
    """Say each turn of the script; print one JSON line a turn."""
    said = turns(script.read_text(encoding="utf-8"))
    async with ChatClient(settings, client_id, channel) as client:
        for text in said:
            print(json.dumps(await client.say(text), ensure_ascii=False), flush=True)


async def converse(settings: Settings, client_id: str, channel: str = "web") -> None:
    """Read lines until the end of input; show the replies as a client sees them."""
    async with ChatClient(settings, client_id, channel) as client:
        print(f"您好,{client_id}。输入消息后回车,Ctrl-D 结束。")
        while True:
            try:
                text = await asyncio.to_thread(input, "> ")
            except EOFError:
                return
            if text.strip():
                show(await client.say(text))


def show(turn: dict[str, Any]) -> None:
    for reply in turn["replies"]:
        print(f"慧伴: {reply['text']}")
        for row in (reply.get("card") or {}).get("rows", ()):
            print(f"      {row['label']}: {row['value']}")
        if reply.get("quick_replies"):
            print(f"      [{'] ['.join(reply['quick_replies'])}]")
    print(f"      ({turn['intent']} {turn['confidence']:.2f} · {turn['emotion']} · {turn['owner']} · {turn['ms']} ms)")

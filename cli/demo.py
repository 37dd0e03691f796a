"""`huiban demo`: simulated clients and advisors on the running system, a line a happening; for the eye and for load.

The clients are the institution's own; each speaks a short script of one mood and goes. Those whom the product hands over
wait for an advisor. The advisors are everybody on the roster: signed in, online, they take what is offered, answer, close.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx

from cli.advisor import AdvisorClient, DeskRefused
from cli.client import ChatClient
from kit.errors import AgentError, Unavailable
from kit.settings import Settings

Json = dict[str, Any]
Say = Callable[[str], None]

#: What clients of several moods say, one after another.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "好奇": ("我的收益怎么样", "昨天净值多少", "那费率呢", "谢谢"),
    "办事": ("我的持仓", "赎回多久到账", "我定投下次哪天扣", "好的"),
    "焦虑": ("我的基金怎么又亏了", "一直跌,我有点慌,会不会一直这样下去啊", "要是再跌我真扛不住了怎么办", "转人工"),
    "愤怒": ("赎回的钱怎么还没到", "你们怎么回事,都几天了还没到账,我要投诉"),
    "规划": ("我想为刚出生的孩子规划教育金", "到18岁要50万,现在能拿5万,每个月最多1200"),
    "新手": ("什么是定投", "我刚开始理财,该怎么买", "我的风险等级是多少", "这些我看不懂,找个人工帮我"),
}
ANSWERS = (
    "您好,我是{name},您刚才说的我都看到了。",
    "我按您的实际持仓给您核对过了,咱们一项一项看。",
    "还有哪里不清楚,您随时问我。",
)
#: A person reads and types for some seconds; faster than this it is a load test.
CLIENT_PAUSE, ADVISOR_PAUSE = (1.0, 5.0), (1.0, 4.0)
#: The desk's page looks through its socket; a glance a second shows the same.
GLANCE_SECONDS = 1.0
#: How long a client waits for a person before the demo lets him go.
PATIENCE_SECONDS = 90.0
THANKS = ("明白了,谢谢您", "好的,那我再想想", "这下放心了")
#: Ids of the institution's own clients; fixtures bring others.
OWN_PREFIX = "C"


async def play(settings: Settings, *, minutes: float, clients: int, seed: int | None = None) -> None:
    """Let `clients` speak at once for so many minutes; then say what happened. Raises Unavailable."""
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    people = await _known(settings, "clients")
    ids = [one["id"] for one in people if one["id"].startswith(OWN_PREFIX)]
    chance.shuffle(ids)
    waiting = itertools.cycle(ids)
    async with AsyncExitStack() as stack:
        stack.enter_context(suppress(TimeoutError))
        await stack.enter_async_context(asyncio.timeout(minutes * 60))
        async with asyncio.TaskGroup() as group:
            for advisor in await _known(settings, "advisors"):
                group.create_task(_advise(settings, advisor, random.Random(chance.random()), seen))
            for _ in range(clients):
                group.create_task(_speak(settings, waiting, random.Random(chance.random()), seen))
    print("演示结束:" + ",".join(f"{what} {count}" for what, count in seen.most_common()))


async def _known(settings: Settings, what: str) -> list[Json]:
    try:
        async with httpx.AsyncClient(base_url=settings.institution, timeout=20, trust_env=False) as http:
            answer = await http.get(f"/v1/{what}", headers={"X-Internal-Key": settings.key})
    except httpx.HTTPError as error:
        raise Unavailable(f"{settings.institution} does not answer; start the product with `make run`") from error
    found: list[Json] = answer.json()
    return found


# -- clients ----------------------------------------------------------------------------------------------------


async def _speak(settings: Settings, ids: Iterator[str], chance: random.Random, seen: Counter[str]) -> None:
    """One client after another, for ever."""
    while True:
        client_id, mood = next(ids), chance.choice(list(SCRIPTS))
        say = _printer(client_id)
        try:
            async with ChatClient(settings, client_id) as client:
                seen["会话"] += 1
                await _script(client, mood, chance, seen, say)
        except AgentError as error:
            seen["出错"] += 1
            say(f"! {error.message}")
            await asyncio.sleep(GLANCE_SECONDS)


async def _script(client: ChatClient, mood: str, chance: random.Random, seen: Counter[str], say: Say) -> None:
    for text in SCRIPTS[mood]:
        turn = await client.say(text)
        seen["消息"] += 1
        first = turn["replies"][0]["text"].splitlines()[0] if turn["replies"] else "(转给人工)"
        say(f"({mood}) {text}  →  [{turn['intent']} · {turn['emotion']} · {turn['ms']} ms] {first[:40]}")
        if turn["owner"] != "bot":
            await _served(client, chance, seen, say)
            return
        await asyncio.sleep(chance.uniform(*CLIENT_PAUSE))


async def _served(client: ChatClient, chance: random.Random, seen: Counter[str], say: Say) -> None:
    """Wait for the advisor, answer once, rate when it is over; give up after a while."""
    seen["转人工"] += 1
    asked = asyncio.get_running_loop().time()
    thanked = 0
    async for snapshot in _glances(client):
        heard = sum(message["author"] in ("human", "expert") for message in snapshot["messages"])
        if rating := snapshot["rating_asked"]:
            score = chance.choice((5, 5, 5, 4, 3))
            await client.rate(rating["handoff_id"], score)
            seen["评分"] += 1
            say(f"给{rating['name']}打了 {score} 分")
            return
        if snapshot["owner"]["kind"] == "advisor" and heard > thanked:
            thanked = heard
            await client.send(chance.choice(THANKS))
        if asyncio.get_running_loop().time() - asked > PATIENCE_SECONDS:
            say("没有等到,先走了")
            return


async def _glances(client: ChatClient) -> AsyncIterator[Json]:
    while True:
        yield await client.snapshot()
        await asyncio.sleep(GLANCE_SECONDS)


# -- advisors ---------------------------------------------------------------------------------------------------


async def _advise(settings: Settings, who: Json, chance: random.Random, seen: Counter[str]) -> None:
    """A member of staff at the desk, for ever; after a restart of the system signed in anew."""
    say = _printer(who["name"])
    while True:
        try:
            async with AdvisorClient(settings, who["id"]) as advisor:
                await advisor.presence("online")
                await _desk(advisor, who["name"], chance, seen, say)
        except AgentError as error:
            say(f"! {error.message}")
            await asyncio.sleep(GLANCE_SECONDS)


async def _desk(advisor: AdvisorClient, name: str, chance: random.Random, seen: Counter[str], say: Say) -> None:
    talks: dict[str, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as group:
        while True:
            await advisor.presence()
            desk = await advisor.snapshot()
            for offer in desk["offers"]:
                with suppress(DeskRefused):
                    await advisor.move(offer["id"], "accept", version=offer["version"])
                    seen["接起"] += 1
                    say(f"接起{offer['client']['name']}({offer['topic']}):{offer['explanation']}")
            for case in desk["active"]:
                if case["owner"]["id"] == advisor.advisor_id and case["id"] not in talks:
                    talks[case["id"]] = group.create_task(_talk(advisor, case, name, chance, seen, say))
            await asyncio.sleep(GLANCE_SECONDS)


async def _talk(
    advisor: AdvisorClient, case: Json, name: str, chance: random.Random, seen: Counter[str], say: Say
) -> None:
    """Say the answers with pauses, close, finish; another hand may take the case away meanwhile."""
    with suppress(DeskRefused):
        for words in ANSWERS:
            await asyncio.sleep(chance.uniform(*ADVISOR_PAUSE))
            await advisor.say(case["conversation_id"], words.format(name=name))
        await asyncio.sleep(chance.uniform(*ADVISOR_PAUSE))
        closed = await advisor.move(case["id"], "close", outcome="solved", note="已说明", tags=[])
        await advisor.move(case["id"], "done", version=closed["version"])
        seen["结束"] += 1
        say(f"结束了{case['client']['name']}的会话")


def _printer(who: str) -> Say:
    return lambda words: print(f"{who:<6} {words}", flush=True)

"""A held order goes on or is taken back: by the client's own word, or by the advisor who has spoken with him (E2).

Held by RULE-HOLD or by an alert is one thing here: the institution says that it is `held`, and releases it by one call.
What was decided is a step of the act's record, with who and when.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from kit import log
from kit.clock import Clock
from kit.errors import AgentError, Conflict, NotFound
from profiles import tables
from profiles.model import Said
from profiles.ports import Desk

logger = log.get(__name__)
Json = dict[str, Any]
#: A word about an order of last week is about something else.
RECENT = timedelta(days=3)
#: After this long the question is no longer what a bare 「确认」 answers.
FRESH = timedelta(hours=24)
_DENIES = re.compile(r"不是(我|本人)|不是的|没有?操作过|被盗|别人(操作|登录)")
_MINE = re.compile(
    r"是(我|本人)(自己|本人)?(操作|赎|买|要|办|弄|下|点)|(我|本人)(自己|亲自)操作|^是本人$|^是我$|确认是(我|本人)"
)
_ASKS = re.compile(r"[?\uff1f]|吗|怎么|为什么|能不能|是不是")
CONFIRMED = "好的,您确认是本人操作,{orders}已经恢复办理。需要改主意的话,在截止时间前可以撤单。"
NEEDS_PERSON = "好的,已记下您确认是本人操作。{orders}金额占比较大,按规定还要同事和您说上话才能放行,请稍等。"
DENIED = "收到,{orders}先继续暂缓,不会办理。请不要把验证码告诉任何人,同事马上联系您核实。"


class NothingHeld(NotFound):
    """没有等待确认的交易。"""

    code = "nothing_held"


class Deciding:
    """desk is set at bootstrap."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self.desk: Desk | None = None

    async def heard(self, client_id: str, fresh: Sequence[Said]) -> None:
        """The client's new words may be the answer to our question. Raises AgentError."""
        for said in fresh:
            word = answer(said.text)
            if word is None or self.desk is None:
                continue
            for row in await self._asked(client_id, said):
                await self._take(row, word, said)

    async def _asked(self, client_id: str, said: Said) -> list[RowMapping]:
        """The acts whose question stands before these words and has no answer yet."""
        acts = tables.acts.c
        wanted = select(tables.acts).where(acts.client_id == client_id, acts.at >= said.at - FRESH, acts.at <= said.at)
        async with self._engine.connect() as sql:
            rows = (await sql.execute(wanted.order_by(acts.at.desc()))).mappings()
            return [row for row in rows if held_orders(row["during"]) and not _step(row["during"], "answer")]

    async def _take(self, row: RowMapping, word: str, said: Said) -> None:
        assert self.desk is not None
        client_id, orders = row["client_id"], held_orders(row["during"])
        steps: list[Json] = [{"step": "answer", "at": self._now(), "word": word, "by": "client"}]
        words, still = _named(row, orders), False
        if word == "confirm":
            for order in orders:
                went = await self.desk.release(client_id, order, spoken=False, key=f"{row['id']}:{order}:release")
                still = still or not went
                if went:
                    steps.append(self._done("released", order, "client", ""))
        text = DENIED if word == "deny" else NEEDS_PERSON if still else CONFIRMED
        await self._keep(row["id"], steps)
        if await self.desk.bot_may_speak(client_id):
            await self.desk.say(client_id, text.format(orders=words), key=f"answer:{row['id']}")
        logger.info("A client answered about a held order", action="hold_answered", word=word, client_id=client_id)

    async def decide(self, client_id: str, order_id: str, do: str, *, by: str, spoken: bool, note: str) -> Json:
        """An advisor releases or cancels. do: release or cancel. Raises NothingHeld, Refused, Conflict, Unavailable.

        `{order, done: released|cancelled}`; the act's record, when there is one, tells who, when and what was noted.
        """
        if self.desk is None:
            raise AgentError
        now = self._clock.now()
        key = f"desk:{by}:{order_id}:{do}"
        if do == "release":
            if not await self.desk.release(client_id, order_id, spoken=spoken, key=key):
                raise Conflict(
                    "这笔交易占比较大,请先和客户说上话再放行。" if not spoken else "这笔交易没有在等待确认。"
                )
        else:
            await self.desk.cancel(client_id, order_id, key=key)
        done = "released" if do == "release" else "cancelled"
        acts = tables.acts.c
        async with self._engine.connect() as sql:
            wanted = select(tables.acts).where(acts.client_id == client_id, acts.at >= now - RECENT)
            rows = list((await sql.execute(wanted)).mappings())
        for row in rows:
            if order_id in held_orders(row["during"]):
                await self._keep(row["id"], [self._done(done, order_id, by, note)])
        return {"order": order_id, "done": done}

    def _done(self, step: str, order: str, by: str, note: str) -> Json:
        words = "已放行,照常办理" if step == "released" else "已撤单"
        return {"step": step, "at": self._now(), "order": order, "by": by, "words": words, "note": note}

    def _now(self) -> str:
        return self._clock.now().isoformat()

    async def _keep(self, act_id: str, steps: Sequence[Json]) -> None:
        async with self._engine.begin() as sql:
            here = tables.acts.c.id == act_id
            known = (await sql.execute(select(tables.acts.c.during).where(here))).scalar_one()
            await sql.execute(update(tables.acts).where(here).values(during=[*known, *steps]))


def answer(text: str) -> str | None:
    """confirm, deny, or None for what is no answer to 「是您本人操作吗」. Pure."""
    bare = text.strip().rstrip("。.!\uff01~ ")
    if _ASKS.search(bare):
        return None
    if _DENIES.search(bare):
        return "deny"
    return "confirm" if _MINE.search(bare) else None


def held_orders(during: Sequence[Json]) -> list[str]:
    """The orders that a record shows as held and not yet decided. Pure."""
    done = {step["order"] for step in during if step["step"] in ("released", "cancelled")}
    return [step["order"] for step in during if step["step"] == "hold" and step["held"] and step["order"] not in done]


def _step(during: Sequence[Json], name: str) -> bool:
    return any(step["step"] == name for step in during)


def _named(row: RowMapping, orders: Sequence[str]) -> str:
    return "、".join(one["words"] for one in row["plan"]["pending"] if one["id"] in orders) or "这笔交易"

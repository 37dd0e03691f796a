"""What the institution's own books say, by the names that dialogues use: `{fee_of_last_order}`, `{redeem:HY031.6000.net}`.

Nothing here is worked out by the product: figures come from the sandbox's interface, words only write them as an answer does.

    {total} {profit} {level} {advisor} {tested_on} {valid_until}      the client
    {holding:HY011.shares|value|profit|cost}                          a holding
    {fund:HY031.nav|name|manager|risk|min_buy}                        a fund
    {plan:0.amount|next_date|name|id}                                 the first plan; {plans} their count
    {order} {arrival_of_last_order} {fee_of_last_order} {t_day_of_last_order} {confirm_day_of_last_order}
    {redeem:HY031.6000.gross|fee|net|arrival|t_day}                   a quote of this moment; also {buy:HY011.1000.fee}
    {ticket} {answer_by} {solve_by}                                   the newest complaint
    {rule:RULE-RDM-EQ}                                                the version in force, `RULE-RDM-EQ v3`
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx

from actions.writing import day, full_day, moment, money, plain
from kit.errors import Invalid
from kit.settings import Settings

PLACE = re.compile(r"\{([a-z_]+)(?::([^{}]+))?\}")
#: How a field is written in an answer.
WRITTEN: dict[str, Callable[[Any], str]] = {
    "value": money, "profit": lambda sum_: money(abs(Decimal(sum_))), "cost": money, "fee": money, "gross": money,
    "net": money, "shares": plain, "amount": plain, "nav": lambda nav: f"{Decimal(nav):.4f}", "min_buy": money,
    "arrival": moment, "t_day": day, "confirm_day": day, "next_date": day, "answer_by": moment, "solve_by": moment,
}  # fmt: skip


class Books:
    """The institution's figures for one client, read when a dialogue names them. Use as an async context."""

    def __init__(self, settings: Settings, client_id: str) -> None:
        self._client = f"/v1/clients/{client_id}"
        self._http = httpx.AsyncClient(
            base_url=settings.institution, headers={"X-Internal-Key": settings.key}, timeout=20, trust_env=False
        )

    async def __aenter__(self) -> Books:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._http.aclose()

    async def fill(self, text: str) -> str:
        """The text with each name in braces replaced by what the books say of it. Raises Invalid."""
        for found in list(PLACE.finditer(text)):
            try:
                value = await self._value(found[1], found[2] or "")
            except (LookupError, ValueError, httpx.HTTPError) as error:
                raise Invalid(f"the books have no {found.group()}: {error!r}") from error
            text = text.replace(found.group(), value)
        return text

    async def count(self) -> dict[str, int]:
        """How many orders, plans and complaints stand in the books."""
        return {what: len(await self._mine(f"/{what}")) for what in ("orders?limit=500", "plans", "complaints")}

    async def _value(self, kind: str, which: str) -> str:
        if kind in ("total", "profit"):
            return money(abs(Decimal((await self._mine("/holdings"))[kind])))
        if kind in ("level", "advisor", "tested_on", "valid_until", "phone", "card_tail", "member_level"):
            return await self._of_client(kind)
        if kind in ("ticket", "answer_by", "solve_by"):
            newest = max(await self._mine("/complaints"), key=lambda one: one["opened_at"])
            return _written(newest, "id" if kind == "ticket" else kind)
        if kind == "order" or kind.endswith("_of_last_order"):
            newest = (await self._mine("/orders?limit=1"))[0]
            return _written(newest, kind.removesuffix("_of_last_order") if kind != "order" else "id")
        if kind in ("redeem", "buy"):
            return await self._quote(kind, *which.split("."))
        if kind == "plans":
            return str(len([plan for plan in await self._mine("/plans") if plan["status"] != "stopped"]))
        name, _, field = which.partition(".")
        if kind == "plan":
            return _written((await self._mine("/plans"))[int(name)], field or "amount")
        if kind == "holding":
            held = {item["fund"]: item for item in (await self._mine("/holdings"))["items"]}
            return _written(held[name], field or "value")
        if kind == "fund":
            return _written(await self._read(f"/v1/funds/{name}"), field or "name")
        if kind == "rule":
            return await self._rule(name)
        raise Invalid(f"the books know nothing of {{{kind}}}")

    async def _of_client(self, kind: str) -> str:
        client = await self._mine("")
        if kind == "advisor":
            advisors = await self._read("/v1/advisors")
            return str({one["id"]: one["name"] for one in advisors}[client["own_advisor"]])
        if kind in ("tested_on", "valid_until"):
            return full_day(client[f"risk_{kind}"])
        return str(client["risk_level" if kind == "level" else kind])

    async def _quote(self, kind: str, fund: str, size: str, field: str) -> str:
        body = {"kind": kind, "fund": fund, "amount" if kind == "buy" else "shares": size, "key": "quote"}
        answer = await self._http.post(f"{self._client}/orders/quote", json=body)
        return _written(answer.raise_for_status().json(), field)

    async def _rule(self, name: str) -> str:
        found = [rule for rule in await self._read("/v1/rules") if rule["id"] == name]
        newest = max(found, key=lambda rule: str(rule["effective"]))
        return f"{name} v{newest['version']}"

    async def _mine(self, path: str) -> Any:
        return await self._read(f"{self._client}{path}")

    async def _read(self, path: str) -> Any:
        return (await self._http.get(path)).raise_for_status().json()


def _written(record: dict[str, Any], field: str) -> str:
    """A field of a record as it stands in an answer."""
    return WRITTEN.get(field, str)(record[field])

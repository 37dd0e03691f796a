"""The institution's systems over HTTP: one method per call, decoded into `institution.models`.

Errors, all from `kit.errors`, with the code and the Chinese detail that the institution sent:
 NotFound      no such client, fund, order or plan
 Conflict      not possible any more (`not_cancellable` …)
 Refused       understood and not allowed (`unsuitable`, `test_expired`, `insufficient_shares` …)
 Invalid       the request itself is wrong
 Unavailable   no answer in time, or an answer that makes no sense
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from institution.models import (
    Advisor,
    Client,
    Complaint,
    Day,
    Fixture,
    Fund,
    Holdings,
    Nav,
    Order,
    Plan,
    Quote,
    Returns,
    Rule,
    ServiceRecord,
)
from institution.records import LifePlan, OrderEvents, SuitabilityRecord
from kit.errors import AgentError, Conflict, Invalid, NotFound, Refused, Unavailable

T = TypeVar("T")
#: What a status means, before the code is looked at.
BY_STATUS: dict[int, type[AgentError]] = {400: Invalid, 404: NotFound, 409: Conflict, 422: Refused}


class Institution:
    """Use as `async with Institution(url, key) as institution:` or call `close()`."""

    def __init__(
        self,
        base_url: str,
        key: str,
        timeout_seconds: float = 3.0,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/") + "/v1",
            headers={"X-Internal-Key": key},
            timeout=timeout_seconds,
            transport=transport,
            # The institution is reached directly: a proxy of the environment has no business here.
            trust_env=False,
        )

    async def __aenter__(self) -> Institution:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # -- clients ---------------------------------------------------------------------------------------------

    async def client(self, client_id: str) -> Client:
        return await self._get(Client, f"/clients/{client_id}")

    async def clients(self) -> list[Client]:
        return await self._get(list[Client], "/clients")

    async def holdings(self, client_id: str) -> Holdings:
        return await self._get(Holdings, f"/clients/{client_id}/holdings")

    async def returns(self, client_id: str, start: date, end: date) -> Returns:
        return await self._get(Returns, f"/clients/{client_id}/returns", {"from": start, "to": end})

    async def service_records(self, client_id: str) -> list[ServiceRecord]:
        return await self._get(list[ServiceRecord], f"/clients/{client_id}/service-records")

    async def complaints(self, client_id: str) -> list[Complaint]:
        return await self._get(list[Complaint], f"/clients/{client_id}/complaints")

    async def open_complaint(self, client_id: str, *, kind: str, text: str, key: str) -> Complaint:
        body = {"kind": kind, "text": text, "key": key}
        return await self._post(Complaint, f"/clients/{client_id}/complaints", body)

    async def set_dividend_mode(self, client_id: str, *, fund: str, mode: str, key: str) -> dict[str, Any]:
        """`{fund, mode, confirmed_on, rule}`."""
        body = {"fund": fund, "mode": mode, "key": key}
        return await self._post(dict[str, Any], f"/clients/{client_id}/dividend-mode", body)

    # -- suitability, plans for life -------------------------------------------------------------------------

    async def keep_suitability(self, client_id: str, records: list[dict[str, Any]], key: str) -> int:
        """Keep checks (`SuitabilityRecord` without id, client, at); how many are kept. The same key keeps nothing twice."""
        body = {"records": records, "key": key}
        said = await self._post(dict[str, int], f"/clients/{client_id}/suitability-checks", body)
        return said["kept"]

    async def suitability_of(self, client_id: str, limit: int = 100) -> list[SuitabilityRecord]:
        """The newest first."""
        return await self._get(list[SuitabilityRecord], f"/clients/{client_id}/suitability-checks", {"limit": limit})

    async def suitability_checks(self, start: date, end: date) -> list[SuitabilityRecord]:
        """Of all clients, both days included, the oldest first."""
        return await self._get(list[SuitabilityRecord], "/suitability-checks", {"from": start, "to": end})

    async def life_plans(self, client_id: str) -> list[LifePlan]:
        """The newest first."""
        return await self._get(list[LifePlan], f"/clients/{client_id}/life-plans")

    async def save_life_plan(
        self,
        client_id: str,
        *,
        kind: str,
        title: str,
        figures: dict[str, Any],
        summary: str,
        card: dict[str, Any],
        key: str,
    ) -> LifePlan:
        """The same key again replaces the plan."""
        body = {"kind": kind, "title": title, "figures": figures, "summary": summary, "card": card, "key": key}
        return await self._post(LifePlan, f"/clients/{client_id}/life-plans", body)

    async def order_events(self, after: str | None = None, limit: int = 200) -> OrderEvents:
        """What happened to orders after the event `after`; without it, only where to ask on from now."""
        query: dict[str, Any] = {"limit": limit} | ({"after": after} if after else {})
        return await self._get(OrderEvents, "/events", query)

    # -- orders ----------------------------------------------------------------------------------------------

    async def orders(self, client_id: str, limit: int = 20) -> list[Order]:
        """The newest first."""
        return await self._get(list[Order], f"/clients/{client_id}/orders", {"limit": limit})

    async def order(self, client_id: str, order_id: str) -> Order:
        return await self._get(Order, f"/clients/{client_id}/orders/{order_id}")

    async def quote(
        self,
        client_id: str,
        kind: str,
        *,
        fund: str,
        amount: Decimal | None = None,
        shares: Decimal | None = None,
        to_fund: str | None = None,
    ) -> Quote:
        body = _order_body(kind, fund, amount, shares, to_fund)
        return await self._post(Quote, f"/clients/{client_id}/orders/quote", body)

    async def place_order(
        self,
        client_id: str,
        kind: str,
        *,
        fund: str,
        key: str,
        amount: Decimal | None = None,
        shares: Decimal | None = None,
        to_fund: str | None = None,
    ) -> Order:
        """The order; the same key gives the same order again."""
        body = _order_body(kind, fund, amount, shares, to_fund) | {"key": key}
        return await self._post(Order, f"/clients/{client_id}/orders", body)

    async def cancel_order(self, client_id: str, order_id: str, key: str) -> Order:
        return await self._post(Order, f"/clients/{client_id}/orders/{order_id}/cancel", {"key": key})

    async def hold_order(self, client_id: str, order_id: str, *, reason: str, key: str) -> Order:
        """A risk alert holds an order that can still be stopped; Conflict `not_holdable` once it is dealt."""
        body = {"reason": reason, "key": key}
        return await self._post(Order, f"/clients/{client_id}/orders/{order_id}/hold", body)

    async def release_order(self, client_id: str, order_id: str, key: str, *, human_spoken: bool = False) -> Order:
        """The client confirmed a held order again (RULE-HOLD, or a risk alert's hold); human_spoken: an advisor spoke with them."""
        body = {"key": key, "human_spoken": human_spoken}
        return await self._post(Order, f"/clients/{client_id}/orders/{order_id}/release", body)

    # -- 定投 ------------------------------------------------------------------------------------------------

    async def plans(self, client_id: str) -> list[Plan]:
        return await self._get(list[Plan], f"/clients/{client_id}/plans")

    async def create_plan(
        self, client_id: str, *, fund: str, amount: Decimal, frequency: str, day: int, key: str
    ) -> Plan:
        body = {"fund": fund, "amount": f"{amount:f}", "frequency": frequency, "day": day, "key": key}
        return await self._post(Plan, f"/clients/{client_id}/plans", body)

    async def change_plan(self, client_id: str, plan_id: str, action: str, key: str, **fields: Any) -> Plan:
        """action: pause, resume, stop, or modify with any of amount, frequency, day."""
        body = {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in fields.items()}
        return await self._post(Plan, f"/clients/{client_id}/plans/{plan_id}/{action}", body | {"key": key})

    # -- funds, rules, staff, time ---------------------------------------------------------------------------

    async def fund(self, code: str) -> Fund:
        return await self._get(Fund, f"/funds/{code}")

    async def funds(self) -> list[Fund]:
        return await self._get(list[Fund], "/funds")

    async def navs(self, code: str, start: date, end: date) -> list[Nav]:
        return await self._get(list[Nav], f"/funds/{code}/navs", {"from": start, "to": end})

    async def calendar(self, day: date) -> Day:
        return await self._get(Day, f"/calendar/{day}")

    async def rules(self) -> list[Rule]:
        return await self._get(list[Rule], "/rules")

    async def advisors(self) -> list[Advisor]:
        return await self._get(list[Advisor], "/advisors")

    async def clock(self) -> datetime:
        said = await self._get(dict[str, datetime], "/clock")
        return said["now"]

    async def fixture(self) -> Fixture:
        return await self._get(Fixture, "/admin/fixture")

    # -- transport -------------------------------------------------------------------------------------------

    async def _get(self, shape: type[T], path: str, query: dict[str, Any] | None = None) -> T:
        return await self._ask(shape, "GET", path, params={name: str(value) for name, value in (query or {}).items()})

    async def _post(self, shape: type[T], path: str, body: dict[str, Any]) -> T:
        return await self._ask(shape, "POST", path, json=body)

    async def _ask(self, shape: type[T], method: str, path: str, **request: Any) -> T:
        try:
            answer = await self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            raise Unavailable("机构系统暂时没有响应,请稍后再试。", call=path, cause=type(error).__name__) from error
        if answer.status_code >= 400:
            raise _error(answer)
        try:
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                return shape.model_validate_json(answer.content)
            return TypeAdapter(shape).validate_json(answer.content)
        except ValidationError as error:
            raise Unavailable("机构系统的应答无法识别。", call=path) from error


def _order_body(
    kind: str, fund: str, amount: Decimal | None, shares: Decimal | None, to_fund: str | None
) -> dict[str, Any]:
    fields = {
        "kind": kind,
        "fund": fund,
        "amount": None if amount is None else f"{amount:f}",
        "shares": None if shares is None else f"{shares:f}",
        "to_fund": to_fund,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _error(answer: httpx.Response) -> AgentError:
    """The problem+json document of an answer as an error of our tree, code and fields kept."""
    try:
        problem: dict[str, Any] = answer.json()
    except ValueError:
        problem = {}
    kind = BY_STATUS.get(answer.status_code, Unavailable)
    code = str(problem.get("code") or kind.code)
    if code == "invalid":
        kind = Invalid
    known = {"type", "title", "status", "code", "detail"}
    error = kind(problem.get("detail"), **{name: value for name, value in problem.items() if name not in known})
    error.code = code
    return error

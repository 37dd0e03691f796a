"""The sandbox as an ASGI application: `uvicorn institution.sandbox.app:app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from institution.sandbox import catalog, clients_api, history, house_api, life_api
from institution.sandbox.doorway import Doorway, Faults, problem
from institution.sandbox.journal import Journal
from institution.sandbox.state import State
from kit import log, settings
from kit.clock import Clock, OffsetClock
from kit.errors import AgentError, Category

#: Chosen among others because its 新能源指数 is still far below its old high in late 2026, as the house's history facts say.
SEED = 20260277
STATUS = {
    Category.INVALID: 422,
    Category.NOT_FOUND: 404,
    Category.CONFLICT: 409,
    Category.REFUSED: 422,
    Category.UNAVAILABLE: 503,
}


def open_state(journal: Path, *, clock: Clock | None = None, seed: int = SEED, clients: int = history.CLIENTS) -> State:
    """The state that the journal's file tells, or a fresh one."""
    return State(catalog.load(), OffsetClock(clock), Journal(journal), seed, clients)


def create_app(*, key: str | None = None, state: State | None = None) -> FastAPI:
    """The service; without arguments, key and state come from the settings when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if app.state.sandbox is None:
            config = settings.load()
            log.configure(config.log_level)
            app.state.key = config.key
            app.state.sandbox = open_state(config.var / "sandbox.jsonl")
            log.get(__name__).info("The institution's stand-in is open", action="sandbox_opened",
                                   clients=len(app.state.sandbox.world.people))  # fmt: skip
        yield

    app = FastAPI(title="衡远智投 沙盒", version="1", lifespan=lifespan)
    app.state.key = key
    app.state.sandbox = state
    app.state.faults = Faults()
    app.include_router(house_api.router)
    app.include_router(clients_api.router)
    app.include_router(life_api.router)
    app.add_exception_handler(AgentError, _agent_error)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(ValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(Doorway)
    return app


async def _agent_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AgentError)
    return problem(STATUS[error.category], error.code, error.message, error.fields)


async def _not_valid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    faults = [f"{'.'.join(str(part) for part in entry['loc'])}: {entry['msg']}" for entry in error.errors()]
    return problem(422, "invalid", ";".join(faults))


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "error")
    return problem(error.status_code, code, str(error.detail))


app = create_app()

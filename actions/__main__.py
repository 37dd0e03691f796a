"""`python -m actions`: the rasa-sdk server on the settings' port, for Rasa alone; GET /health says when it is up."""

from __future__ import annotations

import hmac
from functools import partial
from typing import Any

from rasa_sdk.endpoint import create_app
from sanic import HTTPResponse, Request, Sanic, json

from actions.services import House, connect
from actions.shell import executor
from kit import log, settings
from knowledge.opening import open_library


async def close(house: House, _app: Any) -> None:
    await house.close()


def allowed(key: str, path: str, token: str) -> bool:
    """Whether a call may go on: Rasa sends the internal key as `?token=` (endpoints.yml), the health check needs none."""
    return path == "/health" or hmac.compare_digest(token.encode(), key.encode())


def refuse_strangers(key: str, request: Request) -> HTTPResponse | None:
    if allowed(key, request.path, request.args.get("token") or ""):
        return None
    return json({"error": "缺少内部密钥。"}, status=401)


def main() -> None:
    config = settings.load()
    log.configure(config.log_level)
    house = connect(config, open_library(kept=config.var / "knowledge"))
    app = create_app(executor(house), cors_origins=[])
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.register_middleware(partial(refuse_strangers, config.key), "request")
    app.register_listener(partial(close, house), "after_server_stop")
    # One process: the answers wait for other systems, they do not compute.
    app.prepare(host=config.host, port=config.actions_port, single_process=True, access_log=False, motd=False)
    Sanic.serve_single(app)


if __name__ == "__main__":
    main()

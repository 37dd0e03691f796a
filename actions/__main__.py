"""`python -m actions`: the rasa-sdk server on the settings' port; GET /health says when it is up."""

from __future__ import annotations

from functools import partial
from typing import Any

from rasa_sdk.endpoint import create_app
from sanic import Sanic

from actions.services import House, connect
from actions.shell import executor
from kit import log, settings
from knowledge.search import Library


async def close(house: House, _app: Any) -> None:
    await house.close()


def main() -> None:
    config = settings.load()
    log.configure(config.log_level)
    house = connect(config, Library.load())
    app = create_app(executor(house), cors_origins=[])
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.register_listener(partial(close, house), "after_server_stop")
    # One process: the answers wait for other systems, they do not compute.
    app.prepare(host=config.host, port=config.actions_port, single_process=True, access_log=False, motd=False)
    Sanic.serve_single(app)


if __name__ == "__main__":
    main()

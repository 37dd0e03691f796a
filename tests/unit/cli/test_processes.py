"""Which processes are started, and how patiently they are started again."""

from pathlib import Path

import pytest

from cli.processes import backoff_seconds, plan
from kit.settings import Settings


def names(settings: Settings) -> list[str]:
    return [process.name for process in plan(settings, redis_binary=Path("redis-server"))]


def test_our_own_redis_is_left_out_when_another_is_named(tmp_path: Path) -> None:
    assert names(Settings(var=tmp_path)) == ["redis", "sandbox", "actions", "rasa", "gateway"]
    assert names(Settings(var=tmp_path, REDIS_URL="redis://cache:6379/0")) == ["sandbox", "actions", "rasa", "gateway"]


def test_everything_but_the_gateway_is_bound_to_loopback_and_rasa_asks_for_its_key(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, internal_key="k1")
    rasa = next(p for p in plan(settings, redis_binary=Path("r")) if p.name == "rasa")
    command = list(rasa.command)
    assert command[command.index("--interface") + 1] == "127.0.0.1"
    assert command[command.index("--auth-token") + 1] == "k1"
    assert rasa.environment["RASA_TELEMETRY_ENABLED"] == "false"


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (7, 30), (50, 30)])
def test_a_process_that_keeps_dying_is_started_ever_more_slowly(failures: int, seconds: float) -> None:
    assert backoff_seconds(failures) == seconds

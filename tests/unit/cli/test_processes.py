"""Which processes are started, and how patiently they are started again."""

from pathlib import Path

import pytest

from cli.processes import Process, backoff_seconds, plan
from cli.start import keep_private
from cli.supervisor import Child
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
    # Every account of the machine reads a command line: the key comes by the environment.
    assert "k1" not in " ".join(command)
    assert rasa.environment["HUIBAN_INTERNAL_KEY"] == "k1"
    assert rasa.environment["RASA_TELEMETRY_ENABLED"] == "false"


def test_only_the_gateway_can_be_opened_to_other_machines(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, gateway_host="0.0.0.0", gateway_url="https://huiban.example")
    commands = {process.name: " ".join(process.command) for process in plan(settings, redis_binary=Path("r"))}
    assert [name for name, command in commands.items() if "0.0.0.0" in command] == ["gateway"]
    assert settings.gateway_here == "http://127.0.0.1:8000"
    assert settings.gateway == "https://huiban.example"


def test_nobody_else_moves_our_own_processes_off_loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIBAN_HOST", "0.0.0.0")
    assert Settings(var=tmp_path).institution == "http://127.0.0.1:8100"


async def test_what_a_child_writes_is_for_our_eyes_only(tmp_path: Path) -> None:
    written = tmp_path / "books"
    child = Child(Process("toucher", ("touch", str(written)), "", 0, folder=tmp_path / "data"), 7, lambda _line: None)
    await child.start()
    assert await child.relay() == 0
    assert (written.stat().st_mode & 0o777, (tmp_path / "data").stat().st_mode & 0o777) == (0o600, 0o700)


def test_the_data_folder_is_closed_to_other_accounts(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keep_private(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (7, 30), (50, 30)])
def test_a_process_that_keeps_dying_is_started_ever_more_slowly(failures: int, seconds: float) -> None:
    assert backoff_seconds(failures) == seconds

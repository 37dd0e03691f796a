"""The whole product, started as `huiban run` starts it, on ports and a data folder of its own."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.settings import ROOT, Settings

PORTS = ("GATEWAY", "RASA", "ACTIONS", "SANDBOX", "REDIS")
START_SECONDS = 150.0
#: Where the trained model lies; another folder lets a new one be tried.
MODELS = Path(os.environ.get("HUIBAN_TEST_MODELS", ROOT / "var/models"))


class Product:
    """A running product. `wait_for(text)` reads its log until a line has the text (or is it, when the text ends the line)."""

    def __init__(self, var: Path) -> None:
        ports = {f"HUIBAN_{name}_PORT": str(port) for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
        self.environment = {**os.environ, **ports, "HUIBAN_VAR": str(var), "HUIBAN_INTERNAL_KEY": "test-key"}
        for outside in ("DATABASE_URL", "REDIS_URL"):
            self.environment.pop(outside, None)
        fields = {name.removeprefix("HUIBAN_").lower(): value for name, value in ports.items()}
        self.settings = Settings(
            var=var, internal_key="test-key", **{name: int(value) for name, value in fields.items()}
        )
        var.mkdir(parents=True, exist_ok=True)
        if not (var / "models").exists():
            (var / "models").symlink_to(MODELS)
        self.log: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()

    def start(self) -> None:
        self._run = subprocess.Popen(
            [ROOT / ".venv/bin/huiban", "run"], cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()
        self.wait_for("ready\n", START_SECONDS)

    def _read(self) -> None:
        assert self._run.stdout is not None
        for line in self._run.stdout:
            self.log.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, text: str, seconds: float) -> str:
        """The next log line that has the text; AssertionError with the last lines when none comes in time."""
        while True:
            try:
                line = self._lines.get(timeout=seconds)
            except queue.Empty:
                line = None
            assert line is not None, f"no line with {text!r}; the last:\n{''.join(self.log[-25:])}"
            if text in line if not text.endswith("\n") else line == text:
                return line

    def pid(self, name: str) -> int:
        lines = (self.settings.var / "pids").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(f"{name} ")).split()[1])

    def kill(self, name: str) -> None:
        """kill -9 of one process, its workers too."""
        os.killpg(self.pid(name), signal.SIGKILL)

    def stop(self) -> int:
        self._run.send_signal(signal.SIGINT)
        return self._run.wait(60)


@contextmanager
def running(var: Path) -> Iterator[Product]:
    product = Product(var)
    try:
        product.start()
        yield product
    finally:
        product.stop()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports

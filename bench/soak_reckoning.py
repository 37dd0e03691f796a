"""The reckoning after a soak: what every device and every person saw, against what was said and what is stored. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.figures import latencies

#: (number, id, text)
Row = tuple[int, str, str]
Window = tuple[float, float]


def of_client(name: str, said: Sequence[tuple[str, str]], accepted: set[str], stored: Sequence[Row]) -> list[str]:
    """What is wrong in the timeline: each accepted message is there once, in order, and answered before the next one."""
    wrong = []
    own = dict(said)
    there = [row_id for _, row_id, _ in stored if row_id in own]
    order = [message_id for message_id, _ in said if message_id in set(there)]
    if there != order:
        wrong.append(f"{name}: stored {there[-4:]}, said {order[-4:]}")
    if lost := accepted - set(there):
        wrong.append(f"{name}: accepted and lost {sorted(lost)[:3]}")
    if changed := [row_id for _, row_id, text in stored if row_id in own and text != own[row_id]]:
        wrong.append(f"{name}: other words in {changed[:3]}")
    open_turn: str | None = None
    answered: Counter[str] = Counter()
    for _, row_id, _ in stored:
        if row_id in own:
            open_turn = row_id
        elif row_id.endswith(".1") or row_id.endswith(".none"):
            answered[row_id.rpartition(".")[0]] += 1
            if row_id.rpartition(".")[0] != open_turn:
                wrong.append(f"{name}: {row_id} after {open_turn}")
    if unanswered := [message_id for message_id in there if answered[message_id] != 1]:
        wrong.append(f"{name}: not answered once {unanswered[:3]}")
    return wrong


def of_device(name: str, shown: Sequence[Row], stored: Sequence[Row], *, began_at: int, seen: int) -> list[str]:
    """What is wrong on a screen: it shows what is stored from its first number to its last, each once and in order."""
    expected = [row for row in stored if began_at < row[0] <= seen]
    if list(shown) == expected:
        return []
    first = next((pair for pair in zip(shown, expected, strict=False) if pair[0] != pair[1]), ("end", "end"))
    return [f"{name}: shows {len(shown)}, stored {len(expected)}, first difference {first}"]


def of_person(name: str, got: Sequence[str], accepted: Sequence[int], said: int) -> tuple[list[str], int]:
    """What is wrong in a person's WeChat, and how many answers came twice.

    The 公众号 knows no message ids: a send whose answer was lost with its sender is sent again (docs/wechat.md).
    """
    prefix, suffix = "答:第", "句"
    numbers = [int(text.removeprefix(prefix).removesuffix(suffix)) for text in got if text.startswith(prefix)]
    wrong = []
    if lost := set(accepted) - set(numbers):
        wrong.append(f"{name}: accepted and not answered {sorted(lost)[:3]}")
    if numbers != sorted(numbers):
        wrong.append(f"{name}: out of order {numbers[-6:]}")
    if unknown := [number for number in numbers if not 1 <= number <= said]:
        wrong.append(f"{name}: answers to what was never said {unknown[:3]}")
    return wrong, len(numbers) - len(set(numbers))


def split(samples: Sequence[tuple[float, float]], outages: Sequence[Window]) -> dict[str, dict[str, float]]:
    """Percentiles of all, and of what was under way in no outage."""
    calm = [
        seconds for sent, seconds in samples if not any(sent < end and sent + seconds > begin for begin, end in outages)
    ]
    return {"all": latencies([seconds for _, seconds in samples]), "between_kills": latencies(calm)}

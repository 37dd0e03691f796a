"""When reading becomes abnormal (requirement H5). Pure.

What counts are different clients within a window whom the reader does not serve at the time.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from kit.clock import SHANGHAI

FILE = Path(__file__).parent / "policy/access.yml"
PERSON, ADDRESS = "person", "address"


@dataclass(frozen=True)
class Limits:
    window: timedelta
    most_clients: Mapping[str, int]
    otherwise: int
    of_address: int
    night_from: int
    night_to: int
    night_share: float

    def of_role(self, role: str, at: datetime) -> int:
        """How many clients a person of the role may look at within the window; at least 1."""
        most = self.most_clients.get(role, self.otherwise)
        return max(1, int(most * self.night_share)) if self.is_night(at) else most

    def is_night(self, at: datetime) -> bool:
        hour = at.astimezone(SHANGHAI).hour
        return hour >= self.night_from or hour < self.night_to


@dataclass(frozen=True)
class Read:
    who: str
    role: str
    address: str
    client_id: str


@dataclass(frozen=True)
class Abnormal:
    """subject: the staff id or the address that is stopped."""

    kind: str
    subject: str
    words: str


def abnormal(
    now: Read, recent: Iterable[Read], serving: Collection[str], limits: Limits, *, at: datetime
) -> Abnormal | None:
    """What to stop after this read, if anything. recent: all reads of the window, this one among them or not.

    serving: the clients that the reader has in hand
    """
    reads = [*recent, now]
    his = {read.client_id for read in reads if read.who == now.who} - set(serving)
    minutes = int(limits.window.total_seconds() // 60)
    most = limits.of_role(now.role, at)
    if now.client_id in his and len(his) > most:
        night = "夜间" if limits.is_night(at) else ""
        words = f"{minutes}分钟内查看了{len(his)}位不在办理中的客户,超过{night}{now.role}的上限{most}位"
        return Abnormal(PERSON, now.who, words)
    if is_own(now.address):
        return None
    theirs = {read.client_id for read in reads if read.address == now.address} - set(serving)
    if now.client_id in theirs and len(theirs) > limits.of_address:
        words = f"地址{now.address}在{minutes}分钟内查看了{len(theirs)}位客户,超过上限{limits.of_address}位"
        return Abnormal(ADDRESS, now.address, words)
    return None


def is_own(address: str) -> bool:
    """Whether it is this host: a proxy, behind which everybody has one address."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True


@cache
def limits(path: Path = FILE) -> Limits:
    """The policy file. Raises KeyError, ValueError when it is wrong."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Limits(
        timedelta(minutes=int(said["window_minutes"])), {role: int(most) for role, most in said["most_clients"].items()},
        int(said["most_clients_otherwise"]), int(said["most_clients_of_address"]), int(said["night"]["from_hour"]),
        int(said["night"]["to_hour"]), float(said["night"]["share"]),
    )  # fmt: skip

"""When reading is abnormal: how many clients, whose, from where, at what hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.access import Read, abnormal, is_own, limits

LIMITS = replace(limits(), most_clients={"顾问": 5, "主管": 10}, otherwise=3, of_address=8)
DAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
NIGHT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
NOW = Read("A01", "顾问", "10.0.0.1", "C0")


def reads(count: int, who: str = "A01", address: str = "10.0.0.1") -> list[Read]:
    return [Read(who, "顾问", address, f"C{number}") for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("others", "role", "at", "stopped"),
    [
        (4, "顾问", DAY, False),  # with C0 five of five
        (5, "顾问", DAY, True),  # six of five
        (5, "主管", DAY, False),  # six of ten
        (3, "实习", DAY, True),  # four of three, a role that the policy does not name
        (1, "顾问", NIGHT, False),  # 5 × 0.4 = 2, two of two
        (2, "顾问", NIGHT, True),  # three of two
    ],
)
def test_how_many_are_too_many(others: int, role: str, at: datetime, stopped: bool) -> None:
    found = abnormal(replace(NOW, role=role), reads(others), (), LIMITS, at=at)
    assert (found is not None) is stopped
    if found:
        assert (found.kind, found.subject) == ("person", "A01")
        assert f"{others + 1}位" in found.words


def test_the_same_client_again_is_one() -> None:
    assert abnormal(NOW, [NOW] * 50, (), LIMITS, at=DAY) is None


def test_whom_he_serves_does_not_count() -> None:
    serving = {f"C{number}" for number in range(1, 30)}
    assert abnormal(NOW, reads(29), serving, LIMITS, at=DAY) is None


def test_one_address_reading_many_is_stopped_whoever_reads() -> None:
    # 9 clients from one address by three people, none of whom has read more than five.
    many = [Read(f"A{number % 3 + 2}", "顾问", "10.0.0.1", f"C{number}") for number in range(1, 9)]
    found = abnormal(NOW, many, (), LIMITS, at=DAY)
    assert found
    assert (found.kind, found.subject) == ("address", "10.0.0.1")
    assert (
        abnormal(replace(NOW, address="127.0.0.1"), [replace(r, address="127.0.0.1") for r in many], (), LIMITS, at=DAY)
        is None
    )


@given(st.integers(0, 40))
def test_nobody_is_stopped_for_reading_less(count: int) -> None:
    if abnormal(NOW, reads(count), (), LIMITS, at=DAY) is None:
        assert abnormal(NOW, reads(max(0, count - 1)), (), LIMITS, at=DAY) is None


@pytest.mark.parametrize(
    ("address", "own"), [("127.0.0.1", True), ("::1", True), ("unknown", True), ("10.1.2.3", False)]
)
def test_this_host_has_everybodys_address(address: str, own: bool) -> None:
    assert is_own(address) is own


def test_the_policy_of_the_house_is_readable() -> None:
    found = limits()
    assert found.of_role("顾问", DAY) == 25
    assert found.of_role("顾问", NIGHT) == 10  # 25 × 0.4

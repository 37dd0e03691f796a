"""Secrets outlive a change of keys; limits are counted once for all processes; keys are made at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from cli import keys as terminal
from gateway.limits import Limits, TooMany, parse_many
from gateway.open_api import signing, tables
from kit.crypto import NONCE_BYTES, KeyMissing, KeyRing
from kit.settings import Settings
from tests.unit.gateway.conftest import INTERNAL, settings_in
from tests.unit.gateway.open_api.conftest import Partner, opened
from tests.unit.gateway.peers import KEY
from tests.unit.gateway.test_relay import Redis, redis  # noqa: F401

NONCE = bytes(NONCE_BYTES)


async def status(partner: Partner) -> int:
    return (await partner.call("GET", "/clients/C0001/state")).status_code


def taken_over(later: Partner, partner: Partner) -> None:
    """The same partner at a gateway that was started anew."""
    partner.serial += 100
    later.key, later.secret, later.serial = partner.key, partner.secret, partner.serial


async def stored(partner: Partner) -> dict[str, Any]:
    async with partner.world.parts.engine.connect() as sql:
        return dict((await sql.execute(select(tables.keys))).mappings().one())


async def test_a_new_internal_key_leaves_secrets_in_force(tmp_path: Path) -> None:
    async with opened(tmp_path) as partner:
        await partner.made()
        assert partner.secret not in str(await stored(partner))
    async with opened(tmp_path, changes={"internal_key": "another-internal-key"}) as later:
        taken_over(later, partner)
        assert await status(later) == 200


async def test_sealing_keys_are_changed_without_the_partners_knowing(tmp_path: Path) -> None:
    async with opened(tmp_path, changes={"sealing_keys": "one"}) as partner:
        await partner.made()
        first = (await stored(partner))["sealed_secret"]
    # The new key before the old: all is sealed anew at the start, and the old key may go.
    for ring, expected in (("two, one", 200), ("two", 200), ("three", 401)):
        async with opened(tmp_path, changes={"sealing_keys": ring}) as later:
            taken_over(later, partner)
            assert await status(later) == expected, ring
            assert (await stored(later))["sealed_secret"] != first


async def test_a_secret_of_before_is_sealed_at_a_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as partner:
        await partner.made()
        partner.secret = signing.derived_secret(KEY, partner.key)
        old = {"sealed_secret": None, "secret_hash": signing.digest(partner.secret)}
        async with partner.world.parts.engine.begin() as sql:
            await sql.execute(update(tables.keys).values(**old))
        assert await status(partner) == 200
    for internal in (KEY, "another-internal-key"):
        async with opened(tmp_path, changes={"internal_key": internal}) as later:
            taken_over(later, partner)
            assert await status(later) == 200


@given(st.text(), st.text(max_size=40), st.text(max_size=40), st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_what_is_sealed_opens_for_its_own_row_alone(text: str, about: str, other: str, secrets: list[str]) -> None:
    ring = KeyRing.of(secrets)
    sealed = ring.seal(text, about, NONCE)
    assert ring.open(sealed, about) == text
    assert KeyRing.of(["newer", *secrets]).open(sealed, about) == text
    broken = [(sealed[:-1] + "!", about), (sealed[:3], about), ("", about), (sealed, other + about + "x")]
    for spoiled, named in broken:
        with pytest.raises(KeyMissing):
            ring.open(spoiled, named)


async def test_a_limit_is_counted_once_for_all_processes(redis: Redis) -> None:  # noqa: F811
    await redis.ready()
    limit, processes = parse_many("5/minute"), [Limits(redis.url) for _ in range(3)]
    for number in range(5):
        await processes[number % 3].take(limit, "open", "hb_1")
    for process in processes:
        with pytest.raises(TooMany):
            await process.check(limit, "open", "hb_1")
    await processes[0].take(limit, "open", "hb_2")


async def test_while_redis_is_away_each_process_counts_for_itself() -> None:
    limits, limit = Limits("redis://127.0.0.1:1/0"), parse_many("2/minute")
    for _ in range(2):
        await limits.take(limit, "a")
    with pytest.raises(TooMany):
        await limits.take(limit, "a")


async def test_keys_at_the_terminal(partner: Partner) -> None:
    async with partner.world.http() as http:
        assert (await http.get("/internal/open-keys")).status_code == 401
        http.headers.update(INTERNAL)
        made = (await http.post("/internal/open-keys", json={"name": "终端", "clients": ["C0001"]})).json()
        partner.key, partner.secret = made["key"]["id"], made["secret"]
        assert await status(partner) == 200
        listed = [terminal.line(key) for key in (await http.get("/internal/open-keys")).json()["keys"]]
        assert any(line.startswith(f"{partner.key}  终端  open  ") and "1 clients  600/min" in line for line in listed)
        assert (await http.post(f"/internal/open-keys/{partner.key}/revoke")).status_code == 200
    assert await status(partner) == 401


def test_a_new_sealing_key_stands_before_the_others(tmp_path: Path) -> None:
    settings: Settings = settings_in(tmp_path)
    old = settings.ring
    assert "2 keys" in terminal.rotate(settings)
    assert settings.ring.keys[1:] == old.keys
    assert (tmp_path / "sealing.keys").stat().st_mode & 0o077 == 0

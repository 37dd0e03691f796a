"""客服 sees no assets on any route of the profile (requirement H2): every GET and list is walked through."""

from __future__ import annotations

import re

from tests.unit.profiles.stage import Scenes

#: Sums, shares and products of the fixture's client that would tell of his assets.
SECRETS = ("620000", "620,000", "1000000", "1,000,000", "62%", "393,600", "新能源主题", "纳指", "持仓", "市值", "赎回")
OWNED_BY_SERVICE = {"U111": {"advisor": "A06", "since": "2026-11-24T12:00:00+08:00"}}


def profile_paths(scenes: Scenes) -> list[str]:
    """Every GET route of the desk that the profile feature declares."""
    paths = scenes.world.app.openapi()["paths"]
    ours = re.compile(
        r"^/api/desk/(clients/\{client_id\}/(profile|acts|leaving)|indicators|sources|exports|tasks|targets|tags)"
    )
    return [path for path, methods in paths.items() if ours.match(path) and "get" in methods]


async def test_customer_service_sees_no_assets_on_any_route(scenes: Scenes) -> None:
    await scenes.load("S11", owners=OWNED_BY_SERVICE)
    body = {"kind": "redeem", "fund": "HY032", "shares": "320000", "key": "k1"}
    assert (await scenes.sandbox.post("/v1/clients/U111/orders", json=body)).status_code == 200
    await scenes.says("U111", "m1", "你好")
    paths = profile_paths(scenes)
    assert len(paths) >= 7, paths
    async with scenes.world.staff("A06") as desk, scenes.world.staff("A14") as boss:
        for path in paths:
            real = path.replace("{client_id}", "U111").replace("{name}", "sector_share")
            answer = await desk.get(real)
            assert answer.status_code in (200, 403), real
            told = answer.text if answer.status_code == 200 else ""
            assert not [secret for secret in SECRETS if secret in told], (real, told)
        assert "620" in (await boss.get("/api/desk/clients/U111/profile")).text, "the secrets are there to be seen"
        for path in ("targets/count", "exports"):
            wanted = {"query": "C5", "purpose": "客户名单测试"}
            assert (await desk.post(f"/api/desk/{path}", json=wanted)).status_code == 403
    reads = [one for one in await scenes.reads() if one["reader_id"] == "A06"]
    assert {part for one in reads for part in one["what"]} >= {"acts", "leaving"}, "its reads are written down"

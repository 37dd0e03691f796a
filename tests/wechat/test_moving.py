"""A client queues in the app, closes it and goes on in WeChat: he keeps his place and is served there."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from handoff.tables import handoffs
from kit.clock import SHANGHAI
from tests.unit.gateway.conftest import INTERNAL
from tests.unit.gateway.peers import House
from tests.wechat.conftest import HIM, opened
from tests.wechat.test_journey import accepted, at_work, in_app, says
from tests.wechat.test_official import timeline

QUESTION = "让人帮我看看组合,这四只是不是重复了"
START = datetime(2026, 11, 24, 10, 20, tzinfo=SHANGHAI)


async def test_queued_in_the_app_served_in_wechat(tmp_path: Path) -> None:
    async with opened(tmp_path, house=House(now=START)) as scene:
        async with scene.client() as he:
            await scene.bind(HIM, he)
            have = len(scene.wechat.person(HIM).got)
            await in_app(scene, he, QUESTION, "m1")
            ask = {"conversation_id": "cv-C0001", "client_id": "C0001", "reasons": ["explicit_ask"], "topic": "投资",
                   "facts": [{"label": "持仓", "value": "四只偏股基金"}], "key": "m1+handoff", "announce": True}  # fmt: skip
            first = (await he.post("/internal/handoffs", json=ask, headers=INTERNAL)).json()
        # 10:20:30 the app is closed; 10:20:50 another client with the same need joins.
        scene.clock.advance(timedelta(seconds=50))
        async with scene.client("C0002") as other:
            await in_app(scene, other, QUESTION, "m2")
            second = {**ask, "conversation_id": "cv-C0002", "client_id": "C0002", "key": "m2+handoff"}
            await other.post("/internal/handoffs", json=second, headers=INTERNAL)

            scene.clock.advance(timedelta(seconds=20))
            await scene.wechat.say(HIM, "我刚才在app排队的,还在吗")
            got = await scene.wechat.got(HIM, have + 1)
            assert got[-1] == "答:我刚才在app排队的,还在吗"
            assert scene.rasa.asked[-1]["owner"] == "queue"
            told = await other.get("/internal/conversations/cv-C0001/handoff", headers=INTERNAL)
            assert (told.json()["handoff_id"], told.json()["position"]) == (first["handoff_id"], 1)

        scene.clock.advance(timedelta(seconds=35))
        async with scene.staff("A01") as advisor:
            await at_work(advisor)
            handoff = await accepted(advisor)
            # Served before the one who came 50 s later, and waiting counts from 10:20:00.
            assert (handoff["conversation_id"], handoff["waited_seconds"]) == ("cv-C0001", 105)
            brief = (await advisor.get(f"/api/desk/handoffs/{handoff['id']}")).json()
            assert QUESTION in str(brief["brief"])
            assert "四只偏股" in str(brief["brief"])
            await scene.parts.wechat.sender.idle()
            await says(advisor, "汪先生您好,我来帮您看组合", 1)
            await scene.parts.wechat.sender.idle()
            assert scene.wechat.person(HIM).got[-1].startswith("【林静怡】汪先生您好,我来帮您看组合")
            closing = {"outcome": "solved", "note": "已说明"}
            assert (await advisor.post(f"/api/desk/handoffs/{handoff['id']}/close", json=closing)).status_code == 200
        await scene.parts.wechat.sender.idle()
        asked = [text for text in scene.wechat.person(HIM).got if "打分" in text]
        have = len(scene.wechat.person(HIM).got)
        await scene.wechat.say(HIM, "5分")
        assert "感谢" in (await scene.wechat.got(HIM, have + 1))[-1]
        assert len(asked) == 1
        async with scene.parts.engine.connect() as sql:
            rows = (await sql.execute(select(handoffs.c.score).where(handoffs.c.client_id == "C0001"))).all()
        assert [row.score for row in rows] == [5]
        # Nothing was said twice, and the history is whole.
        said = [line for line in await timeline(scene, "cv-C0001") if line.startswith("client")]
        assert said == [f"client:{QUESTION}", "client:我刚才在app排队的,还在吗", "client:5分"]

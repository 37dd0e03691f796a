"""Six scenes of a client's day, played on the whole product: what must be said, who must come, what must not happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cli.advisor import DeskRefused
from tests.stage import FIXTURES, Stage, offer_to, spoken

pytestmark = pytest.mark.rasa

NEGATIVE = {"焦虑", "失望", "恐慌", "愤怒"}
RISK_NOTICE = "风险提示"


def missing(text: str, *words: str) -> list[str]:
    """Which of the words the text lacks; readable when it fails."""
    return [word for word in words if word not in text]


async def test_redeeming_in_three_steps_with_one_order(stage: Stage) -> None:
    """8,000 shares at 1.25; 5,000 are 266 days old: 0 %, 1,000 of the newer 21 days: 1,000 x 1.25 x 1 % = 12.50."""
    await stage.load("S07")
    async with stage.client("U107") as client:
        first = spoken(await client.say("300指数卖六千份"))
        assert missing(first, "6,000份", "8,000份", "11月24日", "7,500.00元", "12.50元", "7,487.50元", "11月27日") == []
        assert "11月25日" not in first
        why = spoken(await client.say("为啥还要12块5"))
        assert missing(why, "先进先出", "5,000份", "1,000份", "12.50元", "12月3日") == []
        last = await client.say("行就六千")
        assert await stage.orders("U107", "redeem") == []
        final = last["replies"][-1]["quick_replies"][0]
        message_id = await client.send(final)
        for _ in range(2):
            assert await client.send(final, message_id) == message_id
        assert "6,000份" in spoken(await client.answer(message_id))
        assert "没有重复提交" in spoken(await client.say(final))
    placed = await stage.orders("U107", "redeem")
    assert [(o["fund"], float(o["shares"]), o["t_day"]) for o in placed] == [("HY031", 6000.0, "2026-11-24")]
    said = await stage.messages("U107")
    assert [m["text"] for m in said if m["author"] == "client"].count(final) == 2
    receipts = [m for m in said if m["author"] == "ai" and m["text"].startswith("已受理")]
    assert len(receipts) == 1
    assert "手续费75.00" not in first + why


async def test_numb_from_losses_gets_facts_and_no_advice_to_act(stage: Stage) -> None:
    """620,000 of 1,000,000 in one sector; 756,100 / 620,000 - 1 = 21.95 % up to the cost again."""
    await stage.load("S11")
    async with stage.client("U111") as client:
        turn = await client.say("跌麻了😭新能源还能抄底不,还是割了算了,真拿不住了")
        told = spoken(turn)
        assert turn["emotion"] in ("焦虑", "失望")
        assert {entity["value"] for entity in turn["entities"] if entity["entity"] == "fund"} == {"HY032"}
        assert {"action_ask_should_add", "action_ask_should_sell"} <= set(turn["actions"])
        assert (
            missing(told, "18.00%", "17.10%", "2.30%", "板块", "5次", "34个月", "还没有回到前高", "62.0%", "超过一半")
            == []
        )
        assert missing(told, "分散", "由您来", RISK_NOTICE) == []
        assert re.search(r"建议您?(买入|卖出|加仓|清仓)|现在就是底|已经见底|赶紧|换成货币", told) is None
        assert turn["owner"] == "bot"
    assert await stage.handoff("U111") == {}


async def test_nobody_knows_when_it_comes_back(stage: Stage) -> None:
    await stage.load("S11")
    async with stage.client("U111") as client:
        await client.say("跌麻了😭新能源还能抄底不,还是割了算了,真拿不住了")
        asked = spoken(await client.say("就直说吧,你觉得哪天能涨回来"))
        assert "21.95%" in asked
        assert re.search("没有人|没法|不能|无法|说不准|不预测|不是预测", asked)
        calm = await client.say("懂了,那我再看看,你们这分析还行")
        assert calm["emotion"] in ("平静", "安心", "满意")
    assert await stage.handoff("U111") == {}


async def test_a_new_father_gets_a_plan_and_the_right_advisor(stage: Stage) -> None:
    """216 months; with r = 3 % / 12: 50,000 x (1+r)^216 + m x ((1+r)^216 - 1) / r = 500,000 gives m = 1,448.75."""
    await stage.load("S13")
    async with stage.client("U113") as client, stage.advisor("A01") as advisor:
        first = await client.say("我想为刚出生的孩子规划教育金")
        assert first["intent"] == "plan_education"
        assert missing(spoken(first), "多少钱", "每个月") == []
        plan = await client.say("到18岁那年手里有50万就行,现在能拿5万,每个月最多1200")
        told = spoken(plan)
        assert missing(told, "216个月", "1,448.75", "1,259.22", "1,080.32", "428,900", "481,300", "541,800") == []
        assert missing(told, "假设", "承诺", "多存", "R3及以下", RISK_NOTICE) == []
        assert "没有听明白" not in told
        assert plan["ms"] < 5000
        offer = await offer_to(advisor, "U113")
        assert "complex_planning_教育金" in [reason["code"] for reason in offer["reasons"]]
        assert offer["topic"] == "教育金"
        detail = await advisor.detail(offer["id"])
        by_id = {candidate["advisor"]["id"]: candidate for candidate in detail["candidates"]}
        assert [code for code, candidate in by_id.items() if candidate["chosen"]] == ["A01"]
        assert any("投顾" in words for words in by_id["A12"]["blocked_by"])
        assert not by_id["A09"]["eligible"]
        brief = detail["brief"]
        facts = " ".join(f"{fact['label']} {fact['value']}" for fact in brief["facts"])
        assert missing(facts, "500,000", "50,000", "1,200", "3%") == []
        assert "恭喜" in brief["opening"]
        assert brief["next_steps"]
        await advisor.move(offer["id"], "accept", version=offer["version"])
        await advisor.say(offer["conversation_id"], brief["opening"])
        heard = await client.say("那你觉得钱放哪")
        assert (heard["replies"], heard["owner"]) == ([], "advisor")
        await advisor.say(
            offer["conversation_id"], "按您每月1,200元、18年后50万的打算,可以先放在R3及以下的指数定投里。"
        )
        closed = await advisor.move(offer["id"], "close", outcome="solved", note="已给出方案")
        await advisor.move(offer["id"], "done", version=closed["version"])
        during, after = brief["who"], (await advisor.detail(offer["id"]))["brief"]["who"]
        assert "180,000" in str(during)
        assert "180,000" not in str(after)
    authors = [message["author"] for message in await stage.messages("U113") if message["author"] != "system"]
    assert authors[-3:] == ["human", "client", "human"]


async def test_soothing_begins_above_thirty_percent_not_at_it(stage: Stage) -> None:
    """Negative of the last ten: 1 of 5, 2 of 8, 3 of 10 = 30 %: nothing; then 4 of 10 = 40 %."""
    before = ["昨天净值多少", "我定投下次哪天扣", "管理费是每天扣吗", "好的", "一直跌,我有点慌,会不会一直这样下去啊",
              "定投能改成周扣吗", "分红方式在哪看", "唉,真的挺失望的", "赎回费怎么算", "这两天都睡不好,老惦记这点钱"]  # fmt: skip
    await stage.load("S22")
    async with stage.client("U122") as client:
        turns = [await client.say(text) for text in before]
        assert [number for number, turn in enumerate(turns, 1) if turn["emotion"] in NEGATIVE] == [5, 8, 10]
        assert all("action_soothe" not in turn["actions"] for turn in turns)
        over = await client.say("要是再跌我真扛不住了怎么办")
        assert over["emotion"] in NEGATIVE
        assert "action_soothe" in over["actions"]
        assert "沪深300" in spoken(over)
        assert re.search(r"申购|买入|加仓", spoken(over)) is None
        after = await client.say("嗯,看了你发的舒服点了,那我定投照旧")
        assert after["emotion"] == "安心"
        assert "action_soothe" not in after["actions"]
        assert after["owner"] == "bot"
    assert await stage.handoff("U122") == {}


async def test_the_place_in_the_queue_outlives_the_page(stage: Stage, tmp_path: Path) -> None:
    """A01 is full with another client's case; its end 100 s later frees the first place that fits."""
    scene = yaml.safe_load((FIXTURES / "S33.yaml").read_text())
    scene["advisors"] = {"A01": {"load": 3}, "A02": {"load": 4}, "A11": {"load": 3}}
    scene["owners"] = {"C0042": {"advisor": "A01", "since": "2026-11-24T10:00"}}
    await stage.load_scene(scene, tmp_path)
    async with stage.advisor("A01") as advisor:
        async with stage.client("U133") as client:
            asked = await client.say("让人帮我看看组合,这四只是不是重复了")
            assert asked["owner"] == "queue", asked
            handoff = (await client.snapshot())["waiting"]["handoff_id"]
        await stage.clock("2026-11-24T10:20:50")
        async with stage.client("U192") as rival:
            await rival.say("让人帮我看看组合,是不是太集中了")
        await stage.clock("2026-11-24T10:21:10")
        async with stage.client("U133") as client:
            back = await client.say("我刚才在app排队的,还在吗")
            waiting = (await client.snapshot())["waiting"]
            assert waiting["handoff_id"] == handoff
            assert waiting["since"].startswith("2026-11-24T02:20:0")
            assert waiting["position"] == 1
            assert re.search("第 ?1 ?位|下一位|还在", spoken(back)), spoken(back)
            assert (await advisor.snapshot())["offers"] == []
            await stage.clock("2026-11-24T10:21:40")
            mine = (await advisor.snapshot())["active"][0]
            closed = await advisor.move(mine["id"], "close", outcome="solved")
            await advisor.move(mine["id"], "done", version=closed["version"])
            offer = await offer_to(advisor, "U133")
            assert "explicit_ask" in [reason["code"] for reason in offer["reasons"]]
            brief = (await advisor.detail(offer["id"]))["brief"]
            assert any("重复" in text for text in [*brief["asked"], brief["now"]])
            assert missing(str(brief), "4只") == [] or missing(str(brief), "四只") == []
            await advisor.move(offer["id"], "accept", version=offer["version"])
            await advisor.say(offer["conversation_id"], "您好,我是林静怡,这四只我帮您看过了。")
            assert (await client.snapshot())["messages"][-1]["author"] == "human"
            closed = await advisor.move(offer["id"], "close", outcome="solved")
            await advisor.move(offer["id"], "done", version=closed["version"])
            rating = (await client.snapshot())["rating_asked"]
            assert rating["handoff_id"] == handoff
            await client.say("5分")
            assert (await client.snapshot())["rating_asked"] is None
            await offer_to(advisor, "U192")


DRAFTS = ["放心,这只保本,一年稳赚6%", "这只保·本,基本不会亏,去年客户都赚6个点"]


async def test_the_bot_is_silent_while_an_advisor_owns_the_talk(stage: Stage) -> None:
    await stage.load("S39")
    async with stage.client("U139") as client, stage.advisor("A09") as advisor:
        asked = await client.say("这个添利债稳不稳?我只要保本的")
        assert (asked["replies"], asked["owner"]) == ([], "advisor")
        allowed = "公募基金不保本,HY011 属 R2,过往业绩不代表未来"
        await advisor.say("cv-U139", allowed)
        told = await client.say("管理费多少来着,机器人你说")
        assert (told["replies"], told["owner"]) == ([], "advisor")
        mine = (await advisor.snapshot())["active"][0]
        await advisor.move(mine["id"], "return", version=mine["version"], note="已说明")
        assert (await client.say("管理费多少"))["replies"] != []
    said = await stage.messages("U139")
    assert allowed in [m["text"] for m in said if m["author"] == "human"]
    authors = [m["author"] for m in said if m["author"] != "system"]
    assert authors[:5] == ["client", "client", "human", "client", "ai"]
    assert set(authors[authors.index("ai") :]) == {"ai", "client"}


@pytest.mark.parametrize("draft", DRAFTS)
async def test_a_draft_that_promises_is_stopped(stage: Stage, draft: str) -> None:
    await stage.load("S39")
    async with stage.advisor("A09") as advisor:
        with pytest.raises(DeskRefused) as refused:
            await advisor.say("cv-U139", draft)
        assert refused.value.fields["code"] == "wording_refused"
        findings = refused.value.fields["problem"]["findings"]  # type: ignore[index]
        assert all(finding["words"] and finding["rule"] for finding in findings)
    assert draft not in [message["text"] for message in await stage.messages("U139")]


@pytest.mark.xfail(strict=False, reason="「真的不会亏吧」 is still taken for complain_missell")
async def test_after_the_return_the_bot_knows_what_the_advisor_spoke_of(stage: Stage) -> None:
    await stage.load("S39")
    async with stage.client("U139") as client, stage.advisor("A09") as advisor:
        await client.say("这个添利债稳不稳?我只要保本的")
        await advisor.say("cv-U139", "公募基金不保本,HY011 属 R2,过往业绩不代表未来")
        mine = (await advisor.snapshot())["active"][0]
        await advisor.move(mine["id"], "return", version=mine["version"], note="已说明")
        turn = await client.say("机器人,他说的那只真的不会亏吧")
        assert turn["owner"] == "bot"
        answered = spoken(turn)
        assert re.search("不保本|可能亏|会亏", answered), answered
        assert missing(answered, "R2", RISK_NOTICE) == []

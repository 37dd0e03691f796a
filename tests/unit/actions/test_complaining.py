"""Complaints: none is put into a client's mouth, none is registered twice, and one that the books bear out is registered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import yaml

from actions import grievance
from actions.turn import Turn
from cli.sandbox import _plain
from institution.models import Complaint
from tests.unit.actions.conftest import FIXTURES, Talk

Load = Callable[[str], Any]
NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
TURN = Turn("C0007", "m1", "", NOW, confidence=0.9)


def ticket(number: str, kind: str, *, solve_in_hours: int = 20) -> Complaint:
    return Complaint(
        id=number, kind=kind, text="", opened_at=NOW - timedelta(hours=4), answer_by=NOW - timedelta(hours=3),
        solve_by=NOW + timedelta(hours=solve_in_hours), status="open", status_words="处理中",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "intent", "emotion", "unsure"),
    [
        ("三天了钱还没到账", "complain_delay", "平静", False),
        ("你们经理当初说保本的", "complain_missell", "平静", False),
        ("你们经理当初说保本的", "complain_missell", "愤怒", False),
        ("客户经理让我买的这只能不能退", "complain_missell", "平静", True),  # a question so far
        ("这只跟我的等级对不上啊", "complain_missell", "平静", True),  # accuses nobody
        ("我要投诉你们推荐的基金能不能退", "complain_missell", "平静", False),  # said in so many words
        ("老有陌生电话推销理财,是不是你们泄露的", "complain_privacy", "平静", False),
        ("买的时候没人跟我讲过要锁啊", "complain_missell", "平静", False),
        ("我签承诺书行不行", "complain_missell", "平静", True),
        ("名单给我看看", "complain_privacy", "平静", True),
    ],
)
def test_a_doubtful_complaint_is_confirmed_first(text: str, intent: str, emotion: str, unsure: bool) -> None:
    assert grievance.unsure(replace(TURN, text=text, emotion=emotion), intent) is unsure


@pytest.mark.parametrize(
    ("emotion", "confidence", "unsure"), [("平静", 0.64, True), ("愤怒", 0.64, False), ("愤怒", 0.5, True)]
)
def test_without_certainty_it_is_asked(emotion: str, confidence: float, unsure: bool) -> None:
    turn = replace(TURN, text="这钱怎么回事", emotion=emotion, confidence=confidence)
    assert grievance.unsure(turn, "complain_delay") is unsure


@pytest.mark.parametrize(
    ("text", "declared", "denied"),
    [
        ("投诉你们", True, False),
        ("我要投诉", True, False),
        ("我的投诉怎么样了", False, False),
        ("不是要投诉,就想问问", False, True),
        ("亏了不怪你们", False, True),
        ("不投诉你们投诉谁", True, False),
        ("这事不怪你们怪谁", False, False),
    ],
)
def test_a_complaint_in_so_many_words(text: str, declared: bool, denied: bool) -> None:
    assert (grievance.declared(text), grievance.denied(text)) == (declared, denied)


@pytest.mark.parametrize(
    ("intent", "text", "kind"),
    [
        ("complain_other", "我要投诉,你们收益算错了", "complain_return"),
        ("complain_other", "我要投诉", "complain_other"),
        ("complain_other", "投诉!手续费乱扣", "complain_fee"),
        ("complain_delay", "收益和钱都没到", "complain_delay"),  # understood already
    ],
)
def test_the_matter_named_beside_the_complaint_is_its_kind(intent: str, text: str, kind: str) -> None:
    assert grievance.kind_of(replace(TURN, intent=intent, text=text)) == kind


RETURN, OTHER = ticket("CP1", "收益异议", solve_in_hours=-2), ticket("CP2", "其他")


@pytest.mark.parametrize(
    ("text", "intent", "told", "tickets", "found"),
    [
        ("说24小时解决,骗人的吧", "complain_delay", "CP1(收益异议)", (RETURN,), "CP1"),
        ("说24小时解决,骗人的吧", "complain_delay", "", (RETURN,), None),  # not told of just now
        ("钱到现在还没到账", "complain_delay", "CP1(收益异议)", (RETURN,), None),  # another matter
        ("我自己算的跟你们差了两百多", "complain_return", "CP2(其他)", (OTHER,), "CP2"),
        ("我自己算的跟你们差了两百多", "complain_return", "", (OTHER,), None),
        ("还没解决", "complain_delay", "CP1、CP2", (OTHER, RETURN), "CP1"),  # the overdue one
        ("收益还是不对", "complain_return", "", (RETURN,), "CP1"),
    ],
)
def test_to_which_ticket_a_complaint_belongs(
    text: str, intent: str, told: str, tickets: tuple[Complaint, ...], found: str | None
) -> None:
    belongs = grievance.belongs_to(replace(TURN, text=text, told=(told, "我已经替您登记了人工。")), tickets, intent)
    assert (belongs.id if belongs else None) == found


async def test_no_ticket_for_an_offer_to_sign(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("我签承诺书行不行,亏了不怪你们", "complain_missell")
    assert "RULE-SUIT" in said.text
    assert await talk.institution.complaints(talk.client_id) == []


async def test_no_complaint_says_the_client(load: Load) -> None:
    talk: Talk = await load("S07")
    said = await talk.say("不是要投诉,钱到哪了", "complain_delay")
    assert "不登记投诉" in said.text
    assert await talk.institution.complaints(talk.client_id) == []


async def test_the_same_matter_is_registered_once(load: Load) -> None:
    talk: Talk = await load("S07")
    first = await talk.say("我要投诉,你们收益算错了", "complain_other")
    assert "收益异议" in first.text
    again = await talk.say("我自己算的跟你们差了两百多", "complain_return")
    assert "已经在办" in again.text
    assert [found.kind for found in await talk.institution.complaints(talk.client_id)] == ["收益异议"]


async def test_a_grumble_about_an_overdue_ticket_opens_no_other(load: Load) -> None:
    talk: Talk = await load("S07")
    await talk.say("收益算得不对", "complain_return")
    talk.state.move_clock(talk.state.now() + timedelta(days=2))
    told = await talk.say("我前天的投诉怎么样了", "ask_complaint_progress")
    assert "超过时限" in told.text
    said = await talk.say("说24小时解决,骗人的吧", "complain_delay")
    assert "已经超过时限" in said.text
    assert len(await talk.institution.complaints(talk.client_id)) == 1


async def test_a_late_redemption_taken_for_a_question_of_progress_is_registered(
    load: Load, http: httpx.AsyncClient
) -> None:
    talk: Talk = await load("S07")
    calm = await talk.say("我的投诉怎么样了", "ask_complaint_progress")
    assert "没有您的投诉记录" in calm.text
    plain = _plain(yaml.safe_load((FIXTURES / "S07.yaml").read_text(encoding="utf-8")))
    # Tuesday 17 November, T+3 by RULE-RDM-EQ v3: due on Friday the 20th, two trading days ago on the 24th.
    plain["clients"][0]["orders"] = [{"kind": "redeem", "fund": "HY031", "shares": "1000", "placed_at": "2026-11-17T10:00",
                                      "late_until": "2026-11-26T12:00"}]  # fmt: skip
    answer = await http.post("/v1/admin/load", json=json.loads(json.dumps(plain)))
    assert answer.status_code == 200, answer.text
    talk.emotion = ("愤怒", 0.8)
    said = await talk.say("不是说三天吗,今天都几号了,投诉你们", "ask_complaint_progress")
    for words in ("是我们晚了", "投诉已登记", "到账延迟"):
        assert words in said.text, words
    assert len(await talk.institution.complaints(talk.client_id)) == 1


@pytest.mark.parametrize(("text", "intent"), [("是的", "affirm"), ("我要投诉", "complain_other")])
async def test_a_confirmed_complaint_is_of_the_kind_that_was_asked_about(load: Load, text: str, intent: str) -> None:
    talk: Talk = await load("S07")
    asked = await talk.say("这只跟我的等级对不上啊", "complain_missell")
    assert "还是先问清楚" in asked.text
    assert await talk.institution.complaints(talk.client_id) == []
    await talk.say(text, intent)
    assert [found.kind for found in await talk.institution.complaints(talk.client_id)] == ["误导销售"]


def test_the_words_before_our_question_are_put_on_record() -> None:
    question = "这件事您是想登记投诉(误导销售),还是先问清楚?"
    turn = replace(
        TURN, text="我要投诉", intent="complain_other", said=("他说没风险",), told=(question,), last_answer=question
    )
    assert grievance.in_words(turn) == "他说没风险;我要投诉"
    assert grievance.in_words(replace(turn, told=(), last_answer="")) == "我要投诉"


async def test_a_yes_to_nothing_registers_nothing(load: Load) -> None:
    talk: Talk = await load("S07")
    assert "没有等您确认" in (await talk.say("是的", "affirm")).text
    assert await talk.institution.complaints(talk.client_id) == []

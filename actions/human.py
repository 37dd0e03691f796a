"""Reaching a person: the request itself, the place in the queue, experts' times, call-backs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from actions import plan_figures
from actions.answers import HUMAN, Answer, answers, say
from actions.planning import Sketch
from actions.services import HandoffState, House
from actions.turn import Turn
from actions.words import comfort
from actions.writing import wait
from institution.models import Advisor
from kit.errors import AgentError

#: What an expert's topic is called in a client's mouth.
EXPERT_TOPICS = ("税务", "跨境", "家族信托", "法律", "私募", "养老", "教育金", "保险", "投资")
#: The default reason and topic when a person is asked for and the escalation policy has not said more.
ASKED: dict[str, Any] = {"reasons": ["explicit_ask"], "topic": None}


@answers("request_handoff")
async def request_handoff(turn: Turn, house: House) -> Answer:
    """Ask for a person for the reasons in the slot `escalation`; tell the client why, the place and the honest wait."""
    return await ask_for_person(turn, house, dict(turn.escalation or ASKED), action="request_handoff")


async def ask_for_person(turn: Turn, house: House, wish: Mapping[str, Any], *, action: str) -> Answer:
    reasons = [str(code) for code in wish.get("reasons") or ASKED["reasons"]]
    expert = next((word for word in EXPERT_TOPICS if word in turn.text), None) if turn.intent == "book_expert" else None
    wanted = {"book_expert": f"客户想预约专家:{turn.text}", "ask_callback": f"客户要求回电:{turn.text}"}.get(
        turn.intent
    )
    facts = await plan_facts(turn) if turn.plan and turn.plan.get("computed") else []
    try:
        state = await house.gateway.request_handoff(
            conversation_id=turn.conversation_id, client_id=turn.client_id, reasons=reasons,
            topic=expert or _text(wish.get("topic")), second_topic=_text(wish.get("second_topic")), facts=facts,
            note=wanted or _text(wish.get("words")) or "", key=f"{turn.message_id}-{action}",
        )  # fmt: skip
    except AgentError:
        return say(
            "人工服务系统这会儿没有回应,您的请求还没有确认排上。请过一会儿点「转人工」再试一次。",
            quick=(HUMAN,),
        ).remembering(plan_ready=None, large_redemption=None)
    if turn.intent == "ask_callback" and reasons == ["explicit_ask"] and await left_callback(turn, state, house):
        # The gateway has told the client in the timeline what was written down.
        return Answer().remembering(plan_ready=None, large_redemption=None)
    return told(turn, reasons, state).remembering(plan_ready=None, large_redemption=None)


async def plan_facts(turn: Turn) -> list[dict[str, str]]:
    """The computed plan for the brief, so that the expert asks nothing again."""
    sketch = Sketch.of(turn.plan or {})
    return await asyncio.to_thread(plan_figures.facts, sketch, turn.person.risk_level, turn.person.age)


async def left_callback(turn: Turn, state: HandoffState, house: House) -> bool:
    """Whether the place in the queue became a call-back; else the client keeps the place."""
    if state.state == "active":
        return False
    try:
        await house.gateway.leave(turn.conversation_id, kind="callback", text=turn.text)
    except AgentError:
        return False
    return True


def told(turn: Turn, reasons: list[str], state: HandoffState) -> Answer:
    """Why a person, where in the queue, how long honestly."""
    place = place_words(state)
    if "self_harm" in reasons:
        return say(CARE if state.state != "active" else place)
    if state.already:
        return say(f"您已经在排队了,不用重排。{place}期间有什么需要,我还在。", quick=("还要多久",))
    why = client_words(reasons)
    # A reason that is the mood itself says the comfort already.
    opening = "" if any(code.startswith("emotion_") for code in reasons) else comfort(turn)
    said = f"{why},我已经替您登记了人工。" if why else "好的,已经替您登记了人工。"
    return say(f"{opening}{said}{place}您刚才说的我都会转给他,不用再说一遍。", quick=("还要多久",))


#: Nobody in distress is told of queues and office hours.
CARE = "我已经请真人同事优先来找您。在他来之前,我一直在这里,您随时可以跟我说话。"
#: Why a person comes, as the client should hear it; the catalogue's own words are for the advisor.
CLIENT_WORDS = {
    "own_advisor_asked": "您要找自己的理财经理",
    "repeated_question": "这件事我没能给您讲明白",
    "repeated_failure": "这件事我没能给您办好",
    "emotion_panic": "我知道您很着急",
    "emotion_anger": "这件事该由人来给您一个交代",
    "self_harm": "有人陪着您会好一些",
    "complaint": "投诉由专人跟进",
    "compliance_risk": "这件事要由合规的同事核实",
    "account_safety": "账户安全的事要马上由人核实",
    "large_redemption": "大额赎回要由人工与您核实",
    "high_net_worth_channel": "您有绿色通道",
    "standing_order": "您的顾问交代过这类事由他来办",
    "elderly": "由同事一步步陪您办",
    "language": "请能说您方言的同事来",
}


def client_words(reasons: Sequence[str]) -> str:
    """The first reason that has words for the client; empty when he asked for a person himself."""
    for code in reasons:
        if code in CLIENT_WORDS:
            return CLIENT_WORDS[code]
        if code.startswith("complex_topic_"):
            return f"{code.removeprefix('complex_topic_')}的事要由专家来答"
        if code.startswith("complex_planning_"):
            return f"{code.removeprefix('complex_planning_')}规划请顾问接着为您细化"
    return ""


def place_words(state: HandoffState) -> str:
    if state.state == "active":
        return f"{state.advisor or '顾问'}已经接入,请直接说。"
    if state.state == "offered":
        return "已经派给顾问,正在等他接入。"
    if state.words:
        return state.words if state.words.endswith("。") else f"{state.words}。"
    where = f"您排在第{state.position}位," if state.position else ""
    return f"{where}预计{wait(state.wait_seconds)}。"


def _text(value: object) -> str | None:
    if isinstance(value, (list, tuple)):
        return ";".join(str(item) for item in value) or None
    return str(value) if value else None


@answers("ask_human")
async def ask_human(turn: Turn, house: House) -> Answer:
    wish = dict(turn.escalation or ASKED)
    return await ask_for_person(turn, house, wish, action="request_handoff")


@answers("ask_own_advisor")
async def ask_own_advisor(turn: Turn, house: House) -> Answer:
    """Who the client's own advisor is. The escalation policy asks for the person right after this answer."""
    client = await house.institution.client(turn.client_id)
    if client.own_advisor is None:
        return say("您名下还没有专属理财经理,我先为您接一位顾问。", quick=("还要多久",))
    advisor = next((item for item in await house.institution.advisors() if item.id == client.own_advisor), None)
    who = f"您的专属顾问是{advisor.name},我优先请他来" if advisor else "我优先请您的专属顾问来"
    return say(f"{who};他忙的话,会由能办这件事的同事先接。", quick=("还要多久",))


@answers("book_expert")
async def book_expert(turn: Turn, house: House) -> Answer:
    """Experts of the topic and their times as the roster has them; the booking itself is taken by a person."""
    topic = next((word for word in EXPERT_TOPICS if word in turn.text), None)
    staff = await house.institution.advisors()
    experts = [a for a in staff if a.slots and (topic is None or a.skills.get(topic, 0) >= 3)]
    if not experts:
        return say(
            f"{topic or ''}专家的时间表里现在没有可约的。我帮您转人工登记,由同事约好时间回复您。",
            quick=(HUMAN, "给我回电话"),
        )
    lines = "\n".join(f"· {advisor.name}({advisor.role}):{slot_words(advisor)}" for advisor in experts[:3])
    # The escalation policy asks for the person right after this answer (`ask_for_person`).
    return say(f"{topic or ''}专家可约的时间:\n{lines}\n您说个合适的时间,我一并转给同事为您定下来。", quick=(HUMAN,))


def slot_words(advisor: Advisor) -> str:
    """`周二10:00、11:00;周四14:00`."""
    parts = [f"{slot.get('days', '')}{'、'.join(slot.get('times', ()))}" for slot in advisor.slots]
    return ";".join(parts[:3]) or "时间待定"


@answers("ask_callback")
async def ask_callback(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    # The escalation policy asks for the person right after this answer (`ask_for_person`), which writes the call down.
    return say(f"您预留的回电号码是{client.phone},不对的话请先说一声。")


@answers("ask_wait")
async def ask_wait(turn: Turn, house: House) -> Answer:
    state = await house.gateway.handoff(turn.conversation_id)
    if state is None:
        return say("您现在没有在排队。需要人工的话,我马上为您接。", quick=(HUMAN, "给我回电话"))
    return say(f"{comfort(turn)}{place_words(state)}您不用重新排队,位置一直留着。", quick=("给我回电话",))

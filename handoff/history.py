"""What happened to a case, in words: the visible audit of a conversation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.reasons import words
from handoff.model import Advisor

Json = dict[str, Any]
Event = Mapping[str, Any]
WORDS = {
    "request": "申请人工", "offer": "派单给{to}", "accept": "接受派单", "pull": "主动接手", "decline": "婉拒派单",
    "expire": "派单超时未接", "withdraw": "派单撤回", "lose": "负责人断线,回到排队", "transfer": "转交{to}",
    "return_to_bot": "交还智能助手", "close": "结束会话", "done": "完成收尾", "cancel": "客户取消排队", "sla": "超过承诺时间",
    "leave": "客户改为{way}", "rated": "客户评分 {score} 分", "reasons": "补充原因:{reasons}", "invite": "邀请{to}加入",
    "take_over": "主管接手", "whisper": "给负责人留言", "follow_up_done": "跟进已完成", "follow_up_cancel": "客户取消预约",
    "guest_joined": "加入对话", "guest_declined": "婉拒邀请", "guest_expired": "邀请超时未应答",
    "guest_withdrawn": "邀请随会话结束", "guest_left": "离开对话", "guest_released": "结束对{guest}的邀请",
}  # fmt: skip
LISTENING = {"guest_joined": "开始旁听", "guest_left": "结束旁听", "guest_withdrawn": "旁听随会话结束"}
WAYS = {"message": "留言", "callback": "回电", "appointment": "预约"}
PROGRAMS = {"matching": "派单", "worker": "系统", "fixture": "系统"}


def history_of(events: Iterable[Event], names: Mapping[str, Advisor]) -> list[Json]:
    """`[{at, event, who, words}]`, oldest first; who read the brief stays in the audit log."""
    return [
        {
            "at": event["at"].isoformat(), "event": event["event"], "who": _who(event["actor"], names),
            "words": _words(event, names),
        }
        for event in events
        if event["event"] in WORDS
    ]  # fmt: skip


def whispers_of(events: Iterable[Event], names: Mapping[str, Advisor]) -> list[Json]:
    """`[{id, at, from, text}]`: what supervisors told the owner, oldest first."""
    return [whisper_json(event, names) for event in events if event["event"] == "whisper"]


def whisper_json(event: Event, names: Mapping[str, Advisor]) -> Json:
    by = {"id": event["actor"], "name": _who(event["actor"], names)}
    return {"id": event["id"], "at": event["at"].isoformat(), "from": by, "text": event["detail"]["text"]}


def _who(actor: str, names: Mapping[str, Advisor]) -> str:
    return names[actor].name if actor in names else PROGRAMS.get(actor, "客户")


def _words(event: Event, names: Mapping[str, Advisor]) -> str:
    detail = event["detail"]
    if detail.get("kind") == "listener" and event["event"] in LISTENING:
        return LISTENING[event["event"]]
    to = detail.get("to")
    found = WORDS[event["event"]].format(
        to=names[to].name if to in names else detail.get("topic") or "", way=WAYS.get(detail.get("kind", ""), ""),
        score=detail.get("score", ""), reasons="、".join(words(code) for code in detail.get("reasons", ())),
        guest=_who(detail.get("guest", ""), names),
    )  # fmt: skip
    # A whisper's text is for the owner alone, it stands beside his conversation.
    told = detail.get("note") or detail.get("why") or (detail.get("reason") if event["event"] == "decline" else "")
    return f"{found}:{told}" if told else found

"""The institution's advisors as the tests know them, and short ways to make a case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from handoff.hours import parse_shifts, parse_slots
from handoff.model import Advisor, AdvisorView, Case, ClientView, Presence
from kit.clock import SHANGHAI

PARTS: list[dict[str, Any]] = [
    {
        "id": "A01", "name": "林静怡", "role": "顾问", "capacity": 4, "load": 1,
        "skills": {"教育金": 5, "投资": 4, "买房": 4, "保险": 3, "新手": 3, "情绪安抚": 3, "养老": 2},
        "licences": "基金从业 基金投顾 保险销售", "tiers": "大众 财富", "regions": "上海 江苏 浙江",
        "languages": "普通话 上海话", "shifts": [("周一-周五", "09:00", "18:00")], "ratings": {"教育金": 4.9, "投资": 4.6},
    },
    {
        "id": "A02", "name": "王建国", "role": "顾问", "capacity": 4, "load": 1,
        "skills": {"养老": 5, "情绪安抚": 4, "投资": 3, "交易操作": 3, "保险": 2, "教育金": 2},
        "licences": "基金从业 基金投顾", "tiers": "大众 财富", "regions": "河南 河北 北京", "languages": "普通话 河南话",
        "shifts": [("周一-周六", "08:30", "17:30")], "ratings": {"养老": 4.8, "情绪安抚": 4.7, "投资": 4.3},
    },
    {
        "id": "A05", "name": "沈若溪", "role": "专家", "capacity": 1, "load": 0, "live": False,
        "skills": {"家族信托": 5, "法律": 4}, "licences": "律师执业 信托从业", "tiers": "高净值", "regions": "上海",
        "languages": "普通话 英语", "shifts": [], "slots": [{"days": "周二", "times": ["10:00", "14:00"]}],
    },
    {
        "id": "A06", "name": "黄志强", "role": "客服", "capacity": 5, "load": 2,
        "skills": {"投诉": 5, "交易操作": 4, "情绪安抚": 4, "账户安全": 3}, "licences": "基金从业 投诉处理岗",
        "tiers": "大众 财富 高净值", "regions": "福建", "languages": "普通话 闽南话",
        "shifts": [("周一-周日", "08:00", "20:00")], "ratings": {"投诉": 4.7},
    },
    {
        "id": "A07", "name": "吴晓彤", "role": "客服", "capacity": 3, "load": 0,
        "skills": {"账户安全": 5, "交易操作": 4, "情绪安抚": 2, "投诉": 1}, "licences": "基金从业 账户安全岗",
        "tiers": "大众 财富 高净值", "regions": "全国", "shifts": [("周一-周日", "00:00", "24:00")],
    },
    {
        "id": "A09", "name": "何伟杰", "role": "顾问", "capacity": 4, "load": 1,
        "skills": {"投资": 5, "私募": 4, "教育金": 2, "跨境": 2, "养老": 2, "情绪安抚": 2},
        "licences": "基金从业 基金投顾 私募销售", "tiers": "财富 高净值", "regions": "广东", "languages": "普通话 粤语",
        "shifts": [("周一-周五", "09:00", "18:00"), ("周六", "09:00", "12:00")], "ratings": {"投资": 4.8},
    },
    {
        "id": "A10", "name": "刘雨桐", "role": "顾问", "capacity": 5, "load": 1,
        "skills": {"新手": 5, "投资": 3, "教育金": 3, "情绪安抚": 3, "买房": 2}, "licences": "基金从业 基金投顾",
        "tiers": "大众", "regions": "浙江", "languages": "普通话 英语", "shifts": [("周二-周日", "12:00", "21:00")],
        "ratings": {"新手": 4.9, "教育金": 4.4, "投资": 4.4},
    },
    {
        "id": "A11", "name": "马秀兰", "role": "顾问", "capacity": 3, "load": 1,
        "skills": {"情绪安抚": 5, "养老": 4, "交易操作": 4, "投资": 3}, "licences": "基金从业 基金投顾",
        "tiers": "大众 财富", "regions": "四川 重庆", "languages": "普通话 四川话",
        "shifts": [("周一-周日", "08:00", "17:00")],
    },
    {
        "id": "A12", "name": "孙立诚", "role": "顾问", "capacity": 3, "load": 0,
        "skills": {"保险": 5, "教育金": 4, "养老": 3}, "licences": "基金从业 保险销售", "tiers": "大众 财富",
        "regions": "山东", "languages": "普通话 山东话", "shifts": [("周一-周五", "09:00", "18:00")],
    },
    {
        "id": "A13", "name": "徐曼", "role": "顾问", "capacity": 3, "load": 1,
        "skills": {"投资": 4, "跨境": 3, "家族信托": 3, "私募": 3, "交易操作": 3, "情绪安抚": 3, "税务": 2},
        "licences": "基金从业 基金投顾 跨境业务", "tiers": "财富 高净值", "regions": "北京", "languages": "普通话 英语",
        "shifts": [("周一-周五", "09:00", "19:00")],
    },
    {
        "id": "A14", "name": "高翔", "role": "主管", "capacity": 2, "load": 0,
        "skills": {"投诉": 4, "投资": 4, "法律": 3, "买房": 3, "情绪安抚": 3},
        "licences": "基金从业 基金投顾 投诉处理岗 复核确认", "tiers": "大众 财富 高净值", "regions": "全国",
        "shifts": [("周一-周五", "09:00", "19:00")],
    },
]  # fmt: skip


def advisor(part: dict[str, Any]) -> Advisor:
    return Advisor(
        id=part["id"],
        name=part["name"],
        role=part["role"],
        skills=part["skills"],
        licences=frozenset(part["licences"].split()),
        tiers=frozenset(part["tiers"].split()),
        languages=frozenset(part.get("languages", "普通话").split()),
        regions=frozenset(part["regions"].split()),
        capacity=part["capacity"],
        default_load=part["load"],
        shifts=parse_shifts({"days": d, "from": f, "to": t} for d, f, t in part["shifts"]),
        slots=parse_slots(part.get("slots", ()), 60),
        ratings=part.get("ratings", {}),
        live=part.get("live", True),
    )


ADVISORS = {part["id"]: advisor(part) for part in PARTS}


def views(**loads: int) -> list[AdvisorView]:
    """All of them online, at the roster's load unless given."""
    return [AdvisorView(a, Presence.ONLINE, loads.get(a.id, a.default_load)) for a in ADVISORS.values()]


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


#: A Tuesday.
AFTERNOON = shanghai("2026-11-24T14:10")
MORNING = shanghai("2026-11-24T10:20")


def case(topic: str = "投资", *reasons: str, id: str = "h1", at: datetime = AFTERNOON, **rest: Any) -> Case:
    client = ClientView(
        id=rest.pop("client", "U1"),
        tier=rest.pop("tier", "大众"),
        region=rest.pop("region", ""),
        own_advisor=rest.pop("own", None),
        dialect=rest.pop("dialect", None),
        language_hard=rest.pop("language_hard", False),
        member_level=rest.pop("member", ""),
    )
    return Case(id, client, topic, reasons or ("explicit_ask",), at, **rest)


def after(seconds: float, start: datetime = AFTERNOON) -> datetime:
    return start + timedelta(seconds=seconds)

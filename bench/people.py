"""A made-up house for benchmarks and simulation: advisors and cases from a seed, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from random import Random

from handoff.model import Advisor, Case, ClientView, Shift
from handoff.policy import MatchingPolicy

REGIONS = (
    "北京", "上海", "天津", "重庆", "河北", "山西", "辽宁", "吉林", "江苏", "浙江", "安徽", "福建", "江西", "山东",
    "河南", "湖北", "湖南", "广东", "广西", "海南", "四川", "贵州", "云南", "陕西", "甘肃",
)  # fmt: skip
DIALECTS = ("上海话", "粤语", "四川话", "闽南话", "英语")
TIERS = ("大众", "财富", "高净值")
#: (share of the staff, first role's skills, others that some have, licences)
TEAMS: tuple[tuple[float, tuple[str, ...], tuple[str, ...], str], ...] = (
    (0.46, ("投资", "情绪安抚", "新手", "交易操作"), ("教育金", "养老", "买房", "跨境", "私募"), "基金从业 基金投顾"),
    (0.16, ("养老", "教育金", "情绪安抚"), ("投资", "买房", "保险", "交易操作"), "基金从业 基金投顾 保险销售"),
    (0.22, ("交易操作", "账户安全", "投诉"), ("情绪安抚", "新手"), "基金从业 账户安全岗 投诉处理岗"),
    (0.06, ("保险",), ("养老", "教育金"), "保险销售 基金从业"),
    (0.05, ("跨境", "私募", "投资"), ("税务",), "基金从业 基金投顾 跨境业务 私募销售"),
    (0.05, ("税务", "家族信托", "法律"), (), "税务师 信托从业 律师执业"),
)
#: topic -> (how many of a hundred cases, reasons that such a case may have)
CASES: dict[str, tuple[float, tuple[str, ...]]] = {
    "投资": (30, ("repeated_failure", "own_advisor_asked", "standing_order", "large_redemption")),
    "交易操作": (22, ("repeated_failure", "repeated_question", "elderly")),
    "情绪安抚+持仓建议": (10, ("emotion_panic", "emotion_anger")),
    "情绪安抚": (4, ("emotion_panic", "emotion_anger")),
    "养老": (7, ("complex_planning_养老",)),
    "教育金": (5, ("complex_planning_教育金",)),
    "新手": (7, ("repeated_question",)),
    "账户安全": (4, ("account_safety",)),
    "投诉": (4, ("complaint", "compliance_risk")),
    "保险": (3, ("complex_planning_保险",)),
    "买房": (2, ("complex_planning_买房",)),
    "跨境": (1, ("complex_topic_跨境",)),
    "私募": (0.5, ("complex_topic_私募",)),
    "税务": (0.5, ("complex_topic_税务",)),
}
EMOTIONS = ("焦虑", "失望", "困惑", "恐慌", "愤怒", None, None, None, None)
MEMBERS = ("普通", "普通", "普通", "黄金", "铂金", "钻石")
SHIFTS = ((8 * 60, 17 * 60), (9 * 60, 18 * 60), (12 * 60, 21 * 60), (10 * 60, 19 * 60))
EVERY_DAY = frozenset(range(7))
#: Advisors take part of their clients along: so many have an advisor of their own.
OWN_SHARE = 0.4


def make_advisors(number: int, random: Random, *, always: bool = False) -> list[Advisor]:
    """always  on shift at any time, for measurements that ask for everybody"""
    return [_advisor(f"A{index:05d}", random, always) for index in range(number)]


def _advisor(advisor_id: str, random: Random, always: bool) -> Advisor:
    _, first, others, licences = random.choices(TEAMS, [team[0] for team in TEAMS])[0]
    skills = {topic: random.choice((3, 4, 4, 5)) for topic in first}
    skills |= {topic: random.choice((1, 2, 3, 4)) for topic in others if random.random() < 0.5}
    begin, end = (0, 24 * 60) if always else random.choice(SHIFTS)
    return Advisor(
        id=advisor_id, name=advisor_id, role="主管" if random.random() < 0.02 else "顾问", skills=skills,
        licences=frozenset(licences.split()), tiers=frozenset(random.sample(TIERS, random.choice((2, 3, 3)))),
        languages=frozenset({"普通话", *random.sample(DIALECTS, random.choice((0, 0, 1)))}),
        regions=frozenset(random.sample(REGIONS, random.choice((1, 2)))), capacity=random.choice((3, 4, 4, 5)),
        shifts=(Shift(EVERY_DAY, begin, end),),
        ratings={topic: round(random.uniform(3.8, 5.0), 1) for topic in skills},
    )  # fmt: skip


def make_cases(
    random: Random, advisors: list[Advisor], policy: MatchingPolicy, instants: Iterator[datetime]
) -> Iterator[Case]:
    """A case for each instant; own advisors are of those who may serve the client's tier."""
    of_tier = {tier: [a.id for a in advisors if tier in a.tiers] for tier in TIERS}
    topics, weights = list(CASES), [share for share, _ in CASES.values()]
    for number, at in zip(count(), instants, strict=False):
        topic = random.choices(topics, weights)[0]
        tier = random.choices(TIERS, (70, 24, 6))[0]
        own = random.choice(of_tier[tier]) if of_tier[tier] and random.random() < OWN_SHARE else None
        reasons = [random.choice(("explicit_ask", "repeated_failure")), *random.sample(CASES[topic][1], 1)]
        if random.random() < 0.002:
            reasons.append("self_harm")
        if tier == "高净值":
            reasons.append("high_net_worth_channel")
        dialect = random.choice(DIALECTS) if random.random() < 0.05 else None
        client = ClientView(
            f"C{number:06d}", tier=tier, region=random.choice(REGIONS), own_advisor=own, dialect=dialect,
            language_hard=dialect == "英语", member_level=random.choice(MEMBERS),
        )  # fmt: skip
        yield Case(
            f"h{number:06d}", client, topic, tuple(dict.fromkeys(reasons)), at,
            emotion=random.choice(EMOTIONS), strength=round(random.random(), 2),
        )  # fmt: skip

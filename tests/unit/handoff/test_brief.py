"""What an advisor reads before the first word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.reasons import EMOTIONS, REASONS, TOPICS
from handoff.brief import Holding, Subject, build_brief
from handoff.model import ClientView, TimelineMessage
from handoff.policy import load_policy
from handoff.priority import prioritise
from tests.unit.handoff.roster import AFTERNOON, after, case

POLICY = load_policy().priority
PROMISES = re.compile(r"保证.*收益|稳赚|一定(?:会)?涨|肯定(?:会)?涨|必涨|包赚|(?<!不)(?<!不说)保本")


def said(
    *texts: str, author: str = "client", emotion: str | None = None, channel: str = "web"
) -> list[TimelineMessage]:
    return [
        TimelineMessage(
            n, f"m{n}", "cv-U113", author, text, AFTERNOON + timedelta(seconds=n), emotion=emotion, strength=0.8,
            channel=channel,
        )
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip


def subject(history: list[TimelineMessage], *reasons: str, topic: str = "教育金", **rest: object) -> Subject:
    one = case(topic, *(reasons or ("complex_planning_教育金",)))
    client = ClientView("U113", "高峰", "成长", "大众", 29, "C3", "普通", "上海")
    base = Subject(
        client=client, topic=topic, second_topic=None, reasons=one.reasons,
        priority=prioritise(one, POLICY, now=after(30)), history=history, requested_at=AFTERNOON, now=after(30),
    )  # fmt: skip
    return replace(base, **rest)  # type: ignore[arg-type]


BABY = said(
    "你好", "我想为刚出生的孩子规划教育金", "到18岁那年手里有50万就行,现在能拿5万,每个月最多1200", emotion="满意"
)
FACTS = ({"label": "目标", "value": "500,000 元"}, {"label": "每月投入", "value": "1,200 元"})
LOSS = (Holding("衡远新能源主题股票", 93000.0, -20415.0, -0.18, 0.52, "新能源"),)


def test_the_brief_of_a_young_father() -> None:
    brief = build_brief(subject(BABY, facts=FACTS))
    assert brief["opening"].startswith("高峰您好,恭喜您家里添了新成员!")
    assert "1,200 元" in brief["summary"]
    assert [quote["text"] for quote in brief["quotes"]] == [BABY[1].text, BABY[2].text]
    assert brief["asked"] == [BABY[1].text, BABY[2].text]
    assert brief["reason"] == "教育金规划"
    assert brief["priority"].startswith("低优先级 20:教育金规划 +18")
    assert {"label": "风险等级", "value": "C3"} in brief["who"]
    assert any("不高于客户风险等级" in step for step in brief["next_steps"])


def test_what_was_tried_pairs_question_and_answer() -> None:
    history = [*said("赎回几天到账"), *said("股票型基金 T+3 到账。", author="ai"), *said("人工")]
    assert build_brief(subject(history))["tried"] == ["问「赎回几天到账」,机器人答:股票型基金 T+3 到账。"]


def test_sums_are_shown_only_to_who_may_see_them() -> None:
    one = subject(
        said("新能源亏成这样怎么办", emotion="焦虑"), "emotion_panic", topic="投资", holdings=LOSS, total=180000.0
    )
    seen, hidden = build_brief(replace(one, sees_assets=True)), build_brief(one)
    assert {"label": "总资产", "value": "180,000.00 元"} in seen["who"]
    assert "新能源占资产 52%,单一行业超过一半" in seen["alerts"]
    assert any("先不推荐任何产品" in text for text in seen["avoid"])
    for leaked in ("180,000", "93,000", "20,415", "52%", "亏损,"):
        assert leaked not in str(hidden)


@pytest.mark.parametrize(
    ("reasons", "client", "emotion", "avoided"),
    [
        (("complaint",), {}, "愤怒", "不辩解"),
        (("elderly",), {"age": 72}, None, "大白话"),
        (("explicit_ask",), {"stage": "新手"}, None, "少用术语"),
        (("account_safety",), {}, "恐慌", "验证码"),
        (("self_harm",), {}, "失望", "不讨论盈亏"),
    ],
)
def test_what_not_to_do(reasons: tuple[str, ...], client: dict[str, object], emotion: str, avoided: str) -> None:
    one = subject(said("怎么办", emotion=emotion), *reasons)
    brief = build_brief(replace(one, client=replace(one.client, **client)))  # type: ignore[arg-type]
    assert any(avoided in text for text in brief["avoid"])


def test_words_of_self_harm_leave_no_room_for_business() -> None:
    brief = build_brief(subject(said("亏光了,不想活了", emotion="失望"), "self_harm", topic="情绪安抚"))
    assert "12356" in brief["next_steps"][0]
    assert "真人" in brief["opening"]
    assert len(brief["next_steps"]) == 2


@given(
    st.lists(st.sampled_from(sorted(REASONS)), min_size=1, max_size=4, unique=True),
    st.sampled_from(TOPICS),
    st.sampled_from([None, *EMOTIONS]),
    st.lists(st.text(max_size=200), max_size=8),
)
def test_a_brief_is_always_whole_and_never_promises(
    reasons: list[str], topic: str, emotion: str | None, texts: list[str]
) -> None:
    brief = build_brief(subject(said(*texts, emotion=emotion), *reasons, topic=topic, holdings=LOSS, sees_assets=True))
    ours = " ".join([brief["opening"], *brief["next_steps"], *brief["avoid"]])
    assert not PROMISES.search(ours.replace("不说保本", ""))
    assert all(
        brief[part] for part in ("who", "now", "summary", "avoid", "opening", "next_steps", "reason", "priority")
    )
    assert len(brief["emotion_curve"]) == (len(texts) if emotion else 0)

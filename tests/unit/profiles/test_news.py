"""Outside news: three forms read, the same once, matched with holdings, false matches kept out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kit.errors import Invalid
from profiles.news import News, concern, once, read, say
from tests.unit.profiles.scene import NOON, position
from tests.unit.profiles.stage import Scenes

RSS = (
    '<rss version="2.0"><channel><item><guid>1</guid><title>光伏新政</title>'
    "<description>&lt;b&gt;光伏&lt;/b&gt;支持期限延长</description>"
    "<link>javascript:alert(1)</link><pubDate>Tue, 24 Nov 2026 09:00:00 +0800</pubDate></item></channel></rss>"
)


def news(title: str, text: str = "", hours: int = 1, source: str = "甲") -> News:
    return News(title, NOON - timedelta(hours=hours), "policy", title, text, "", source)


def test_three_forms_tell_the_same() -> None:
    (from_rss,) = read("rss", RSS, "甲")
    (from_csv,) = read(
        "csv", "id,at,kind,title,text,url\n1,2026-11-24T09:00:00+08:00,policy,光伏新政,光伏支持期限延长,\n", "甲"
    )
    (from_json,) = read(
        "json", '{"items": [{"at": "2026-11-24T09:00:00", "title": "光伏新政", "text": "光伏支持期限延长"}]}', "甲"
    )
    assert from_rss.at == from_csv.at == from_json.at
    assert {one.text for one in (from_rss, from_csv, from_json)} == {"光伏支持期限延长"}
    assert from_rss.url == "", "only addresses of the web"
    assert len(once([from_rss, from_csv, from_json])) == 1


@pytest.mark.parametrize("form", ["rss", "json"])
def test_what_is_no_feed_is_refused(form: str) -> None:
    for text in ("", "<rss", "[1]", '<!DOCTYPE x [<!ENTITY a "b">]><rss><item/></rss>'):
        with pytest.raises(Invalid):
            read(form, text, "甲")


@pytest.mark.parametrize(
    ("title", "sector", "hit"),
    [
        ("光伏装机量创新高", "新能源", True), ("黄金周出行人次公布", "黄金", False), ("国际金价回落", "黄金", True),
        ("消费者权益保护条例施行", "消费", False), ("消费数据公布", "消费", True), ("银行卡换卡须知", "银行", False),
        ("半导体设备出口管制", "新能源", False), ("天气转凉", "医药", False),
    ],
)  # fmt: skip
def test_news_matches_by_industry_and_not_by_a_word_of_another_meaning(title: str, sector: str, hit: bool) -> None:
    assert bool(concern(news(title), [position(fund="HY032", name="甲基金", value=1000, sector=sector)])) is hit


def test_share_and_words() -> None:
    """300 of 1,000 yuan are three tenths: large."""
    held = [
        position(fund="HY032", name="甲基金", value=300, sector="新能源"),
        position(fund="HY001", name="乙基金", value=700, sector="现金"),
    ]
    found = concern(news("光伏新政"), held)
    assert found is not None
    assert (found.share, found.level) == (pytest.approx(0.3), "large")
    words = say(found)
    assert "甲消息:光伏新政" in words
    assert "不代表以后" in words
    assert concern(news("光伏新政"), []) is None


async def test_the_desk_reads_what_concerns_a_client(scenes: Scenes) -> None:
    await scenes.load("S11")
    async with scenes.world.staff("A14") as desk:
        told = (await desk.get("/api/desk/clients/U111/news")).json()["news"]
        feeds = (await desk.get("/api/desk/news/feeds")).json()["feeds"]
    about = next(one for one in told if "新能源" in one["title"])
    assert about["level"] == "large"
    assert [(one["format"], one["failures"], one["fresh"]) for one in feeds] == [
        (f, 0, True) for f in ("rss", "csv", "json")
    ]
    assert len({one["title"] + one["at"][:10] for one in told}) == len(told), "three feeds, each news once"

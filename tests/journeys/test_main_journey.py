"""The main job in two browsers at once: a client grows anxious and asks for a person; the best advisor comes, talks, closes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PATIENCE_MS, Pages, now, shoot
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.rasa]
expect.set_options(timeout=PATIENCE_MS)

ANXIOUS = "一直跌,我有点慌,会不会一直这样下去啊"


@pytest.fixture(autouse=True)
def afternoon(stage: Stage) -> None:
    """Tuesday 14:10: A01 to A12 are on shift."""
    now(stage.load("S13"))


def bubbles(page: Page, author: str | None = None) -> Locator:
    by = f"[data-author={author}]" if author else ""
    return page.locator(f"[data-testid=message]{by}")


def say(page: Page, text: str) -> None:
    """Send it and wait until it is stored."""
    page.locator("#input").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(bubbles(page, "client").last).to_contain_text(text)


def ask(page: Page, text: str) -> Locator:
    """Send it and wait for the bot's answer."""
    before = bubbles(page, "ai").count()
    say(page, text)
    expect(bubbles(page, "ai").nth(before)).to_be_visible()
    expect(page.get_by_test_id("typing")).to_have_count(0)
    return bubbles(page, "ai").last


def numbers(page: Page) -> list[int]:
    found: list[int] = page.locator("[data-testid=message]").evaluate_all(
        "all => all.map(one => Number(one.dataset.seq))"
    )
    return found


def in_order(page: Page) -> None:
    """Every message once, in the order of its number, without a gap."""
    seen = numbers(page)
    assert seen == list(range(seen[0], seen[0] + len(seen)))


def owner(page: Page, kind: str) -> None:
    expect(page.get_by_test_id("owner")).to_have_attribute("data-owner", kind)


def enter(page: Page, text: str) -> None:
    page.locator("#draft").fill(text)
    page.get_by_test_id("talk").get_by_role("button", name="发送").click()


def test_from_the_first_question_to_the_rating(pages: Pages) -> None:
    chat, desk = pages.chat("U113"), pages.desk("A01")
    expect(desk.get_by_test_id("presence")).to_be_visible()
    expect(chat.get_by_test_id("welcome")).to_contain_text("高峰")
    owner(chat, "bot")

    expect(ask(chat, "我现在一共有多少钱")).to_contain_text("180,000")
    expect(chat.get_by_test_id("card").last).to_be_visible()
    expect(bubbles(chat, "ai").last.get_by_test_id("author")).to_have_text("AI 助手")
    ask(chat, "我想为刚出生的孩子规划教育金")
    ask(chat, ANXIOUS)
    shoot(chat, "chat-360.png")

    chat.get_by_test_id("human").click()
    expect(chat.get_by_test_id("owner")).not_to_have_attribute("data-owner", "bot")
    expect(chat.get_by_test_id("queue")).to_be_visible()
    offer = desk.get_by_test_id("group-offers").get_by_test_id("handoff")
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text("高峰")
    expect(offer).to_contain_text("客户要求人工")
    expect(desk).to_have_title(re.compile(r"\(1\)"))
    brief = desk.get_by_test_id("brief")
    expect(brief.get_by_test_id("priority")).to_contain_text(re.compile(r"\d+"))
    expect(brief).to_contain_text("教育金")
    expect(brief).to_contain_text("C3")
    expect(brief.get_by_test_id("candidate").first).to_contain_text("林静怡")
    expect(brief.get_by_test_id("candidate").first).not_to_contain_text("不符合")

    offer.get_by_role("button", name="接受").click()
    owner(chat, "advisor")
    expect(chat.get_by_test_id("owner")).to_contain_text("林静怡")
    expect(desk.get_by_test_id("group-mine").get_by_test_id("handoff")).to_have_count(1)
    expect(bubbles(desk, "client").filter(has_text=ANXIOUS).get_by_test_id("emotion")).to_contain_text(
        re.compile("焦虑|恐慌")
    )
    brief.get_by_role("button", name="采用开场白").click()
    desk.get_by_test_id("talk").get_by_role("button", name="发送").click()
    expect(bubbles(chat, "human").last.get_by_test_id("author")).to_have_text("人工·林静怡")

    answered = bubbles(chat, "ai").count()
    say(chat, "谢谢,我想先听听您的看法")
    expect(bubbles(desk, "client").last).to_contain_text("先听听您的看法")
    enter(desk, "不着急,这笔钱18年后才用,我们慢慢来。")
    expect(bubbles(chat, "human").last).to_contain_text("慢慢来")
    shoot(chat, "chat-advisor-360.png")
    shoot(desk, "desk-1280.png")
    assert bubbles(chat, "ai").count() == answered

    desk.get_by_role("button", name="结束会话").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("已说明教育金可以分批存")
    dialog.get_by_role("button", name="结束会话").click()
    owner(chat, "bot")
    chat.get_by_test_id("rating").get_by_label("5 星，非常满意").check(force=True)
    shoot(chat, "chat-rating-360.png")
    chat.get_by_role("button", name="提交评价").click()
    expect(chat.get_by_test_id("rating")).to_have_count(0)
    desk.get_by_role("button", name="完成收尾").click()
    expect(desk.get_by_test_id("group-wrapUp")).to_have_count(0)
    in_order(chat)
    seen = numbers(chat)
    chat.reload()
    expect(chat.get_by_test_id("rating")).to_have_count(0)
    expect(bubbles(chat)).to_have_count(len(seen))
    assert numbers(chat) == seen


def test_a_page_that_was_away_misses_nothing_and_shows_nothing_twice(pages: Pages) -> None:
    chat, desk = pages.chat("U113"), pages.desk("A01")
    expect(desk.get_by_test_id("presence")).to_be_visible()
    ask(chat, "我想为刚出生的孩子规划教育金")
    chat.get_by_test_id("human").click()
    desk.get_by_role("button", name="接受").first.click()
    owner(chat, "advisor")

    chat.context.set_offline(True)
    enter(desk, "您好,我是林静怡。")
    expect(bubbles(desk, "human").last).to_contain_text("我是林静怡")
    chat.locator("#input").fill("地铁里信号不好")
    chat.get_by_role("button", name="发送", exact=True).click()
    expect(chat.get_by_test_id("unsent")).to_have_count(1)
    chat.context.set_offline(False)
    expect(bubbles(chat, "human").filter(has_text="我是林静怡")).to_have_count(1)
    expect(bubbles(chat, "client").filter(has_text="地铁里信号不好")).to_have_count(1)
    expect(chat.get_by_test_id("unsent")).to_have_count(0)
    expect(bubbles(desk, "client").filter(has_text="地铁里信号不好")).to_have_count(1)

    desk.context.set_offline(True)
    say(chat, "现在好了")
    desk.context.set_offline(False)
    expect(bubbles(desk, "client").filter(has_text="现在好了")).to_have_count(1)
    chat.reload()
    expect(bubbles(chat, "client").last).to_contain_text("现在好了")
    in_order(chat)
    in_order(desk)
    enter(desk, "看到了。")
    expect(bubbles(chat, "human").filter(has_text="看到了")).to_have_count(1)


def test_large_type_is_a_fifth_larger(pages: Pages) -> None:
    chat = pages.chat("U113")
    answer = ask(chat, "我的风险等级是多少").locator(".bubble")
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    before = answer.evaluate(size)
    chat.get_by_test_id("large").click()
    expect(chat.get_by_test_id("large")).to_have_attribute("aria-pressed", "true")
    assert answer.evaluate(size) / before == pytest.approx(1.2, abs=0.02)
    assert chat.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(chat, "chat-large-360.png")

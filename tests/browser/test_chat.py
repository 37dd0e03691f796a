"""What a client sees and does on his phone."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, Opened, shoot

pytestmark = pytest.mark.browser

HOLDINGS: dict[str, Any] = {
    "title": "我的持仓", "stamp": "截至 11月23日(周一)",
    "chart": {
        "kind": "donut", "unit": "元", "series": [{"name": "占比", "points": [["债券", 52], ["股票", 30], ["货币", 18]]}],
    },
    "rows": [
        {"label": "衡远稳健养老目标一年持有期混合型基金中基金(FOF)A类", "value": "1,234,567,890.12 元", "tone": "up"},
        {"label": "衡远科创半导体", "value": "-12,345.67 元", "tone": "down"},
    ],
    "note": "净值按上一交易日计算。",
    "actions": [{"label": "看看收益", "send": "昨天收益多少"}, {"label": "诊断持仓", "send": "帮我诊断一下持仓"}],
}  # fmt: skip
ORDER: dict[str, Any] = {
    "title": "请您核对赎回", "rows": [
        {"label": "基金", "value": "衡远安心纯债 HY011"}, {"label": "份额", "value": "10,000.00 份"},
        {"label": "预计到账", "value": "11月26日(周四)"}, {"label": "手续费", "value": "0.00 元", "tone": "muted"},
    ], "actions": [{"label": "确认", "send": "确认"}, {"label": "不办了", "send": "不办了"}],
}  # fmt: skip
LINE: dict[str, Any] = {
    "title": "近一月净值", "rows": [],
    "chart": {
        "kind": "line", "unit": "元",
        "series": [{"name": "衡远安心纯债", "points": [[f"2026-11-{day:02}", 1 + day / 500] for day in range(1, 24)]}],
    },
}  # fmt: skip
LONG = (
    "您的基金昨天跌了一些，主要是半导体板块整体回落，和您持有的其他债券基金关系不大。"
    "从过去三年看，这样的单日波动出现过十几次，多数在一两个月里有所恢复，但这不代表以后也会这样。\n"
    "如果这笔钱近期要用，可以先看看赎回要几天到账；如果不急，可以按原来的计划定投。\n"
    "编号：HY0110000000000000000000000000000000000000000000000000000000000000000"
)


def photo(size: tuple[int, int] = (1200, 900)) -> bytes:
    image = Image.new("RGB", size, "#0b5c63")
    ImageDraw.Draw(image).ellipse((200, 150, 800, 700), fill="#e3a02c")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def say(page: Page, text: str) -> None:
    page.locator("#input").fill(text)
    page.keyboard.press("Enter")


def last(page: Page) -> Any:
    return page.get_by_test_id("message").last


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((one) => {
          const box = one.getBoundingClientRect()
          const hidden = one.closest('.sr, .skip, .toast-none, .icon, svg')
          return !hidden && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)
        }).map((one) => one.className || one.tagName)"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(autouse=True)
def _words(live: Live) -> None:
    live.rasa.said.update({
        "我的持仓": [{"text": "这是您的持仓。", "card": HOLDINGS}],
        "赎回": [{"text": "请您核对一下,没有问题就点「确认」。", "card": ORDER, "quick_replies": ["确认", "不办了", "转人工"]}],
        "走势": [{"text": "近一月的走势在这里。", "card": LINE}],
        "为什么跌": [{"text": LONG}],
    })  # fmt: skip


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("large", [False, True])
def test_every_look_fits_the_screen(opened: Opened, look: str, size: str, large: bool) -> None:
    page = opened(f"C000-{size}-{look}-{large}", size, color_scheme=look, reduced_motion="reduce")
    if large:
        page.get_by_test_id("large").click()
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "19.2px"
    name = f"chat-{size}-{look}{'-large' if large else ''}"
    page.get_by_test_id("welcome").wait_for()
    fits(page)
    shoot(page, f"{name}-empty")
    for number, text in enumerate(("为什么跌", "我的持仓", "走势", "赎回")):
        say(page, text)
        expect(page.locator("[data-author=ai]")).to_have_count(number + 1)
        fits(page)
        shoot(page, f"{name}-{number}")
    page.get_by_test_id("more").click()
    fits(page)
    shoot(page, f"{name}-sheet")


def test_small_targets_are_large_enough_for_a_finger(opened: Opened) -> None:
    page = opened("C000-small")
    say(page, "赎回")
    page.get_by_test_id("card").wait_for()
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href]:not(.skip)')]
          .map((one) => [one.textContent || one.title, one.getBoundingClientRect()])
          .filter(([, box]) => box.width > 0 && (box.height < 40 || box.width < 40))
          .map(([words, box]) => `${words} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_everything_that_can_be_used_has_a_name(opened: Opened) -> None:
    page = opened("C000-named")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], textarea, input:not([hidden])')].filter((one) =>
          !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML)"""
    )
    assert nameless == []


def test_a_picture_goes_up_and_is_seen_again_after_a_reload(opened: Opened) -> None:
    page = opened("C000-photo")
    page.get_by_test_id("file").set_input_files({"name": "截图.png", "mimeType": "image/png", "buffer": photo()})
    page.get_by_test_id("photo").wait_for()
    expect(last(page)).to_contain_text("看不了图片")
    expect(page.get_by_test_id("uploads")).to_have_count(0)
    page.reload()
    image = page.locator(".photo img")
    expect(image).to_have_js_property("naturalWidth", 480)
    assert image.get_attribute("alt")
    fits(page)
    shoot(page, "chat-phone-photo")


def test_what_is_no_picture_is_refused_with_a_reason_and_can_be_dropped(opened: Opened) -> None:
    page = opened("C000-refused")
    pick = page.get_by_test_id("file")
    pick.set_input_files({"name": "a.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(page.get_by_test_id("upload")).to_contain_text("暂时只能发送")
    pick.set_input_files({"name": "fake.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"})
    expect(page.get_by_test_id("upload").last).to_contain_text("暂时只能收")
    shoot(page, "chat-phone-upload-refused")
    page.get_by_test_id("upload").first.get_by_role("button", name="删除").click()
    page.get_by_test_id("upload").get_by_role("button", name="删除").click()
    expect(page.get_by_test_id("upload")).to_have_count(0)


def test_a_failed_upload_is_tried_again_and_stored_once(opened: Opened) -> None:
    page = opened("C000-failed")
    page.route(
        "**/api/chat/files**", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.get_by_test_id("file").set_input_files({"name": "截图.png", "mimeType": "image/png", "buffer": photo()})
    row = page.get_by_test_id("upload")
    expect(row).to_have_attribute("data-state", "failed")
    shoot(page, "chat-phone-upload-failed")
    page.unroute("**/api/chat/files**")
    row.get_by_role("button", name="重试").click()
    page.get_by_test_id("photo").wait_for()
    expect(page.get_by_test_id("photo")).to_have_count(1)


def test_an_upload_can_be_cancelled(opened: Opened) -> None:
    page = opened("C000-cancel")
    page.route("**/api/chat/files**", lambda route: None)
    page.get_by_test_id("file").set_input_files({"name": "截图.png", "mimeType": "image/png", "buffer": photo()})
    page.get_by_test_id("upload").get_by_role("button", name="取消").click()
    expect(page.get_by_test_id("upload")).to_have_count(0)
    assert page.get_by_test_id("message").count() == 0


def test_a_long_answer_appears_bit_by_bit_and_a_tap_shows_it_all(opened: Opened) -> None:
    page = opened("C000-long")
    say(page, "为什么跌")
    page.get_by_test_id("revealing").click()
    expect(page.get_by_test_id("revealing")).to_have_count(0)
    assert last(page).locator(".bubble").inner_text() == LONG
    page.reload()
    page.get_by_test_id("message").first.wait_for()
    assert page.get_by_test_id("revealing").count() == 0


def test_with_less_motion_it_is_there_at_once(opened: Opened) -> None:
    page = opened("C000-still", reduced_motion="reduce")
    say(page, "为什么跌")
    expect(page.locator("[data-author=ai]")).to_have_count(1)
    assert page.get_by_test_id("revealing").count() == 0


def test_what_is_written_without_a_network_goes_out_when_it_is_back(opened: Opened) -> None:
    page = opened("C000-offline")
    page.context.set_offline(True)
    say(page, "在吗")
    expect(page.get_by_test_id("unsent")).to_have_count(1)
    shoot(page, "chat-phone-offline")
    page.context.set_offline(False)
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    expect(last(page)).to_contain_text("答：在吗")
    assert page.locator("[data-author=client]").count() == 1


def test_the_elderly_get_large_type_by_themselves(opened: Opened) -> None:
    page = opened("C0009")
    expect(page.locator("html[data-large]")).to_have_count(1)
    say(page, "我的持仓")
    page.get_by_test_id("card").wait_for()
    expect(page.get_by_role("button", name="朗读这条消息").first).to_be_visible()
    fits(page)

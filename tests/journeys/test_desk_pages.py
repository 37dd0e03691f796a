"""The desk's pages about clients: a client as a whole, work that is owed, lists that need two people, rules tried out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PATIENCE_MS, Pages, now, shoot
from tests.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.rasa]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(autouse=True)
def afternoon(stage: Stage) -> None:
    """Tuesday 14:10: A01 to A12 are on shift."""
    now(stage.load("S13"))


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def part(page: Page, name: str) -> None:
    page.get_by_test_id("rules").get_by_text(name, exact=True).click()


def says(page: Page, text: str) -> None:
    page.locator("#input").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.locator("[data-testid=message][data-author=ai]").last).to_be_visible()
    expect(page.get_by_test_id("typing")).to_have_count(0)


def test_a_client_as_a_whole(pages: Pages) -> None:
    chat, desk = pages.chat("U113"), pages.desk("A14")
    says(chat, "我想为刚出生的孩子规划教育金")
    tab(desk, "客户")
    # The list shows the sixty with the most pressing warnings; anybody is found by number.
    find = desk.locator("#find-client")
    find.fill("U113")
    find.press("Enter")
    client = desk.get_by_test_id("client-page")
    expect(client).to_have_attribute("data-client-id", "U113")
    expect(client.get_by_test_id("timeline")).to_contain_text("教育金")
    expect(client.get_by_test_id("profile")).to_contain_text("标签")
    for section in ("流失预测", "待办任务", "预警处置", "主动联系"):
        expect(client.get_by_role("region", name=section)).to_be_visible()
    shoot(desk, "desk-client-1280.png")
    desk.set_viewport_size({"width": 360, "height": 780})
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.get_by_role("button", name="返回客户列表").click()
    expect(find).to_be_visible()


def test_a_list_needs_a_purpose_and_somebody_else(pages: Pages) -> None:
    advisor, boss = pages.desk("A01"), pages.desk("A14")
    tab(advisor, "客户名单")
    query = advisor.get_by_label("查询条件")
    query.fill("没有这个标签")
    query.press("Enter")
    expect(advisor.get_by_role("alert")).to_contain_text("没有标签或条件")
    query.fill("C1 或 C2 或 C3 或 C4 或 C5")
    query.press("Enter")
    expect(advisor.get_by_test_id("found")).to_contain_text(re.compile(r"\d+ 位客户"))
    if advisor.get_by_label("用途").count():
        expect(advisor.get_by_role("button", name="申请名单")).to_be_disabled()
        advisor.get_by_label("用途").fill("通知定投扣款日调整")
        advisor.get_by_role("button", name="申请名单").click()
        expect(advisor.get_by_test_id("my-exports").get_by_test_id("export-state").first).to_contain_text("待批准")
        tab(boss, "客户名单")
        boss.get_by_test_id("approvals").get_by_role("button", name="批准", exact=True).first.click()
        boss.get_by_role("dialog").get_by_role("button", name="批准").click()
        tab(advisor, "工作台")
        advisor.reload()
        tab(advisor, "客户名单")
        advisor.get_by_test_id("my-exports").get_by_role("button", name="领取").first.click()
        with advisor.expect_download() as taken:
            advisor.get_by_role("dialog").get_by_role("button", name="领取").click()
        assert taken.value.suggested_filename.endswith(".csv")
        expect(advisor.get_by_test_id("my-exports").get_by_test_id("export-state").first).to_contain_text("已领取")


def test_thresholds_are_tried_out_before_they_hold(pages: Pages) -> None:
    boss = pages.desk("A14")
    tab(boss, "规则")
    part(boss, "风险指标")
    boss.get_by_test_id("indicators").get_by_role("button", name=re.compile("单一行业集中")).click()
    tuning = boss.get_by_test_id("tuning")
    save = tuning.get_by_role("button", name="保存并生效")
    expect(save).to_be_disabled()
    first = tuning.get_by_role("spinbutton").first
    first.fill("0.95")
    expect(tuning.get_by_role("alert")).to_contain_text("越大")
    first.fill("0.55")
    tuning.get_by_role("button", name="用历史试算").click()
    expect(tuning.get_by_test_id("tried")).to_contain_text("试算")
    expect(save).to_be_enabled()


def test_tags_are_tried_out_and_sources_are_seen(pages: Pages) -> None:
    boss = pages.desk("A14")
    tab(boss, "规则")
    part(boss, "标签规则")
    text = boss.get_by_label("标签规则文件")
    text.fill("version: 1\ntags: 错\n")
    boss.get_by_role("button", name="试算").click()
    expect(boss.get_by_role("alert")).to_contain_text("tags.yml")
    boss.get_by_role("button", name="放弃修改").click()
    boss.get_by_role("button", name="试算").click()
    expect(boss.get_by_test_id("tag-rules")).to_contain_text("人数没有变化")
    part(boss, "数据来源")
    expect(boss.get_by_test_id("sources")).to_contain_text("交易系统")
    expect(boss.get_by_test_id("sources")).to_contain_text("字段字典")

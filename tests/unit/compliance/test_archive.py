"""The archive says everything twice: for a machine and for a person."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from compliance.archive import Section, archive
from compliance.privacy import scrub
from compliance.reports import Report, Table, security, service, suitability
from compliance.trail import Verdict

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_an_archive_reads_back() -> None:
    rows = ({"text": "您好<b>", "at": AT, "amount": Decimal("1.50"), "tags": ["教育"]},)
    sections = [Section("messages", "聊天记录", rows), Section("orders", "交易记录", (), "依法保存")]
    made = archive(sections, of="C0001", at=AT)
    with zipfile.ZipFile(io.BytesIO(made)) as folder:
        assert folder.namelist() == ["data.json", "index.html"]
        data = json.loads(folder.read("data.json"))
        page = folder.read("index.html").decode()
    assert data["client_id"] == "C0001"
    assert data["sections"]["messages"]["rows"][0]["amount"] == "1.50"
    assert "聊天记录" in page
    assert "您好&lt;b&gt;" in page
    assert "依法须保存:依法保存" in page
    assert archive(sections, of="C0001", at=AT) == made


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("王芳您好", "客户您好"),
        ("王女士,您的订单", "客户,您的订单"),
        ("请转告王芳女士", "请转告客户"),
        ("三王爷的故事", "三王爷的故事"),
        ("沪深300涨了", "沪深300涨了"),
    ],
)
def test_a_name_is_taken_out_of_a_text(text: str, left: str) -> None:
    assert scrub(text, "王芳") == left


def test_double_family_names_are_whole() -> None:
    assert scrub("欧阳先生您好", "欧阳明") == "客户您好"
    assert scrub("欧洲的先生", "欧阳明") == "欧洲的先生"


CHECK = {
    "client": "C1", "at": "2026-11-24T02:00:00+00:00", "occasion": "order", "by": "bot", "fund": "HY034", "name": "半导体",
    "amount": "1000", "verdict": "refuse",
    "checks": [{"id": "risk_match", "result": "refuse", "words": "超过等级"}, {"id": "test_valid", "result": "pass", "words": ""}],
}  # fmt: skip


def test_the_suitability_report_counts_what_was_refused() -> None:
    passed = {**CHECK, "client": "C2", "verdict": "pass", "checks": [], "by": "A01", "occasion": "offer"}
    summary, groups, failed, listed = suitability([CHECK, passed])
    assert ("检查次数", 2) in summary.rows
    assert ("结论:不办", "1(50.0%)") in summary.rows
    assert groups.rows == (("推荐", "顾问", 1, 0), ("客户下单", "智能助手", 1, 1))
    assert failed.rows == (("risk_match", "refuse", 1),)
    assert listed.rows[0][-1] == "超过等级"


def test_the_security_report_says_whether_the_trail_is_whole() -> None:
    entry = {"at": AT, "who": "A01", "deed": "read", "client_id": "C1", "refused": False, "what": {}}
    tables = security([entry, {**entry, "refused": True}], Verdict(2, 2, 0, 2, "s"), [], [], {"A01": "林静怡"})
    assert ("校验", "第2条起不完整") in tables[0].rows
    assert tables[1].rows == (("查看", 1, 1),)
    assert tables[2].rows == (("林静怡", 1, 1),)


def test_the_service_report_has_shares() -> None:
    total = {"count": 4, "served": 3, "in_time": 0.66666}
    row = {"key": "税务", "words": "税务", **total}
    bot, people, topics = service({"total": total, "by_topic": [row]}, {"answered": 3, "no_answer": 1})
    assert bot.rows == (("已答复", 3, "75.0%"), ("未能答复", 1, "25.0%"))
    assert ("3分钟内接待占比", 0.667) in people.rows
    assert topics.rows == (("税务", 4, 3, 0.667),)


def test_a_report_is_a_page_and_a_sheet() -> None:
    made = Report(
        "service", date(2026, 11, 1), date(2026, 11, 24), AT, (Table("甲", ("名", "数"), (("=1+1", 2), ("<b>", None))),)
    )
    sheet = made.to_csv()
    assert sheet.startswith("\ufeff服务质量报告 2026-11-01 至 2026-11-24")
    assert "'=1+1,2" in sheet  # no spreadsheet computes it
    assert "<td>&lt;b&gt;</td>" in made.to_html()
    assert made.to_json()["tables"][0]["rows"] == [["=1+1", 2], ["<b>", None]]

"""Reports on demand (requirement G3): suitability, data security, service quality, as a page, as CSV or as JSON. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from compliance.archive import STYLE
from compliance.trail import Verdict
from kit.clock import SHANGHAI

SUITABILITY, SECURITY, SERVICE = "suitability", "security", "service"
TITLES = {SUITABILITY: "适当性报告", SECURITY: "数据安全报告", SERVICE: "服务质量报告"}
DEEDS = {
    "read": "查看", "change": "办理或修改", "export": "导出", "erase": "删除", "freeze": "异常访问冻结", "lift": "解除冻结",
    "request": "提交申请",
}  # fmt: skip
VERDICTS = {"pass": "通过", "warn": "提醒", "confirm": "再确认", "refuse": "不办"}
OCCASIONS = {"order": "客户下单", "offer": "推荐"}
OUTCOMES = {
    "answered": "已答复", "no_answer": "未能答复", "read_along": "由真人接待", "dropped": "对话已重新开始",
    "command": "微信指令或排队应答",
}  # fmt: skip
GROUPS = {"by_topic": "按主题", "by_advisor": "按顾问", "by_reason": "按原因", "by_day": "按日"}
#: Figures of `handoff.measures` in a reader's words; shares 0..1, times in seconds.
FIGURES = {
    "count": "结束的服务", "served": "有人接待", "abandoned": "排队中离开", "left": "改留言、回电或预约",
    "in_time": "3分钟内接待占比",
    "wait_p50": "等待中位秒", "wait_p90": "等待九成秒", "response_p50": "首次答复中位秒", "handling_mean": "平均处理秒",
    "transferred": "转接占比", "rated": "有评分", "content": "满意占比", "score_mean": "平均分", "came_back": "24小时内再来占比",
}  # fmt: skip
#: Longer lists belong into the records themselves.
MOST_LISTED = 200

Cells = Sequence[Any]


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Report:
    """tables in reading order; the first says the most."""

    kind: str
    first: date
    last: date
    made_at: datetime
    tables: tuple[Table, ...]

    @property
    def title(self) -> str:
        return f"{TITLES[self.kind]} {self.first.isoformat()} 至 {self.last.isoformat()}"

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "title": self.title, "from": self.first.isoformat(), "to": self.last.isoformat(),
            "made_at": self.made_at.isoformat(),
            "tables": [{"title": t.title, "columns": list(t.columns), "rows": [list(r) for r in t.rows]} for t in self.tables],
        }  # fmt: skip

    def to_csv(self) -> str:
        """One table after the other, each under its title; begins with a mark by which Excel reads UTF-8."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([self.title])
        for table in self.tables:
            writer.writerow([])
            writer.writerow([table.title])
            writer.writerow(table.columns)
            writer.writerows([[_tame(cell) for cell in row] for row in table.rows])
        return "\ufeff" + out.getvalue()

    def to_html(self) -> str:
        on = self.made_at.astimezone(SHANGHAI)
        parts = "".join(_table(table) for table in self.tables)
        return (
            f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(self.title)}</title>'
            f"<style>{STYLE}</style><h1>{escape(self.title)}</h1>"
            f"<p><small>{on:%Y年}{on.month}月{on.day}日 {on:%H:%M} 生成</small></p>{parts}</html>"
        )


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(_text(c))}</td>" for c in row) + "</tr>" for row in table.rows)
    shown = f"<table><tr>{head}</tr>{body}</table>" if table.rows else "<p>没有。</p>"
    return f"<h2>{escape(table.title)}</h2>{shown}"


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _tame(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" else cell


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def suitability(records: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    """From the records of checks (`docs/suitability.md`)."""
    count = len(records)
    verdicts = Counter(one["verdict"] for one in records)
    unsuitable = [one for one in records if one["verdict"] == "refuse"]
    by_check = Counter(
        (c["id"], c["result"]) for one in records for c in one["checks"] if c["result"] not in ("pass", "skipped")
    )
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in records:
        groups.setdefault((one["occasion"], "智能助手" if one["by"] == "bot" else "顾问"), []).append(one)
    return (
        Table("概要", ("项目", "数"), (
            ("检查次数", count), ("客户数", len({one["client"] for one in records})),
            *((f"结论:{words}", f"{verdicts[code]}({share(verdicts[code], count)})") for code, words in VERDICTS.items()),
        )),
        Table("按场合和经办", ("场合", "经办", "次数", "不办"), tuple(
            (OCCASIONS.get(o, o), by, len(g), sum(one["verdict"] == "refuse" for one in g))
            for (o, by), g in sorted(groups.items())
        )),
        Table("没有通过的检查", ("检查", "结果", "次数"), tuple(
            (check, result, n) for (check, result), n in sorted(by_check.items(), key=lambda p: (-p[1], p[0]))
        )),
        Table("不办的明细", ("时间", "客户", "产品", "金额", "场合", "经办", "原因"), tuple(
            (_when(one["at"]), one["client"], f"{one.get('name') or ''}({one['fund']})", one.get("amount"),
             OCCASIONS.get(one["occasion"], one["occasion"]), one["by"],
             ";".join(c["words"] or c["id"] for c in one["checks"] if c["result"] == "refuse"))
            for one in unsuitable[:MOST_LISTED]
        )),
    )  # fmt: skip


def security(
    entries: Sequence[Mapping[str, Any]], verdict: Verdict, freezes: Sequence[Mapping[str, Any]],
    requests: Sequence[Mapping[str, Any]], names: Mapping[str, str],
) -> tuple[Table, ...]:  # fmt: skip
    """From the audit trail of the period, all freezes and privacy requests of it, and the trail's own check."""
    deeds = Counter((one["deed"], one["refused"]) for one in entries)
    readers = Counter(one["who"] for one in entries if one["deed"] == "read" and not one["refused"])
    seen = {
        who: len({one["client_id"] for one in entries if one["who"] == who and one["client_id"]}) for who in readers
    }
    whole = "完整" if verdict.whole else f"第{verdict.broken_at}条起不完整"
    exports = [one for one in entries if one["deed"] in ("export", "erase")]
    return (
        Table("留痕", ("项目", "数"), (
            ("全部记录", verdict.entries), ("校验", whole), ("末条编号", verdict.head), ("末条封印", verdict.seal),
            ("旧密钥封印的记录", verdict.other_keys), ("本期记录", len(entries)),
            ("本期被拒绝的访问", sum(bool(one["refused"]) for one in entries)),
        )),
        Table("按行为", ("行为", "成功", "被拒绝"), tuple(
            (words, deeds[(code, False)], deeds[(code, True)]) for code, words in DEEDS.items()
            if deeds[(code, False)] or deeds[(code, True)]
        )),
        Table("查看最多的人", ("人", "查看次数", "客户数"), tuple(
            (names.get(who, who), n, seen[who]) for who, n in readers.most_common(20)
        )),
        Table("导出和删除", ("时间", "人", "行为", "客户", "内容"), tuple(
            (_when(one["at"]), names.get(one["who"], one["who"]), DEEDS[one["deed"]], one["client_id"], one["what"].get("call", ""))
            for one in exports[:MOST_LISTED]
        )),
        Table("异常访问", ("时间", "对象", "情况", "解除"), tuple(
            (_when(one["at"]), names.get(one["subject"], one["subject"]), one["words"],
             _when(one["lifted_at"]) if one["lifted_at"] else "未解除") for one in freezes
        )),
        Table("个人信息申请", ("提交", "客户", "事项", "状态", "完成"), tuple(
            (_when(one["asked_at"]), one["client_id"], one["kind_words"], one["state_words"],
             _when(one["done_at"]) if one["done_at"] else "") for one in requests
        )),
    )  # fmt: skip


def service(measured: Mapping[str, Any], turns: Mapping[str, int]) -> tuple[Table, ...]:
    """measured: the figures of `GET /api/desk/measures`. turns: outcome -> how many of the bot's turns."""
    everything = sum(turns.values())
    names = tuple(name for name in FIGURES if name in measured["total"])
    bot = tuple((OUTCOMES.get(name, name), count, share(count, everything)) for name, count in sorted(turns.items()))
    total = tuple((FIGURES[name], _figure(measured["total"][name])) for name in names)
    return (
        Table("智能助手的轮次", ("结果", "轮数", "占比"), bot),
        Table("人工服务", ("指标", "数"), total),
        *(
            Table(title, ("名称", *(FIGURES[name] for name in names)), tuple(
                (row["words"], *(_figure(row[name]) for name in names)) for row in measured[group]
            ))
            for group, title in GROUPS.items() if group in measured
        ),
    )  # fmt: skip


def _figure(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value


def _when(value: Any) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"

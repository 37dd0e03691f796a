"""A client's data as an archive that he can read and a machine, too (requirement H7). Pure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from kit.clock import SHANGHAI

Row = Mapping[str, Any]
STYLE = (
    "body{font:15px/1.6 system-ui,'Noto Sans CJK SC',sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}td,th{border:1px solid #ccc;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top;word-break:break-word}th{background:#f4f4f4}small{color:#666}"
)
#: Each entry of an archive has the same time: the same data give the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


#: Columns in a reader's words; what stands not here is shown by its own name.
LABELS = {
    "id": "编号", "at": "时间", "text": "内容", "author": "谁说的", "author_id": "说话人", "name": "名称",
    "channel": "渠道", "intent": "理解为", "confidence": "把握", "emotion": "情绪", "strength": "强度",
    "card": "卡片", "quick_replies": "快捷回复", "client_id": "客户编号", "conversation_id": "对话编号",
    "seq": "序号", "state": "状态", "kind": "种类", "words": "说明", "source": "来源", "note": "备注",
    "reason": "原因", "reasons": "原因", "topic": "主题", "outcome": "结果", "score": "评分",
    "score_comment": "评价", "amount": "金额", "shares": "份额", "fund": "基金", "value": "市值", "cost": "成本",
    "profit": "盈亏", "placed_at": "提交时间", "t_day": "T日", "confirm_day": "确认日", "arrival": "到账日",
    "fee": "费用", "status": "状态", "status_words": "状态说明", "frequency": "频率", "next_date": "下次日期",
    "tag": "标签", "weight": "权重", "level": "级别", "indicator": "指标", "advice": "建议", "who": "谁",
    "role": "岗位", "deed": "行为", "refused": "被拒绝", "what": "内容", "asked_by": "申请人",
    "asked_at": "申请时间", "decided_by": "核准人", "decided_at": "核准时间", "done_at": "完成时间",
    "result": "结果", "requested_at": "请求时间", "accepted_at": "接待时间", "ended_at": "结束时间",
    "owner_id": "接待人", "advisor_id": "顾问", "reader_id": "查看人", "title": "标题", "risk_level": "风险等级",
    "age": "年龄", "sex": "性别", "phone": "手机号", "region": "地区", "stage": "阶段", "tier": "层级",
    "aum": "资产", "verdict": "结论", "opened_at": "开始时间", "created_at": "建立时间", "key": "键",
    "body": "内容", "answer": "理解结果", "day": "日期",
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """name: for programs. title: for people. kept: why it stays when the client has the rest erased; empty: it goes."""

    name: str
    title: str
    rows: tuple[Row, ...]
    kept: str = ""


def archive(sections: Sequence[Section], *, of: str, at: datetime) -> bytes:
    """A zip of `data.json` (everything, by section) and `index.html` (the same to read)."""
    data = {
        "client_id": of, "made_at": at.isoformat(),
        "sections": {one.name: {"title": one.title, "kept": one.kept, "rows": list(one.rows)} for one in sections},
    }  # fmt: skip
    files = {
        "data.json": json.dumps(data, ensure_ascii=False, indent=1, default=str), "index.html": page(sections, of=of, at=at),
    }  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in files.items():
            folder.writestr(zipfile.ZipInfo(name, EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def page(sections: Sequence[Section], *, of: str, at: datetime) -> str:
    on = at.astimezone(SHANGHAI)
    parts = "".join(_section(one) for one in sections)
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>个人信息副本</title><style>{STYLE}</style>'
        f"<h1>个人信息副本</h1><p>客户编号 {escape(of)},{on:%Y年}{on.month}月{on.day}日 {on:%H:%M} 生成。"
        "data.json 是同样的内容,供电脑读取。手机号、证件号和卡号在保存时就已打码。</p>"
        f"{parts}</html>"
    )


def _section(one: Section) -> str:
    kept = f"<br><small>依法须保存:{escape(one.kept)}</small>" if one.kept else ""
    head = f"<h2>{escape(one.title)} <small>{len(one.rows)}条</small></h2><p>{kept}</p>"
    if not one.rows:
        return f"{head}<p>没有。</p>"
    columns = list(dict.fromkeys(name for row in one.rows for name in row))
    top = "".join(f"<th>{escape(LABELS.get(name, name))}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(row.get(name)))}</td>" for name in columns) + "</tr>" for row in one.rows
    )
    return f"{head}<table><tr>{top}</tr>{body}</table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)

"""What a client may want to ask first, by the stage of life with us (requirement A6). Pure."""

from __future__ import annotations

#: The page shows them as taps; what is tapped is sent as the client's own words.
BY_STAGE: dict[str, tuple[str, ...]] = {
    "新手": ("我现在有多少钱", "定投是什么意思", "赎回要几天到账", "我的风险等级是多少"),
    "成长": ("昨天收益多少", "我的定投有哪些", "最近为什么亏了", "想给孩子规划教育金"),
    "成熟": ("我的持仓怎么样", "最近市场怎么了", "帮我诊断一下持仓", "想规划养老"),
    "退休": ("我现在有多少钱", "赎回要几天到账", "我的理财经理是谁", "最近稳不稳"),
}
ANYBODY = ("我现在有多少钱", "昨天收益多少", "赎回要几天到账", "你能做什么")


def suggestions(stage: str | None) -> list[str]:
    return list(BY_STAGE.get(stage or "", ANYBODY))

"""A text as the words that BM25 counts: jieba's, and all pairs of Chinese characters, idle words dropped."""

from __future__ import annotations

import re

import jieba

#: Words that every question has and no entry is about.
_IDLE = """的 了 吗 呢 啊 吧 是 我 你 您 请问 请 一下 怎么 什么 啥 意思 怎样 如何 可以 能 要 会 有
这 那 这个 那个 就 都 和 与 在 个 为 给 想 问 叫 到底 哪 里 么 多少 不 也 还 被 把 让 说 讲 谁 咋 咋办 解释
是不是 有没有 能不能 为什么 页面 功能 入口 在哪 哪里 哪儿"""
IDLE = frozenset(_IDLE.split())


def words(text: str) -> list[str]:
    """The words of a text and its Chinese character pairs, lower case, idle words dropped."""
    text = text.lower()
    found = [
        word for word in jieba.lcut_for_search(text) if word.strip() and word not in IDLE and re.match(r"\w", word)
    ]
    chinese = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = [run[at : at + 2] for run in chinese for at in range(len(run) - 1)]
    return found + [pair for pair in pairs if not any(char in IDLE for char in pair)]

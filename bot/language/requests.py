# Rows of a table and patterns are longer than a line of code.
# ruff: noqa: E501
"""Two requests in one message: where it may be cut, and which pieces stand as requests of their own. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Pieces that are looked at; a message of more is a story, its first pieces are joined.
MOST_PIECES = 4
#: A piece's confidence from which it counts: after a word that announces a second request, and without one.
#: Lower, stories come apart (one long message in eight at 0.7); higher, plain pairs are lost.
ANNOUNCED, BARE = 0.40, 0.90
#: 「为什么啊」,「怎么办」 ask about what stands before them.
LEAST_CHARACTERS = 5
#: Alone they are no request that could be one of two.
SMALL_TALK = frozenset(
    [
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "correct",
        "repeat",
        "chitchat",
        "abuse",
        "self_harm",
        "out_of_scope",
        "ask_capability",
    ]
)
#: Neighbours that one and the same worry or request brings up; only an announcement makes two of them.
ONE_MATTER = tuple(
    frozenset(pair.split())
    for pair in (
        "ask_loss_reason ask_should_sell", "ask_loss_reason ask_market", "ask_loss_reason ask_nav", "ask_loss_reason ask_return",
        "ask_order_status ask_redeem_arrival", "ask_order_status complain_delay", "ask_redeem_arrival complain_delay",
        "ask_order_status ask_confirm_date", "ask_human complain_other", "complain_other complain_attitude", "ask_holdings ask_assets",
        "complain_missell ask_loss_reason", "complain_missell complain_other", "redeem_fund ask_should_sell", "ask_human ask_callback",
        "account_security complain_privacy", "ask_return complain_return", "ask_return ask_assets", "dca_modify dca_query",
        "complain_attitude ask_human", "ask_fund_info ask_should_sell", "complain_system login_problem", "ask_nav ask_market",
        "how_to_use accessibility", "buy_fund ask_recommendation", "dca_pause dca_stop", "ask_own_advisor ask_human", "complain_fee ask_fee",
        "stop_marketing complain_privacy", "ask_nav ask_return", "complain_system complain_other", "complain_delay complain_other",
    )
)  # fmt: skip

_ANNOUNCE = r"顺便|顺带|另外|还有|对了|再就是|其次|第二|以及|再(?:帮|给|查|问|看|把|来|说)|同时|然后(?=帮|再|给|把|我想|查|看|告诉)|并且|外加|还想|还要(?=问|查|看|办)|也(?=帮我|给我|顺|查|看下|告诉)|捎带|接着|完了再|之后再|弄完"
_ANNOUNCES = re.compile(rf"^(?:[,。、\s]*)(?:那个|哦|啊|嗯|哎)?(?:{_ANNOUNCE})")
_CUT = re.compile(rf"[。!?;\n]+|[,、…~]+|\s+(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff0-9])(?={_ANNOUNCE})")
# 「我不是要卖,就是问问赚了几个点」
_DENIES = re.compile(r"^[,。、\s]*(?:我)?(?:不是|不用|不要|没问|又不|并不)")
_MARKS = " ,。!?;、…~\n"
_ASKS = re.compile(
    r"[?吗呢嘛么]|多少|怎么|咋|如何|几[天点号个时]|啥|什么|哪|帮|给我|替我|我要|我想|想要|想|有人|不上|不了|收不到|打不开|测评|闪退|被|扣我|催|态度|麻烦|请|查|看[看下一]|能不能|可以|能[不否]|是不是|有没有|"
    r"(?:改|停|恢复|取消|撤|买|卖|赎|转|换)(?![的了过])|约|开[个张]|告诉|投诉|要不要|该不该|还能|谁|办|推荐|介绍|解释|讲|算|退|注销|导出|删|到没|没到|了没"
)


@dataclass(frozen=True)
class Piece:
    """A part of the normalised text; `announced` when a word such as 顺便 opens it."""

    text: str
    start: int
    end: int
    announced: bool


@dataclass(frozen=True)
class Request:
    """One of the client's requests: intent, confidence 0..1, and its piece of the original text."""

    intent: str
    confidence: float
    text: str


def pieces(text: str) -> tuple[Piece, ...]:
    """The parts that could each be a request; one part or none means that the message is not to be cut."""
    bounds = [0]
    for cut in _CUT.finditer(text):
        bounds.append(cut.end())
    bounds.append(len(text))
    raw = [(a, b) for a, b in itertools.pairwise(bounds) if text[a:b].strip(_MARKS)]
    joined: list[tuple[int, int]] = []
    for start, end in raw:
        # A piece that asks nothing belongs to the one before it: it gives the reason or the object.
        if joined and not (_ASKS.search(text[start:end]) and len(text[start:end].strip(_MARKS)) >= 3):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    if len(joined) > 1 and not _ASKS.search(text[slice(*joined[0])]):
        joined[:2] = [(joined[0][0], joined[1][1])]
    while len(joined) > MOST_PIECES:
        joined[:2] = [(joined[0][0], joined[1][1])]
    return tuple(Piece(text[a:b], a, b, bool(_ANNOUNCES.match(text[a:b]))) for a, b in joined)


def choose(found: Sequence[tuple[Piece, str, float]]) -> tuple[tuple[Piece, str, float], ...]:
    """Two of the classified pieces when the message holds two requests, else none.

    found  (piece, intent, confidence) in the client's order
    """
    standing = [one for one in found if one[1] not in SMALL_TALK and not _DENIES.match(one[0].text)]
    best: tuple[tuple[Piece, str, float], ...] = ()
    best_score = 0.0
    for i, first in enumerate(standing):
        for second in standing[i + 1 :]:
            if first[1] == second[1]:
                continue
            announced = second[0].announced
            if not announced and len(second[0].text.strip(_MARKS)) < LEAST_CHARACTERS:
                continue
            if not announced and frozenset((first[1], second[1])) in ONE_MATTER:
                continue
            least = min(first[2], second[2])
            if least >= (ANNOUNCED if announced else BARE) and least > best_score:
                best, best_score = (first, second), least
    return best

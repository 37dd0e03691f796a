"""What a text says of a complaint: whether one is made at all, of what, and to which ticket it belongs. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.turn import Turn
from institution.models import Complaint

KINDS = {
    "complain_delay": "到账延迟", "complain_return": "收益异议", "complain_attitude": "服务态度", "complain_missell": "误导销售",
    "complain_system": "系统故障", "complain_fee": "收费争议", "complain_privacy": "信息泄露", "complain_other": "其他",
}  # fmt: skip
OTHER = "complain_other"
#: The matter that a text names, whatever it was understood as; the first that fits.
MATTERS = {
    "complain_privacy": r"泄[露漏]|隐私|骚扰电话|推销电话|(卖|倒卖).{0,4}信息",
    "complain_fee": r"乱?收费|手续费|扣费|费用|多扣|乱扣",
    "complain_return": r"收益|净值|算错|算的|算得|差了|对不上|盈亏",
    "complain_delay": r"到账|(钱|款).{0,6}(没|不|还).{0,3}(到|来)|赎回.{0,8}(慢|没|不到)",
    "complain_attitude": r"态度|骂|凶|不耐烦|挂(了)?(我)?电话|不理人",
    "complain_missell": r"误导|诱导|保本|说好的?(不会|保|稳)|承诺.{0,4}收益",
    "complain_system": r"闪退|卡死|打不开|登不|系统|页面|app|APP|崩溃",
}
DECLARED = re.compile(r"投诉|举报|维权|告你们|[讨要]个?说法|给个?(说法|交代)|12386|曝光")
#: 「不是要投诉」, 「亏了不怪你们」: no complaint, however it was understood.
DENIED = re.compile(
    r"(不|没)(是|想|用|打算|准备)?(要|来|说)?(投诉|举报)(?!.{0,4}(投诉谁|不行))|不怪(?!.{0,4}(怪谁|才|吗))|(风险|后果|亏损|亏了).{0,4}自(负|担|己(承担|负责|认))"
)
#: 「我签承诺书」: no complaint but the wish to be let through.
SIGNS = re.compile(r"承诺书|签(个)?字|不怪|自(负|担)|自己(承担|负责|认)")
#: Our own question whether a complaint shall be registered, with the kind it would be.
ASKED = re.compile(r"想登记投诉[((](.+?)[))]")
#: A grumble about the promise itself, not about another matter.
OF_THE_PROMISE = re.compile(
    r"小时|解决|处理|答复|回复|时限|超时|拖|催|骗|糊弄|敷衍|忽悠|说话不算|没下文|没人管|还要等|等多久|怎么样了"
)
#: What accuses somebody: without one of these words, and in calm, a serious accusation is not put into a client's mouth.
ACCUSES = {
    "complain_missell": re.compile(
        r"骗|误导|忽悠|诱导|保本|保证|承诺(?!书)|稳赚|说好|说的?是|(没|不)(有)?(告诉|提醒|提示|说).{0,6}(风险|会亏)|当初|当时|推荐"
        r"|不适合|让我买|没(有)?(任何)?人.{0,4}(讲|说|告诉|提醒)|(代|替我?|帮我?)(填|签|勾|做)|(都|就|只)说不?会|调查|给(你们|我)解释"
    ),
    "complain_return": re.compile(
        r"不对|错|差|少了?.{0,3}(元|块|钱|百|千)|对不上|少(算|给|记)|不一样|不符|虚|假|骗|坑|问题|不准|异常|没了|蒸发|离谱|跟.{0,8}不"
    ),
    "complain_privacy": re.compile(
        r"泄|隐私|骚扰|推销|陌生|谁给|怎么(会)?(知道|有)我|卖|电话|短信|信息|资料|数据|号码"
    ),
}
HYPOTHETICAL = re.compile(r"行不行|可不可以|可以吗|能不能|如果|要是|万一|假如")
#: Below this certainty a complaint is not put on record unasked; the lower one holds where the client is upset.
SURE, SURE_WHEN_UPSET = 0.65, 0.55
#: How many of our last bubbles count as what was just said.
JUST_SAID = 4


def declared(text: str) -> bool:
    """Whether the client says in so many words that he complains: 「投诉你们」, and not 「我的投诉怎么样了」."""
    asks = re.search(r"投诉.{0,4}(怎么样|进度|结果|到哪|处理得?如何|查)|(我|上次|之前)的投诉", text)
    return bool(DECLARED.search(text)) and not DENIED.search(text) and not asks


def denied(text: str) -> bool:
    return bool(DENIED.search(text))


def unsure(turn: Turn, intent: str) -> bool:
    """Whether the client is asked first if a complaint shall be registered at all."""
    if intent == OTHER or declared(turn.text) or confirms(turn):
        return False
    if turn.confidence < (SURE_WHEN_UPSET if turn.upset else SURE):
        return True
    accuses = ACCUSES.get(intent)
    # 「怎么又少了」 is a worry about the market as often as a reproach: sad is not angry.
    worry = intent == "complain_return" and turn.emotion != "愤怒" and accuses and not accuses.search(turn.text)
    if turn.upset and turn.emotion != "困惑" and not worry:
        return False
    indirect = accuses is not None and not accuses.search(turn.text)
    return indirect or (accuses is not None and bool(HYPOTHETICAL.search(turn.text)))


def by_the_way(turn: Turn) -> bool:
    """Whether the complaint is only the second thing heard in a message that neither declares nor names one."""
    first = turn.intent in KINDS or turn.intent in ("", "affirm", "ask_complaint_progress")
    return not first and not declared(turn.text) and not (turn.emotion == "愤怒" and matter(turn.text))


def impatient(turn: Turn) -> bool:
    """Whether the client presses: upset, or asking for what was promised."""
    return turn.upset or bool(OF_THE_PROMISE.search(turn.text)) or "!" in turn.text


def kind_of(turn: Turn) -> str:
    """The kind of complaint: as understood, but 「我要投诉,收益算错了」 is of the returns, and a yes is of what we asked."""
    intent = turn.intent if turn.intent in KINDS else OTHER
    return matter(turn.text) or asked(turn) or OTHER if intent == OTHER else intent


def asked(turn: Turn) -> str | None:
    """The kind of complaint that we asked about just now; None when we did not."""
    found = next((match[1] for said in _just_said(turn) if (match := ASKED.search(said))), None)
    return next((intent for intent, kind in KINDS.items() if kind == found), None)


def confirms(turn: Turn) -> bool:
    """Whether a plain yes answers our question, the last thing that we said."""
    return turn.intent == "affirm" and ASKED.search(turn.last_answer or "") is not None


def in_words(turn: Turn) -> str:
    """What is put on record: the client's words, with those before when we asked in between."""
    return f"{turn.said[-1]};{turn.text}" if turn.said and asked(turn) and matter(turn.text) is None else turn.text


def offers_to_sign(text: str) -> bool:
    return bool(SIGNS.search(text))


def matter(text: str) -> str | None:
    """The matter that a text names; None when it only grumbles."""
    return next((intent for intent, words in MATTERS.items() if re.search(words, text)), None)


def belongs_to(turn: Turn, tickets: Sequence[Complaint], intent: str) -> Complaint | None:
    """The ticket being worked on that a complaint belongs to: of its kind, or the one just told of; None for a new matter."""
    waiting = [t for t in tickets if t.status != "solved" and t.kind in KINDS.values()]
    told = [ticket for ticket in waiting if just_told(turn, ticket)]
    grumbles = bool(OF_THE_PROMISE.search(turn.text)) and matter(turn.text) is None
    of_it = [ticket for ticket in told if grumbles or ticket.kind == KINDS[OTHER]]
    same = [ticket for ticket in waiting if ticket.kind == KINDS[intent] or intent == OTHER]
    overdue_first = sorted(of_it, key=lambda ticket: (turn.now <= ticket.solve_by, -ticket.opened_at.timestamp()))
    return max(same, key=lambda ticket: ticket.opened_at, default=None) or next(iter(overdue_first), None)


def just_told(turn: Turn, ticket: Complaint) -> bool:
    return any(ticket.id in said for said in _just_said(turn))


def _just_said(turn: Turn) -> tuple[str, ...]:
    return (turn.last_answer or "", *reversed(turn.told[-JUST_SAID:]))

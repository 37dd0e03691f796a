# Rows of a table and patterns are longer than a line of code.
# ruff: noqa: E501
"""Follow-ups: what a short message means after the one before it. Pure.

「那另一只呢」 asks the same of another fund, 「改成五百」 changes what was just spoken of, 「不是这个」 takes it back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language.encoder import Passage
from bot.language.entities import Entity
from bot.language.normalise import normalise

#: Longer messages say themselves what they want; up to SHORT, the shorter the less they do.
MOST_CHARACTERS, SHORT = 44, 20
#: Of what was said before, its end: what was asked stands there, and what the bot offered.
LONGEST_BEFORE, LONGEST_BOT = 24, 32
#: A reading as sure as this is not overruled by a mere 那…呢.
SURE = 0.80


@dataclass(frozen=True)
class Previous:
    """What is known of the turn before: its intent, entities (Entity.to_json), the bot's last action and words."""

    intent: str | None = None
    entities: tuple[dict[str, Any], ...] = ()
    bot_action: str | None = None
    text: str = ""
    bot_text: str = ""

    @classmethod
    def from_json(cls, body: Mapping[str, Any] | None) -> Previous | None:
        if not body or not body.get("intent"):
            return None
        return cls(
            intent=body["intent"],
            entities=tuple(body.get("entities") or ()),
            bot_action=body.get("bot_action"),
            text=body.get("text") or "",
            bot_text=body.get("bot_text") or "",
        )


@dataclass(frozen=True)
class Resolution:
    """intent and confidence; `carried` the entities of the turn before that still hold."""

    intent: str
    confidence: float
    follow_up: bool = False
    carried: tuple[dict[str, Any], ...] = ()


TALK = frozenset(
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
        "ask_identity",
        "ask_capability",
        "out_of_scope",
        "self_harm",
    ]
)
_CORRECT = re.compile(
    r"^(?:不对|错了|搞错|弄错|说错|打错|不是(?:这|那|问|说|要|的)|你(?:搞|弄|理解)错|我(?:说|问|指)的(?:是|不是)|我是说|我的意思|应该是|是另(?:外)?一|不要这|换一只$|不是,|不是吧,我)"
)
_CHANGE = re.compile(
    r"(?:改成|改为|改到|换成|换到|调成|调到|加到|减到|降到|升到|变成|提到|改一下|改下|改成每|还是改|推到|挪到|延到)|^(?:那|就|还是|算了)?,?(?:要|就)?(?:每月|每周|每个月)?\d|少一点|多一点|少点|多点"
)
_SAME = re.compile(
    r"^(?:那|那么|哦|嗯|还有|然后)?,?[^?,。]{1,12}(?:呢|咧|嘞|哩)[?!。]*$|^(?:那|那么)[^?,。]{0,8}(?:呢|也是|一样吗|也一样|同样吗|行吗|可以吗|的话)[?!。]*$|^(?:那)?(?:还有(?:没有)?)?(?:别的|其他的?|另外的?)?(?:呢|的呢|吗|么|没|没有)?[?]*$|"
    r"^(?:换|再来|再推|再给|再说|再看)(?:一|个|几)|^(?:另|其他|别的|剩下|前面|后面|上面|刚才|第[一二三])[^,。]{0,6}$|也是(?:吗|这样吗|一样吗)?[?]*$"
)
# 「赎回的呢」: the 的 says that the noun of the question before is left out.
_OF_THAT = re.compile(r"^(?:那|那么)?,?[^?,。]{1,8}的呢[?!。]*$|^(?:那)?还有(?:没有)?(?:别的|其他的?)[吗么没呢]*[?]*$")
_WHY = re.compile(
    r"^(?:那|这|哎|啊)?(?:是|又)?(?:为什么|为啥|为何|咋回事|怎么回事|凭什么|凭啥|什么原因|啥原因|原因呢|怎么会|怎么会这样|怎么这么(?:多|少|低|高))[呢啊呀吗的]*[?!。]*$"
)
_WHEN = re.compile(
    r"^(?:那|这|大概|一般)?(?:得|要|需要|还要|还得|是)?(?:多久|几天|多长时间|什么时候|啥时候|何时|哪天|几号)(?:能|可以|才|会)?(?:好|到|行|完|生效|有结果|弄好|处理好|下来)?[呢啊呀吗的了]*[?!。]*$"
)
_GO_ON = re.compile(r"^(?:那)?(?:就)?(?:恢复吧|重新开|再开起来|接着扣|继续扣|开回来|恢复一下|又想开了|还是开着)")
_ONLY_ENTITY = re.compile(r"^[那就嗯呃额啊哦,的吧呢是这只个我要想选买卖?!。\s]*$")

#: Answers to what the bot said, whatever came before.
_PLAIN = {
    "affirm": re.compile(
        r"^(?:嗯+|哦+|那)?,?(?:好|行|可以|中|成|确定|确认|对|是|知道了|明白了|没问题|没错|ok|同意|就这样|就这么办|要得)[的吧啊呀滴嘞了哦,行好的]*[!。~]*$"
    ),
    "deny": re.compile(
        r"^(?:那|还是|那还是)?,?(?:算了|先?不了|不用了?|不要了|(?:先)?不(?:买|卖|换|转|弄|办|等)了|别(?:买|卖|换|转|弄)了|再说吧|先这样|再想想)(?:吧|算了)?[!。~]*$"
    ),
    "repeat": re.compile(r"^(?:没|不|没太|听不|看不)(?:听)?(?:懂|明白)[啊呀诶]*[!。?]*$"),
}
_THAT = re.compile(r"^(?:那|然后|还有)|(?:呢|咧|嘞)[?!。]*$")
_MARKS = " ,。!?;、…~\n"

_WHY_OF = {"ask_return": "ask_loss_reason", "ask_nav": "ask_loss_reason", "ask_holdings": "ask_loss_reason", "ask_assets": "ask_loss_reason",
           "buy_fund": "ask_unsuitable"}  # fmt: skip
_WHEN_OF = {"redeem_fund": "ask_redeem_arrival", "buy_fund": "ask_confirm_date", "switch_fund": "ask_confirm_date", "ask_human": "ask_wait",
            "complain_other": "ask_complaint_progress", "ask_callback": "ask_wait", "ask_own_advisor": "ask_wait",
            "ask_order_status": "ask_confirm_date"}  # fmt: skip
#: What 「还是不行」 goes on about, and what 「改到周日」 moves.
_TROUBLES = frozenset(
    {
        "login_problem",
        "complain_system",
        "how_to_use",
        "accessibility",
        "change_phone",
        "change_card",
        "change_identity",
    }
)
_STILL = re.compile(
    r"^(?:还是|也|依然|照样|仍然|都)(?:不行|没用|不可以|不好使|没有?|打不开|登不上|收不到|看不清|找不到|一样)"
)
_DATES = frozenset({"book_expert", "ask_callback"})
_PLANS = frozenset({"dca_query", "dca_create", "dca_modify", "dca_resume"})
_MONEY = frozenset({"buy_fund", "redeem_fund", "switch_fund"})


#: Where nothing is learned (`context_training`): about what data/requests teach.
WEIGHTS: Mapping[str, float] = {
    "alone": 1.24, "alone short": -0.74, "before": 1.59, "before short": 1.59, "before sure": -1.02, "before that": -0.6, "before value": 0.36,
    "both short": 0.73, "rule": 3.6, "talk short": 1.19, "talk": -0.35,
}  # fmt: skip


def resolve(
    text: str,
    own: Mapping[str, float],
    heard: Mapping[str, float],
    entities: Sequence[Entity],
    previous: Previous | None,
    weights: Mapping[str, float],
) -> Resolution:
    """The intent of a message, read on from the turn before where it does not stand alone.

    text    normalised; own its intents' probabilities; heard those of it after what was said before
    """
    best = max(own, key=own.__getitem__)
    if previous is None or not reads_on(text, previous):
        return Resolution(best, own[best])
    rows = features(text, own, heard, entities, previous)
    scores = {
        intent: sum(weights.get(name, 0.0) * value for name, value in row.items()) for intent, row in rows.items()
    }
    highest = max(scores.values())
    chances = {intent: math.exp(score - highest) for intent, score in scores.items()}
    intent = max(chances, key=chances.__getitem__)
    confidence = chances[intent] / sum(chances.values())
    assert previous.intent is not None
    follows = (
        intent != best
        or _only_entities(text, entities)
        or (intent not in TALK and intent == rule(text, best, own[best], entities, previous.intent))
    )
    return Resolution(intent, confidence, follows, _carry(previous, entities) if follows else ())


def reads_on(text: str, previous: Previous | None) -> bool:
    """Whether the turn before is looked at: the message is short, and that turn was about something."""
    return (
        previous is not None
        and previous.intent is not None
        and previous.intent not in TALK
        and len(text) <= MOST_CHARACTERS
    )


def passage(text: str, previous: Previous) -> Passage:
    """This message after what the client and the bot said before it."""
    client = normalise(previous.text).text.strip(_MARKS)[-LONGEST_BEFORE:]
    bot = normalise(previous.bot_text[-2 * LONGEST_BOT :]).text.strip(_MARKS)[-LONGEST_BOT:]
    return Passage(text, (None,), (client, bot) if bot else (client,))


def features(
    text: str, own: Mapping[str, float], heard: Mapping[str, float], entities: Sequence[Entity], previous: Previous
) -> dict[str, dict[str, float]]:
    """For each intent that comes into question, what speaks for it: the inputs of a conditional logit."""
    before = previous.intent or ""
    best = max(own, key=own.__getitem__)
    ruled = rule(text, best, own[best], entities, before)
    short = max(0.0, 1 - len(text) / SHORT)
    value = float(_only_entities(text, entities))
    that = float(bool(_THAT.search(text)))
    sure = float(own[best] >= SURE)
    likely = sorted(own, key=own.__getitem__, reverse=True)[:6] + sorted(heard, key=heard.__getitem__, reverse=True)[:6]
    rows: dict[str, dict[str, float]] = {}
    for intent in dict.fromkeys([*likely, before, *([ruled] if ruled else [])]):
        alone, both = (math.log(p.get(intent, 0.0) + 1e-3) for p in (own, heard))
        row = {"alone": alone, "both": both, "alone short": alone * short, "both short": both * short, "alone that": alone * that,
               "both that": both * that, "alone value": alone * value}  # fmt: skip
        if intent == before:
            row |= {
                "before": 1.0,
                "before short": short,
                "before value": value,
                "before that": that,
                "before sure": sure,
            }
        if intent == ruled:
            row |= {"rule": 1.0, "rule sure": sure}
        if intent in TALK:
            row |= {"talk": 1.0, "talk short": short, "talk value": value, "talk that": that}
        rows[intent] = row
    return rows


def rule(text: str, own: str, confidence: float, entities: Sequence[Entity], before: str) -> str | None:
    """What the message's form alone says of it, or None."""
    kinds = {entity.entity for entity in entities}
    if _CORRECT.search(text):
        return "correct"
    for talk, form in _PLAIN.items():
        if form.search(text):
            return talk
    if before in _PLANS and _CHANGE.search(text) and own not in ("dca_stop", "dca_pause", "change_card"):
        return "dca_modify"
    if (before in _TROUBLES and _STILL.search(text)) or (before in _DATES and _CHANGE.search(text)):
        return before
    if before == "dca_pause" and _GO_ON.search(text):
        return "dca_resume"
    if (
        before in _MONEY
        and _CHANGE.search(text)
        and kinds & {"amount", "shares", "portion", "fund"}
        and "定投" not in text
    ):
        return before
    if _WHY.search(text):
        return _WHY_OF.get(before, before)
    if _WHEN.search(text):
        return _WHEN_OF.get(before, before)
    if _only_entities(text, entities):
        return before
    if _OF_THAT.search(text):
        return before
    if _SAME.search(text) and not (
        confidence >= SURE and own not in TALK and not kinds & {"fund", "period", "date", "risk_level"}
    ):
        return before
    return None


def _only_entities(text: str, entities: Sequence[Entity]) -> bool:
    """True for 「五百」,「沪深300那只」,「下周三吧」: a value and nothing else."""
    if not entities:
        return False
    rest = text
    for entity in entities:
        rest = rest.replace(entity.text.lower(), "")
    return rest != text and bool(_ONLY_ENTITY.match(rest))


def _carry(previous: Previous, entities: Sequence[Entity]) -> tuple[dict[str, Any], ...]:
    """What was said before and not said anew; a new amount replaces shares and portion too."""
    new = {entity.entity for entity in entities}
    money = {"amount", "shares", "portion", "percent"}
    if new & money:
        new |= money
    if new & {"date", "period"}:
        new |= {"date", "period"}
    return tuple(entity for entity in previous.entities if entity.get("entity") not in new)

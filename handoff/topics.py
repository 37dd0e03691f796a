"""What a case is about, from its reasons, and whom a complaint means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from contracts.reasons import TOPICS

#: Reasons whose topic is certain, the weightier first.
TOPIC_OF_REASON = {
    "account_safety": "账户安全",
    "self_harm": "情绪安抚",
    "complaint": "投诉",
    "large_redemption": "投资",
    "compliance_risk": "投诉",
    "emotion_panic": "情绪安抚",
    "emotion_anger": "情绪安抚",
}
#: A wedding is saved for like any other goal; the roster has no skill of that name.
TOPIC_OF_PLAN = {"结婚": "投资"}
#: Words of the client that name a topic, when neither reasons nor the dialogue core did.
WORDS_OF_TOPIC = (
    ("账户安全", r"盗|陌生.*登录|不是我(?:操作|买|卖)|账户.*(?:异常|安全)"),
    ("投诉", r"投诉|举报|欺骗|误导"),
    ("教育金", r"教育金|学费|孩子.*(?:读书|上学|留学)"),
    ("养老", r"养老|退休"),
    ("保险", r"保险|保单|重疾"),
    ("税务", r"税"),
    ("跨境", r"跨境|境外|海外|香港"),
    ("家族信托", r"信托|传承"),
    ("法律", r"律师|离婚|遗产|起诉"),
    ("私募", r"私募"),
    ("买房", r"买房|首付"),
    ("投资", r"组合|基金|持仓|亏|跌|加仓|调仓|定投|收益|配置"),
    ("交易操作", r"赎回|申购|转换|到账|银行卡|密码|怎么操作"),
)
DEFAULT_TOPIC = "交易操作"
#: The roster's words for one's own advisor.
OWN_ADVISOR_WORDS = re.compile(r"我(?:的|那个|们)?(?:专属)?(?:理财经理|理财顾问|客户经理|顾问)")


def topic_of(reasons: Sequence[str], said: str | None = None, texts: Iterable[str] = ()) -> str:
    """The main topic: what the dialogue core said, else what the reasons mean, else the client's own words."""
    if said in TOPICS:
        return str(said)
    for code in reasons:
        for prefix in ("complex_topic_", "complex_planning_"):
            if code.startswith(prefix):
                name = code.removeprefix(prefix)
                return TOPIC_OF_PLAN.get(name, name)
    certain = next((topic for code, topic in TOPIC_OF_REASON.items() if code in reasons), None)
    spoken = topic_of_words(texts)
    if certain == "情绪安抚" and "self_harm" not in reasons and spoken == "投资":
        return "情绪安抚+持仓建议"
    return certain or spoken or DEFAULT_TOPIC


def topic_of_words(texts: Iterable[str]) -> str | None:
    """The topic that the latest of these texts names; texts oldest first."""
    for text in reversed(list(texts)):
        for topic, pattern in WORDS_OF_TOPIC:
            if re.search(pattern, text):
                return topic
    return None


def complained_about(texts: Iterable[str], names: Mapping[str, str], own_advisor: str | None) -> str | None:
    """The advisor a complaint means: named in the texts (`names`: id -> name), or the client's own."""
    joined = "\n".join(texts)
    named = [advisor_id for advisor_id, name in sorted(names.items()) if name and name in joined]
    if named:
        return named[0]
    return own_advisor if own_advisor and OWN_ADVISOR_WORDS.search(joined) else None

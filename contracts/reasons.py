"""The one catalogue of reasons for a handoff: codes that programs use, words that an advisor reads.

The dialogue core (`bot/policies/escalation.yml`), the handoff service (`handoff/policy/priority.yml`) and
the pages all speak of these codes; what one weighs stands in the policy file, not here.
"""

from __future__ import annotations

REASONS: dict[str, str] = {
    "explicit_ask": "客户要求人工服务",
    "own_advisor_asked": "客户找自己的理财经理",
    "repeated_question": "同一问题问了三遍",
    "repeated_failure": "机器人连续没有答好",
    "emotion_panic": "客户恐慌",
    "emotion_anger": "客户愤怒",
    "self_harm": "出现轻生或绝望的话",
    "complaint": "客户投诉",
    "compliance_risk": "涉及合规风险",
    "account_safety": "涉及账户安全",
    "complex_topic_跨境": "跨境配置,需要专家",
    "complex_topic_税务": "税务问题,需要专家",
    "complex_topic_家族信托": "家族财富传承,需要专家",
    "complex_topic_法律": "法律问题,需要专家",
    "complex_topic_私募": "私募与合格投资者,需要专家",
    "complex_planning_教育金": "教育金规划",
    "complex_planning_养老": "养老规划",
    "complex_planning_买房": "买房规划",
    "complex_planning_结婚": "结婚规划",
    "complex_planning_保险": "保险规划",
    "large_redemption": "大额赎回,须人工确认",
    "high_net_worth_channel": "高净值绿色通道",
    "standing_order": "顾问预设的接手条件",
    "elderly": "高龄客户需要协助",
    "language": "需要方言或外语服务",
    "sla_age": "等待时间",
}

#: The topics a case can have; `roster` skills and licences are named by them.
TOPICS = (
    "投资", "教育金", "养老", "买房", "保险", "税务", "跨境", "法律", "家族信托", "私募",
    "投诉", "账户安全", "交易操作", "新手", "情绪安抚", "情绪安抚+持仓建议",
)  # fmt: skip

NEGATIVE = frozenset({"焦虑", "恐慌", "失望", "愤怒"})
EMOTIONS = ("焦虑", "恐慌", "失望", "愤怒", "困惑", "平静", "安心", "满意")


def words(code: str) -> str:
    """The Chinese words of a reason; KeyError for a code that is not in the catalogue."""
    return REASONS[code]

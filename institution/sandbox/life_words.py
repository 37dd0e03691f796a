"""What the invented clients say in their stories, and what others say that sounds alike."""

from __future__ import annotations

#: story or mood -> (text, intent, emotion, strength). A story's sayings are not those that any rule was written from.
SAYINGS: dict[str, tuple[tuple[str, str, str, float], ...]] = {
    "new_child": (
        ("我家宝宝上个月刚出生,想给他存点钱", "plan_education", "满意", 0.5),
        ("刚当了妈妈,以后开销大,帮我看看怎么安排", "plan_education", "平静", 0.4),
        ("二胎来了,之前的配置是不是要改", "ask_allocation", "平静", 0.4),
        ("老婆生了个女儿,我想开始准备教育金", "plan_education", "满意", 0.6),
        ("孩子刚满月,想问教育金定投", "plan_education", "平静", 0.4),
        ("家里添了个小宝贝,手头的钱得稳一点", "plan_education", "平静", 0.4),
        ("女儿才出生,保险要怎么配", "plan_insurance", "平静", 0.4),
        ("我媳妇刚生了,想问下教育金", "plan_education", "满意", 0.5),
    ),
    "retirement": (
        ("我下个月退休,想把钱放稳当些", "plan_retirement", "平静", 0.4),
        ("刚办了退休手续,退休金每月不多", "plan_retirement", "平静", 0.4),
        ("我已经退休了,这些基金风险是不是高了", "ask_product_risk", "困惑", 0.4),
        ("马上退休了,以后每个月想拿一点出来", "plan_retirement", "平静", 0.4),
        ("年底退休,养老的钱怎么安排", "plan_retirement", "平静", 0.4),
        ("老伴今年退休,我们俩想一起规划", "plan_retirement", "平静", 0.4),
    ),
    "panic": (
        ("全卖了全卖了,我受不了了", "redeem_fund", "恐慌", 0.9),
        ("天天跌,再不跑就没了,赶紧清仓", "ask_should_sell", "恐慌", 0.85),
        ("睡不着觉,一半身家都要没了,马上赎回", "redeem_fund", "恐慌", 0.9),
        ("割肉走人,这辈子不碰基金了", "redeem_fund", "恐慌", 0.8),
    ),
    "churn": (
        ("你们的服务越来越差了,问半天没人答", "complain_attitude", "失望", 0.6),
        ("别家的费率比你们低多了", "ask_fee", "失望", 0.5),
        ("怎么销户", "close_account", "失望", 0.5),
        ("收益一直不行,没意思", "complain_return", "失望", 0.6),
    ),
    "theft": (
        ("我没有操作过,怎么收到赎回短信", "account_security", "恐慌", 0.8),
        ("账户是不是被人登录了", "account_security", "焦虑", 0.7),
    ),
    "need": (
        ("要付装修款,取一点出来", "redeem_fund", "平静", 0.3),
        ("赎回几天到账", "ask_arrival", "平静", 0.3),
    ),
    "quiet": (
        ("我的持仓", "ask_holdings", "平静", 0.2),
        ("今天收益多少", "ask_profit", "平静", 0.2),
        ("定投什么时候扣款", "dca_query", "平静", 0.2),
        ("同事刚生了孩子,随个礼", "chitchat", "平静", 0.2),
        ("我离退休还早着呢", "chitchat", "平静", 0.2),
        ("朋友家二胎来了,他问我教育金", "chitchat", "平静", 0.3),
        ("沪深300指数怎么样", "ask_market", "平静", 0.2),
        ("转换要手续费吗", "ask_fee", "困惑", 0.3),
        ("谢谢,明白了", "thanks", "满意", 0.5),
    ),
    "slump": (
        ("又跌了,唉", "ask_market", "失望", 0.4),
        ("这行情什么时候是个头", "ask_market", "焦虑", 0.5),
    ),
}  # fmt: skip
#: How often the understanding of a message is wrong: an intent or a mood of another kind.
MISHEARD = 0.06

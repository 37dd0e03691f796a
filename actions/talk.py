"""Small talk, footing and care: greetings, yes and no without a question, not understood, abuse, self-harm."""

from __future__ import annotations

import re

from actions import complaints, dca, grievance, known
from actions.answers import HUMAN, Answer, answers, say
from actions.orders.desk import void_words, went_stale
from actions.services import House
from actions.turn import Turn
from actions.words import HOTLINE, comfort, simpler, with_comfort
from kit.clock import SHANGHAI

#: What an intent is called when we ask "did you mean …"; also the text that a tap sends.
LABELS = {
    "ask_return": "查收益",
    "ask_holdings": "我的持仓",
    "ask_assets": "总资产",
    "ask_transactions": "交易记录",
    "ask_order_status": "查单子进度",
    "ask_statement": "开资产证明",
    "ask_redeem_arrival": "赎回多久到账",
    "ask_confirm_date": "买入哪天确认",
    "ask_trading_hours": "交易时间",
    "ask_fee": "手续费怎么收",
    "ask_limit": "起购和限额",
    "ask_lockup": "持有期和锁定期",
    "ask_dividend": "分红情况",
    "ask_nav": "查净值",
    "ask_fund_info": "基金怎么样",
    "ask_recommendation": "我能买哪些",
    "ask_term": "解释一个词",
    "ask_robo_logic": "智能投顾怎么配的",
    "buy_fund": "买基金",
    "redeem_fund": "赎回基金",
    "switch_fund": "基金转换",
    "rebalance": "调仓",
    "cancel_order": "撤单",
    "set_dividend_mode": "改分红方式",
    "dca_query": "我的定投",
    "dca_create": "新建定投",
    "dca_modify": "修改定投",
    "dca_pause": "暂停定投",
    "dca_resume": "恢复定投",
    "dca_stop": "终止定投",
    "ask_loss_reason": "为什么亏了",
    "ask_market": "今天市场怎么了",
    "ask_should_sell": "要不要卖",
    "ask_should_add": "要不要加仓",
    "ask_diagnosis": "组合体检",
    "ask_risk_level": "我的风险等级",
    "start_risk_test": "重新测评",
    "ask_risk_test_expiry": "测评有效期",
    "ask_product_risk": "R1到R5是什么",
    "ask_unsuitable": "为什么不让我买",
    "qualified_investor": "合格投资者认证",
    "plan_education": "教育金规划",
    "plan_retirement": "养老规划",
    "plan_house": "买房规划",
    "plan_wedding": "结婚规划",
    "plan_insurance": "保险规划",
    "plan_family_wealth": "财富传承",
    "plan_tax": "税务问题",
    "plan_cross_border": "海外配置",
    "ask_beginner": "新手怎么开始",
    "change_phone": "换手机号",
    "change_card": "换银行卡",
    "change_identity": "更新身份证",
    "login_problem": "登录问题",
    "open_account": "开户",
    "close_account": "销户",
    "account_security": "账户安全",
    "ask_benefits": "会员权益",
    "ask_privacy": "隐私和授权",
    "stop_marketing": "不要推送",
    "accessibility": "大字和语音",
    "how_to_use": "功能在哪里",
    "complain_delay": "投诉到账慢",
    "complain_return": "收益不对",
    "complain_attitude": "投诉服务态度",
    "complain_missell": "投诉误导销售",
    "complain_system": "系统故障",
    "complain_fee": "投诉乱收费",
    "complain_privacy": "投诉信息泄露",
    "complain_other": "我要投诉",
    "ask_complaint_progress": "投诉进度",
    "ask_human": HUMAN,
    "ask_own_advisor": "找我的经理",
    "book_expert": "预约专家",
    "ask_callback": "给我回电话",
    "ask_wait": "还要等多久",
}
STARTERS = ("查收益", "我的持仓", "赎回多久到账", HUMAN)
#: What clients of a stage of life mostly come for (requirement A6).
STAGE_STARTERS = {
    "新手": ("新手怎么开始", "查收益", "我的持仓", HUMAN),
    "成熟": ("查收益", "组合体检", "养老规划", HUMAN),
    "退休": ("查收益", "我的持仓", "赎回多久到账", HUMAN),
}


@answers("greet")
async def greet(turn: Turn, house: House) -> Answer:
    hour = turn.now.astimezone(SHANGHAI).hour
    part = "早上好" if 5 <= hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好"
    name = f"{turn.person.name}," if turn.person.name else ""
    return say(f"{name}{part},我是慧伴,衡远智投的智能助手。查账、买卖、定投、投诉,直接跟我说就行。",
               quick=STAGE_STARTERS.get(turn.person.stage, STARTERS))  # fmt: skip


@answers("goodbye")
async def goodbye(turn: Turn, house: House) -> Answer:
    return say("好的,有事随时找我,再见。", quick=("我的持仓",))


@answers("thank")
async def thank(turn: Turn, house: House) -> Answer:
    return say("不客气,能帮上您就好。", quick=STARTERS[:2])


@answers("affirm")
async def affirm(turn: Turn, house: House) -> Answer:
    """A yes to our question whether a complaint is made, else one with nothing to confirm."""
    if grievance.confirms(turn):
        return await complaints.complain(turn, house)
    if went_stale(turn):
        return say(f"{void_words(turn)}要办的话请再说一次。", quick=("我的持仓", HUMAN)).remembering(order=None)
    return say("好的。现在没有等您确认的事,还想办什么?", quick=STARTERS)


@answers("deny")
async def deny(turn: Turn, house: House) -> Answer:
    return say("好的,那就先这样。需要时随时叫我。", quick=STARTERS[:2]).remembering(order=None)


@answers("correct")
async def correct(turn: Turn, house: House) -> Answer:
    return say("抱歉,我理解错了。请告诉我正确的是哪只基金、哪个数,我重新来。", quick=("我的持仓", HUMAN))


@answers("repeat")
async def repeat(turn: Turn, house: House) -> Answer:
    """The last answer once more, simpler; with none there, an offer."""
    if not turn.last_answer:
        return say("您想让我再讲哪一点?", quick=STARTERS)
    if turn.repeats >= 2:
        return say(
            f"我再说短一点:\n{simpler(turn.last_answer)}\n要是还不清楚,我请同事慢慢讲给您听。",
            quick=(HUMAN, "新手怎么开始"),
        )
    return say(f"我说简单些:\n{simpler(turn.last_answer)}", quick=("还是不懂", HUMAN))


@answers("ask_identity")
async def ask_identity(turn: Turn, house: House) -> Answer:
    return say(
        "我是机器人,叫慧伴,不是真人。账户和规则的事我能查能办;想和真人说,随时点「转人工」。", quick=(HUMAN, "你会什么")
    )


@answers("ask_capability")
async def ask_capability(turn: Turn, house: House) -> Answer:
    text = ("我能做这些:\n· 查:收益、持仓、净值、单子进度、费率、到账时间\n· 办:"
            "买入、赎回、转换、撤单、定投、分红方式(都要您确认两次)\n"
            "· 聊:为什么亏、组合体检、教育金和养老规划\n· 接:投诉登记、"
            "转人工、约专家\n不能做的:预测涨跌、承诺收益、替您做决定。")  # fmt: skip
    return say(text, quick=STARTERS)


TIRED = re.compile(r"好?累|加班|困死|刚下班|忙死|睡不着")


@answers("chitchat")
async def chitchat(turn: Turn, house: House) -> Answer:
    if TIRED.search(turn.text):
        return say("辛苦了,早点歇着。账上的事不急,想看什么说一声就行。", quick=STARTERS[:2])
    if opening := comfort(turn):
        return say(f"{opening}是哪只基金、哪件事让您放心不下?", quick=("为什么亏了", "我的持仓", HUMAN))
    return say("是啊。闲聊我不太在行,账户上的事我在行,有需要就说。", quick=STARTERS[:2])


@answers("abuse")
async def abuse(turn: Turn, house: House) -> Answer:
    """Calm, no lecture, no retort: the matter, and a person."""
    return say(
        "听得出您很生气,抱歉让您有这样的感受。您告诉我是哪件事没办好,我马上查;想直接和真人说,点「转人工」。",
        quick=(HUMAN, "我要投诉"),
    )


@answers("self_care")
async def stay(turn: Turn, house: House) -> Answer:
    """Between the words of self-harm and the person who comes: there, without business, never the same words twice."""
    if ALONE.search(turn.text):
        return say(f"那我先陪着您。请把门打开一点、离危险的东西远一些,现在就拨{HOTLINE}或120,电话里会有人一直陪着;"
                   "也给家里人打一个,远一点也没关系。同事马上就来。", quick=(HUMAN,))  # fmt: skip
    if CALLING.search(turn.text):
        return say("好,您慢慢打,不急。打完回来告诉我一声,我还在这里。", quick=(HUMAN,))
    if turn.intent == "thank":
        return say("不用谢,您愿意说出来就很好。我和同事都在,您随时开口。", quick=(HUMAN,))
    words = next((text for text in STAYING if not any(text[:6] in told for told in turn.told)), STAYING[-1])
    return say(words, quick=(HUMAN,))


#: 「没有人」 after we asked who is there; 「好,我打」 after the hotline was named.
ALONE = re.compile(
    r"^(没(有)?人?|没有谁|就我(一个|自己)|一个人|只有我)[了啊。,!\s]*$|没(有)?人(在|陪|管)|就我(一个|自己)|我?一个人在"
)
CALLING = re.compile(r"(我|这就|现在|马上|去)(去|就)?(打|拨)(了|吧|电话)?[。!\s]*$|打了|在打")
#: Said one after the other while somebody in distress waits for a person.
STAYING = (
    f"我听着呢。这种时候一个人扛着太难了,能不能现在给一位家人或朋友打个电话,让他来陪您?也可以拨{HOTLINE},那边24小时有人接。",
    f"您愿意说,我就在。先别一个人待着:打开灯、倒杯水,拨{HOTLINE}和他们说说,好吗?我也已经请了同事。",
    f"我没有走开。要是现在觉得撑不住,请马上打120或110;或者拨{HOTLINE},有人陪您说话。",
)


@answers("self_harm")
async def self_care(turn: Turn, house: House) -> Answer:
    """Care first; the hotline; a person is called by the escalation policy. No business, no quick exits."""
    if any(HOTLINE in told for told in turn.told):
        return await stay(turn, house)
    name = f"{turn.person.name}," if turn.person.name else ""
    text = (f"{name}谢谢您愿意把这些说出来。您现在的安全比钱重要,亏损的事可以放一放,我们一起想办法。\n"
            f"请现在就打{HOTLINE}(全国统一心理援助热线,24小时);如果您正处在危险里,马上打110或120,或者告诉身边最近的人。\n"
            "我一直在这里,也会请真人同事来陪您。您现在身边有人吗?")  # fmt: skip
    return say(text, quick=(HUMAN,))


@answers("out_of_scope")
async def out_of_scope(turn: Turn, house: House) -> Answer:
    return say(
        "这件事不在我能办的范围里,不敢乱答您。账户和基金的事,我很乐意帮您。",
        quick=STARTERS,
    )


@answers("default_fallback")
async def default_fallback(turn: Turn, house: House) -> Answer:
    """Not understood: a sure entry of the knowledge base if there is one, else the likeliest things and a person."""
    if hits := known.found(turn, house, least=SURE_WITHOUT_INTENT):
        return say(known.told(hits[0].entry), quick=("你会什么", HUMAN))
    likely = guesses(turn)
    said = turn.text if len(turn.text) <= 20 else f"{turn.text[:20]}…"
    again = "这次还是没对上,要不直接请同事来?" if turn.failures >= 1 else "换个说法,或者看看是不是下面这些?"
    return say(f"「{said}」这句我没有听明白,{again}", quick=(*likely, HUMAN))


#: Without an intent the knowledge base must fit better than with one: nine in ten of the questions in scope stand above this,
#: and 2 of 70 of the others (above the floor, 10 of 70).
SURE_WITHOUT_INTENT = 0.5
#: Where two intents stand close by, an entry is told instead of the question only when it is right 97 times in 100.
SURE_BETWEEN_TWO = 0.7
#: 「加2w」 holds too little to be looked up.
LEAST_TO_LOOK_UP = 5


def guesses(turn: Turn, most: int = 3) -> tuple[str, ...]:
    """The likeliest things, as the client would say them."""
    return tuple(LABELS[name] for name in turn.ranking if name in LABELS and name != "ask_human")[:most]


@answers("clarify")
async def clarify(turn: Turn, house: House) -> Answer:
    """Two neighbours: a rule or an entry that answers for certain, else one short question, two buttons."""
    if dca.asks_rule(turn.text):
        return await dca.by_rule(turn, house)
    if len(turn.text) >= LEAST_TO_LOOK_UP and (fact := known.fact(turn, house, turn.text, least=SURE_BETWEEN_TWO)):
        return say(with_comfort(turn, fact), quick=(*guesses(turn, 2), HUMAN))
    likely = guesses(turn, 2)
    if len(likely) < 2:
        return await default_fallback(turn, house)
    return say(f"您是想「{likely[0]}」还是「{likely[1]}」?", quick=(*likely, HUMAN))

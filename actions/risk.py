"""The risk test, levels, and why something may not be bought."""

from __future__ import annotations

from datetime import timedelta

from actions.answers import HUMAN, Answer, about, answers, say
from actions.funds import fitting
from actions.orders.checks import unsuitable
from actions.services import House
from actions.suitability import keep
from actions.turn import Turn
from actions.words import cite, soft, with_comfort
from actions.writing import full_day, money
from institution.models import Client

LEVELS = {
    "C1": "保守型:首先看重本金少受损失,能承受的波动很小",
    "C2": "稳健型:能承受小的波动,换取比存款略高一点的可能",
    "C3": "平衡型:能承受一定的涨跌,希望长期有增长",
    "C4": "成长型:能承受较大的涨跌,追求较高的长期增长",
    "C5": "进取型:能承受很大的涨跌,包括较大的本金损失",
}
PRODUCTS = {
    "R1": "低风险,如货币基金,净值波动很小,但也不保本",
    "R2": "中低风险,如纯债基金,偶尔会有小的下跌",
    "R3": "中风险,如平衡混合、宽基指数、二级债,会有明显的涨跌",
    "R4": "中高风险,如行业股票、QDII,涨跌很大",
    "R5": "高风险,如半导体主题、私募,可能有很大的亏损",
}
#: Before the end of a risk test we remind within this time.
REMIND = timedelta(days=30)


def validity(client: Client, turn: Turn) -> str:
    """Until when the test holds, in the client's own dates."""
    if client.risk_valid_until is None:
        return "您还没有做过风险测评。"
    if client.risk_expired:
        return (
            f"测评已在{full_day(client.risk_valid_until)}过期:买入、转入、新建和加额定投先停,赎回和正在扣的定投照常。"
        )
    left = (client.risk_valid_until - turn.today).days
    soon = "快到期了,可以先重做。" if client.risk_valid_until - turn.today <= REMIND else ""
    return f"测评有效到{full_day(client.risk_valid_until)},还有{left}天。{soon}"


@answers("ask_risk_level")
async def ask_risk_level(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    if not client.risk_level:
        return say("您还没有做过风险测评,做完才有等级。", quick=("做风险测评", HUMAN))
    asked = next((level for level in LEVELS if level in turn.text.upper() and level != client.risk_level), None)
    other = f"{asked}是{LEVELS[asked]}。\n" if asked else ""
    tested = f"({full_day(client.risk_tested_on)}测评)" if client.risk_tested_on else ""
    rules = await house.rules(turn.today, "RULE-SUIT", "RULE-TEST")
    text = (f"{other}您是{client.risk_level}{tested}。{LEVELS[client.risk_level]}。可以买R{client.risk_level[1]}及以下的产品。"
            f"{validity(client, turn)}\n{cite(rules)}")  # fmt: skip
    return say(with_comfort(turn, text), quick=("我能买哪些", "重新测评", "R1到R5是什么"))


@answers("ask_risk_test_expiry")
async def ask_risk_test_expiry(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    rules = await house.rules(turn.today, "RULE-TEST")
    return say(with_comfort(turn, f"{validity(client, turn)}\n{cite(rules)}"), quick=("重新测评", "我的风险等级"))


@answers("start_risk_test")
async def start_risk_test(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    text = (f"{validity(client, turn)}\n重新测评在「我的 > 风险测评」里,"
            f"大约3分钟。请按真实情况答:为了买某只产品改答案,吃亏的是您自己。"
            "测完等级当场生效;测评要您本人做,我不能在聊天里代答。")  # fmt: skip
    return say(with_comfort(turn, text), quick=("我的风险等级", "C1到C5是什么", HUMAN))


@answers("ask_product_risk")
async def ask_product_risk(turn: Turn, house: House) -> Answer:
    funds = await house.funds_by_code()
    fund = funds.get(turn.funds[0]) if turn.funds else None
    client = await house.institution.client(turn.client_id)
    if fund:
        barred = unsuitable(client, fund, turn.today)
        fit = barred.words if barred else f"在您的等级{client.risk_level}以内。"
        return say(
            f"{fund.name}是{fund.risk}:{PRODUCTS[fund.risk]}。{fit}", quick=("我的风险等级", "我能买哪些")
        ).remembering(**about(fund.code))
    asked = [level for level in PRODUCTS if level in turn.text.upper()] or list(PRODUCTS)
    lines = "\n".join(f"· {level}:{PRODUCTS[level]}" for level in asked)
    rules = await house.rules(turn.today, "RULE-SUIT")
    mine = f"您是{client.risk_level},可以买R{client.risk_level[1]}及以下。" if client.risk_level else ""
    return say(f"{lines}\n{mine}\n{cite(rules)}", quick=("我的风险等级", "我能买哪些"))


@answers("ask_unsuitable")
async def ask_unsuitable(turn: Turn, house: House) -> Answer:
    """Why the client was stopped, by the very checks that stop an order; and what is possible instead."""
    client = await house.institution.client(turn.client_id)
    funds = await house.funds_by_code()
    code = turn.funds[0] if turn.funds else turn.last_fund
    fund = funds.get(code or "")
    rules = await house.rules(turn.today, "RULE-SUIT", "RULE-TEST")
    if fund:
        barred = unsuitable(client, fund, turn.today)
        why = (
            barred.words
            if barred
            else f"{fund.name}是{fund.risk},在您的等级{client.risk_level}以内,按适当性可以买。下不了单请告诉我提示的原话。"
        )
    elif client.risk_conflicts:
        why = f"您的风险测评里有前后不一致的回答({'、'.join(client.risk_conflicts)}),重新测评之前买入先停(RULE-TEST)。"
    elif client.risk_expired:
        why = validity(client, turn)
    else:
        why = (
            f"您是{client.risk_level},只能买R{client.risk_level[1]}及以下的产品。"
            f"这是为了不让您承受超过能力的亏损,签承诺书也不能例外。说说是哪只,我帮您查具体原因。"
        )
    instead = [] if soft(turn) else fitting(list(funds.values()), client, turn.today)[-3:]
    await keep(turn, house, [offer for _, offer in instead])
    other = f"\n您可以了解:{'、'.join(f'{item.name}({item.risk})' for item, _ in instead)}。" if instead else ""
    text = with_comfort(turn, f"{why}{other}\n{cite(rules)}")
    return say(text, quick=("我的风险等级", "重新测评", HUMAN)).remembering(**about(fund.code if fund else None))


@answers("qualified_investor")
async def qualified_investor(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    rules = await house.rules(turn.today, "RULE-PRIV")
    text = "\n".join(rule.text for rule in rules)
    mine = (f"您的情况:{'已通过' if client.qualified else '还没有通过'}合格投资者认证,风险等级{client.risk_level or '未测'},"
            f"在我们这里的资产{money(client.aum)}(认证看的是您全部金融资产,要交证明)。")  # fmt: skip
    steps = "认证在「我的 > 合格投资者」里上传资产或收入证明,一般1至2个工作日审核;审核由人工做。"
    return say(f"{text}\n{mine}\n{steps}\n{cite(rules)}", quick=("我的风险等级", HUMAN))

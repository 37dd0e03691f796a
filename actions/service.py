"""The account itself: phone, card, identity, sign-in, closing, safety, privacy, benefits, and where things are in the app."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from actions import known
from actions.answers import HUMAN, Answer, answers, say
from actions.orders.wording import order_line
from actions.services import House
from actions.turn import Turn
from actions.words import UNKNOWN, cite, with_comfort
from actions.writing import day, full_day, money

#: Orders of these days are read out when a client fears that someone else acted.
RECENT = timedelta(days=3)


@answers("change_phone")
async def change_phone(turn: Turn, house: House) -> Answer:
    client, rules = await asyncio.gather(house.institution.client(turn.client_id), house.rules(turn.today, "RULE-CARD"))
    text = (f"您现在预留的手机号是{client.phone}。{rules[0].text if rules else ''}\n"
            "旧号还能收短信的,当场就能换;旧号已经停用的,刷脸后再传身份证照片,由人工审核。请不要把验证码告诉任何人。")  # fmt: skip
    return say(with_comfort(turn, f"{text}\n{cite(rules)}"), quick=("旧号收不到验证码", HUMAN))


@answers("change_card")
async def change_card(turn: Turn, house: House) -> Answer:
    """The rule, the present card's tail, and what is on its way to the old card."""
    client, orders, plans, rules = await asyncio.gather(
        house.institution.client(turn.client_id), house.institution.orders(turn.client_id, 50),
        house.institution.plans(turn.client_id), house.rules(turn.today, "RULE-CARD"),
    )  # fmt: skip
    coming = [o for o in orders if o.kind == "redeem" and o.status in ("placed", "dealing", "held", "confirmed")]
    running = [plan for plan in plans if plan.status == "running"]
    notes = [f"有{len(coming)}笔赎回还在路上,会回到下单时的那张卡,等到账后再换更稳妥。"] if coming else []
    notes += [f"您有{len(running)}个定投在扣款,换卡后请核对一下扣款卡。"] if running else []
    text = f"您现在绑的是尾号{client.card_tail}的卡。{rules[0].text if rules else ''}\n{''.join(notes)}"
    return say(with_comfort(turn, f"{text.strip()}\n{cite(rules)}"), quick=("旧卡丢了怎么办", HUMAN))


@answers("change_identity")
async def change_identity(turn: Turn, house: House) -> Answer:
    """What the house knows of it with its source; and what of the client's would be touched meanwhile."""
    fact = known.fact(turn, house, turn.text) or known.fact(turn, house, "身份证到期更新实名信息")
    running = [plan for plan in await house.institution.plans(turn.client_id) if plan.status == "running"]
    touched = f"您有{len(running)}个定投在扣款,证件快到期的话请先更新,免得影响扣款。" if running else ""
    text = f"{fact}\n{touched}请不要在聊天里发证件照片或号码。".strip()
    return say(with_comfort(turn, text), quick=("改姓名", HUMAN))


@answers("login_problem")
async def login_problem(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    text = (f"一步步来:先看验证码是不是发到了{client.phone};再看短信拦截、信号和欠费;每分钟只能取一次,一天最多10次。"
            "忘记密码点登录页的「忘记密码」,刷脸重设;连续输错5次会锁30分钟,到时自动解锁。\n"
            "如果收到不是您自己要的验证码,请马上告诉我,可能有人在试您的账户。")  # fmt: skip
    return say(with_comfort(turn, text), quick=("还是登不上", "收到奇怪的验证码", HUMAN))


@answers("open_account")
async def open_account(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    since = f"您的账户{full_day(client.since)}就开好了,可以直接用。" if client.since else "您已经有账户了,可以直接用。"
    fact = known.fact(turn, house, "怎么开户")
    return say(f"{since}给家人开户:{fact}要本人操作,不能代办。", quick=("做风险测评", "我能买哪些", HUMAN))


@answers("close_account")
async def close_account(turn: Turn, house: House) -> Answer:
    """What must be cleared first, from the client's own books. We keep nobody: the way out is told."""
    holdings, plans, orders = await asyncio.gather(
        house.institution.holdings(turn.client_id),
        house.institution.plans(turn.client_id),
        house.institution.orders(turn.client_id, 50),
    )
    left = [
        f"持有的{len(holdings.items)}只基金(共{money(holdings.total)})要先赎回并到账" if holdings.items else "",
        f"{sum(p.status != 'stopped' for p in plans)}个定投要先终止" if any(p.status != "stopped" for p in plans) else "",
        f"{sum(o.status in ('placed', 'dealing', 'held') for o in orders)}笔单子还在途" if any(
            o.status in ("placed", "dealing", "held") for o in orders) else "",
    ]  # fmt: skip
    todo = "\n".join(f"· {line}" for line in left if line)
    before = f"销户前您还有:\n{todo}\n" if todo else "您名下没有持仓、定投和在途的单子,可以直接销。\n"
    text = (
        f"{before}办理入口在「我的 > 账户安全 > 注销账户」,刷脸确认。销户后交易记录会按法规要求继续保存,"
        f"您可以先下载对账单。方便的话,说说是哪里没做好?"
    )
    return say(with_comfort(turn, text), quick=("赎回全部", "开对账单", HUMAN))


@answers("account_security")
async def account_security(turn: Turn, house: House) -> Answer:
    """Safety first, in the order of urgency; then what the books show of the last days."""
    orders = await house.institution.orders(turn.client_id, 50)
    recent = [order for order in orders if turn.now - order.placed_at <= RECENT]
    lines = "\n".join(f"· {order_line(order)}" for order in recent[:5])
    shown = (
        f"系统里近3天的单子:\n{lines}\n有不是您操作的,请直接说是哪一笔。"
        if recent
        else "系统里近3天没有您账户的交易单。"
    )
    text = ("账户安全的事按最急的办。请您现在:一,不要把验证码、密码告诉任何人,也不要点对方给的链接、不要共享屏幕;"
            "二,能登录的话马上在「我的 > 账户安全」里改密码、退出其他设备;"
            "三,已经转过钱的,马上打110报警,再打银行客服止付。\n" + shown)  # fmt: skip
    return say(text, quick=("不是我操作的", "已经转钱了", HUMAN))


@answers("ask_benefits")
async def ask_benefits(turn: Turn, house: House) -> Answer:
    client = await house.institution.client(turn.client_id)
    own = "您有专属顾问。" if client.own_advisor else ""
    text = (
        f"您是{client.member_level}会员,资产{money(client.aum)}。"
        f"{own}各等级的权益和正在进行的活动在「我的 > 会员中心」里,以页面公示为准;具体某项权益我没有数据的,不随口答应您。"
    )
    return say(with_comfort(turn, text), quick=("找我的经理", HUMAN))


@answers("ask_privacy")
async def ask_privacy(turn: Turn, house: House) -> Answer:
    """The law's and the house's word with its source, and what is kept of this very client."""
    fact = known.fact(turn, house, turn.text) or known.fact(turn, house, "隐私 收集 授权 撤回 导出")
    bank, client = house.institution, turn.client_id
    orders, records, checks, plans = await asyncio.gather(
        bank.orders(client, 500), bank.service_records(client), bank.suitability_of(client), bank.life_plans(client)
    )
    kept = (f"关于您,现在存着:交易{len(orders)}笔、服务记录{len(records)}条、适当性检查{len(checks)}条、"
            f"规划{len(plans)}份,以及和我的聊天。")  # fmt: skip
    text = f"{fact}\n{kept}用来办业务、做适当性匹配和改进服务,不会卖给别人;撤回用于推荐和营销的授权,不影响买卖。"
    return say(with_comfort(turn, text.strip()), quick=("撤回营销授权", "导出我的数据", HUMAN))


#: How such a request begins in the books, so that it is found again.
STOP = "客户要求停止营销推送和电话"


@answers("stop_marketing")
async def stop_marketing(turn: Turn, house: House) -> Answer:
    """Registered as a request with a number and a deadline, so that it is done and can be asked after."""
    asked = [
        t
        for t in await house.institution.complaints(turn.client_id)
        if t.text.startswith(STOP) and t.status != "solved"
    ]
    if asked:
        text = f"您的要求已经登记过了(单号{asked[-1].id}),{day(asked[-1].solve_by)}前办好,不用再提一次。"
        return say(with_comfort(turn, text), quick=("撤回授权", HUMAN))
    ticket = await house.institution.open_complaint(
        turn.client_id,
        kind="其他",
        text=f"{STOP}:{turn.text}",
        key=f"{turn.message_id}-stop_marketing",
    )
    text = (f"打扰您了,抱歉。停止推送和营销电话的要求已经登记(单号{ticket.id}),{day(ticket.solve_by)}前办好。"
            "交易、到账、风险提示这类必要通知还会发。您也可以在「我的 > 隐私与授权」里当场关掉。")  # fmt: skip
    return say(with_comfort(turn, text), quick=("撤回授权", HUMAN))


@answers("accessibility")
async def accessibility(turn: Turn, house: House) -> Answer:
    """How it is done on the channel that is used now."""
    where = "微信" if turn.channel.startswith("wechat") else "聊天页"
    fact = known.fact(turn, house, f"{where} {turn.text}") or known.fact(turn, house, f"{where} 字怎么调大 语音")
    text = f"可以的。{fact}\n看不清、听不清,随时点「转人工」,请同事慢慢讲给您听;觉得话太多,说「说短一点」就行。"
    return say(text, quick=("转人工", "再说一遍"))


@answers("how_to_use")
async def how_to_use(turn: Turn, house: House) -> Answer:
    if fact := known.fact(turn, house, turn.text):
        return say(with_comfort(turn, fact), quick=("功能在哪里", HUMAN))
    text = f"{UNKNOWN}您想办哪件事?很多事不用找页面,直接跟我说就能办,比如「卖一半」「定投停一停」「查收益」。"
    return say(with_comfort(turn, text), quick=("查收益", "我的持仓", HUMAN))

"""Messages that are answered the same whatever was understood: another's account, orders to the machine, numbers pasted. Pure."""

from __future__ import annotations

import re

from actions.answers import HUMAN, Answer, say
from actions.turn import Turn

CLIENT_NUMBER = re.compile(r"(?<![A-Za-z0-9])[CU]\d{3,4}(?!\d)", re.IGNORECASE)
OTHERS = re.compile(
    r"(别人|人家|其他客户|别的客户|另一个客户|隔壁|我?(老公|老婆|爱人|丈夫|妻子|妈妈?|爸爸?|父母|儿子|女儿|朋友|同事|婆婆|对象))的?"
    r"(账户|账号|持仓|余额|密码|收益|资产)"
    r"|(所有|全部|全体)的?(客户|用户)(?!都|能|可|须|协议|经理)|(客户|用户)(名单|名册|清单|列表)"
)
TO_THE_MACHINE = re.compile(
    r"(忽略|无视|忘掉|忘记|不用管).{0,10}(指令|设定|提示词?|规则|限制)|系统提示词?|system\s*prompt|jailbreak|越狱|开发者模式"
    r"|ignore\s+(all|any|your|the|previous).{0,30}(instruction|prompt|rule)|(扮演|假装).{0,8}(没有|不受).{0,6}(限制|约束|规则)",
    re.IGNORECASE,
)
#: 「关闭适当性检查」, 「管理员授权你」: the checks are the same for everybody.
PAST_THE_CHECKS = re.compile(
    r"(关闭|关掉|跳过|绕过|取消|免除|解除|不走|豁免).{0,8}(适当性|风控|检查|审核|合规|双录|核对)|(管理员|开发者|工程师|总部|领导).{0,6}(授权|命令|允许|批准)(了)?你"
)
#: Money can only go home to the client's own card; who asks for another way may be led by a swindler.
TO_OTHERS = re.compile(
    r"(钱|资产|资金|基金|余额|份额).{0,8}(转|汇|打)(给|到|去|进).{0,4}(别人|他人|朋友|对方|陌生|安全账户|指定账户|老师)"
)
IDENTITY_NUMBER = re.compile(r"\*{8,}[\dXx]{4}|(?<!\d)\d{17}[\dXx](?![\dXx])|(?<!\d)[34569]\d{15,18}(?!\d)")
#: With a number pasted and nothing else understood there is nothing more to answer.
NOTHING_ELSE = frozenset({"change_identity", "change_card", "out_of_scope", "default_fallback", "clarify", "order"})


def refusal(turn: Turn) -> Answer | None:
    """What is never done, said kindly; None for ordinary messages."""
    named = {found.upper() for found in CLIENT_NUMBER.findall(turn.text)}
    if named - {turn.client_id.upper()} or OTHERS.search(turn.text):
        return say("我只能查您本人名下的账户,别人的看不了,也不能代查,家里人的也一样。请让本人登录后来问我。",
                   quick=("我的持仓", HUMAN))  # fmt: skip
    if TO_THE_MACHINE.search(turn.text):
        return say("我是慧伴,只按衡远智投的规则办事;内部的设定不能给您看,也改不了。账户和基金的事,我照常帮您。",
                   quick=("我的持仓", "你会什么", HUMAN))  # fmt: skip
    if PAST_THE_CHECKS.search(turn.text):
        return say("适当性检查谁也关不掉,人工也一样,这是保护您的。按您现在的等级能买什么,我可以马上列给您。",
                   quick=("我能买哪些", "我的风险等级", HUMAN))  # fmt: skip
    if TO_OTHERS.search(turn.text):
        return say("赎回的钱只会回到您本人绑定的卡,转给别人、转到「安全账户」都办不了。\n"
                   "要是有人让您这么做,请先停一停:很可能是诈骗,"
                   "别告诉他验证码,可以拨96110(反诈专线)问一问;已经转了钱的,马上打110。",
                   quick=("有人让我转的", "钱打到哪张卡", HUMAN))  # fmt: skip
    return None


def warning(turn: Turn) -> Answer | None:
    """A word on numbers that do not belong in a chat; None when there is none."""
    if not IDENTITY_NUMBER.search(turn.text):
        return None
    return say(
        "提醒您:证件号、银行卡号、验证码都不用发,也请不要在聊天里发。您已经登录,要查什么直接说就行。",
        quick=("我的持仓", HUMAN),
    )

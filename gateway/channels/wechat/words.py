"""What the channel itself says in WeChat."""

from __future__ import annotations

OPEN = "查看图表与明细:{link}"
REST = "内容较长,完整内容请在应用里查看:{link}"
MORE_ROWS = "(另有 {count} 项)"
CHOICES = "您可以回复:「{choices}」"
LAST = "(微信限制连续发送的条数,您回复任意内容后我可以继续为您发送。)"

WELCOME = (
    "您好,我是慧伴。您可以问我规则、基金和市场的问题。查询持仓、办理业务前,请先在应用里给我发「绑定微信」,"
    "取得绑定码后再发到这里。"
)
WELCOME_BACK = "欢迎回来,我们接着聊。您在应用里说过的内容我都记得,不用重复。"
BIND_FIRST = (
    "这个问题涉及您的账户,需要先绑定。请在应用里给我发「绑定微信」,取得绑定码后发到这里,再回应用确认即可。"
    "绑定前,规则、基金和市场的问题您可以直接问我。"
)
KF_QUEUED = "已为您转接人工客服,请稍候。您可以先把问题写下来,同事接入后会看到全部内容。"
KF_TAKEN = "已为您转接人工客服,同事马上回复您。"
KF_ENDED = "本次人工服务已结束。您可以继续向我提问,刚才的对话我都记得。"
KF_STAFF = "企业微信客服"
GUEST = "微信访客(未绑定账户)"
CODE_TAKEN = "绑定码已收到。请在 10 分钟内回到应用,核对后点「确认绑定」。如果不是您本人在操作,请不要确认。"
CODE_WRONG = "这个绑定码无效或已过期,请在应用里重新获取。"
CODE_TRIES = "您试得有点频繁,请 10 分钟后再试。"
ALREADY_BOUND = "这个微信已经绑定了账户。如需更换,请先回复「解除绑定」。"
BOUND = "绑定成功。以后您在微信和应用里的对话是同一段,不用重复说。如非本人操作,请马上回复「解除绑定」。"
UNBOUND = "已解除绑定,之后这里不再显示您的账户信息。需要时可以在应用里重新绑定。"
NOT_BOUND = "这个微信还没有绑定账户。"

ASK_CODE = frozenset({"绑定微信", "我要绑定微信"})
CODE = (
    "您的微信绑定码是 {code},{minutes} 分钟内有效。请在微信里把它发给我们的公众号或微信客服,然后回到这里确认。"
    "请不要把绑定码告诉别人。"
)
CONFIRM = "{at} 有一个微信发来了您的绑定码。如果刚才是您本人在操作,请点「确认绑定」;如果不是,请点「不是我」。"
YES, NO = "确认绑定", "不是我"
CONFIRMED = "已确认,微信马上绑定好。以后两边的对话是同一段。"
REFUSED = "已拒绝,这个微信不会绑定到您的账户。绑定码已作废。"

VOICE = "抱歉,我现在听不了语音。您可以打字,或用键盘上的麦克风键把话转成文字再发给我。"
IMAGE = "图片已收到并保存。我暂时看不懂图片内容,请用一两句话告诉我您想问什么;转人工后,同事可以看到这张图片。"
IMAGE_LOST = "图片没有收到,请再发一次,或用文字告诉我。"
OTHER = "这类消息我暂时处理不了,请用文字告诉我您想问什么。"
TOO_LONG = "这条消息太长了,请分几条发送。"

#: What stands in the timeline for what is no text.
SHOWN = {
    "voice": "[语音]",
    "image": "[图片]",
    "location": "[位置]",
    "link": "[链接]",
    "video": "[视频]",
    "file": "[文件]",
}
SHOWN_OTHER = "[其他消息]"
UNBIND = frozenset({"解除绑定", "解绑", "取消绑定"})
#: Keys that the institution's menu may carry, and the client's words that they stand for.
MENU = {"human": "转人工", "assets": "我现在有多少钱", "holdings": "我的持仓", "returns": "昨天收益多少"}

STATE = "剩余 {left}/{of},到期 {until}"
STATE_CLOSED = "剩余 0/{of},客户再次发言后恢复;消息会留到那时发送,客户在应用里可以看到"
STATE_FROZEN = "客户已取消关注,微信发不到;消息在应用里可以看到"

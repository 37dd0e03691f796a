"""WeChat as a way in and out of the one conversation: 公众号 and 微信客服. docs/wechat.md tells how it behaves.

callback -> inbox (durable row, then the answer) -> receiver -> turns; timeline -> sender -> platform.
"""

"""What the gateway itself says to clients: only when the dialogue core cannot."""

from __future__ import annotations

#: Past the turn's deadline (requirement: the client is told and offered a person).
LATE = "您的问题需要多花一点时间,我还在处理,有结果会马上告诉您。如果着急,您可以转人工,由同事为您处理。"
#: The core answered without a word, or this message makes it fail.
NO_ANSWER = "抱歉,这个问题我没能处理好。您可以换个说法再问一次,也可以转人工,由同事为您处理。"
HUMAN = "转人工"
#: What stands in the timeline for what is no text; the kept file's name follows.
PICTURE, FILE = "[图片]", "[文件]"
PICTURE_KEPT = "图片收到了,已经保存。我看不了图片里的内容,请用一两句话告诉我您想问什么。"
FILE_KEPT = "文件收到了,已经保存。我看不了文件里的内容,请用一两句话告诉我您想问什么。"
KEPT_OFFER = "您也可以转人工,同事能看到它,不用再发一次。"
KEPT_WAITING = "同事接入后能看到它,不用再发一次。"
#: While the core is away these words still bring a person.
ASKS_FOR_PERSON = frozenset({"转人工", "人工", "人工客服", "转人工客服", "找人工", "真人客服", "转人工服务"})
ENDINGS = " \n。!!.~,,"


def asks_for_person(text: str) -> bool:
    return text.rstrip(ENDINGS).lstrip() in ASKS_FOR_PERSON

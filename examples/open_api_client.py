"""慧伴开放接口示例:发一句话,读回答,验证推送。只用标准库;用法见 docs/open-api.md。"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any


def sign(secret: str, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> str:
    text = "\n".join(("v1", method, target, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def genuine(secret: str, target: str, headers: dict[str, str], body: bytes) -> bool:
    """推送是否真的来自慧伴:时间相差不超过 5 分钟,签名一致。推送可能重复,请按消息 id 去重。"""
    stamp, nonce = headers["X-Huiban-Timestamp"], headers["X-Huiban-Nonce"]
    right = sign(secret, "POST", target, stamp, nonce, body)
    return abs(time.time() - int(stamp)) <= 300 and hmac.compare_digest(right, headers["X-Huiban-Signature"])


class Client:
    def __init__(self, base: str, key: str, secret: str) -> None:
        self.base, self.key, self.secret = base.rstrip("/"), key, secret

    def call(self, method: str, target: str, body: dict[str, Any] | None = None) -> Any:
        content = json.dumps(body).encode() if body is not None else b""
        for tries in range(5):
            stamp, nonce = str(int(time.time())), uuid.uuid4().hex  # 每次重试都重新签名
            headers = {"X-Huiban-Key": self.key, "X-Huiban-Timestamp": stamp, "X-Huiban-Nonce": nonce,
                       "X-Huiban-Signature": sign(self.secret, method, target, stamp, nonce, content),
                       "Content-Type": "application/json"}  # fmt: skip
            request = urllib.request.Request(self.base + target, content or None, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503) or tries == 4:
                    raise
            except urllib.error.URLError:
                if tries == 4:
                    raise
            time.sleep(2**tries)  # 重试时 client_msg_id 不变,同一句话只算一次

    def say(self, client_id: str, text: str) -> Any:
        body = {"client_msg_id": uuid.uuid4().hex, "text": text}
        return self.call("POST", f"/open/v1/clients/{client_id}/messages", body)


if __name__ == "__main__":
    huiban = Client(*(os.environ[f"HUIBAN_OPEN_{name}"] for name in ("BASE", "KEY", "SECRET")))
    print(huiban.say(sys.argv[1], sys.argv[2]))

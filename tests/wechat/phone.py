"""The strict platform as a phone in the browser: a person writes to the 公众号 of a running gateway.

`huiban demo --wechat` runs it; the gateway must have been started with the settings that it prints.
"""

from __future__ import annotations

import os
from typing import Any

import httpx
import uvicorn
from fastapi import Body
from fastapi.responses import HTMLResponse

from kit import settings as product
from kit.clock import SystemClock
from tests.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform, prepared

PORT = int(os.environ.get("HUIBAN_PHONE_PORT", "8701"))
ME = "o-phone-in-the-browser-00001"
NEEDED = {
    "HUIBAN_WECHAT_APP_ID": APP_ID, "HUIBAN_WECHAT_SECRET": SECRET, "HUIBAN_WECHAT_TOKEN": TOKEN,
    "HUIBAN_WECHAT_AES_KEY": AES_KEY, "HUIBAN_WECHAT_API": f"http://127.0.0.1:{PORT}",
}  # fmt: skip

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>微信 · 慧伴公众号</title>
<style>
 body{margin:0;background:#888;font:16px/1.5 system-ui,sans-serif}
 main{display:flex;flex-direction:column;max-width:390px;height:100vh;height:100dvh;margin:auto;background:#ededed}
 header{padding:.7rem;text-align:center;border-bottom:1px solid #ccc}
 ol{flex:1;overflow-y:auto;margin:0;padding:.7rem;list-style:none}
 li{max-width:78%;width:fit-content;margin:.5rem 0;padding:.5rem .7rem;border-radius:6px;background:#fff;
    white-space:pre-wrap;overflow-wrap:anywhere}
 li.me{margin-left:auto;background:#95ec69} li.note{margin:.5rem auto;background:none;color:#666;font-size:13px}
 form{display:flex;gap:.5rem;padding:.6rem;background:#f7f7f7} input{flex:1;min-width:0;padding:.5rem;font:inherit}
 button{font:inherit;padding:.4rem .8rem}
</style><main><header>慧伴公众号(模拟)</header><ol aria-live="polite"></ol>
<form><input aria-label="消息" placeholder="发消息,例如:你好" autocomplete="off"><button>发送</button>
<button type="button" id="follow">关注</button></form></main>
<script>
 const list=document.querySelector("ol"),box=document.querySelector("input");let have=0;
 const show=(text,kind)=>{const li=document.createElement("li");li.className=kind;
   for(const part of text.split(/(https?:\\/\\/\\S+)/)){if(/^https?:/.test(part)){const a=document.createElement("a");
     a.href=part;a.target="_blank";a.textContent="打开链接";li.append(a)}else li.append(part)}
   list.append(li);li.scrollIntoView()};
 const post=async body=>{const r=await fetch("/phone/push",{method:"POST",headers:{"content-type":"application/json"},
   body:JSON.stringify(body)});if(!(await r.json()).taken)show("该公众号暂时无法提供服务,请稍后再试","note")};
 document.querySelector("form").onsubmit=e=>{e.preventDefault();const text=box.value.trim();if(!text)return;
   box.value="";show(text,"me");post({text})};
 document.querySelector("#follow").onclick=()=>{show("您关注了公众号","note");post({follow:true})};
 setInterval(async()=>{const got=(await (await fetch("/phone/got?after="+have)).json()).texts;
   for(const text of got)show(text,"");have+=got.length},700);
</script></html>"""


def phone(gateway: str) -> Platform:
    """A platform whose one person sits before the page."""
    platform = prepared(Platform(SystemClock()))
    platform.gateway = httpx.AsyncClient(base_url=gateway, timeout=5.0, trust_env=False)

    @platform.app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        return PAGE

    @platform.app.post("/phone/push")
    async def push(body: dict[str, Any] = Body()) -> dict[str, bool]:
        if body.get("follow"):
            return {"taken": await platform.push(ME, "event", Event="subscribe", EventKey="") == [200]}
        return {"taken": await platform.say(ME, str(body["text"])) == [200]}

    @platform.app.get("/phone/got")
    async def got(after: int = 0) -> dict[str, list[str]]:
        return {"texts": platform.person(ME).got[after:]}

    return platform


def main() -> None:
    gateway = product.load().gateway
    try:
        told = httpx.get(f"{gateway}/health", timeout=5.0, trust_env=False).json()["wechat"]["official"]
    except (httpx.HTTPError, KeyError, ValueError):
        told = "does not answer"
    print(f"phone    http://127.0.0.1:{PORT}/\ngateway  {gateway} ({told})")
    if told != "on":
        print(
            "start the product with:\n  "
            + " \\\n  ".join(f"{name}={value}" for name, value in NEEDED.items())
            + " make run"
        )
    uvicorn.run(phone(gateway).app, host="127.0.0.1", port=PORT, log_level="warning")


if __name__ == "__main__":
    main()

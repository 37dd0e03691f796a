"""Every setting, its default, and the environment variable (prefix HUIBAN_) that changes it."""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.crypto import KeyRing

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HUIBAN_", env_file=".env", extra="ignore")

    var: Path = ROOT / "var"
    #: Where our own processes listen and call each other: never reachable from outside.
    host: ClassVar[str] = "127.0.0.1"
    #: Where the gateway alone listens; 0.0.0.0 lets other machines reach it.
    gateway_host: str = "127.0.0.1"
    gateway_port: int = 8000
    rasa_port: int = 5005
    actions_port: int = 5055
    sandbox_port: int = 8100
    redis_port: int = 6390
    log_level: str = "INFO"

    database_url: str = Field("", validation_alias="DATABASE_URL")
    redis_url: str = Field("", validation_alias="REDIS_URL")
    institution_url: str = ""
    rasa_url: str = ""
    gateway_url: str = ""
    #: Shared by our own processes only; `huiban run` makes one for each start in var/internal.key.
    internal_key: str = ""
    #: Seal the secrets that are stored (docs/open-api.md): separated by commas, the newest first; else var/sealing.keys.
    sealing_keys: str = ""

    turn_deadline_seconds: float = 8.0
    quiet_seconds_web: float = 0.25
    quiet_seconds_wechat: float = 1.5
    max_message_chars: int = 2000
    #: How often the institution is asked what happened to clients' orders.
    order_news_seconds: float = 5.0

    #: The address under which people reach the gateway: stands in links that leave it. Ours when empty.
    public_url: str = ""
    #: 公众号: off while there is no AppID; plain mode while there is no EncodingAESKey (docs/wechat.md).
    wechat_app_id: str = ""
    wechat_secret: str = ""
    wechat_token: str = ""
    wechat_aes_key: str = ""
    wechat_api: str = "https://api.weixin.qq.com"
    #: 微信客服 of a 企业微信 corporation: off while there is no CorpID.
    wechat_kf_corp_id: str = ""
    wechat_kf_secret: str = ""
    wechat_kf_token: str = ""
    wechat_kf_aes_key: str = ""
    wechat_kf_api: str = "https://qyapi.weixin.qq.com"
    #: Speech recognition for voice messages (docs/wechat.md); without it clients are asked to type.
    asr_url: str = ""
    asr_key: str = ""

    @property
    def public(self) -> str:
        return (self.public_url or self.gateway).rstrip("/")

    @property
    def database(self) -> str:
        """SQLAlchemy address; SQLite in var/ unless DATABASE_URL says otherwise."""
        url = self.database_url or f"sqlite+aiosqlite:///{self.var}/huiban.db"
        return url.replace("postgresql://", "postgresql+asyncpg://", 1)

    @property
    def redis(self) -> str:
        return self.redis_url or f"redis://{self.host}:{self.redis_port}/0"

    @property
    def institution(self) -> str:
        return self.institution_url or f"http://{self.host}:{self.sandbox_port}"

    @property
    def rasa(self) -> str:
        return self.rasa_url or f"http://{self.host}:{self.rasa_port}"

    @property
    def gateway(self) -> str:
        return self.gateway_url or self.gateway_here

    @property
    def gateway_here(self) -> str:
        """The gateway as this machine reaches it; the address of all interfaces is one to listen on, not one to call."""
        host = self.host if self.gateway_host == "0.0.0.0" else self.gateway_host
        return f"http://{host}:{self.gateway_port}"

    @property
    def key(self) -> str:
        """The internal key: from the environment, else from var/internal.key, made when missing."""
        return self.internal_key or _kept(self.var / "internal.key")

    @property
    def ring(self) -> KeyRing:
        """The keys that seal stored secrets: from the environment, else one a line in var/sealing.keys, made when missing."""
        told = self.sealing_keys or _kept(self.var / "sealing.keys")
        return KeyRing.of([key for key in re.split(r"[,\s]+", told) if key])


def _kept(path: Path) -> str:
    """A secret in a file for our eyes only, made when missing."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(fresh_secret())
    return path.read_text().strip()


def fresh_secret() -> str:
    return secrets.token_urlsafe(32)


@lru_cache
def load() -> Settings:
    return Settings()

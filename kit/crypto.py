"""Secrets that must be stored: sealed by the newest key of a ring, opened by the key that sealed them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.errors import Unavailable

#: NIST SP 800-38D: 96 random bits serve 2^32 seals of one key.
NONCE_BYTES = 12
NAME_CHARS = 8


class KeyMissing(Unavailable):
    """封存这份密钥所用的主密钥不在,请恢复后重试。"""

    code = "key_missing"


@dataclass(frozen=True)
class SealingKey:
    """name: says which key sealed something, and nothing of the key itself."""

    name: str
    key: bytes

    @classmethod
    def of(cls, secret: str) -> SealingKey:
        key = hashlib.sha256(b"huiban.sealing\0" + secret.encode()).digest()
        return cls(hashlib.sha256(b"name\0" + key).hexdigest()[:NAME_CHARS], key)


@dataclass(frozen=True)
class KeyRing:
    """The newest key first. To change keys put a new one before the others; once all is sealed anew, the old may go."""

    keys: tuple[SealingKey, ...]

    @classmethod
    def of(cls, secrets: list[str]) -> KeyRing:
        return cls(tuple(SealingKey.of(secret) for secret in secrets))

    def seal(self, text: str, about: str, nonce: bytes) -> str:
        """`name.sealed`; it opens only for the same `about`, so that a seal moved to another row is worth nothing."""
        newest = self.keys[0]
        sealed = nonce + AESGCM(newest.key).encrypt(nonce, text.encode(), about.encode())
        return f"{newest.name}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, about: str) -> str:
        """Raises KeyMissing, also for what was tampered with."""
        name, _, body = sealed.partition(".")
        for key in self.keys:
            if key.name == name:
                try:
                    raw = base64.urlsafe_b64decode(body)
                    return AESGCM(key.key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
                except (InvalidTag, ValueError) as error:
                    raise KeyMissing(name=name) from error
        raise KeyMissing(name=name)

    def is_newest(self, sealed: str) -> bool:
        return sealed.partition(".")[0] == self.keys[0].name

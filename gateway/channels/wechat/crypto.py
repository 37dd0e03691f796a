"""WeChat's envelope: signatures, AES-256-CBC with PKCS#7 to 32 bytes. Pure but for the random bytes that are given.

Source: developers.weixin.qq.com, 消息加解密 (encryption.md). The key's first 16 bytes are the IV; the plain text is
16 random bytes + length (4 bytes, big-endian) + message + the receiver's id (AppID, or CorpID for 企业微信).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kit.errors import Refused

BLOCK = 32
RANDOM_BYTES = 16
LENGTH_BYTES = 4
KEY_CHARS = 43


class EnvelopeRefused(Refused):
    """微信消息未通过校验。"""

    code = "wechat_envelope_refused"


def signature(token: str, *parts: str) -> str:
    """The SHA-1 of token and parts, sorted and joined: `signature` of (timestamp, nonce), `msg_signature` with Encrypt."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode(), usedforsecurity=False).hexdigest()


def check_signature(given: str, token: str, *parts: str) -> None:
    """Raises EnvelopeRefused."""
    if not hmac.compare_digest(signature(token, *parts).encode(), given.encode()):
        raise EnvelopeRefused(cause="signature")


@dataclass(frozen=True)
class Envelope:
    """Opens and closes messages for one receiver. aes_key: the 43 characters of EncodingAESKey."""

    token: str
    aes_key: str
    receiver: str

    def __post_init__(self) -> None:
        if len(self.aes_key) != KEY_CHARS or len(self._key) != 32:
            raise ValueError("EncodingAESKey has 43 characters")

    @property
    def _key(self) -> bytes:
        return base64.b64decode(self.aes_key + "=")

    def open(self, encrypted: str, *, timestamp: str, nonce: str, msg_signature: str) -> bytes:
        """The message inside. Raises EnvelopeRefused."""
        check_signature(msg_signature, self.token, timestamp, nonce, encrypted)
        return self._decrypt(encrypted)

    def _decrypt(self, encrypted: str) -> bytes:
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise EnvelopeRefused(cause="base64") from error
        if not sealed or len(sealed) % 16:
            raise EnvelopeRefused(cause="length")
        reader = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        plain = _unpad(reader.update(sealed) + reader.finalize())
        head = RANDOM_BYTES + LENGTH_BYTES
        if len(plain) < head:
            raise EnvelopeRefused(cause="length")
        end = head + int.from_bytes(plain[RANDOM_BYTES:head], "big")
        if end > len(plain):
            raise EnvelopeRefused(cause="length")
        if not hmac.compare_digest(plain[end:], self.receiver.encode()):
            raise EnvelopeRefused(cause="receiver")
        return plain[head:end]

    def close(self, message: bytes, random: bytes) -> str:
        """The message sealed; `random` is 16 fresh bytes."""
        if len(random) != RANDOM_BYTES:
            raise ValueError("16 random bytes are needed")
        plain = random + len(message).to_bytes(LENGTH_BYTES, "big") + message + self.receiver.encode()
        pad = BLOCK - len(plain) % BLOCK
        writer = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(writer.update(plain + bytes([pad]) * pad) + writer.finalize()).decode()


def _unpad(plain: bytes) -> bytes:
    """Without the padding. Only who has the key can make a wrong one, so its place in time tells nothing."""
    pad = plain[-1]
    if len(plain) % BLOCK or not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise EnvelopeRefused(cause="padding")
    return plain[:-pad]

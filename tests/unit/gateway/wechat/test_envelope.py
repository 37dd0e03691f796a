"""The envelope: the platform's own example, an independent implementation, everything that may be wrong."""

from __future__ import annotations

import base64
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.wechat.crypto import Envelope, EnvelopeRefused, check_signature, signature
from tests.wechat.platform import AES_KEY, APP_ID, TOKEN
from tests.wechat.sealed import seal, sign

ENVELOPE = Envelope(TOKEN, AES_KEY, APP_ID)


def opened(sealed: str, envelope: Envelope = ENVELOPE) -> bytes:
    return envelope.open(sealed, timestamp="1", nonce="2", msg_signature=sign(TOKEN, "1", "2", sealed))


def test_the_platforms_own_example() -> None:
    # developers.weixin.qq.com, encryption.md: token AAAAA.
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"


@pytest.mark.parametrize("given_", ["", "0" * 40, "899CF89E464EFB63F54DDAC96B0A0A235F53AA78", "签名"])
def test_a_wrong_signature_is_refused(given_: str) -> None:
    with pytest.raises(EnvelopeRefused):
        check_signature(given_, "AAAAA", "1714037059", "486452656")


@given(st.binary(max_size=3000))
@settings(max_examples=60, deadline=None)
def test_both_directions_agree_with_another_implementation(message: bytes) -> None:
    assert opened(seal(AES_KEY, message, APP_ID)) == message
    assert opened(ENVELOPE.close(message, os.urandom(16))) == message


@given(st.binary(min_size=1, max_size=200), st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_byte_is_never_read_as_a_message(message: bytes, data: st.DataObject) -> None:
    sealed = bytearray(base64.b64decode(seal(AES_KEY, message, APP_ID)))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    changed = base64.b64encode(bytes(sealed)).decode()
    with pytest.raises(EnvelopeRefused):
        # Not signed anew: whoever changes a byte cannot.
        ENVELOPE.open(
            changed, timestamp="1", nonce="2", msg_signature=sign(TOKEN, "1", "2", seal(AES_KEY, message, APP_ID))
        )


def raw(plain: bytes) -> str:
    key = base64.b64decode(AES_KEY + "=")
    writer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(writer.update(plain) + writer.finalize()).decode()


HEAD = b"r" * 16


@pytest.mark.parametrize(
    "sealed",
    [
        "", "====", "AAAA", base64.b64encode(b"x" * 17).decode(),
        raw(b"\x00" * 32),  # no padding at all
        raw(b"\x21" * 64),  # padding of 33
        raw(b"x" * 31 + b"\x02"),  # padding bytes that differ
        raw(b"x" * 16),  # half a block of 32
        raw(b"\x20" * 32),  # padding only
        raw((HEAD + (4000).to_bytes(4, "big") + b"hi" + APP_ID.encode()).ljust(64, b"\x18")),  # length beyond the end
        seal(AES_KEY, b"hi", "wx-another"), seal(AES_KEY, b"hi", APP_ID + "x"), seal(AES_KEY, b"hi", APP_ID[:-1]),
    ],
)  # fmt: skip
def test_what_is_wrong_inside_is_refused(sealed: str) -> None:
    with pytest.raises(EnvelopeRefused):
        opened(sealed)


def test_signature_and_msg_signature_are_two_things() -> None:
    sealed = seal(AES_KEY, b"hi", APP_ID)
    with pytest.raises(EnvelopeRefused):
        ENVELOPE.open(sealed, timestamp="1", nonce="2", msg_signature=sign(TOKEN, "1", "2"))


def test_a_wrong_key_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="43"):
        Envelope(TOKEN, "short", APP_ID)


def test_wechatpy_reads_ours_and_we_read_its() -> None:
    crypto = pytest.importorskip("wechatpy.crypto")
    oracle = crypto.PrpCrypto(base64.b64decode(AES_KEY + "="))
    assert oracle.decrypt(ENVELOPE.close("你好".encode(), os.urandom(16)), APP_ID) == "你好"
    theirs = oracle.encrypt("<xml>你好</xml>", APP_ID)
    assert opened(theirs.decode() if isinstance(theirs, bytes) else theirs) == "<xml>你好</xml>".encode()

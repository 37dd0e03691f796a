"""What a client may send besides words: told by content, made anew."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gateway.files.reading import (
    LONGEST_SIDE,
    MOST_BYTES,
    SMALL_SIDE,
    FileActive,
    FileBroken,
    FileKindUnknown,
    FileTooLarge,
    read,
)
from kit.errors import AgentError

PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (0, 0, 0, 0)).save(out, kind, **more)
    return out.getvalue()


def opened(content: bytes | None) -> Image.Image:
    assert content is not None
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_becomes_a_jpeg_of_its_pixels(kind: str) -> None:
    made = read(picture(kind) + b"<script>alert(1)</script>")
    assert (made.ending, opened(made.content).format) == ("jpg", "JPEG")
    assert b"script" not in made.content
    red, green, _ = opened(made.content).convert("RGB").getpixel((30, 20))  # type: ignore[misc]
    assert red > 150 > green


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    notes = Image.Exif()
    notes[0x0112], notes[0x010F] = 6, "Camera of Wang Fang"  # turned by a quarter
    made = read(picture("JPEG", exif=notes))
    assert opened(made.content).size == (40, 60)
    assert not opened(made.content).getexif()
    assert b"Wang" not in made.content


@pytest.mark.parametrize(
    ("size", "whole", "small"),
    [
        ((60, 40), (60, 40), (60, 40)),
        ((5120, 2560), (LONGEST_SIDE, 1280), (SMALL_SIDE, 240)),  # halved; 2560 / 480 = 5.33, 1280 / 5.33 = 240
    ],
)
def test_sizes(size: tuple[int, int], whole: tuple[int, int], small: tuple[int, int]) -> None:
    made = read(picture("PNG", size))
    assert (opened(made.content).size, opened(made.small).size) == (whole, small)


def test_what_is_see_through_is_white() -> None:
    assert opened(read(picture("PNG", mode="RGBA")).content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", FileKindUnknown),
        (b"MZ" + b"\0" * 200, FileKindUnknown),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", FileKindUnknown),
        (picture("PNG")[:60], FileBroken),
        (picture("JPEG", (400, 400))[:700], FileBroken),
        (picture("PNG", (8000, 5001), "RGB"), FileTooLarge),  # 40,008,000 pixels
        (b"\0" * (MOST_BYTES + 1), FileTooLarge),
        (PDF.replace(b"%%EOF", b""), FileBroken),
        (PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript >> /Type"), FileActive),
        (PDF.replace(b"/Type", b"/Java#53cript 2 0 R /Type"), FileActive),
        (PDF.replace(b"trailer <<", b"trailer << /Encrypt 5 0 R"), FileActive),
    ],
)
def test_refused(content: bytes, refused: type[AgentError]) -> None:
    with pytest.raises(refused):
        read(content)


def test_a_document_stays_as_it_is() -> None:
    assert (read(PDF).ending, read(PDF).content, read(PDF).small) == ("pdf", PDF, None)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-"]))
def test_nothing_breaks_it(rest: bytes, start: bytes) -> None:
    with suppress(FileBroken, FileKindUnknown, FileTooLarge, FileActive):
        read(start + rest)

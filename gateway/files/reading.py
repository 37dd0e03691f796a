"""What a client may send besides words, told by its content alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from kit.errors import Invalid

#: WeChat takes pictures of 10 MB too: what goes there goes here.
MOST_BYTES = 10_000_000
#: A decoded pixel takes 3 bytes: 120 MB for the largest picture. A phone's camera makes 12 to 50 million by default.
MOST_PIXELS = 40_000_000
#: Enough to read small print of a whole page of A4 in a photograph.
LONGEST_SIDE, SMALL_SIDE = 2560, 480
QUALITY = 88
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
#: What makes a document act when it is opened (ISO 32000-1, 12.6), or hides what is in it (7.6). Names may be
#: written with #xx for a letter; whoever does that for these has something to hide.
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|Encrypt|OpenAction|AA)(?![A-Za-z])")
HIDDEN_NAME = re.compile(rb"/[A-Za-z]*#[0-9A-Fa-f]{2}")


class FileTooLarge(Invalid):
    """文件太大了,最大 10 MB。"""

    code = "file_too_large"


class FileKindUnknown(Invalid):
    """暂时只能收 JPG、PNG、GIF、WebP 图片和 PDF 文件。"""

    code = "file_kind_unknown"


class FileBroken(Invalid):
    """这个文件打不开,可能已损坏,请换一个再发。"""

    code = "file_broken"


class FileActive(Invalid):
    """这个 PDF 带有脚本、附件或密码,为了安全不能接收。请截图后再发。"""

    code = "file_active"


@dataclass(frozen=True)
class Made:
    """What is kept instead of what came. small: the picture in little; None for a document."""

    ending: str
    content: bytes
    small: bytes | None = None


def read(content: bytes) -> Made:
    """The file made anew. Raises FileTooLarge, FileKindUnknown, FileBroken, FileActive."""
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    return document(content) if content.startswith(b"%PDF-") else picture(content)


def picture(content: bytes) -> Made:
    """A JPEG of the picture's pixels and nothing else: no place, no camera, no hidden part of the file."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise FileTooLarge("图片的尺寸太大了,请缩小后再发。")
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = _on_white(ImageOps.exif_transpose(found))
    except Image.DecompressionBombError as error:
        raise FileTooLarge("图片的尺寸太大了,请缩小后再发。") from error
    except UnidentifiedImageError as error:
        raise FileKindUnknown from error
    # A broken file makes a decoder fail in whatever way its break leads to.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError) as error:
        raise FileBroken from error
    return Made("jpg", _jpeg(upright, LONGEST_SIDE), _jpeg(upright, SMALL_SIDE))


def document(content: bytes) -> Made:
    """A PDF as it is, once nothing in it acts: it is handed out to be saved, never opened in our page."""
    if b"%%EOF" not in content[-2048:]:
        raise FileBroken
    if ACTIVE.search(content) or HIDDEN_NAME.search(content):
        raise FileActive
    return Made("pdf", content)


def _on_white(found: Image.Image) -> Image.Image:
    """The first picture in it, without transparency: what is see-through is white, as on paper."""
    if found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info:
        whole = found.convert("RGBA")
        white = Image.new("RGBA", whole.size, "white")
        return Image.alpha_composite(white, whole).convert("RGB")
    return found.convert("RGB")


def _jpeg(image: Image.Image, side: int) -> bytes:
    made = image.copy()
    made.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    made.save(out, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return out.getvalue()

"""Phone, identity and card numbers are masked before a text is stored, shown or logged (requirement H2). Pure."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

#: Digits as people type them: together, or in groups with blanks or dashes; also full width.
_GAP = r"[ \-–\u3000]?"
_DIGIT = r"[0-9\uFF10-\uFF19]"
_EDGE_BEFORE, _EDGE_AFTER = rf"(?<!{_DIGIT})(?<!{_DIGIT}\.)", rf"(?!{_GAP}{_DIGIT})(?!\.{_DIGIT})"

IDENTITY = re.compile(rf"{_EDGE_BEFORE}[1-9１-９](?:{_GAP}{_DIGIT}){{16}}{_GAP}[0-9Xx\uFF10-\uFF19Ｘｘ](?!{_DIGIT})")
CARD = re.compile(rf"{_EDGE_BEFORE}{_DIGIT}(?:{_GAP}{_DIGIT}){{14,18}}{_EDGE_AFTER}")
PHONE = re.compile(rf"{_EDGE_BEFORE}(?:(?:\+|00)?86{_GAP})?[1１][3-9３-９](?:{_GAP}{_DIGIT}){{9}}{_EDGE_AFTER}")


def mask(text: str) -> str:
    """The text with identity numbers (18), card numbers (15-19) and mobile numbers (11 digits) made unreadable.

    Three leading and four trailing characters of a mobile number stay, four trailing ones of the others, so that the
    client recognises which number is meant.
    """
    text = IDENTITY.sub(lambda found: _hide(found.group(), 0), text)
    # A mobile number with 86 before it has 13 to 15 digits, a card number can begin with 86 too: the longer first.
    text = CARD.sub(lambda found: _hide(found.group(), 0), text)
    return PHONE.sub(lambda found: _hide(_without_country(found.group()), 3), text)


def _hide(number: str, lead: int) -> str:
    plain = re.sub(r"[ \-–\u3000+]", "", number)
    return plain[:lead] + "*" * (len(plain) - lead - 4) + plain[-4:]


def _without_country(number: str) -> str:
    return re.sub(r"[ \-–\u3000+]", "", number)[-11:]


#: Free text of a request body: masked as soon as it is read.
Masked = Annotated[str, AfterValidator(mask)]

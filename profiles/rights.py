"""Who reads a profile, from where, and what of it he may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path

ClientId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


@dataclass(frozen=True)
class Right:
    """Who reads, from where, and whether he may see the client's assets."""

    reader_id: str
    role: str
    address: str
    assets: bool

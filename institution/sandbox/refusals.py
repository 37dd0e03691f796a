"""How the sandbox says no: errors of `kit.errors` with a stable code."""

from __future__ import annotations

from institution.rules import Refusal
from kit.errors import Conflict, Invalid, NotFound, Refused


class NotAllowed(Refused):
    """不能办理。"""

    def __init__(self, code: str, message: str, **fields: object) -> None:
        super().__init__(message, **fields)
        self.code = code


class NotAnyMore(Conflict):
    """现在已经不能办理。"""

    def __init__(self, code: str, message: str, **fields: object) -> None:
        super().__init__(message, **fields)
        self.code = code


class FixtureInvalid(Invalid):
    """夹具文件有误。"""


class Unknown(NotFound):
    """没有找到。"""


def allow(refusal: Refusal | None) -> None:
    """Raise NotAllowed when a rule refuses."""
    if refusal is not None:
        raise NotAllowed(refusal.code, refusal.words, rule=refusal.rule)

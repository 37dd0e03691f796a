"""The base of every error that a person or a program outside is told about.

AgentError
 +- Invalid        the request itself is wrong
 +- NotFound       no such thing (or not yours to see)
 +- Conflict       true a moment ago, not any more
 +- Refused        understood, and not allowed
 +- Unavailable    a system we need does not answer
"""

from __future__ import annotations

from enum import Enum


class Category(str, Enum):
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


class AgentError(Exception):
    """出了点问题,请稍后再试。"""

    code = "error"
    category = Category.UNAVAILABLE

    def __init__(self, message: str | None = None, **fields: object) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.fields = fields
        super().__init__(self.message)


class Invalid(AgentError):
    """请求有误。"""

    code = "invalid"
    category = Category.INVALID


class NotFound(AgentError):
    """没有找到。"""

    code = "not_found"
    category = Category.NOT_FOUND


class Conflict(AgentError):
    """状态已经变化,请刷新后再试。"""

    code = "conflict"
    category = Category.CONFLICT


class Refused(AgentError):
    """没有权限。"""

    code = "refused"
    category = Category.REFUSED


class Unavailable(AgentError):
    """系统暂时没有响应,请稍后再试。"""

    code = "unavailable"
    category = Category.UNAVAILABLE

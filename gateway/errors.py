"""Every error as RFC 9457 `application/problem+json`, the status from one table, the words for people in Chinese."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from kit import log
from kit.errors import AgentError, Category, Refused

STATUS: dict[Category, int] = {
    Category.INVALID: 422,
    Category.NOT_FOUND: 404,
    Category.CONFLICT: 409,
    Category.REFUSED: 403,
    Category.UNAVAILABLE: 503,
}
#: Codes that HTTP has a status of its own for.
STATUS_OF_CODE = {
    "sign_in_needed": 401, "sign_in_refused": 401, "signature_refused": 401, "timestamp_refused": 401,
    "too_many_requests": 429, "wording_refused": 422,
}  # fmt: skip
TITLES = {
    400: "请求有误", 401: "请先登录", 403: "没有权限", 404: "没有找到", 405: "不支持这种请求", 409: "状态已变化",
    413: "内容过长", 422: "请求有误", 429: "请求过于频繁", 500: "系统出错", 503: "暂时无法服务",
}  # fmt: skip
#: What pydantic finds wrong, in words.
FOUND = {
    "missing": "缺少这一项", "json_invalid": "不是正确的 JSON", "string_type": "须为文字", "int_type": "须为整数",
    "int_parsing": "须为整数", "float_parsing": "须为数字", "float_type": "须为数字", "string_too_long": "太长",
    "string_too_short": "太短", "string_pattern_mismatch": "格式不对", "less_than_equal": "太大",
    "greater_than_equal": "太小", "less_than": "太大", "greater_than": "太小", "literal_error": "不在可选范围内",
    "enum": "不在可选范围内", "list_type": "须为列表", "dict_type": "须为对象", "model_attributes_type": "须为对象",
    "bool_parsing": "须为真或假",
}  # fmt: skip
MEDIA = "application/problem+json"


class SignInNeeded(Refused):
    """请先登录。"""

    code = "sign_in_needed"


class ForeignOrigin(Refused):
    """这个请求来自其他网站,已拒绝。"""

    code = "foreign_origin"


def problem(status: int, code: str, detail: str, **fields: Any) -> dict[str, Any]:
    """The document of an error."""
    return {
        **fields, "type": f"urn:huiban:{code}", "title": TITLES.get(status, "出错了"), "status": status, "code": code,
        "detail": detail,
    }  # fmt: skip


def status_of(error: AgentError) -> int:
    return STATUS_OF_CODE.get(error.code, STATUS[error.category])


def answer(status: int, code: str, detail: str, **fields: Any) -> JSONResponse:
    headers = {"Retry-After": str(fields["retry_after_seconds"])} if "retry_after_seconds" in fields else None
    return JSONResponse(problem(status, code, detail, **fields), status, headers, media_type=MEDIA)


def of_agent_error(error: AgentError) -> JSONResponse:
    return answer(status_of(error), error.code, error.message, **error.fields)


def of_validation(error: RequestValidationError) -> JSONResponse:
    found = [{"field": ".".join(map(str, one["loc"][1:])), "words": _words(one)} for one in error.errors()]
    detail = ";".join(f"{one['field']}:{one['words']}" if one["field"] else one["words"] for one in found)
    not_text = any(one["type"] == "string_type" and one["loc"][-1:] == ("text",) for one in error.errors())
    return answer(422, "message_not_text" if not_text else "invalid", detail or "请求有误。", errors=found)


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""
    logger = log.get(__name__)

    async def agent_error(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, AgentError)
        return of_agent_error(error)

    async def validation(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return of_validation(error)

    async def http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        found = answer(error.status_code, code, TITLES.get(error.status_code, "出错了") + "。")
        found.headers.update(error.headers or {})
        return found

    async def not_writable(_request: Request, _error: Exception) -> JSONResponse:
        # A lone surrogate or a control character, let through by JSON, that no database and no address can hold.
        return answer(422, "invalid", "内容里有无法识别的字符。")

    async def unknown(request: Request, error: Exception) -> JSONResponse:
        # Never the path itself: it can be a ticket.
        route = getattr(request.scope.get("route"), "path", "other")
        logger.error("A request broke", action="request_broke", method=request.method, route=route, exc_info=error)
        return answer(500, "error", AgentError().message)

    app.add_exception_handler(AgentError, agent_error)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(UnicodeEncodeError, not_writable)
    app.add_exception_handler(httpx.InvalidURL, not_writable)
    app.add_exception_handler(Exception, unknown)


def _words(found: dict[str, Any]) -> str:
    return FOUND.get(found["type"], "不符合要求")

"""The built pages: hashed files for ever, everything else asked again."""

from __future__ import annotations

from html import escape
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from kit.errors import NotFound

PAGES = {"chat": "客户页面", "desk": "工作台"}
NO_CACHE = {"Cache-Control": "no-cache"}
#: The look of the pages that are no build's: a file, since no page may carry styles in itself.
PLAIN = "/plain.css"
STYLED = f'<link rel="stylesheet" href="{PLAIN}">'
PLAIN_CSS = """\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
body.few { font-size: 18px; line-height: 1.6; max-width: 32rem; margin: 20vh auto; }
.few h1 { font-size: 1.4rem; }
td { padding: 6px; }
@media (prefers-color-scheme: dark) { body { background: #0f1719; color: #e6eef0; } a { color: #7fcdd0; } }
"""
#: Vite puts the content's hash into these files' names.
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def router(folder: Path) -> APIRouter:
    """`/chat/…` and `/desk/…` from `folder`/chat and `folder`/desk."""
    found = APIRouter(include_in_schema=False)

    @found.get("/")
    async def root() -> Response:
        return RedirectResponse("/chat/")

    @found.get(PLAIN)
    async def plain() -> Response:
        return Response(PLAIN_CSS, media_type="text/css", headers=NO_CACHE)

    @found.get("/favicon.ico")
    async def icon() -> Response:
        return Response(status_code=204)

    @found.get("/{page}")
    async def without_slash(page: str) -> Response:
        if page not in PAGES:
            raise NotFound
        return RedirectResponse(f"/{page}/")

    @found.get("/{page}/{path:path}")
    async def serve(page: str, path: str) -> Response:
        if page not in PAGES:
            raise NotFound
        if "\0" in path:
            raise NotFound
        home = (folder / page).resolve()
        file = (home / path).resolve()
        if path and file.is_relative_to(home) and file.is_file():
            return FileResponse(file, headers=FOR_EVER if path.startswith("assets/") else NO_CACHE)
        if "." in path.rpartition("/")[2]:
            raise NotFound
        index = home / "index.html"
        if not index.is_file():
            return message(503, f"{PAGES[page]}还没有构建", "请在项目目录运行 make setup,然后刷新本页。")
        return FileResponse(index, headers=NO_CACHE)

    return found


def message(status: int, title: str, text: str) -> HTMLResponse:
    """A page of two sentences, for a browser that cannot be shown anything better."""
    return HTMLResponse(
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f'{STYLED}<body class="few"><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>',
        status,
        NO_CACHE,
    )

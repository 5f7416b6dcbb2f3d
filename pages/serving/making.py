"""Downloads: each request carries all that is needed, so that any server process can answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, sleep, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lessons import i18n
from lessons.example import Example
from lessons.exports import BANKS, EXPORTS, LESSON, bank_order, exported, of_posted, taken
from lessons.i18n import LANGUAGES, mark
from lessons.practice.progress import Progress
from lessons.problem import Problem
from lessons.sheets import Kind, Settings
from lessons.sheets.making import Making, Order, preview, whole

OF_SETTINGS = (*map(str, Kind), "latex", "preview", *BANKS)
# bytes of a request
MAX_BODY = {
    "progress": 4_000_000,
    "exam": 128_000,
    **dict.fromkeys(EXPORTS, 64_000),
    **dict.fromkeys(OF_SETTINGS, 8_000),
    **dict.fromkeys(LESSON, 64_000),
}
TYPES = {
    "progress": "application/json",
    "exam": "application/octet-stream",  # a page that is saved, never shown as one of ours
    "latex": "application/zip",
    **dict.fromkeys(map(str, Kind), "application/pdf"),
    "preview": "image/png",
} | {kind: export.media for kind, export in (EXPORTS | BANKS | LESSON).items()}
KEPT = "private, max-age=3600"  # a picture that the browser need not ask for again
_one = CapacityLimiter(1)  # what takes the interpreter for long takes turns


async def _asked(request: Request, kind: str) -> str:
    """The text that came with the request; Problem where it is too long or no text."""
    if request.method == "GET":
        return request.query_params.get("settings", "")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY[kind]:
            raise Problem(kind, mark("That is too much: at most {n} kB."), n=MAX_BODY[kind] // 1000)
    return body.decode("utf-8", "replace")


def _read(kind: str, text: str) -> bytes | Order:
    """What is asked for, or how it is made in a process of its own. Raises Problem."""
    if kind in EXPORTS:
        return exported(kind, Example.from_json(text))
    if kind in LESSON:
        return taken(kind, text)
    if kind == "exam":
        return of_posted(text).encode()
    if kind == "progress":
        return Progress.from_json(text).to_json().encode()
    settings = Settings.from_json(text)
    if kind in BANKS:
        return bank_order(kind, settings)
    return preview(settings) if kind == "preview" else whole(kind, settings)


async def _made(request: Request, order: Order) -> bytes:
    """Wait until it is made; a visitor who goes away leaves the line."""
    with Making(order) as one:
        while one.moves():
            if await request.is_disconnected():
                raise ClientDisconnect
            await sleep(0.05)
        assert one.made is not None
        return one.made


def _door(kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return PlainTextResponse("A page from elsewhere may not ask for this.", 403)
        language = request.query_params.get("lang", "en")
        with i18n.using(language if language in LANGUAGES else "en"):
            try:
                text = await _asked(request, kind)
                made = await to_thread.run_sync(_read, kind, text, limiter=_one)
                if isinstance(made, Order):
                    made = await _made(request, made)
            except Problem as problem:
                return PlainTextResponse(problem.text(), 503 if problem.where == "queue" else 422)
            except ClientDisconnect:
                return Response(status_code=499)
        kept = KEPT if request.method == "GET" else "no-store"
        return Response(made, media_type=TYPES[kind], headers={"Cache-Control": kept})

    return answer


# The app may stand below any path, by ``server.baseUrlPath`` or by a proxy.
ROUTES = [
    Route(f"/{{base:path}}make/{kind}", _door(kind), methods=["GET"] if kind == "preview" else ["POST"]) for kind in MAX_BODY
]

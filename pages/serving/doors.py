"""Who may come in and what may be asked for: host names, origins, closed addresses, and the headers of every answer. Whoever
asks for a page that there is not is led to the start."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..places import PLACES

# Of Streamlit's own addresses those that no page needs: metrics, uploads, media in the memory of one process, its interface
# for agents, log-in.
CLOSED = re.compile(r"/_stcore/(?!(health|host-config|stream)$)|(?<!/static)/media/|/auth/|/oauth2callback$")
NO_HOST = "This server does not answer to the name {host!r}: the setting BACKPROP_HOSTS (see README) can allow it."
NO_PAGE = re.compile(r"_stcore|static|component|drawn|make|.*\.\w+")  # how the addresses begin that are no pages
NO_ORIGIN = "A page from elsewhere may not ask this server."


class Doors:
    """ASGI middleware. ``hosts``: names the server answers to besides localhost and IP addresses, ``*.`` before a name for
    those below it; ``embed``: origins whose pages may show the app in a frame. Both as in the environment, set apart by spaces
    or commas."""

    def __init__(self, app: ASGIApp, hosts: str | None = None, embed: str | None = None) -> None:
        self.app = app
        self.hosts = _listed(os.environ.get("BACKPROP_HOSTS", "") if hosts is None else hosts)
        embedding = _listed(os.environ.get("BACKPROP_EMBED", "") if embed is None else embed)
        if wrong := [each for each in embedding if not re.fullmatch(r"https?://[\w.*-]+(:\d+)?", each, re.ASCII)]:
            raise ValueError(f"BACKPROP_EMBED: {wrong[0]!r} is no origin, such as https://moodle.example.org")
        self.headers = {
            "Content-Security-Policy": _policy(embedding),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(raw=message.setdefault("headers", [])).update(self.headers)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            return await self.app(scope, receive, answer)
        if scope["type"] == "http":
            return await refusal(scope, receive, answer)
        await receive()
        return await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if host and not self.knows(host):
            return PlainTextResponse(NO_HOST.format(host=host[:80]), 421)
        if origin is not None and (not host or origin.partition("://")[2] != host):
            return PlainTextResponse(NO_ORIGIN, 403)
        if CLOSED.search(scope["path"]):
            return PlainTextResponse("Not Found", 404)
        asks = scope.get("method") == "GET" and "text/html" in headers.get("accept", "")
        return to_start(scope, streamlit.get_option("server.baseUrlPath")) if asks else None

    def knows(self, host: str) -> bool:
        """Whether the server answers to this Host header: a page elsewhere can point a name of its own here, but no address."""
        match = re.fullmatch(r"(?:\[([0-9a-f:.]+)]|([a-z0-9._-]+))(?::\d{1,5})?", host.lower(), re.ASCII)
        if not match:
            return False
        try:
            return bool(ip_address(match[1] or match[2]))
        except ValueError:
            name = (match[2] or "").removesuffix(".")
        above = {name.split(".", k)[-1] for k in range(1, name.count(".") + 1)}
        return name in {"localhost", *self.hosts} or "*" in self.hosts or any(f"*.{each}" in self.hosts for each in above)


def to_start(scope: Scope, base: str) -> RedirectResponse | None:
    """The way to the start page from a page that there is not, None from any other address. Streamlit's own pages are one level
    deep: below that the browser would stay blank.

    The way is a relative one, since a proxy may have taken the beginning of the path away.
    """
    above = f"/{base.strip('/')}/".replace("//", "/")
    asked = scope["path"].removeprefix(above)
    first, *more = asked.rstrip("/").split("/")
    if asked == scope["path"] or NO_PAGE.fullmatch(first) or (not more and first in ("", *PLACES) and first != "start"):
        return None
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    told = [] if asked == "start" else [("missing", asked[:40])]
    kept = urlencode([each for each in query if each[0] != "missing"] + told)
    return RedirectResponse("../" * asked.count("/") + "./" + (kept and f"?{kept}"), 302)


def _listed(setting: str) -> list[str]:
    return [part.lower().rstrip("/") for part in re.split(r"[\s,]+", setting) if part]


def _policy(embedding: list[str]) -> str:
    """What the browser lets the page do: load everything from here, and talk to nobody else.

    Streamlit and KaTeX set styles in place; components bring their loader as a blob.
    """
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    inline = [b64encode(sha256(text.encode()).digest()).decode() for text in scripts]
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self' blob:", *(f"'sha256-{each}'" for each in inline)]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(["frame-ancestors 'self'", *embedding]),
        ]
    )

"""The life of a server process: what is ready before the first visitor, and what is tidied while visitors come and go."""

from __future__ import annotations

import asyncio
import gc
import importlib
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

# What the first visitor would otherwise wait for.
WARM = ("mlp_core", "sympy", "pandas", "plotly.graph_objects")
DESCRIPTORS = 65_536  # as many as are asked for; a visitor takes 4
EVERY = 2.0  # seconds between two looks


class Visits:
    """ASGI middleware that counts the visits which have ended: each leaves a circle of objects with an event loop and its three
    descriptors in it, which only a collection of garbage frees."""

    ended = 0

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        finally:
            if scope["type"] == "websocket":
                Visits.ended += 1


async def _tidy() -> None:
    """Collect garbage now and then, once for all visits that have ended."""
    seen = 0
    while True:
        await asyncio.sleep(EVERY)
        if Visits.ended != seen:
            seen = Visits.ended
            gc.collect()


@asynccontextmanager
async def life(app: Any) -> AsyncIterator[dict[str, Any] | None]:
    """Import what the pages need, keep it out of every later collection of garbage, and tidy while the server runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft < wanted and soft != resource.RLIM_INFINITY:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    for name in WARM:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    tidying = asyncio.create_task(_tidy())
    yield None
    tidying.cancel()

"""The server: pages/router.py as an ASGI application, for `streamlit run app.py` and `uvicorn app:app`."""

import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from pages.drawn import files as drawn

# What the first visitor would otherwise wait for.
WARM = ("mlp_core", "sympy", "pandas", "plotly.graph_objects")


@asynccontextmanager
async def warm(app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Import what the pages need, then keep it out of every later garbage collection."""
    for name in WARM:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    yield None


# The script is not app.py itself: Streamlit would take the folder pages/ beside it for its old multipage layout.
app = st.App(
    "pages/router.py", lifespan=warm, routes=drawn.ROUTES, middleware=[Middleware(GZipMiddleware, minimum_size=1024)]
)

"""The server: pages/router.py as an ASGI application, for `streamlit run app.py` and `uvicorn app:app`."""

import sys

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from pages.drawn import files as drawn
from pages.serving import making
from pages.serving.doors import Doors
from pages.serving.life import Visits, life

# What a page has drawn is sent by another thread than its script's, which would keep that waiting for up to 5 ms.
sys.setswitchinterval(0.0025)

# The script is not app.py itself: Streamlit would take the folder pages/ beside it for its old multipage layout.
app = st.App(
    "pages/router.py",
    lifespan=life,
    routes=[*drawn.ROUTES, *making.ROUTES],
    middleware=[
        Middleware(Doors),
        Middleware(Visits),
        Middleware(
            GZipMiddleware,
            minimum_size=1024,
            compresslevel=5,  # 9 takes half as long again for one percent fewer bytes
            exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/pdf"),
        ),
    ],
)

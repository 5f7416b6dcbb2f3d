"""A small app of the components alone: an address that answers what it gets, one that refuses, and page.py."""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pages.drawn import files


async def _echo(request: Request) -> Response:
    return Response(b"got: " + await request.body(), media_type="application/octet-stream")


async def _refuse(request: Request) -> Response:
    return PlainTextResponse("Too many at once <b>now</b>.", 503)


app = st.App(
    Path(__file__).with_name("page.py"),
    routes=[
        *files.ROUTES,
        Route("/made/echo", _echo, methods=["POST"]),
        Route("/made/refuse", _refuse, methods=["POST"]),
    ],
)

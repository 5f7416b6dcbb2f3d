"""A server and a Chromium for the whole session; for each test tabs of its own, in which nothing may go wrong unseen."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.install import chromium_path

pytest.register_assert_rewrite("tests.browser.tutor")
from tests.browser.tutor import ROOT, Server, Tutor  # noqa: E402
from tests.server.conftest import free_port, until_healthy  # noqa: E402

expect.set_options(timeout=20_000)
# No name but this machine's resolves: a page that needed another host would be seen to break.
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip


@contextlib.contextmanager
def serving(app: str = "app.py", port: int = 0) -> Iterator[Server]:
    """An app in a process of its own, on a free port unless one is given; its output goes to a file that tests can read."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]
    with tempfile.NamedTemporaryFile("w+", suffix=".log", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        server = Server(f"http://127.0.0.1:{port}", Path(log.name), process)
        try:
            until_healthy(server.url, process, server.log)
            yield server
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of the session."""
    with serving() as running:
        yield running


@pytest.fixture
def fresh_server() -> Iterator[Server]:
    """A server that has served nobody yet."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of the session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts() -> dict[tuple[int, Any], BrowserContext]:
    """Browsers by width and scheme that tests use one after the other: what they have fetched and compiled they keep."""
    return {}


@pytest.fixture
def new_tutor(
    chromium: Browser, server: Server, contexts: dict[tuple[int, Any], BrowserContext], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Tutor]]:
    """``new_tutor(width=1280, scheme="light", at=server)``: a student's tab, each of a test in a browser of its own."""
    opened: list[Tutor] = []
    used: list[tuple[tuple[int, Any], BrowserContext]] = []

    def new(width: int = 1280, scheme: Any = "light", at: Server = server) -> Tutor:
        context = contexts.pop((width, scheme), None)
        if context is None:
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
            )
            context.set_default_timeout(20_000)
        opened.append(Tutor(context.new_page(), at))
        used.append(((width, scheme), context))
        return opened[-1]

    yield new
    faults = [fault for tutor in opened for fault in tutor.faults()]
    if folder := os.environ.get("SCREENSHOTS"):
        for k, tutor in enumerate(opened):
            tutor.page.screenshot(path=f"{folder}/{request.node.name.replace('/', '-')}.{k}.png", full_page=True)
    for key, context in used:
        forget(context)
        if contexts.setdefault(key, context) is not context:
            context.close()
    if faults:
        pytest.fail("Went wrong behind the test's back:\n" + "\n".join(faults), pytrace=False)


def forget(context: BrowserContext) -> None:
    """Close every tab and clear what pages have left in the browser."""
    for page in context.pages:
        page.evaluate("() => { try { localStorage.clear(); } catch { /* a page without an origin has none */ } }")
        page.close()
    context.clear_cookies()
    context.clear_permissions()


@pytest.fixture
def tutor(new_tutor: Callable[..., Tutor]) -> Tutor:
    """A student's tab on a desk's screen."""
    return new_tutor()

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
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: a worker that was left alone with it at the end would hold up the others."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


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
def tabs() -> list[Page]:
    """Tabs that tests use one after the other, each in a browser of its own: what it has compiled is half of a page's load."""
    return []


@pytest.fixture
def new_tutor(
    chromium: Browser, server: Server, tabs: list[Page], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Tutor]]:
    """``new_tutor(width=1280, scheme="light", at=server)``: a student's tab, each of a test in a browser of its own; unused: in
    one that no test has had."""
    opened: list[Tutor] = []

    def new(width: int = 1280, scheme: Any = "light", at: Server = server, unused: bool = False) -> Tutor:
        tab = tabs.pop() if tabs and not unused else new_tab(chromium)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        opened.append(Tutor(tab, at))
        return opened[-1]

    yield new
    faults = [fault for tutor in opened for fault in tutor.faults()]
    if folder := os.environ.get("SCREENSHOTS"):
        for k, tutor in enumerate(opened):
            tutor.page.screenshot(path=f"{folder}/{request.node.name.replace('/', '-')}.{k}.png", full_page=True)
    for tutor in opened:
        if forgets(tutor):
            tabs.append(tutor.page)
        else:
            tutor.page.context.close()
    if faults:
        pytest.fail("Went wrong behind the test's back:\n" + "\n".join(faults), pytrace=False)


def new_tab(chromium: Browser) -> Page:
    """A tab in a new browser."""
    context = chromium.new_context()
    context.set_default_timeout(20_000)
    return context.new_page()


def forgets(tutor: Tutor) -> bool:
    """Leave the app in the tab of a test that is over, with nothing that the test has put into its browser; false if it can't."""
    tutor.quit()
    tab, context = tutor.page, tutor.page.context
    for other in context.pages:
        if other is not tab:
            other.close()
    context.clear_cookies()
    context.clear_permissions()
    tab.unroute_all()
    tab.mouse.move(0, 0)
    try:
        tab.goto(f"{tutor.server.url}/_stcore/health")  # of the app's origin, without its scripts
    except Error:
        return False
    tab.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    return True


@pytest.fixture
def tutor(new_tutor: Callable[..., Tutor]) -> Tutor:
    """A student's tab on a desk's screen."""
    return new_tutor()


# What the server says arrives late.
SLOW = """window.WebSocket = class extends WebSocket {
  addEventListener(name, hear, options) {
    const late = (event) => setTimeout(() => hear.call(this, event), 500);
    return super.addEventListener(name, name === "message" ? late : hear, options);
  }
  set onmessage(hear) { this.addEventListener("message", hear); }
}"""


@pytest.fixture
def slow_tutor(chromium: Browser, server: Server) -> Iterator[Tutor]:
    """A student's tab on a slow line."""
    tab = new_tab(chromium)
    tab.add_init_script(SLOW)
    tutor = Tutor(tab, server)
    yield tutor
    faults = tutor.faults()
    tab.context.close()
    assert faults == []

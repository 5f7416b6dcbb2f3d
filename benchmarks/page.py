"""The page against an empty page in Chromium, and a class of students on one process over real websockets."""

import asyncio
import contextlib
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import Figure, Pair, Skipped, need
from benchmarks.engine import weight_answer


class Subject(NamedTuple):
    """A page to edit a number on, and the text that it shows only when it has computed the right answer."""

    root: Path
    app: str
    page: str
    label: str
    answer: Callable[[float], str]


# Digits without their sign: a formula may set the minus as a character of its own.
BACKWARD = Subject(Path(__file__).parents[1], "app.py", "backward", "W layer 1 neuron 1 from 1",
                   lambda w: f"{abs(weight_answer(w)):.4f}")
EMPTY_PAGE = '''import streamlit as st
v = st.number_input("v", value=1.0, format="%.4f")
st.markdown(f"out={v:.4f}")
'''
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]
# From Enter in the input to the first animation frame in which the main part of the page shows the answer.
ARM = """([label, answer]) => {
  const shown = () => document.querySelector('[data-testid=stMain]').textContent.includes(answer);
  if (shown()) throw new Error(answer + ' is on the page before the edit');
  window.elapsed = null;
  document.querySelector(`input[aria-label="${label}"]`).addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    const start = performance.now();
    const frame = () => shown() ? window.elapsed = performance.now() - start : requestAnimationFrame(frame);
    requestAnimationFrame(frame);
  }, {capture: true, once: true});
}"""


@contextlib.contextmanager
def served(root: Path, app: str) -> Iterator[str]:
    """Serve an app from its own folder with its own settings, on a free port; yields the address, then stops it."""
    need("streamlit")
    if not (root / app).exists():
        raise Skipped(f"there is no {app} yet")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.address", "127.0.0.1",
               "--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                    break
                if server.poll() is not None:
                    log.seek(0)
                    raise RuntimeError(f"streamlit run {app} ended: {log.read()[-500:]}")
                time.sleep(0.1)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


@contextlib.contextmanager
def empty_page() -> Iterator[Subject]:
    """The reference: one number and one line that repeats it, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "empty.py").write_text(EMPTY_PAGE)
        (root / ".streamlit").mkdir()
        (root / ".streamlit/config.toml").write_text("[runner]\npostScriptGC = false\n")
        yield Subject(root, "empty.py", "", "v", lambda v: f"out={v:.4f}")


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The Chromium that CHROMIUM names, else the system's, else Playwright's own; driven by Playwright."""
    with need("playwright.sync_api").sync_playwright() as playwright:
        names = os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"
        path = next(filter(None, map(shutil.which, names)), playwright.chromium.executable_path)
        if not Path(path).exists():
            raise Skipped("there is no Chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Any, url: str, subject: Subject) -> Callable[[float], float]:
    """Open a page in a window of its own; returns the function that edits its number and gives milliseconds."""
    page = browser.new_context(viewport={"width": 1200, "height": 1000}).new_page()
    page.goto(f"{url}/{subject.page}")
    box = page.get_by_label(subject.label, exact=True)
    box.wait_for()
    page.wait_for_timeout(2000)

    def edit(value: float) -> float:
        page.bring_to_front()
        page.evaluate(ARM, [subject.label, subject.answer(value)])
        box.fill(f"{value:.4f}")
        box.press("Enter")
        elapsed = page.wait_for_function("() => window.elapsed", timeout=15_000).json_value()
        page.wait_for_timeout(300)
        return elapsed

    return edit


def edit_to_screen(subject: Subject = BACKWARD, rounds: int = 30, warm_up: int = 2) -> list[Figure]:
    """From Enter in a weight's input to the frame with the right gradient, against an empty page's echo."""
    pair = Pair([], [])
    with contextlib.ExitStack() as stack:
        subjects = subject, stack.enter_context(empty_page())
        urls = [stack.enter_context(served(s.root, s.app)) for s in subjects]
        browser = stack.enter_context(chromium())
        edits = [open_page(browser, url, s) for url, s in zip(urls, subjects, strict=True)]
        for k in range(rounds + warm_up):
            for times, edit in zip(pair, edits, strict=True):
                elapsed = edit(0.2371 + 0.037 * k)
                if k >= warm_up:
                    times.append(elapsed)
    page, floor = pair.medians(1)
    return [Figure("edit to screen, /backward / empty page", pair.ratio, 3, "times",
                   f"{page:.0f} ms / {floor:.0f} ms, {rounds} edits of each in turn")]


class Edit(NamedTuple):
    """Seconds from sending a number to the end of the page's script, and whether the right answer had come by then."""

    seconds: float
    right: bool


class Student:
    """One browser's side of the websocket, without the browser."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.answer, self.widget, self.script = subject, "", "", ""
        self.back, self.forward = (need(f"streamlit.proto.{name}_pb2") for name in ("BackMsg", "ForwardMsg"))

    async def come(self, url: str) -> None:
        """Connect and let the page run once."""
        connect = need("websockets.asyncio.client").connect
        address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
        self.socket = await connect(address, subprotocols=["streamlit"], max_size=None, compression=None)
        await self.ask(self.back.BackMsg())
        if not self.widget:
            raise LookupError(f"the page has no input with the label {self.subject.label!r}")

    async def edit(self) -> Edit:
        """Send a new weight; returns seconds until the page's script has finished, and if the right answer came."""
        before = self.answer
        while self.answer == before:
            value = round(random.uniform(-1, 1), 4)
            self.answer = self.subject.answer(value)
        message = self.back.BackMsg()
        message.rerun_script.widget_states.widgets.add(id=self.widget, double_value=value)
        start = time.perf_counter()
        try:
            right = await asyncio.wait_for(self.ask(message), 60)
        except TimeoutError:
            right = False
        return Edit(time.perf_counter() - start, right)

    async def ask(self, message: Any) -> bool:
        """Send a rerun and read until its script has finished: did an element, inputs aside, hold the answer?"""
        message.rerun_script.page_name = "" if self.script else self.subject.page
        message.rerun_script.page_script_hash = self.script
        await self.socket.send(message.SerializeToString())
        right = False
        while True:
            raw = await self.socket.recv()
            reply = self.forward.ForwardMsg.FromString(raw)
            kind = reply.WhichOneof("type")
            if kind == "navigation":  # new_session names the router, which alone would lead back to the default page
                self.script = reply.navigation.page_script_hash
            elif kind == "script_finished" and reply.script_finished != reply.FINISHED_EARLY_FOR_RERUN:
                return right
            elif kind == "delta" and reply.delta.WhichOneof("type") == "new_element":
                box = reply.delta.new_element.number_input
                if box.label == self.subject.label:
                    self.widget = box.id
                right |= not box.label and self.answer.encode() in raw


async def lesson(url: str, subject: Subject, count: int, every: float, edits: int) -> list[Edit]:
    """All edits of `count` students, each at a time of its own in the interval, but the first two of each."""
    everyone = [Student(subject) for _ in range(count)]
    for student in everyone:
        await student.come(url)

    async def take_part(student: Student) -> list[Edit]:
        due, results = time.perf_counter() + random.uniform(0, every), []
        for _ in range(edits):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            results.append(await student.edit())
            due = max(due + every, time.perf_counter())
        return results[2:]

    results = await asyncio.gather(*map(take_part, everyone))
    for student in everyone:
        await student.socket.close()
    return [edit for own in results for edit in own]


def p95(edits: list[Edit]) -> float:
    """The time that 19 of 20 edits stay below."""
    return statistics.quantiles([edit.seconds for edit in edits], n=20, method="inclusive")[-1]


def students(subject: Subject = BACKWARD, count: int = 50, every: float = 2.0, edits: int = 12) -> list[Figure]:
    """A class on one process, each editing a weight every 2 s: from sending to the finished script, answers checked."""
    with served(subject.root, subject.app) as url:
        alone = asyncio.run(lesson(url, subject, 1, 0.2, 12))
        together = asyncio.run(lesson(url, subject, count, every, edits))
    with empty_page() as empty, served(empty.root, empty.app) as url:
        floor = asyncio.run(lesson(url, empty, count, every, edits))
    wrong = sum(not edit.right for edit in together)
    middle = [statistics.median(edit.seconds for edit in group) for group in (together, alone)]
    behind = f"median {middle[0]:.3f} s, one student alone {middle[1]:.3f} s, p95 of an empty page {p95(floor):.3f} s"
    return [Figure(f"p95 of {count} students, an edit every {every:g} s each", p95(together), 0.3, "s", behind),
            Figure("answers wrong or missing", wrong, 0, f"of {len(together)}", "dC/da is looked for in every reply")]

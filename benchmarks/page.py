"""The page against an empty page: in Chromium, in server CPU, and with a class of students over real websockets."""

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
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import Figure, Pair, Skipped, need
from benchmarks.engine import loss_answer, weight_answer

need("streamlit")
from benchmarks.visitor import Visitor  # noqa: E402


class Subject(NamedTuple):
    """A page with a number to change: ``key`` of its widget, or of the picture that holds ``element``; the text that it shows
    only when it has computed the right answer; and whether what a visitor got holds one, on whatever step."""

    root: Path
    app: str
    page: str
    key: str
    element: str
    answer: Callable[[float], str]
    shown: Callable[["Visitor", float], bool]


def loss_shown(visitor: "Visitor") -> str:
    """The loss in the picture of a walk."""
    return str(visitor.data["stage.backward"]["picture"]["loss"]["rows"][0]["value"])


# Digits without their sign: a formula may set the minus as a character of its own.
BACKWARD = Subject(Path(__file__).parents[1], "app.py", "backward", "stage.backward", "W.1.1.1",
                   lambda w: f"{abs(weight_answer(w)):.4f}", lambda visitor, w: loss_shown(visitor) == f"{loss_answer(w):.4f}")
EMPTY_PAGE = '''import streamlit as st
v = st.number_input("v", value=1.0, format="%.4f", key="v")
st.markdown(f"out={v:.4f}")
'''
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]
# From Enter in the input to the first animation frame in which the main part of the page shows the answer.
ARM = """answer => {
  const shown = () => document.querySelector('[data-testid=stMain]').textContent.includes(answer);
  if (shown()) throw new Error(answer + ' is on the page before the edit');
  window.elapsed = null;
  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    const start = performance.now();
    const frame = () => shown() ? window.elapsed = performance.now() - start : requestAnimationFrame(frame);
    requestAnimationFrame(frame);
  }, {capture: true, once: true});
}"""


@contextlib.contextmanager
def served(root: Path, app: str, workers: int = 1) -> Iterator[str]:
    """Serve an app from its own folder with its own settings, on a free port; yields the address, then stops it."""
    need("streamlit")
    if not (root / app).exists():
        raise Skipped(f"there is no {app} yet")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.address", "127.0.0.1",
               "--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    if workers > 1:
        command = [sys.executable, "-m", "pages.serving.many", "--port", str(port), "--workers", str(workers),
                   "--log-level", "warning"]
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
        echo = "out={:.4f}".format
        yield Subject(root, "empty.py", "", "v", "", echo, lambda visitor, v: echo(v) in visitor.said)


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
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{url}/{subject.page}")
    opener = page.locator(f"svg [data-id='{subject.element}']") if subject.element else None
    box = page.locator(".field input") if opener else page.get_by_label(subject.key, exact=True)
    (opener or box).wait_for(state="attached")
    page.wait_for_timeout(2000)

    def edit(value: float) -> float:
        page.bring_to_front()
        if opener:
            opener.press("Enter")
        page.evaluate(ARM, subject.answer(value))
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
    return [Figure("edit to screen, /backward / empty page", pair.ratio, 2, "times",
                   f"{page:.0f} ms / {floor:.0f} ms, {rounds} edits of each in turn")]


async def change(visitor: Visitor, subject: Subject, value: float) -> None:
    """Change the number and read the run that follows."""
    if subject.element:
        await visitor.type_in(subject.key, subject.element, f"{value:.4f}")
    else:
        await visitor.act(subject.key, double_value=value)


Act = Callable[["Visitor", int], Awaitable[None]]


class Cost(NamedTuple):
    """Of one run: milliseconds of server CPU, runs a second, messages and bytes sent."""

    cpu: float
    rate: float
    messages: int
    bytes: int


async def back_to_back(url: str, page: str, pid: int, act: Act, sessions: int, seconds: float) -> Cost:
    """Sessions that act again as soon as they have been answered."""
    everyone = [await Visitor(url, page).come() for _ in range(sessions)]
    for visitor in everyone:
        await act(visitor, 0)
    count, before, start = 0, process_seconds(pid), time.perf_counter()

    async def work(visitor: Visitor) -> None:
        nonlocal count
        turn = 0
        while time.perf_counter() - start < seconds:
            turn += 1
            await act(visitor, turn)
            count += 1

    await asyncio.gather(*map(work, everyone))
    spent = process_seconds(pid) - before
    heard = everyone[0].heard
    for visitor in everyone:
        await visitor.leave()
    return Cost(1000 * spent / count, count / (time.perf_counter() - start), *heard)


def children(pid: int) -> list[int]:
    """The processes that the threads of this one have started."""
    found = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(each) for each in " ".join(found).split()]


def process_seconds(pid: int) -> float:
    """The CPU time that a process has used, its own and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def newest_child() -> int:
    """The process started last by this one: the server, where a pool has left another behind."""
    return max(children(os.getpid()))


async def step(visitor: Visitor, turn: int) -> None:
    """Eight steps on, eight back."""
    await visitor.act(f"{'next' if turn // 8 % 2 == 0 else 'previous'}.backward", trigger_value=True)


def cost(subject: Subject = BACKWARD, sessions: int = 6, seconds: float = 8.0) -> list[Figure]:
    """Server CPU, bytes and rate of a step and of an edit, six sessions back to back, against edits of an empty page."""

    async def edit_empty(visitor: Visitor, turn: int) -> None:
        await change(visitor, empty, random.uniform(-1, 1))

    async def edit(visitor: Visitor, turn: int) -> None:
        await change(visitor, subject, random.uniform(-1, 1))

    def measured(on: Subject, act: Act) -> Cost:
        with served(on.root, on.app) as url:
            pid = newest_child()
            return asyncio.run(back_to_back(url, on.page, pid, act, sessions, seconds))

    with empty_page() as empty:
        floor = measured(empty, edit_empty)
    stepped, edited = measured(subject, step), measured(subject, edit)
    behind = f"{stepped.cpu:.1f} ms / {floor.cpu:.1f} ms, {stepped.messages} messages"
    rates = f"{stepped.rate:.0f} / {floor.rate:.0f} a second, {sessions} sessions"
    return [
        Figure("server CPU of Next, /backward / empty page", stepped.cpu / floor.cpu, 4, "times", behind),
        Figure("server CPU of an edit, /backward / empty page", edited.cpu / floor.cpu, 5, "times",
               f"{edited.cpu:.1f} ms / {floor.cpu:.1f} ms, {edited.messages} messages"),
        Figure("bytes of one Next", stepped.bytes, 25_000, "bytes", f"{edited.bytes} of one edit"),
        Figure("steps a second / edits of an empty page", stepped.rate / floor.rate, 0.5, "times", rates, at_least=True),
    ]


class Done(NamedTuple):
    """Seconds from sending to the end of the page's script, and whether the right answer had come by then."""

    seconds: float
    right: bool


async def take_part(visitor: Visitor, subject: Subject, every: float, count: int) -> list[Done]:
    """Edit and step by turns, at times of one's own in the interval; the first two do not count."""
    due, results = time.perf_counter() + random.uniform(0, every), []
    for turn in range(count):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        start, right = time.perf_counter(), True
        if subject.element and turn % 2:
            await step(visitor, turn // 2)
        else:
            value = round(random.uniform(-1, 1), 4)
            await change(visitor, subject, value)
            right = subject.shown(visitor, value)
        results.append(Done(time.perf_counter() - start, right))
        due = max(due + every, time.perf_counter())
    return results[2:]


async def lesson(url: str, subject: Subject, count: int, every: float, turns: int) -> list[Done]:
    """What so many students do, each on a page of their own."""
    everyone = [await Visitor(url, subject.page).come() for _ in range(count)]
    results = await asyncio.gather(*(take_part(each, subject, every, turns) for each in everyone))
    for each in everyone:
        await each.leave()
    return [done for own in results for done in own]


def p95(done: list[Done]) -> float:
    """The time that 19 of 20 stay below."""
    return statistics.quantiles([each.seconds for each in done], n=20, method="inclusive")[-1]


def students(subject: Subject = BACKWARD, every: float = 2.0, turns: int = 14) -> list[Figure]:
    """A class, each editing a weight or taking a step every 2 s: from sending to the finished script."""
    with empty_page() as empty, served(empty.root, empty.app) as url:
        floor = asyncio.run(lesson(url, empty, 50, every, turns))
    figures = []
    for count, workers in ((50, 1), (100, 2)):
        with served(subject.root, subject.app, workers) as url:
            together = asyncio.run(lesson(url, subject, count, every, turns))
        behind = f"median {statistics.median(each.seconds for each in together):.3f} s, p95 of an empty page {p95(floor):.3f} s"
        what = f"p95 of {count} students on {workers} process{'es' * (workers > 1)}, a step or an edit every {every:g} s each"
        wrong = sum(not each.right for each in together)
        figures.append(Figure(what, p95(together), 0.25, "s", behind))
        behind = "the loss is looked for in every reply"
        figures.append(Figure("answers wrong or missing", wrong, 0, f"of {len(together)}", behind))
    return figures

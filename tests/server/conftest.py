"""The real server under uvicorn, in as many processes as a test asks for, with a folder of its own for temporary files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest

T = TypeVar("T")
NAME, COURSE = "tutor.example.org", "https://moodle.example.org https://canvas.example.org:8443"
MANY = "pages.serving.many --port"
ROOT = Path(__file__).resolve().parents[2]


class Server(NamedTuple):
    """A running server: its address, its first process, its output, its folder for temporary files."""

    url: str
    process: subprocess.Popen
    log: Path
    temporary: Path


def finished(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine comes to, in a thread of its own: a browser test before it may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, by: str = "uvicorn app:app --port", **environment: str) -> Iterator[Server]:
    """The app on a free port, served by this command with these arguments, until the block ends."""
    port = free_port()
    (folder / "tmp").mkdir()
    log = folder / "log"
    command = [sys.executable, "-m", *by.split(), str(port), *arguments]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**os.environ, "TMPDIR": str(folder / "tmp"), **environment},
        )  # fmt: skip
        try:
            until_healthy(f"http://127.0.0.1:{port}", process, log)
            yield Server(f"http://127.0.0.1:{port}", process, log, folder / "tmp")
        finally:
            process.terminate()
            process.wait(30)


def until_healthy(url: str, process: subprocess.Popen, log: Path) -> None:
    """Wait until a server answers; the test fails with what it printed where it ends before."""
    deadline = time.monotonic() + 90
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"The server did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)


@contextlib.contextmanager
def shared(folder: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """A server for the tests of this folder, none of which may have left a traceback in its output."""
    with serving(folder, *arguments, **environment) as running:
        yield running
        assert "Traceback" not in running.log.read_text()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One process, which knows its name and begins with 256 descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))  # the server begins with what this process has
        try:
            running = stack.enter_context(shared(tmp_path_factory.mktemp("server"), BACKPROP_HOSTS=NAME))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        yield running


@pytest.fixture(scope="package")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two processes behind one port, which know their name and may be shown in pages of the course."""
    course = {"BACKPROP_EMBED": f"{COURSE}/", "BACKPROP_HOSTS": NAME}
    with shared(tmp_path_factory.mktemp("two"), "--workers", "2", by=MANY, **course) as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """``start("--limit-concurrency", "9", BACKPROP_HOSTS="...")``: a server for one test."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **environment: stack.enter_context(serving(tmp_path, *arguments, **environment))

"""Several processes behind one port: who gets the visitors, a port that is taken, a process that dies."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psutil

from .conftest import MANY, ROOT, Server

VISITORS = 60


def processes(server: Server) -> dict[int, list]:
    """The connections of each process that serves, those it listens on among them."""
    found = {}
    for each in psutil.Process(server.process.pid).children():
        with contextlib.suppress(psutil.Error):
            if here := [c for c in each.net_connections("tcp") if c.laddr.port == urlsplit(server.url).port]:
                found[each.pid] = here
    return found


def until_two_listen(server: Server) -> set[int]:
    deadline = time.monotonic() + 90
    while True:
        listening = {pid for pid, here in processes(server).items() if any(c.status == "LISTEN" for c in here)}
        if len(listening) == 2:
            return listening
        assert time.monotonic() < deadline, f"listening: {listening}; {server.log.read_text()[-1000:]}"
        time.sleep(0.2)


def test_visitors_are_dealt_out_and_a_process_that_dies_is_replaced(two):
    before = until_two_listen(two)
    address = urlsplit(two.url)
    with contextlib.ExitStack() as stack:
        for _ in range(VISITORS):
            stack.enter_context(socket.create_connection((address.hostname, address.port)))
        got = [sum(c.status == "ESTABLISHED" for c in here) for here in processes(two).values()]
    assert min(got) >= VISITORS // 6, f"of {VISITORS} visitors the processes got {got}"
    psutil.Process(min(before)).kill()
    deadline = time.monotonic() + 90
    while min(before) in (after := until_two_listen(two)):
        assert time.monotonic() < deadline, "the dead process still listens"
        time.sleep(0.2)
    assert max(before) in after, "the other process goes on"


def test_a_port_that_is_taken_is_refused(two):
    port = str(urlsplit(two.url).port)
    tried = subprocess.run([sys.executable, "-m", *MANY.split(), port], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2 and f"{port}: Address already in use" in tried.stderr, tried.stderr

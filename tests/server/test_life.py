"""What a server process does for itself: descriptors asked for at the start, garbage collected after visits."""

import asyncio
import gc
import resource
import weakref
from pathlib import Path

from pages.serving import life
from pages.serving.life import Visits
from tests.server.conftest import finished


def test_as_many_descriptors_are_asked_for_as_the_system_gives(server):
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    [line] = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert int(line.split()[3]) == (65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard))


class Circle:
    def __init__(self):
        self.itself = self


def test_garbage_is_collected_after_a_visit_and_not_without_one(monkeypatch):
    monkeypatch.setattr(life, "EVERY", 0.001)
    monkeypatch.setattr(Visits, "ended", 0)

    async def visit(scope, receive, send):
        pass

    async def both():
        tidying = asyncio.create_task(life._tidy())
        left = weakref.ref(Circle())
        await asyncio.sleep(0.05)
        before = left() is not None
        await Visits(visit)({"type": "http"}, None, None)
        await asyncio.sleep(0.05)
        without = left() is not None
        await Visits(visit)({"type": "websocket"}, None, None)
        while left() is not None:
            await asyncio.sleep(0.001)
        tidying.cancel()
        return before, without

    gc.disable()
    try:
        assert finished(both()) == (True, True)
    finally:
        gc.enable()

"""Lessons against an empty page: what opening one and changing a number in it cost the server."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from benchmarks import Figure, need

need("streamlit")
from benchmarks.page import BACKWARD, Subject, change, empty_page, newest_child, process_seconds, served  # noqa: E402
from benchmarks.visitor import Visitor  # noqa: E402
from lessons.course import LESSONS  # noqa: E402

VISITS, EDITS, OF_EMPTY = 20, 40, 100


async def opening(url: str, pid: int, page: str, query: str) -> float:
    """Milliseconds of server CPU for one visit, from connecting to the finished page."""
    for n in range(VISITS + 3):
        if n == 3:
            before = process_seconds(pid)
        await (await Visitor(url, page, query).come()).leave()
    return 1000 * (process_seconds(pid) - before) / VISITS


def number_in(visitor: Visitor) -> tuple[str, str] | None:
    """Component and address of a number that can be changed in a picture, by itself, walked through or beside a program."""
    for key, data in visitor.data.items():
        found = data.get("code", data if data.get("words") else {}).get("picture")
        parts = [*found["edges"], *(node for layer in found["layers"] for node in layer["nodes"])] if found else []
        for part in parts:
            if part.get("edit"):
                return key, part["edit"]["address"]
    return None


class Edited(NamedTuple):
    """Milliseconds of server CPU for a changed number, of a lesson's screen and of the empty page right before and after it."""

    screen: str
    cost: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.cost / self.floor


async def editing(url: str, pid: int, lesson: str, empty: Callable[[], Awaitable[float]]) -> list[Edited]:
    """Every screen whose picture has a number that can be changed; ``empty`` measures an edit of the empty page."""
    visitor, found, floor = await Visitor(url, "learn", f"lesson={lesson}").come(), list[Edited](), await empty()
    for nth, screen in enumerate(LESSONS[lesson].screens):
        if nth:
            visitor.data.clear()  # what stood on the screen before
            await visitor.act("screen.on", trigger_value=True)
        if number := number_in(visitor):
            for n in range(EDITS + 5):
                if n == 5:
                    before = process_seconds(pid)
                await visitor.type_in(*number, f"{random.uniform(-1, 1):.4f}")
            cost, earlier, floor = 1000 * (process_seconds(pid) - before) / EDITS, floor, await empty()
            found.append(Edited(screen.key, cost, (earlier + floor) / 2))
    await visitor.leave()
    return found


async def editing_empty(url: str, pid: int, subject: Subject) -> float:
    visitor = await Visitor(url).come()
    for n in range(OF_EMPTY + 5):
        if n == 5:
            before = process_seconds(pid)
        await change(visitor, subject, random.uniform(-1, 1))
    await visitor.leave()
    return 1000 * (process_seconds(pid) - before) / OF_EMPTY


def lessons() -> list[Figure]:
    """Every lesson: opening it, and an edit in its dearest screen, each against the same of an empty page."""
    figures = []
    with empty_page() as empty, served(empty.root, empty.app) as at_empty:
        of_empty = newest_child()
        floor = asyncio.run(opening(at_empty, of_empty, "", ""))
        with served(BACKWARD.root, BACKWARD.app) as url:
            pid = newest_child()
            for key in LESSONS:
                opened = asyncio.run(opening(url, pid, "learn", f"lesson={key}"))
                behind = f"{opened:.1f} ms / {floor:.1f} ms, {VISITS} visits"
                figures.append(Figure(f"server CPU of opening {key} / empty page", opened / floor, 3, "times", behind))
                edited = asyncio.run(editing(url, pid, key, partial(editing_empty, at_empty, of_empty, empty)))
                if edited:
                    dearest = max(edited, key=attrgetter("ratio"))
                    what = f"server CPU of an edit in {key}, screen {dearest.screen} / empty page"
                    screens = ", ".join(each.screen for each in edited)
                    behind = f"{dearest.cost:.1f} ms / {dearest.floor:.1f} ms, {EDITS} edits on each of: {screens}"
                    figures.append(Figure(what, dearest.ratio, 5, "times", behind))
    return figures

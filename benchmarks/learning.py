"""Lessons against an empty page: what opening one and changing a number in it cost the server."""

import asyncio
import random

from benchmarks import Figure, need

need("streamlit")
from benchmarks.page import BACKWARD, Subject, change, empty_page, newest_child, process_seconds, served  # noqa: E402
from benchmarks.visitor import Visitor  # noqa: E402
from lessons.course import LESSONS  # noqa: E402

VISITS, EDITS = 40, 150
MOST_SCREENS = 9


async def opening(url: str, pid: int, page: str, query: str) -> float:
    """Milliseconds of server CPU for one visit, from connecting to the finished page."""
    for n in range(VISITS + 3):
        if n == 3:
            before = process_seconds(pid)
        await (await Visitor(url, page, query).come()).leave()
    return 1000 * (process_seconds(pid) - before) / VISITS


async def number_of(visitor: Visitor) -> tuple[str, str]:
    """Component and address of a number that can be changed in a picture, on the first screen that is walked through."""
    for _screen in range(MOST_SCREENS):
        for key, data in visitor.data.items():
            if key.startswith("stage."):
                nodes = [node for layer in data["picture"]["layers"] for node in layer["nodes"]]
                return key, next(each["edit"]["address"] for each in (*data["picture"]["edges"], *nodes) if each.get("edit"))
        if "screen.on" in visitor.widgets:
            await visitor.act("screen.on", trigger_value=True)
    raise LookupError("no screen has a picture with steps")


async def editing(url: str, pid: int, page: str, query: str) -> float:
    """Milliseconds of server CPU for a changed number, in one session."""
    visitor = await Visitor(url, page, query).come()
    key, address = await number_of(visitor)
    for n in range(EDITS + 5):
        if n == 5:
            before = process_seconds(pid)
        await visitor.type_in(key, address, f"{random.uniform(-1, 1):.4f}")
    await visitor.leave()
    return 1000 * (process_seconds(pid) - before) / EDITS


async def editing_empty(url: str, pid: int, subject: Subject) -> float:
    visitor = await Visitor(url).come()
    for n in range(EDITS + 5):
        if n == 5:
            before = process_seconds(pid)
        await change(visitor, subject, random.uniform(-1, 1))
    await visitor.leave()
    return 1000 * (process_seconds(pid) - before) / EDITS


def lessons() -> list[Figure]:
    """Every lesson: opening it, and an edit in it, each against the same of an empty page."""
    with empty_page() as empty, served(empty.root, empty.app) as url:
        pid = newest_child()
        floor = asyncio.run(opening(url, pid, "", "")), asyncio.run(editing_empty(url, pid, empty))
    figures = []
    with served(BACKWARD.root, BACKWARD.app) as url:
        pid = newest_child()
        for key in LESSONS:
            query = f"lesson={key}"
            opened = asyncio.run(opening(url, pid, "learn", query))
            behind = f"{opened:.1f} ms / {floor[0]:.1f} ms, {VISITS} visits"
            figures.append(Figure(f"server CPU of opening {key} / empty page", opened / floor[0], 3, "times", behind))
            try:
                edited = asyncio.run(editing(url, pid, "learn", query))
            except LookupError:  # the numbers of such a lesson are changed elsewhere
                continue
            behind = f"{edited:.1f} ms / {floor[1]:.1f} ms, {EDITS} edits"
            figures.append(Figure(f"server CPU of an edit in {key} / empty page", edited / floor[1], 5, "times", behind))
    return figures

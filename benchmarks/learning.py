"""Lessons against an empty page: what opening one and changing a number in it cost the server."""

import asyncio
import random
from operator import itemgetter

from benchmarks import Figure, need

need("streamlit")
from benchmarks.page import BACKWARD, Subject, change, empty_page, newest_child, process_seconds, served  # noqa: E402
from benchmarks.visitor import Visitor  # noqa: E402
from lessons.course import LESSONS  # noqa: E402

VISITS, EDITS, OF_EMPTY = 20, 40, 200


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


async def editing(url: str, pid: int, lesson: str) -> dict[str, float]:
    """Milliseconds of server CPU for a changed number, by screen: of each whose picture has a number that can be changed."""
    visitor, found = await Visitor(url, "learn", f"lesson={lesson}").come(), dict[str, float]()
    for nth, screen in enumerate(LESSONS[lesson].screens):
        if nth:
            visitor.data.clear()  # what stood on the screen before
            await visitor.act("screen.on", trigger_value=True)
        if number := number_in(visitor):
            for n in range(EDITS + 5):
                if n == 5:
                    before = process_seconds(pid)
                await visitor.type_in(*number, f"{random.uniform(-1, 1):.4f}")
            found[screen.key] = 1000 * (process_seconds(pid) - before) / EDITS
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
    with empty_page() as empty, served(empty.root, empty.app) as url:
        pid = newest_child()
        floor = asyncio.run(opening(url, pid, "", "")), asyncio.run(editing_empty(url, pid, empty))
    figures = []
    with served(BACKWARD.root, BACKWARD.app) as url:
        pid = newest_child()
        for key in LESSONS:
            opened = asyncio.run(opening(url, pid, "learn", f"lesson={key}"))
            behind = f"{opened:.1f} ms / {floor[0]:.1f} ms, {VISITS} visits"
            figures.append(Figure(f"server CPU of opening {key} / empty page", opened / floor[0], 3, "times", behind))
            edited = asyncio.run(editing(url, pid, key))
            if edited:
                screen, dearest = max(edited.items(), key=itemgetter(1))
                what = f"server CPU of an edit in {key}, screen {screen} / empty page"
                behind = f"{dearest:.1f} ms / {floor[1]:.1f} ms, {EDITS} edits on each of: {', '.join(edited)}"
                figures.append(Figure(what, dearest / floor[1], 5, "times", behind))
    return figures

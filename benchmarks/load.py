"""A class at work on one process: sheets and training at once beside somebody who steps, and visits that come and go."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import Any

from benchmarks import Figure, need
from benchmarks.page import BACKWARD, newest_child, served, step

need("streamlit")
from benchmarks.visitor import Visitor  # noqa: E402

STEP = 0.5  # seconds that another's step may take
EVERY = 0.25  # seconds between two of them


async def step_beside(url: str, work: Iterable[Awaitable[Any]]) -> tuple[list[float], list[Any]]:
    """The times of somebody's steps on /backward while the work of others goes on, and what that came to."""
    student = await Visitor(url, "backward").come()
    working = asyncio.gather(*work)
    times: list[float] = []
    while not working.done():
        start = time.perf_counter()
        await step(student, len(times))
        times.append(time.perf_counter() - start)
        await asyncio.sleep(EVERY)
    await student.leave()
    return times, await working


def step_figure(what: str, times: list[float], behind: str) -> Figure:
    """The time that 19 of 20 steps stay below."""
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    shape = f"median {statistics.median(times):.3f} s, worst {max(times):.3f} s, {len(times)} steps"
    return Figure(what, p95, STEP, "s", f"{shape}; {behind}")


async def make_sheets(url: str, seed: int, variants: int) -> tuple[float, int]:
    """Ask for a set of sheets; seconds until it is there, and the place in line that was told first (0: none)."""
    teacher = await Visitor(url, "worksheet").come()
    start = time.perf_counter()
    await teacher.send(
        {
            "sheet.seed": {"double_value": float(seed)},
            "sheet.variants": {"double_value": float(variants)},
            "sheet.make": {"trigger_value": True},
        }
    )
    await teacher.read()
    told = [int(text.split()[3]) for text in teacher.said if text.startswith("You are number ")]
    if "sheet.answers" not in teacher.data:
        raise LookupError(f"no PDF, but: {teacher.said[-5:]}")
    await teacher.leave()
    return time.perf_counter() - start, told[0] if told else 0


def sheets_at_once(people: int = 20, variants: int = 30) -> list[Figure]:
    """Everybody asks for a set of sheets of their own at the same moment, and all are served."""
    with served(BACKWARD.root, BACKWARD.app) as url:
        first = time.time_ns() % 50_000  # seeds of this run: nothing lies on the shelf
        times, made = asyncio.run(step_beside(url, [make_sheets(url, first + k, variants) for k in range(people)]))
    seconds = [each[0] for each in made]
    told = sum(place > 0 for _seconds, place in made)
    behind = f"{people} sets of {variants} after {min(seconds):.0f} to {max(seconds):.0f} s, {told} told a place"
    return [step_figure(f"a step while {people} make sheets", times, behind)]


async def train(url: str, optimisers: list[str], iterations: int) -> float:
    """Train to the end; the seconds it took."""
    person = await Visitor(url, "train").come()
    start = time.perf_counter()
    await person.send(
        {
            "train.optimisers": {"string_array_value": optimisers},
            "train.iterations": {"double_value": float(iterations)},
            "FormSubmitter:train-Start": {"trigger_value": True},
        }
    )
    await person.read()
    if not any(text == f"{iterations}" or "Go on with the weights" in text for text in person.said):
        raise LookupError(f"no result, but: {person.said[-5:]}")
    await person.leave()
    return time.perf_counter() - start


def training_at_once(people: int = 10, iterations: int = 10_000) -> list[Figure]:
    """Everybody trains by four optimisers at once."""
    with served(BACKWARD.root, BACKWARD.app) as url:
        four = ["SGD", "Momentum", "RMSprop", "Adam"]
        times, took = asyncio.run(step_beside(url, [train(url, four, iterations) for _ in range(people)]))
    behind = f"all trained after {max(took):.0f} s"
    return [step_figure(f"a step while {people} train 4 x {iterations}", times, behind)]


async def visits(url: str, count: int, at_once: int = 5) -> None:
    """So many people open a page, see it and leave."""
    for _ in range(count // at_once):
        people = await asyncio.gather(*(Visitor(url, "backward").come() for _ in range(at_once)))
        for person in people:
            await person.leave()


def held(pid: int) -> tuple[int, float]:
    """Descriptors and megabytes of memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return len(os.listdir(f"/proc/{pid}/fd")), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def coming_and_going(count: int = 500) -> list[Figure]:
    """What a server holds after so many visits, against what it held after the first half of them."""
    with served(BACKWARD.root, BACKWARD.app) as url:
        pid = newest_child()
        asyncio.run(visits(url, count // 2))
        time.sleep(3)
        half = held(pid)
        asyncio.run(visits(url, count - count // 2))
        time.sleep(3)
        end = held(pid)
    behind = f"{half[0]} and {half[1]:.0f} MB after {count // 2} visits, {end[0]} and {end[1]:.0f} MB after {count}"
    return [
        Figure("descriptors that visits leave", end[0] - half[0], 40, "", behind),
        Figure("memory that visits leave", (end[1] - half[1]) * 1000 / (count - count // 2), 40, "kB a visit", behind),
    ]

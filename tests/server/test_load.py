"""Many at once: sheets are made in a line, nobody is left without a word, and what visitors leave behind is collected."""

import asyncio
import contextlib
import time
from pathlib import Path

import pytest

from benchmarks.load import held
from benchmarks.page import children
from benchmarks.visitor import Visitor
from tests.server.conftest import finished


def command(pid):
    """The command of a process; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def descendants(pid):
    """All processes that this one and those below it have started."""
    found = []
    for child in children(pid):
        with contextlib.suppress(OSError):  # it has just ended
            found += [child, *descendants(child)]
    return found


def makers(pid):
    """How many sets are being made. One that ends while the processes are looked through is not among them, nor what it has
    started, which goes by its name at first.
    """
    at_work = [each for each in descendants(pid) if "lessons.sheets" in command(each)]
    started = {below for each in at_work for below in descendants(each)}
    return sum("lessons.sheets" in command(each) for each in at_work if each not in started)


async def watched(pid, work):
    """What the work comes to, and the most sets that were being made at once meanwhile."""
    working, most = asyncio.gather(*work), 0
    while not working.done():
        most = max(most, makers(pid))
        await asyncio.sleep(0.05)
    return await working, most


async def press_make(url, seed, variants=1):
    person = await Visitor(url, "worksheet").come()
    await person.send(
        {
            "sheet.seed": {"double_value": float(seed)},
            "sheet.variants": {"double_value": float(variants)},
            "sheet.make": {"trigger_value": True},
        }
    )
    return person


async def served(url, seed):
    """Was the set made, and which place was told?"""
    person = await press_make(url, seed)
    await person.read()
    await person.leave()
    return "sheet.answers" in person.data, [text for text in person.said if text.startswith("You are number")][:1]


async def steps(url, count):
    student = await Visitor(url, "backward").come()
    for _ in range(count):
        await student.act("next.backward", trigger_value=True)
    await student.leave()


async def assert_served(running, people, processes):
    """So many people make sheets at once, and somebody steps beside them."""
    everybody = [served(running.url, seed) for seed in range(100 + people, 100 + 2 * people)]
    (*made, _stepped), most = await watched(running.process.pid, [*everybody, steps(running.url, 20)])
    assert all(there for there, _place in made)
    assert most <= processes, "one for each server process"
    assert sum(len(place) for _there, place in made) >= people // 2, "those who had to wait were told their place"


@pytest.mark.thorough
def test_two_people_who_make_sheets_at_once_wait_in_a_line_and_are_both_served(server):
    finished(assert_served(server, people=2, processes=1))


@pytest.mark.statistics
def test_20_people_wait_in_the_lines_of_two_processes(two):
    finished(assert_served(two, people=20, processes=2))


@pytest.mark.thorough
def test_who_goes_away_leaves_the_line_and_ends_the_process(server):
    async def come_and_go():
        first = await press_make(server.url, 1, variants=100)
        while not makers(server.process.pid):
            await asyncio.sleep(0.05)
        second = await press_make(server.url, 2)
        first.vanish()
        await second.read()
        await second.leave()
        return "sheet.answers" in second.data

    assert finished(come_and_go())
    assert makers(server.process.pid) == 0


def test_stop_ends_the_process(server):
    async def stop():
        person = await press_make(server.url, 3, variants=100)
        while "sheet.stop" not in person.widgets or not makers(server.process.pid):
            await asyncio.wait_for(person.take_one(), 60)
        await person.act("sheet.stop", trigger_value=True)
        await person.leave()
        return person

    person = finished(stop())
    assert "sheet.answers" not in person.data
    deadline = time.monotonic() + 30
    while makers(server.process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert makers(server.process.pid) == 0


async def visits(url, count):
    for _ in range(count):
        person = await Visitor(url, "start").come()
        await person.leave()


def left_by(server, first, more):
    """Descriptors and MB that the later of so many visits leave in the server, which collects every two seconds."""
    found = []
    for count in (first, more):
        finished(visits(server.url, count))
        time.sleep(3)
        finished(visits(server.url, 1))
        found.append(held(server.process.pid))
    print(f"descriptors and MB: {found[0]} after {first} visits, {found[1]} after {more} more")
    return found[1][0] - found[0][0], found[1][1] - found[0][1]


@pytest.mark.thorough
def test_what_visitors_leave_behind_is_collected(start):
    server = start("--server.disconnectedSessionTTL", "0", by="streamlit run app.py --server.port")
    finished(visits(server.url, 1))
    before, deadline = held(server.process.pid)[0], time.monotonic() + 30
    finished(visits(server.url, 20))
    while (more := held(server.process.pid)[0] - before) >= 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert more < 20, "each of them had three descriptors"


@pytest.mark.statistics
def test_500_visits_come_and_go(start):
    descriptors, memory = left_by(start(), 250, 250)  # of which Streamlit keeps 128 for two minutes
    assert descriptors < 100
    assert memory < 40

"""Sheets are made one set after the other, in processes that can be stopped, and kept where every server process finds them."""

import os
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from lessons.problem import Problem
from lessons.queue import Queue
from lessons.sheets import Kind, Settings, archive, making, pdf, sets, shelf
from lessons.sheets.making import Making, Order, preview, whole

SMALL = Settings(variants=1, blank=("z",))
LARGEST = Settings().with_(sizes=(8, 8, 8, 8, 8), activations=("tanh",) * 4, optimiser="Adam", variants=8)


@pytest.fixture(autouse=True)
def own_shelf(tmp_path, monkeypatch):
    """A shelf of the test's own."""
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path)
    return tmp_path


def finished(order):
    """What comes of an order, and every place it had in line on the way."""
    places = []
    with Making(order) as one:
        while one.moves():
            places.append(one.place)
            time.sleep(0.01)
        return one.made, places


def order(code: str, line: Queue, name: str = "n", given: bytes = b"") -> Order:
    return Order(name, line, (sys.executable, "-c", code), given)


def test_settings_come_back_from_text():
    other = Settings().with_(language="zh", lr=1, notation="matrix", nesterov=True, scope="output")
    for settings in (SMALL, LARGEST, Settings(), other, Settings(update=None, blank=("a", "z"), laws=False)):
        assert Settings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, "{}",
     *('{"update": {"optimiser": "SGD", "scope": "all"}, "view": {"decimals": 4, "notation": "notes", "language": "en"}, '
       + part + "}" for part in
       ('"sizes": 3', '"sizes": [3, "2", 1]', '"laws": 1', '"new": 1', '"blank": [1]', '"blank": [{}]', '"sizes": [1e400]',
        '"variants": 1e3', '"variants": 100000', '"loss": "x"', '"sizes": []', '"activations": ["sigmoid"]',
        '"activations": [[]]', '"paper": "A3"', '"paper": []', '"sizes": ' + "[" * 900 + "]" * 900)),
     *('{"view": {"decimals": 4, "notation": "notes", "language": "en"}, "update": ' + part + "}" for part in
       ("[]", "1", '{"optimiser": "SGD", "scope": "all", "lr": ' + '"0.1"}', '{"lr": true}', '{"lr": NaN}',
        '{"lr": -1}', '{"lr": {}}', '{"optimiser": []}', '{"changed": 1}')),
     *('{"update": null, "view": ' + part + "}" for part in
       ("null", "{}", '{"decimals": 4, "notation": "notes", "language": "fr"}',
        '{"decimals": {}, "notation": "notes", "language": "en"}', '{"decimals": 4, "notation": [], "language": "en"}'))],
)  # fmt: skip
def test_anything_else_is_a_problem(text):
    with pytest.raises(Problem):
        Settings.from_json(text)


def test_sets_are_those_that_the_settings_make():
    assert finished(whole(Kind.SHEET, SMALL))[0] == pdf(SMALL, Kind.SHEET)
    assert finished(whole(making.LATEX, SMALL))[0] == archive(SMALL)


def test_the_preview_is_a_picture_of_the_first_page():
    made, _places = finished(preview(SMALL))
    assert made.startswith(b"\x89PNG")


def test_the_preview_of_the_largest_network_sets_a_page_and_not_all_of_them():
    settings = replace(LARGEST, variants=1)
    rows = preview(settings).given.decode().count("[$= ")
    assert rows < 70 < sum(len(lines) for _phase, lines in settings.sections)


def test_one_set_at_a_time_and_all_are_served_in_order(own_shelf):
    line = Queue(1)
    busy = str(own_shelf / "busy")
    code = f"import os; os.open({busy!r}, os.O_CREAT | os.O_EXCL); print(1); os.unlink({busy!r})"
    waiting = [Making(order(code, line, f"n{k}")) for k in range(5)]
    assert [one.place for one in waiting] == [0, 1, 2, 3, 4]
    served = []
    while len(served) < 5:
        for k, one in enumerate(waiting):
            if k not in served and not one.moves():
                one.__exit__(None, None, None)
                served.append(k)
    assert served == [0, 1, 2, 3, 4]


def test_the_same_set_is_made_once():
    line = Queue(1)
    code = "import uuid; print(uuid.uuid4())"
    with Making(order(code, line)) as first, Making(order(code, line)) as second:
        while first.moves():
            pass
        first.__exit__(None, None, None)
        while second.moves():
            pass
        assert first.made == second.made
    assert Making(order(code, line)).made == first.made  # and later it is there at once


def test_stopping_ends_the_process_with_what_it_started_and_leaves_the_line(own_shelf):
    line = Queue(1)
    code = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
open({str(own_shelf / "pid")!r}, "w").write(str(child.pid))
open({str(own_shelf / "there")!r}, "w").close()
child.wait()
"""
    with Making(order(code, line)) as one:
        behind = line.ticket()
        while one.moves() and not (own_shelf / "there").exists():
            pass
        assert behind.place == 1
    assert behind.place == 0
    state = Path(f"/proc/{(own_shelf / 'pid').read_text()}/stat")
    while state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z":
        time.sleep(0.01)


def test_a_process_that_takes_too_long_is_ended_with_a_sentence(monkeypatch):
    monkeypatch.setattr(making, "SECONDS", 0)
    line = Queue(1)
    with pytest.raises(Problem, match="It took too long"):
        finished(order("import time; time.sleep(1000)", line))
    assert line.ticket().place == 0


def test_a_process_that_fails_is_a_sentence_too(capfd):
    with pytest.raises(Problem, match="could not be made"):
        finished(order("1/0", Queue(1)))
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_what_the_process_refuses_is_the_sentence_it_says():
    with pytest.raises(Problem) as raised:
        finished(order("import sys; print('那不行 {n}', file=sys.stderr); sys.exit(3)", Queue(1)))
    assert raised.value.text() == "那不行 {n}"


def test_progress_is_what_the_process_says(own_shelf):
    code = f"""
import sys, os, time
print("0.25\\n0.5", file=sys.stderr, flush=True)
while not os.path.exists({str(own_shelf / "go")!r}): time.sleep(0.01)
"""
    with Making(order(code, Queue(1))) as one:
        while one.moves() and one.done != 0.5:
            pass
        assert one.done == 0.5
        (own_shelf / "go").touch()
        while one.moves():
            pass


def test_the_shelf_gives_back_what_was_kept_and_nothing_else(own_shelf):
    shelf.keep("a", b"one")
    assert shelf.read("a") == b"one"
    assert shelf.read("b") is None
    (own_shelf / "secret").write_bytes(b"not for you")
    (own_shelf / "c").symlink_to(own_shelf / "secret")
    (own_shelf / "d").mkdir()
    assert shelf.read("c") is None
    assert shelf.read("d") is None
    assert (own_shelf / "a").stat().st_mode & 0o777 == 0o600


def test_the_shelf_is_limited_in_size_and_age(own_shelf, monkeypatch):
    monkeypatch.setattr(shelf, "MAX_BYTES", 250)
    for k in range(5):
        shelf.keep(f"n{k}", b"x" * 100)
        os.utime(own_shelf / f"n{k}", (time.time() - 50 + k,) * 2)
    shelf.tidy()
    assert sorted(path.name for path in own_shelf.iterdir()) == ["n3", "n4"]
    os.utime(own_shelf / "n3", (0, 0))
    shelf.tidy()
    assert sorted(path.name for path in own_shelf.iterdir()) == ["n4"]


@pytest.mark.parametrize("trap", ["link", "open", "file"])
def test_a_folder_that_others_prepared_is_left_alone(trap, tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(shelf.tempfile, "tempdir", str(tmp_path))
    path = tmp_path / f"backprop-sheets-{os.getuid()}"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    match trap:
        case "link":
            path.symlink_to(elsewhere)
        case "open":
            path.mkdir()
            path.chmod(0o777)
        case "file":
            path.touch()
    shelf.folder.cache_clear()
    try:
        found = shelf.folder()
        assert found not in (path, elsewhere)
        assert found.stat().st_mode & 0o777 == 0o700
    finally:
        shelf.folder.cache_clear()


def test_a_set_that_is_compiled_in_parts_is_whole(monkeypatch):
    settings = Settings(variants=2, blank=("z",), update=None)
    monkeypatch.setattr(sets, "ROWS", 2)
    said = []
    text = [page.extract_text() for page in PdfReader(BytesIO(pdf(settings, Kind.KEY, said.append))).pages]
    assert [n for n in (1, 2) if any(f"Key to sheet {n}" in page for page in text)] == [1, 2]
    assert said == [0.5, 1.0]

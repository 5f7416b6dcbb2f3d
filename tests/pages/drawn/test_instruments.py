"""The geometry of planes and graphs in a JavaScript engine, and that it says what the server says."""

import random
from itertools import product

import numpy as np
import pytest

from lessons.drawing import plot as plots
from lessons.drawing.axes import axis
from lessons.drawing.plane import line, plane, point, raster, verdicts
from lessons.palette import colors
from mlp_core.writing.names import Name
from mlp_core.writing.numbers import number, on_screen
from tests.pages.drawn.test_layout import call, run

COLORS = colors("light")
X, Y = axis(Name("x"), -2, 3), axis(Name("y"), -1, 4)
BOX = {"x": X, "y": Y}


def random_lines(count: int, per: int = 10) -> list[dict]:
    """Lines on the grid through the middle part of the box, of lengths from one step to many."""
    chance = random.Random(3)
    found = []
    while len(found) < count:
        w = [chance.randint(-30, 30) / per for _k in range(2)]
        x, y = chance.uniform(-1, 2), chance.uniform(0, 3)
        if any(w):
            found.append({"id": "a", "w": w, "c": round(-(w[0] * x + w[1] * y) * per) / per, "per": per})
    return found


def area(polygon) -> float:
    x, y = np.array(polygon).T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def test_numbers_are_written_as_the_server_writes_them():
    chance = random.Random(1)
    values = [chance.choice((-1, 1)) * chance.random() * 10.0 ** chance.randint(-9, 9) for _each in range(400)]
    values += [chance.randint(-4000, 4000) / 2 ** chance.randint(0, 9) for _each in range(600)]  # ties among them
    values += [0.0, -0.0, 0.5, 2.5, -0.125, 1e7, 1.00005]
    cases = list(product(values, (0, 2, 4), (False, True)))
    cases = [case for case in cases if not (case[1] == 0 and (abs(case[0]) >= 1e7 or 0 < abs(case[0]) <= 0.5))]
    answers = run([call("js/decimals", "written", *case) for case in cases])
    for (value, decimals, short), answer in zip(cases, answers, strict=True):
        assert answer == on_screen(number(value, decimals, short=short)), (value, decimals, short)


def test_the_regions_of_all_combinations_of_sides_fill_the_plane_and_each_is_where_it_says():
    lines = random_lines(24)
    groups = [lines[k : k + n] for n in (1, 2, 3) for k in range(0, 24, n)]
    calls = []
    for group in groups:
        digits = 2 ** len(group)
        calls += [call("plane/geometry", "regions", BOX, group, "1".rjust(i + 1, "0").ljust(digits, "0")) for i in range(digits)]
    answers = iter(run(calls))
    for group in groups:
        total = 0.0
        for i in range(2 ** len(group)):
            for polygon in next(answers):
                total += area(polygon)
                middle = np.mean(polygon, axis=0)
                sides = [np.dot(each["w"], middle) + each["c"] > 0 for each in group]
                assert int("".join(str(int(side)) for side in sides), 2) == i
        assert total == pytest.approx(25), group


def test_the_positive_side_is_on_the_left_of_a_segment_and_its_ends_are_on_the_rim():
    lines = random_lines(60)
    for each, ends in zip(lines, run([call("plane/geometry", "segment", BOX, each) for each in lines]), strict=True):
        if ends is None:
            continue
        (x1, y1), (x2, y2) = ends
        for x, y in ends:
            assert np.dot(each["w"], (x, y)) + each["c"] == pytest.approx(0, abs=1e-9)
            assert min(abs(x + 2), abs(x - 3), abs(y + 1), abs(y - 4)) < 1e-9
        assert each["w"][0] * (y1 - y2) + each["w"][1] * (x2 - x1) >= 0


def test_a_line_moved_or_turned_keeps_to_its_grid_and_goes_where_it_was_put():
    lines = [each for each in random_lines(60) if np.hypot(*each["w"]) >= 0.5]
    grips = run([call("plane/geometry", "handles", BOX, each) for each in lines])
    cases = [(each, grip) for each, grip in zip(lines, grips, strict=True) if grip and np.hypot(*np.subtract(*grip)) > 1]
    calls = [call("plane/geometry", "shifted", each, 0.7, -0.4) for each, _grip in cases]
    calls += [call("plane/geometry", "turned", each, 1, [grip[1][0] + 0.3, grip[1][1] + 0.4], grip[0]) for each, grip in cases]
    answers = run(calls)
    for (each, grip), moved, turned in zip(cases, answers[: len(cases)], answers[len(cases) :], strict=True):
        for found in (moved, turned):
            assert all(abs(10 * v - round(10 * v)) < 1e-9 for v in (*found["w"], found["c"]))
            assert np.hypot(*found["w"]) >= 0.9, "long enough to be turned finely"
        (a, b), (u, v) = each["w"], moved["w"]
        assert a * v == pytest.approx(b * u) and a * u + b * v > 0, "moved along, it keeps its direction"
        far = np.hypot(*turned["w"])
        ends = [(moved, [grip[0][0] + 0.7, grip[0][1] - 0.4]), (turned, grip[0]), (turned, [grip[1][0] + 0.3, grip[1][1] + 0.4])]
        for found, place in ends:
            off = abs(np.dot(found["w"], place) + found["c"]) / np.hypot(*found["w"])
            assert off < 0.051 + 0.08 * 5 * (found is turned) / far, (each, found)


def test_an_arrow_key_changes_a_line_by_the_least_that_can_be_seen():
    lines = random_lines(20)
    within = run([call("plane/geometry", "isWithin", BOX, each) for each in lines])
    lines = [each for each, is_within in zip(lines, within, strict=True) if is_within]
    cases = list(product(lines, (None, 0, 1), ([1, 0], [0, 1], [-1, 0], [0, -1])))
    answers = run([call("plane/geometry", "stepped", BOX, each, which, step) for each, which, step in cases])
    changed = sum(found != each for (each, _which, _step), found in zip(cases, answers, strict=True))
    assert changed > 0.85 * len(cases), "all but a line moved along itself, or out of the plane"


def test_the_browser_marks_points_as_the_server_does_also_those_on_a_line():
    chance, planes = random.Random(5), []
    for count, zero in product((1, 2, 3), (-1, 0, 1)):
        lines = [line(f"l{k}", each["w"], each["c"]) for k, each in enumerate(random_lines(9)[count * 2 : count * 3])]
        lines[0] = line("l0", [0.1, 0.2], -0.3)  # by plain sums, 0.1 + 0.2 - 0.3 is no 0
        points = [
            point(f"p{k}", chance.randint(-20, 30) / 10, chance.randint(-10, 40) / 10, sign=chance.choice((-1, 1)))
            for k in range(20)
        ]
        points += [point("on", 1, 1, sign=1), point("on too", 1, 1, sign=-1)]
        inside = "".join(chance.choice("01") for _each in range(2**count))
        planes.append(plane("", X, Y, points=points, lines=lines, inside=inside, zero=zero, colors=COLORS))
    calls = [call("plane/geometry", "isRight", each, [p["x"], p["y"]], p["sign"]) for each in planes for p in each["points"]]
    answers = iter(run(calls))
    for each in planes:
        assert {p["id"]: next(answers) for p in each["points"]} == verdicts(each)


def test_a_raster_comes_back_as_the_cells_that_are_positive():
    def says_one(places):
        return (places[:, 0] > 0) & (places[:, 1] > 2)

    (runs,) = run([call("plane/geometry", "runs", raster(says_one, X, Y, cells=20))])
    assert runs == [[row, 8, 20] for row in range(8)]


def test_a_graph_shows_the_slopes_that_the_server_shows_and_skips_where_it_has_no_point():
    x = axis(Name("x"), -1, 3, per=20)
    shapes = [
        plots.graph(Name("y"), np.log, lambda x: 1 / x, x),
        plots.graph(Name("y"), lambda x: x**3, lambda x: 3 * x * x, x),
    ]
    shown = [
        plots.plot("", x, plots.height(Name("y"), [each]), [each], at=at, second=second, colors=COLORS)
        for each, at, second in product(shapes, (-1.0, 0.5, 1.35), (0.5, 2.1))
    ]
    calls = [call("plane/slope", "slopesOf", each, each["at"], each["second"]) for each in shown]
    for each, found in zip(shown, run(calls), strict=True):
        assert (found["tangent"], found["secant"]) == plots.slopes(each)
    (near, left, right, top) = run([
        call("plane/slope", "nearest", shown[0], -5), call("plane/slope", "next", shown[0], 21, -1),
        call("plane/slope", "next", shown[0], 21, 1), call("plane/slope", "next", shown[0], 80, 1),
    ])  # fmt: skip
    assert (near, left, right, top) == (21, 21, 22, 80)

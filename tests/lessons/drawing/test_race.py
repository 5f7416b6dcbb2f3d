"""The data of a race, and what of a browser's messages is taken for something a person did."""

import json

import numpy as np
import pytest

from lessons.drawing import race as races
from lessons.drawing.axes import axis
from lessons.drawing.race import racer, relief
from lessons.palette import colors
from mlp_core.writing.names import Name
from mlp_core.writing.numbers import number

X, Y = axis(Name("w", sub="1"), -2, 2, per=20), axis(Name("w", sub="2"), -1, 1, per=20)
KNOB = {"name": "lr", "letter": "η", "spoken": "learning rate", "value": "0.1"}
LOOK = {"color": "#000000", "dash": "", "shape": 0}
RACERS = [
    racer("SGD", "SGD", places=[(1, 1), (0.5, 0.5), (0.25, 0.25)], losses=[2, 0.5, 0.125], knobs=[KNOB], **LOOK),
    racer("Adam", "Adam", **LOOK),
]
CHOICES = [{"value": name, "text": name} for name in ("W.1.1.1", "b.1.1")]


def bowl(w):
    return (w**2).sum(axis=0)


RACE = races.race(
    "Race", X, Y, relief(bowl, X, Y), RACERS, updates=60, start=(1, 1), pair=["W.1.1.1", "b.1.1"], choices=CHOICES,
    colors=colors("light"),
)  # fmt: skip


def test_data_is_plain_json():
    assert json.loads(json.dumps(RACE)) == json.loads(json.dumps(RACE, default=str))


@pytest.mark.parametrize("power", [1, 0.5, 0.25])
def test_heights_and_contours_are_those_of_the_loss(power):
    made = relief(bowl, X, Y, power=power)
    side = made["side"]
    heights = np.array([int(made["heights"][i : i + 4], 16) for i in range(0, 4 * side**2, 4)]).reshape(side, side) / races.MOST
    across, down = np.linspace(-2, 2, side), np.linspace(1, -1, side)
    assert heights == pytest.approx(((across**2 + down[:, None] ** 2) / 5) ** power, abs=1e-4)
    assert made["levels"]
    for height, text in made["levels"]:
        assert height == pytest.approx((float(text) / 5) ** power, abs=1e-4), "a contour is where the loss is what it says"


def test_what_has_no_number_is_as_high_as_the_highest():
    made = relief(lambda w: np.where(w[0] > 1, np.nan, w[1]), X, Y)
    assert made["heights"][4 * (made["side"] - 1) :].startswith("ffff")
    with pytest.raises(ValueError, match="no place"):
        relief(lambda w: np.full(w.shape[1], np.inf), X, Y)


@pytest.mark.parametrize(
    "sent, event",
    [
        (["start", [0.512, -0.31], False], ("start", "", "", (0.5, -0.3))),
        (["start", [0.512, -0.31], True], ("start", "", "", (0.512, -0.31))),
        (["open", "SGD", 2], ("open", "SGD", "", (2.0,))),
        (["open", "Adam", 60], ("open", "Adam", "", (60.0,))),
        (["run", "Adam", True], ("run", "Adam", "", (1.0,))),
        (["set", "SGD", "lr", 0.3], ("set", "SGD", "lr", (0.3,))),
        (["typed", "SGD", "lr", "1/4"], ("typed", "SGD", "lr", ("1/4",))),
        (["place", 1, "9"], ("place", "", "", (1, "9", *RACE["start"], Y["low"], Y["high"]))),
        (["pair", "b.1.1", "W.1.1.1"], ("pair", "b.1.1", "W.1.1.1", ())),
    ],
)
def test_what_a_person_did_comes_as_it_was(sent, event):
    assert races.heard(json.dumps(sent), RACE) == event


HOSTILE = [
    ["start", [3, 0], True], ["start", [0, 0]], ["start", [0, 0], 1], ["start", [0, None], True], ["start", "ab", True],
    ["open", "SGD", 0], ["open", "SGD", 3], ["open", "SGD", 1.0], ["open", "SGD", True], ["open", "nobody", 1],
    ["open", "Adam", 61], ["open", ["SGD"], 1], ["run", "nobody", True], ["run", "SGD", "yes"], ["set", "SGD", "eps", 1],
    ["set", "Adam", "lr", 1], ["set", "SGD", "lr", "1"], ["set", "SGD", "lr", True], ["set", "SGD", "lr", 1e300],
    ["typed", "SGD", "eps", "1"], ["typed", "nobody", "lr", "1"], ["typed", "SGD", "lr", 1], ["place", 2, "1"],
    ["place", True, "1"], ["place", 0, 1], ["pair", "b.1.1", "b.1.1"], ["pair", "b.1.1", "x"], ["pair"], [], {}, None,
]  # fmt: skip
TEXTS = ["", "[", "[" * 290, '["start",[NaN,0],true]', '["set","SGD","lr",1e999]', "9" * 299]


@pytest.mark.parametrize("sent", [*map(json.dumps, HOSTILE), *TEXTS])
def test_anything_else_is_nothing(sent):
    assert races.heard(sent, RACE) is None


def test_a_race_that_cannot_be_drawn_is_an_error():
    for racers, start in (([RACERS[0], RACERS[0]], (1, 1)), (RACERS, (5, 0))):
        with pytest.raises(ValueError, match="racers"):
            races.race("", X, Y, RACE["relief"], racers, updates=60, start=start, colors={})
    with pytest.raises(ValueError, match="path"):
        racer("SGD", "SGD", places=[(0, 0)], losses=[], **LOOK)


@pytest.mark.parametrize("decimals", [1, 3, 4, 6, 10])
@pytest.mark.parametrize("value", [0.1463495197879484, 1.5321e-6, -2.5e-9, 12345678.9, 0.00005, 11.6, -0.0])
def test_a_number_that_is_sent_is_shown_as_the_server_shows_it(value, decimals):
    [sent] = racer("a", "a", places=[(0, 0)], losses=[value], decimals=decimals, **LOOK)["losses"]
    assert number(sent, decimals) == number(value, decimals)

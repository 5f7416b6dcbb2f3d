"""Lesson 9: twins, the law of a sum against random draws, deep networks, and what note 002's table and code do."""

from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.initialisation import deep, histograms, notes, setting, sums, twins
from lessons.course.initialisation.setting import TABLE, TITLES, TWINS, WEIGHTS, Initial
from lessons.example import WORKED, read_example
from lessons.problem import Problem
from mlp_core import Quantity
from mlp_core.initialisation import N_IN, SCHEMES, SIGNAL_VARIANCE, SQUARE_IN, SUM_VARIANCE

LESSON = LESSONS["initialisation"]


def case(key, **changed):
    return Case(LESSON, LESSON.screen(key), replace(Initial(), **changed), WORKED)


@pytest.mark.parametrize("hidden", TWINS)
@pytest.mark.parametrize("start", [0.0, 0.5])
def test_neurons_that_begin_alike_stay_alike_and_a_small_difference_grows(hidden, start):
    alike = twins.trained(Initial(start=start, twins=hidden))
    assert all(twins.alike(net) for net in alike.networks)
    apart = twins.trained(Initial(start=start, twins=hidden, apart=0.05))
    first, last = (np.abs(apart.weights[k, 0] - apart.weights[k, 1]) for k in (0, -1))
    assert 0 < first <= 0.1 and last > 5 * first and apart.losses[-1] < alike.losses[-1]
    assert len(apart.networks) == 1 + (len(apart.losses) - 1) // setting.EVERY


def test_the_weights_are_called_as_in_their_own_network_whatever_is_on_the_desk():
    shown = case("broken")
    alone = replace(shown, example=read_example("x = 2\ny = 1\nW1 = 0.5"))
    assert [each.get("name") for each in twins.paths(alone).data] == [each.get("name") for each in twins.paths(shown).data]


def test_with_all_0_and_tanh_not_even_the_weights_have_gradients(language):
    about = case("twins", start=0.0).worked
    assert not any(about.values[Quantity.parse(f"d{name}")] for name in WEIGHTS)
    sentences = {twins.state(case("twins", **changed)) for changed in ({"start": 0.0}, {}, {"own": (("W.1.1.1", 1.0),)})}
    assert len(sentences) == 3


def test_a_weight_is_typed_and_nothing_else():
    typed = setting.typed(Initial(), Quantity("W", 1, (2, 1)), -1.5)
    assert twins.network(typed).layers[0].W[1, 0] == -1.5 and not twins.alike(twins.network(typed))
    assert setting.again(typed, WORKED).own == ()
    for quantity, value in ((Quantity("x", 0, (1,)), 1.0), (Quantity("W", 1, (1, 1)), 1e9)):
        with pytest.raises(Problem):
            setting.typed(Initial(), quantity, value)
    for own in ((("W.9.9.9", 1.0),), ("W.1.1.1",), ((1, 1.0),), "x", ((["W"], 1.0),)):
        with pytest.raises(Problem):
            Initial.of_data({"own": own})


def test_the_numbers_of_the_layer_are_typed_in_its_picture():
    assert setting.entered(Initial(), N_IN, 7.0).n_in == 7
    assert setting.entered(Initial(), SQUARE_IN, 0.5).q_in == 0.5
    for quantity, value in ((N_IN, 2.5), (N_IN, 0.0), (SQUARE_IN, -1.0)):
        with pytest.raises(Problem):
            setting.entered(Initial(), quantity, value)
    drawn = [setting.redrawn(Initial(), seed) for seed in range(30)]
    assert {each.scheme for each in drawn} == {key for key, scheme in SCHEMES.items() if scheme.formula.free_symbols}
    assert all(each.n_in != each.n_out for each in drawn)


@pytest.mark.parametrize("terms", [1, 16, 100])
def test_the_variances_of_a_sum_add_up(terms):
    assert sums.sums(terms).var() == pytest.approx(terms, rel=0.1)


def test_xavier_lies_between_what_both_directions_ask_for():
    about = setting.one_layer(Initial(n_in=3, n_out=5), WORKED)
    assert about.values[SUM_VARIANCE] < 1 < about.values[SIGNAL_VARIANCE]
    alike = setting.one_layer(Initial(n_in=4, n_out=4), WORKED)
    assert alike.values[SUM_VARIANCE] == pytest.approx(1) == alike.values[SIGNAL_VARIANCE]


def test_a_new_scheme_appears_by_itself(monkeypatch, language):
    lecun = replace(SCHEMES["he_normal"], title="LeCun", scale=lambda m, n: (1 / m) ** 0.5)
    monkeypatch.setitem(SCHEMES, "lecun", lecun)
    assert TITLES["lecun"] == "LeCun" and "LeCun" in sums.table(case("scale"))
    about = setting.one_layer(Initial(scheme="lecun", n_in=4), WORKED)
    assert about.values[SUM_VARIANCE] == 1 and case("deep", scheme="lecun").text("found")


def ratio(activation, factor, seed):
    """The gradients of the first layer over those of the last."""
    net = deep.tried(Initial(trial=activation, factor=factor, draw=seed))
    return net, net.dC_da[0].std() / net.dC_da[-1].std()


def test_relu_shrinks_with_xavier_and_is_kept_with_he_where_linear_neurons_explode():
    def end(activation, scheme):
        net = deep.chosen(Initial(activation=activation, scheme=scheme, depth=setting.DEEPEST))
        return net.a[-1].std() / net.a[0].std()

    assert end("relu", "xavier_uniform") < 0.1 and 0.3 < end("relu", "he_uniform") < 3
    assert end("identity", "he_uniform") > 20 and 0.2 < end("tanh", "xavier_uniform") < 0.6


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_columns_of_the_notes_table_are_exchanged(seed):
    (printed, explodes), (_right, kept) = ratio("tanh", 4, seed), ratio("tanh", 1, seed)
    assert explodes > 5 and 0.2 < kept < 1 and (np.abs(printed.a[-1]) > 0.9).mean() > 0.5
    (_printed, vanishes), (_right, milder) = ratio("sigmoid", 1, seed), ratio("sigmoid", 4, seed)
    assert vanishes < 1e-3 and 1e-2 < milder < 0.2


def test_the_table_is_that_of_the_note():
    assert notes.COLUMNS == {"sigmoid": (1, 1), "relu": (1, 2), "tanh": (4, 1)}
    text = notes.table(case("table"))
    assert text.index("sigmoid") < text.index("tanh") and r"\pm4\sqrt" in text and r"\sqrt{\frac{4}" in text


def test_the_first_listing_learns_nothing_and_the_second_only_where_relus_column_fits():
    for name in TABLE:
        first, second, right = (notes.losses(start, name, 1) for start in range(3))
        assert abs(first[-1] - float(notes.facts(Initial(trained=name))["same"])) < 0.01
        assert right[-1] < 0.5 * first[-1]
        assert (second[-1] < 0.5 * first[-1]) == (name != "sigmoid")
    drawn = notes._weights(notes.STARTS[0], "tanh")
    assert drawn.min() >= 0 and drawn.max() <= 0.01


def test_a_histogram_shows_each_number_once():
    values = np.array([-5.0, -0.5, -0.5, 0.25, 9.0])
    shown = histograms.image("title", [histograms.Row("1", values, "note")], -1, 1, "gradient", "dark")
    assert "title. 1: note" in shown and "note</text>" in unquote(shown)
    outline = histograms._outline(values, -1, 1, 100, 50)
    tops = [100 - float(each.split("h")[0]) for each in outline.split("V")[1:-1]]
    assert len(tops) == histograms.BARS and sorted(tops)[-4:] == [25, 25, 25, 50]
    assert [histograms.small(x) for x in (0, 0.5, 1.2e-5, -3e6)] == ["0", "0.5", "1.2 · 10⁻⁵", "−3.0 · 10⁶"]


@pytest.mark.parametrize("activation", setting.DEEP)
def test_every_choice_can_be_drawn(activation):
    for scheme in SCHEMES:
        shown = case("deep", scheme=scheme, activation=activation, depth=setting.DEEPEST, width=setting.WIDEST)
        net = deep.chosen(shown.setting)
        assert deep.activations(shown, net, activation) and shown.text("found").strip()
        assert deep.gradients(shown, net)

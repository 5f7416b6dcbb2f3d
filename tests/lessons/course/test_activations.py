"""Lesson 8: slopes where the neurons stand, gradients that stay within their bound, neurons that no training moves."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.activations import chain, curves, dead, deep
from lessons.course.activations.descent import descend
from lessons.course.activations.setting import (
    FOLD,
    RATES,
    RECTIFIERS,
    SLOPED,
    Activations,
    fold_network,
    gone_through,
    linked,
    next_draw,
    other_start,
    redrawn,
    shown,
)
from lessons.example import WORKED
from lessons.practice.grading import grade
from lessons.practice.questions import questions_about
from lessons.problem import Problem
from mlp_core import SGD, Quantity, Training, functions, trace
from mlp_core.functions import ACTIVATIONS, Activation
from mlp_core.initialisation import SCHEMES

CUBE = Activation(
    name="cube", title="cube", latex="c", f=lambda z: z**3, slope=lambda z, a: 3 * z**2, expr=lambda z: z**3,
    slope_expr=lambda z, a: 3 * z**2,
)  # fmt: skip


def case(screen, **given):
    lesson = LESSONS["activations"]
    return Case(lesson, lesson.screen(screen), Activations(**given), WORKED)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_points_of_the_curves_are_the_numbers_of_the_network(name):
    about = shown(Activations(hidden=name, seed=2), None)
    stand = curves.standing(ACTIVATIONS[name], [about.values[Quantity("z", 1, (i,))] for i in (1, 2, 3)])
    for i, each in enumerate(stand, 1):
        assert each.a == pytest.approx(about.values[Quantity("a", 1, (i,))], rel=1e-12)
        slope = Quantity("da_dz", 1, (i,) if ACTIVATIONS[name].elementwise else (i, i))
        if ACTIVATIONS[name].slope:
            assert each.slope == pytest.approx(about.values[slope], rel=1e-9)


def test_what_a_neuron_is_called_follows_from_its_slope():
    found = {name: [each.state for each in curves.standing(ACTIVATIONS[name], (0.5, -5.0, 5.0))] for name in ACTIVATIONS}
    assert found["sigmoid"] == ["on a slope", "saturated", "saturated"]
    assert found["relu"] == ["on a slope", "inactive: nothing passes", "on a slope"]
    assert found["leaky_relu"] == ["on a slope", "a small part passes", "on a slope"]
    assert found["softplus"] == ["on a slope", "saturated", "on a slope"]
    assert found["identity"] == ["on a slope"] * 3


@pytest.mark.parametrize(("name", "most"), [("sigmoid", 0.25), ("tanh", 1), ("relu", 1), ("softplus", 1), ("softmax", 0.25)])
def test_the_greatest_slope_is_that_of_the_formula(name, most):
    assert curves.steepest(ACTIVATIONS[name]) == pytest.approx(most, rel=1e-9)


def test_a_new_activation_appears_by_itself():
    functions.enter(CUBE)
    try:
        assert "cube" in SLOPED
        assert "cube" in curves.gallery(case("curves"))
        drawn = case("curves", hidden="cube")
        assert curves.figure(drawn).data and "z^{3}" in curves.law(drawn)
        assert deep.outcome("cube", "constant", 1) == "explode", "its numbers overflow"
        assert deep.figure(case("deep", deep="cube", scheme="constant", guesses=(("cube", "constant", "stay"),)))
        assert any("cube" in row[0] for row in chain.handed_the_output(case("output"))[1])
    finally:
        functions.leave(CUBE)


@pytest.mark.parametrize("name", SLOPED)
def test_the_product_of_the_chain_is_the_gradient(name):
    setting = replace(redrawn(Activations(), 3), linked=name, links=5)
    values = linked(setting, None).values
    product_ = values[Quantity("dC_da", 5, (1,))]
    for k in range(2, 6):
        product_ *= values[Quantity("da_dz", k, (1,))] * values[Quantity("W", k, (1, 1))]
    assert values[Quantity("dC_da", 1, (1,))] == pytest.approx(product_, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", SLOPED)
def test_the_slopes_of_random_networks_stay_within_their_bound(name, scheme):
    found = deep.measured(name, scheme, 8, 3)
    assert len(found.median) == 8 and found.median[-1] in (0, 1)
    for low, middle, high, slopes, most in zip(*found[:4], deep.bound(name, 8), strict=True):
        assert low <= middle <= high
        assert slopes <= most * (1 + 1e-12)


def test_what_textbooks_say_of_first_weights_is_what_is_measured():
    for draw in (1, 2):
        told = {pair: deep.outcome(*pair, draw) for pair in product(("sigmoid", "tanh", "relu"), ("small_uniform", "he_normal"))}
        assert {told[name, "small_uniform"] for name in ("sigmoid", "tanh", "relu")} == {"vanish"}
        assert told["sigmoid", "he_normal"] == "vanish" and told["relu", "he_normal"] == "stay"
        assert deep.outcome("tanh", "xavier_normal", draw) == "stay"
        assert deep.outcome("relu", "constant", draw) == "explode"


def test_measurements_are_not_shown_before_they_are_guessed():
    hidden, seen = case("deep"), case("deep", guesses=(("sigmoid", "xavier_normal", "vanish"),))
    assert len(deep.figure(hidden).data) == 1 < len(deep.figure(seen).data)
    assert deep.told(hidden) != deep.told(seen)
    assert "✓" in deep.guesses(seen)[1][0][-1]
    assert "✗" in deep.guesses(case("deep", guesses=(("sigmoid", "xavier_normal", "explode"),)))[1][0][-1]
    with pytest.raises(Problem):
        Activations(guesses=(("sigmoid", "xavier_normal", "perhaps"),))


def test_a_neuron_that_is_inactive_for_every_sample_is_not_moved_and_can_be_revived():
    run = dead.trained(Activations())
    networks = map(run.network, range(len(run.numbers)))
    numbers = {(net.layers[0].W[1, 0], net.layers[0].b[1]) for net in networks}
    assert numbers == {(FOLD["W.1.2.1"], Activations().bias)}
    gradients = dead.folded(Activations(), None)
    for quantity in dead.asked(gradients):
        assert (gradients.values[quantity] == 0) == (quantity.index[0] == dead.DEAD), quantity
    stuck = run.losses[-1]
    for revived in (Activations(bias=-1.0), Activations(kind="leaky_relu")):
        assert dead.trained(revived).losses[-1] < stuck / 10


@pytest.mark.parametrize("kind", RECTIFIERS)
@pytest.mark.parametrize("seed", range(4))
def test_the_training_in_arrays_is_that_of_the_engine(kind, seed):
    fold = fold_network(replace(other_start(Activations(start=seed), WORKED), kind=kind))
    steep = dead.healthy(kind, redrawn(Activations(), seed).steep)
    far = dead.healthy(kind, (("W.1.1.1", 40.0),))  # whose losses overflow
    for network, data, rate in (
        (fold, (dead.PLACES, dead.TARGETS), 0.3), (steep, (dead.KILLED, dead.WANTED), 0.7),
        (far, (dead.KILLED, dead.WANTED), 0.9),
    ):  # fmt: skip
        run, training = descend(network, *data, rate, 60, 10), Training(network, *data, SGD(rate), 60)
        kept = [network, *(training.network for at in training if at % 10 == 0)]
        assert run.losses == pytest.approx(training.losses, rel=1e-9)
        assert len(run.numbers) == len(kept)
        for k, exact in enumerate(kept):
            for mine, theirs in zip(run.network(k).layers, exact.layers, strict=True):
                assert pytest.approx(theirs.W, rel=1e-9) == mine.W and mine.b == pytest.approx(theirs.b, rel=1e-9, abs=1e-12)


def test_what_is_said_of_the_steep_neuron_holds_for_the_numbers_that_were_typed():
    begun, one, none = (case("killed", steep=steep) for steep in ((), (("b.1.1", -3.5),), (("b.1.1", -9.0),)))
    alive = [sum(z > 0 for z in dead.after_step("relu", each.setting.steep, 0.0)) for each in (begun, one, none)]
    assert alive == [4, 1, 0]
    texts = [each.text("killed") for each in (begun, one, none)]
    assert [said in text for said, text in zip(("every sample, but", "1 of 4", "It is dead"), texts, strict=True)] == [True] * 3


@pytest.mark.parametrize("seed", range(20))
def test_questions_about_the_dead_neuron_are_about_one_that_is_dead(seed):
    drawn = redrawn(Activations(bias=1.0), seed)
    assert max(trace(fold_network(drawn), dead.PLACES, dead.TARGETS).layers[0].z[:, dead.DEAD - 1]) < 0
    assert min(dead.after_step("relu", drawn.steep, 0.0)) > 0


def test_other_first_weights_and_other_networks_are_other_numbers():
    one = other_start(Activations(), WORKED)
    assert one.fold != other_start(one, WORKED).fold
    other = next_draw(Activations(), WORKED).draw
    assert deep.measured("tanh", "he_normal", 4, 1) != deep.measured("tanh", "he_normal", 4, other)


@pytest.mark.parametrize("typed", [(), (("W.1.1.1", 1.5), ("b.1.1", 0.5)), (("W.1.1.1", -1.0), ("b.1.1", 1.0))])
def test_the_shaded_learning_rates_are_those_that_kill(typed):
    found = dead.deadly("relu", typed)
    for rate in np.linspace(0.01, RATES[1], 60):
        killed = max(dead.after_step("relu", typed, float(rate))) <= 0
        assert killed == (found is not None and found[0] <= rate <= found[1]), rate


def test_what_a_large_step_kills_learns_no_more():
    for rate in (0.85, 1.2):
        z, losses = dead.after_step("relu", (), rate), dead.losses("relu", (), rate)
        assert max(z) < 0
        assert losses[-1] == pytest.approx(np.var(dead.WANTED) / 2, rel=1e-6), "only the output's bias still learns"
    assert dead.losses("relu", (), 0.1)[-1] < 0.01
    later = [rate for rate in (0.1, 0.5, 0.85) if "A later step" in case("killed", rate=rate).text("after")]
    assert later == [0.5], "where the first step leaves it alive, and the loss is that of a dead one all the same"


def test_at_zero_the_slope_of_relu_is_zero():
    about = gone_through(Activations(), None)
    assert about.values[Quantity("z", 1, (3,))] == 0 and about.values[Quantity("da_dz", 1, (3,))] == 0
    corner = redrawn(Activations(), 5)
    assert gone_through(corner, None).values[Quantity("z", 1, (3,))] == 0, "drawn so for every other seed"


def test_the_notes_code_is_right_only_where_a_has_the_sign_of_z():
    ticks = {row[0]: "✓" in row[1] for row in chain.handed_the_output(case("output"))[1]}
    right = [name for name in SLOPED if ticks[f'<th scope="row">{curves.name_of(name)}</th>']]
    assert right == ["identity", "relu", "leaky_relu"]


SLIPS = [
    ("relu", "da_dz.1.2", "1", "slope_left_out"),  # inactive, taken for active
    ("relu", "delta.1.2", "0.25", "slope_left_out"),
    ("relu", "da_dz.1.3", "1", "corner_has_slope"),  # its z is 0
    ("relu", "da_dz.1.3", "1/2", "corner_has_slope"),
    ("leaky_relu", "da_dz.1.2", "0", "wrong_activation"),
    ("leaky_relu", "da_dz.1.3", "0.505", "corner_has_slope"),
    ("sigmoid", "da_dz.1.1", "0.2194", "slope_at_a"),
    ("sigmoid", "da_dz.1.1", "1/4", "greatest_slope"),
    ("tanh", "da_dz.1.1", "0.7616", "function_instead"),
    ("softplus", "da_dz.1.1", "1.3133", "function_instead"),
]


@pytest.mark.parametrize(("name", "target", "typed", "slip"), SLIPS, ids=[f"{s[0]} {s[1]}={s[2]}" for s in SLIPS])
def test_the_slips_of_a_slope_are_named(name, target, typed, slip):
    asked = {str(each.target): each for each in questions_about(gone_through(Activations(through=name), None))}
    assert grade(asked[target], typed).misconception == slip


def test_slopes_that_are_left_out_between_the_layers_are_named_where_they_were_and_further_on():
    about = linked(redrawn(Activations(), 4), None)
    asked = {str(each.target): each for each in questions_about(about)}
    back = about.values[Quantity("delta", 4, (1,))]
    for k in (4, 3, 2):
        back *= about.values[Quantity("W", k, (1, 1))]
    for target, typed in (("dC_da.1.1", back), ("delta.1.1", back * about.values[Quantity("da_dz", 1, (1,))])):
        assert grade(asked[target], f"{typed:.4g}").misconception == "slopes_between"

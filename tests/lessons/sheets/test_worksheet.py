"""What worksheets hold: settings that can be worked out, variants that stay the same, and codes that bring them back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.example import MAX_DECIMALS, MAX_LAYERS, WORKED, Example, trainable
from lessons.problem import Problem
from lessons.sheets import (
    MAX_SEED,
    MAX_VALUES,
    MAX_VARIANTS,
    NONE,
    PARTS,
    Settings,
    code_of,
    example_of,
    instance,
    kinds_of,
    sheet,
    title_of,
)
from lessons.sheets.codes import DIGITS, NEWEST, _spelled
from lessons.sheets.parts import part
from lessons.sheets.sheet import steady
from lessons.sheets.variants import suits
from lessons.walk.updates import impossible, update_of
from mlp_core import Quantity, functions, optimisers
from mlp_core.functions import LOSSES
from mlp_core.network import DividesByZero
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from tests.lessons.strategies import choices_of, field_of
from tests.mlp_core.test_entering import SOFTSIGN, Damped

CLASSIFIER = Settings(sizes=(2, 3, 3), activations=("relu", "softmax"), loss="cross_entropy")
EVERYTHING = tuple(kind for kinds in PARTS.values() for kind in kinds)


@st.composite
def settings_of(draw: st.DrawFn, optimiser: str | None = None) -> Settings:
    """Any network of up to four neurons a layer, loss, optimiser, look and seed."""
    loss = draw(st.sampled_from(list(LOSSES)))
    hidden = draw(st.lists(st.sampled_from(trainable()), max_size=MAX_LAYERS - 1))
    activations = (*hidden, LOSSES[loss].wants or draw(st.sampled_from(trainable())))
    sizes = [draw(st.integers(1, 4)), *(draw(st.integers(2 if a == "softmax" else 1, 4)) for a in activations)]
    decimal = st.integers(1, 9999).map(lambda k: k / 10000)
    return Settings().with_(
        sizes=tuple(sizes),
        activations=activations,
        loss=loss,
        optimiser=optimiser or draw(st.sampled_from([NONE, *OPTIMISERS])),
        lr=draw(st.sampled_from([0.1, 0.5, 1e-3, 2.5, 30.0])),
        **{name: draw(decimal) for name in ("momentum", "rho", "beta1", "beta2")},
        eps=draw(st.sampled_from([1e-8, 1e-7, 0.25])),
        **{name: draw(st.booleans()) for name in ("nesterov", "bias_correction", "eps_inside_root")},
        **{name: draw(st.sampled_from(choices_of()[name])) for name in ("scope", "notation", "language")},
        decimals=draw(st.integers(0, MAX_DECIMALS)),
        variants=draw(st.integers(1, 10)),
        seed=draw(st.integers(0, MAX_SEED)),
        biases=draw(st.sampled_from([(), ("none",) * len(activations), ("shared", *["fixed"] * len(hidden))])),
        slope=draw(st.sampled_from([0.01, 0.2])),
        **{name: draw(st.sampled_from(choices_of()[name])) for name in ("error_sign", "form")},
        **{name: draw(st.booleans()) for name in ("sequential", "eps_uncorrected")},
        **draw(st.sampled_from([{}, {}, *({"decay": 0.25, "decay_form": form} for form in FORMS)])),
    )


def used(chosen: Settings) -> dict[str, object]:
    """The settings that count with this optimiser, as an example has them."""
    named = {name: chosen.update[name] for name in OPTIMISERS[chosen.optimiser].settings()} if chosen.update else {}
    scope = {"scope": chosen.update.scope} if chosen.update else {}
    return vars(chosen.view) | named | scope | {"activations": chosen.activations, "loss": chosen.loss}


# --- settings ---


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("variants", {"variants": 0}),
        ("variants", {"variants": 101}),
        ("variants", {"variants": 2.5}),
        ("variants", {"variants": True}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": MAX_SEED + 1}),
        ("seed", {"seed": None}),
        ("network", {"sizes": (3,)}),
        ("network", {"sizes": (3, 9, 1)}),
        ("network", {"sizes": (3, 0, 1)}),
        ("network", {"sizes": (3, 2, 2, 2, 2, 1), "activations": ("tanh",) * 5}),
        ("network", {"sizes": (3, 2, 1), "activations": ("tanh",)}),
        ("activation.2", {"activations": ("tanh", "softmax")}),
        ("activation.2", {"loss": "binary_cross_entropy", "activations": ("tanh", "tanh")}),
        ("activation.1", {"activations": ("step", "sigmoid")}),
        ("loss", {"loss": "no such loss"}),
        ("optimiser", {"optimiser": "no such optimiser"}),
        ("lr", {"lr": 0.0}),
        ("lr", {"lr": float("nan")}),
        ("lr", {"lr": 0.12345678}),
        ("momentum", {"optimiser": "Momentum", "momentum": 1.0}),
        ("eps", {"optimiser": "Adam", "eps": 1e-300}),
        ("decimals", {"decimals": 11}),
        ("notation", {"notation": "no such notation"}),
        ("language", {"language": "xx"}),
        ("paper", {"paper": "A5"}),
        ("blank", {"blank": ()}),
        ("blank", {"blank": ("no such kind",)}),
        ("blank", {"blank": ("m",)}),
        ("variants", {"sizes": (8, 8, 8, 8), "activations": ("tanh",) * 3, "variants": 100}),
    ],
)
def test_what_cannot_be_used_is_a_problem_at_its_place(where, wrong, language):
    with pytest.raises(Problem) as found:
        Settings().with_(**wrong)
    assert found.value.where == where
    assert "{" not in found.value.text()


def test_what_divides_by_zero_is_not_called_an_overflow(language):
    dead = Settings().with_(activations=("relu", "sigmoid"), optimiser="RMSprop", eps=0.0)
    with pytest.raises(Problem) as found:
        sheet(dead, 1)
    assert found.value.text() == impossible(DividesByZero("", 1)).text()


def test_a_sheet_ends_with_the_last_phase_that_has_a_blank():
    phases = lambda **changes: [phase for phase, _steps in Settings().with_(**changes).sections]  # noqa: E731
    assert phases() == ["forward", "loss", "backward", "update"]
    assert phases(blank=("a",)) == ["forward"]
    assert phases(blank=("dW",)) == ["forward", "loss", "backward"]
    assert phases(optimiser=NONE) == ["forward", "loss", "backward"]


def test_the_largest_set_has_as_many_values_as_it_may():
    chosen = Settings().with_(optimiser="Adam", variants=MAX_VARIANTS)
    assert sum(len(steps) for _phase, steps in chosen.sections) * MAX_VARIANTS <= MAX_VALUES


# --- variants ---


def test_a_variant_is_the_same_whatever_the_number_of_variants():
    few, many = Settings(variants=3), Settings(variants=100)
    assert [instance(few, n) for n in (1, 2, 3)] == [instance(many, n) for n in (1, 2, 3)]
    assert code_of(few, 2) == code_of(many, 2)


def test_a_hundred_variants_are_a_hundred_different_examples():
    """Of the smallest network, which leaves the least to choose."""
    chosen = Settings(sizes=(1, 1), activations=("relu",))
    drawn = [instance(chosen, n) for n in range(1, MAX_VARIANTS + 1)]
    assert len({e.model for e in drawn}) == MAX_VARIANTS
    assert len({code_of(chosen, n) for n in range(1, MAX_VARIANTS + 1)}) == MAX_VARIANTS


def test_other_seeds_give_other_sheets():
    assert len({instance(Settings(seed=s), 1).model for s in range(20)}) == 20


@pytest.mark.parametrize("number", [0, 101])
def test_there_is_no_variant_beyond_the_last(number):
    with pytest.raises(Problem):
        instance(Settings(), number)


@settings(max_examples=25, deadline=None)
@given(settings_of())
def test_the_numbers_of_a_sheet_suit_work_by_hand(chosen):
    """One decimal, no 0 among the weights, no value decided by a rounding error, a gradient that reaches the first layer."""
    drawn = instance(chosen, 1)
    for value in (v for W in drawn.model.W for row in W for v in row):
        assert value == round(value, 1) != 0
    assert all(value == int(value) != 0 for value in drawn.x)
    t = drawn.trace
    assert all(np.abs(layer.z).min() > 1e-6 for layer in t.layers)
    assert np.abs(t.layers[-1].a - np.array(drawn.y)).min() > 1e-6
    assert t.layers[0].dW.any()


def test_what_hangs_on_a_rounding_error_does_not_suit():
    """0.1 + 0.2 - 0.3 is not 0 in floating point: whether this ReLU fires depends on the processor."""
    drawn = instance(Settings(sizes=(3, 1), activations=("relu",)), 1)
    weighing = lambda *weights: drawn.with_(W=((weights,),), b=((0.0,),), x=(1.0,) * 3, y=(1.0,))  # noqa: E731
    assert not suits(weighing(0.1, 0.2, -0.3))
    assert suits(weighing(0.1, 0.2, 0.3))
    assert not suits(weighing(-0.1, -0.2, -0.3))  # dead: no gradient
    assert not suits(weighing(0.4, 0.5, 0.1))  # on target


# --- sheets ---


@settings(max_examples=20, deadline=None)
@given(settings_of())
def test_the_values_of_a_sheet_are_those_of_the_engine(chosen):
    one = sheet(chosen, 1)
    engine = instance(chosen, 1).trace if chosen.optimiser == NONE else update_of(instance(chosen, 1))
    for _phase, lines in one.sections:
        for line in lines:
            assert line.value == pytest.approx(engine[line.step.target], rel=1e-10, abs=1e-11)
            assert line.value == float(f"{line.value:.11e}")


def test_a_sheet_has_every_step_once_in_order_and_blanks_what_it_should():
    chosen = CLASSIFIER.with_(optimiser="Adam", blank=("z", "delta", "m", "new"), factors=True)
    one, example = sheet(chosen, 1), instance(chosen, 1)
    lines = [line for _phase, lines in one.sections for line in lines]
    assert [line.step for line in lines] == [*example.derivation, *update_of(example).steps]
    assert {part(line.step.target) for line in lines if line.blank} == {"z", "delta", "m", "new"}
    assert not any(line.blank for line in lines if part(line.step.target) not in ("z", "delta", "m", "new"))


def test_every_kind_of_value_has_its_part():
    one = sheet(Settings().with_(optimiser="Adam"), 1)
    assert {part(line.step.target) for _phase, lines in one.sections for line in lines} == set(EVERYTHING)


def test_the_last_bits_of_a_value_do_not_show():
    z, a = Quantity("z", 1, (1,)), Quantity("a", 1, (1,))
    assert steady(z, 0.1 + 0.2 - 0.3) == 0
    assert steady(a, 0.1 + 0.2) == 0.3
    assert steady(a, np.nextafter(0.123, 1)) == steady(a, 0.123) == 0.123
    assert steady(a, 3.25e-15) == 3.25e-15


# --- codes ---


@settings(max_examples=25, deadline=None)
@given(settings_of(), st.integers(1, 10))
def test_a_code_brings_back_the_numbers_and_how_they_are_shown(chosen, variant):
    code = code_of(chosen, variant)
    found, drawn = example_of(code), instance(chosen, variant)
    assert found.model == drawn.model
    for name, value in used(chosen).items():
        assert field_of(found, name) == value, name
    if chosen.optimiser != NONE:
        assert found.settings.optimiser == chosen.optimiser


def test_a_code_can_be_typed(language):
    code = code_of(Settings().with_(language=language), 7)
    assert len(code.replace("-", "")) <= 14
    wide = code.translate({ord(c): ord(c) + 0xFEE0 for c in DIGITS})  # as a Chinese keyboard may give them
    for typed in (code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} ", code.replace("-", "–"), wide):
        assert example_of(typed) == example_of(code)
    assert example_of(code.replace("0", "o").replace("1", "l")) == example_of(code)


@pytest.mark.parametrize("chosen", [Settings(), CLASSIFIER.with_(optimiser="Adam", beta1=0.85)], ids=["plain", "Adam"])
def test_one_wrong_sign_or_two_swapped_ones_are_found(chosen):
    for wrong in forgeries(code_of(chosen, 3).replace("-", "")):
        with pytest.raises(Problem) as found:
            example_of(wrong)
        assert found.value.where == "code"


def forgeries(code: str) -> set[str]:
    """The code with one wrong sign, or with two swapped."""
    forged = {code[:k] + digit + code[k + 1 :] for k in range(len(code)) for digit in DIGITS}
    for i in range(len(code)):
        for j in range(i):
            signs = list(code)
            signs[i], signs[j] = signs[j], signs[i]
            forged.add("".join(signs))
    return forged - {code}


@pytest.mark.parametrize(
    "wrong",
    ["", " ", "-", "0", "0000", "A", "hello world", "U" * 12, "1" * 1000, "é" * 13, "\x00", "10", "WORKSHEET", None, 7],
)
def test_what_is_no_code_is_a_problem(wrong):
    with pytest.raises(Problem) as found:
        example_of(wrong)
    assert found.value.where == "code"


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=DIGITS, min_size=1, max_size=40) | st.text(max_size=20))
def test_anything_typed_is_a_sheet_or_a_problem(typed):
    try:
        found = example_of(typed)
    except Problem as problem:
        assert problem.where == "code"
    else:
        assert found.trace.loss >= 0


def test_leading_or_further_signs_make_no_other_code():
    code = code_of(Settings(), 1).replace("-", "")
    for wrong in ("0" + code, code + "0", code[1:], code[:-1], code + code):
        with pytest.raises(Problem):
            example_of(wrong)


def test_codes_on_paper_stay_valid():
    """These were printed once: whoever changes how codes are made makes sheets in students' hands worthless."""
    assert (code_of(Settings(), 1), code_of(CLASSIFIER.with_(optimiser="Adam", seed=2026), 100)) == PRINTED
    assert example_of(PRINTED[0]) == instance(Settings(), 1)
    assert example_of("89TF-8PK0-6Q4FR") == Example.of(
        W=(((-0.7, -0.8, 0.2), (0.6, 0.1, 0.3)), ((0.4, 0.8),)),
        b=((0.1, -0.7), (0.5,)),
        x=(-2.0, -1.0, -2.0),
        y=(1.0,),
        activations=("sigmoid", "sigmoid"),
    )
    assert example_of("14Y2-KWGM9-A2BYT") == Example.of(
        W=(((-0.7, -0.3), (0.2, 0.5), (-0.5, -0.8)), ((0.3, 0.7, -0.2), (0.5, 0.6, 0.2), (-0.5, -0.9, 0.2))),
        b=((-0.1, -0.8, 0.4), (-0.9, -0.7, 0.5)),
        x=(2.0, -2.0),
        y=(0.0, 1.0, 0.0),
        activations=("relu", "softmax"),
        loss="cross_entropy",
        optimiser="Adam",
    )


PRINTED = ("89TF-8PK0-6Q4FR", "14Y2-KWGM9-A2BYT")


def test_the_conventions_of_a_book_fit_into_a_code_that_can_be_typed():
    book = {"biases": ("shared", "fixed"), "error_sign": "minus", "sequential": True}
    shared = Settings().with_(optimiser="Momentum", form="average", **book)
    codes = [code_of(shared, 7), code_of(Settings().with_(optimiser=NONE, biases=("none", "none"), slope=0.2), 100)]
    for chosen, code in zip((shared, None), codes, strict=True):
        assert code.startswith("02") and len(code) <= 24
        assert chosen is None or example_of(code) == instance(chosen, 7)
    assert example_of(codes[1]).model.biases == ("none", "none") and example_of(codes[1]).model.slope == 0.2


# --- what comes later ---


def test_what_is_added_later_has_sheets_and_codes_at_once(tomorrow):
    chosen = Settings.of(tomorrow, variants=2)
    one, code = sheet(chosen, 2), code_of(chosen, 2)
    assert code.startswith("01") and one.code == code
    assert example_of(code) == instance(chosen, 2)
    assert example_of(code).settings == tomorrow.settings
    assert example_of(code).view == tomorrow.view
    assert {part(line.step.target) for _phase, lines in one.sections for line in lines if line.blank} >= {
        "u",
        "step",
        "new",
    }
    assert Settings.from_json(chosen.to_json()) == chosen
    assert example_of(PRINTED[0]) == instance(Settings(), 1)
    assert code_of(Settings(), 1) == PRINTED[0]


def test_other_defaults_and_another_order_of_names_change_no_code(turned):
    chosen = Settings().with_(lr=0.1)
    assert [code_of(chosen, 1), code_of(CLASSIFIER.with_(optimiser="Adam", seed=2026, lr=0.1), 100)] == list(PRINTED)
    assert example_of(PRINTED[0]) == instance(chosen, 1)
    assert (example_of(PRINTED[0]).lr, example_of(PRINTED[1]).lr) == (0.1, 0.1)


def test_every_kind_of_value_can_be_chosen_and_has_a_title(tomorrow):
    for optimiser in OPTIMISERS:
        blank = kinds_of(optimiser)
        one = sheet(Settings.of(tomorrow.with_(optimiser=optimiser), variants=1, blank=blank), 1)
        assert {part(line.step.target) for _phase, lines in one.sections for line in lines} == set(blank)
        assert all(map(title_of, blank))
    assert title_of("u") == "û"
    for form in FORMS:
        decayed = WORKED.with_(decay=0.25, decay_form=form)
        blank = kinds_of("SGD", decayed.settings.shrinking())
        one = sheet(Settings.of(decayed, variants=1, blank=blank), 1)
        assert {part(line.step.target) for _phase, lines in one.sections for line in lines} == set(blank) | {"step"}
        assert all(map(title_of, blank)) and ("g" in blank) != ("decay" in blank)
        assert example_of(one.code).settings.shrinking() == decayed.settings.shrinking()


def test_codes_of_the_newest_version_are_checked_like_the_first(tomorrow):
    code = code_of(Settings.of(WORKED.with_(optimiser="Damped", damping=0.25), variants=1), 1).replace("-", "")
    for wrong in forgeries(code):
        with pytest.raises(Problem) as found:
            example_of(wrong)
        assert found.value.where == "code"


def test_where_it_is_not_known_the_code_is_called_newer(tomorrow):
    codes = [code_of(Settings.of(WORKED.with_(**each), variants=1), 1) for each in (
        {"optimiser": "Damped"}, {"activations": ("softsign", "sigmoid")},
    )]  # fmt: skip
    optimisers.leave(Damped)
    functions.leave(SOFTSIGN)
    try:
        for code in codes:
            with pytest.raises(Problem, match="newer version"):
                example_of(code)
    finally:
        functions.enter(SOFTSIGN)
        optimisers.enter(Damped)


def test_a_code_of_a_newer_version_says_so():
    with pytest.raises(Problem, match="newer version"):
        example_of(_spelled(1234567, NEWEST + 1))

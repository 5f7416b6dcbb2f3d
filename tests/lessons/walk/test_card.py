"""The step card: the numbers put in are those of the trace, the ribbon multiplies to the result, notes lead back."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import glossary
from lessons.example import WORKED, Example, Model, trainable
from lessons.i18n import gettext
from lessons.problem import Problem
from lessons.style import Look
from lessons.walk.card import ROOM, card, chain, formula, unfolding
from lessons.walk.ribbon import ribbon
from lessons.walk.updates import parameters, steps_of, update_of
from lessons.worked import of_update
from mlp_core import Quantity, Step
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing.breaking import width
from mlp_core.writing.long import is_long, shortened
from mlp_core.writing.names import NOTATIONS

from ..strategies import examples

MINUS = "\N{MINUS SIGN}"
DIGITS = re.compile(r"\d+")


def look_of(example: Example) -> Look:
    return Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)


def rows(latex: str) -> list[str]:
    """The right sides of a formula block, from law to value."""
    body = latex.removeprefix(r"\begin{aligned} ").removesuffix(r" \end{aligned}")
    first, *rest = body.split(r" \\[3pt] &= ")
    return [first.split(" &= ", 1)[1], *rest]


def closing(latex: str, start: int) -> int:
    """Where the brace that opens at ``start`` closes."""
    depth = 0
    for at in range(start, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[at], 0)
        if depth == 0:
            return at
    raise AssertionError(f"a brace stays open in {latex}")


def painted(latex: str) -> list[str]:
    """What stands in colour, in order: every name and every number that belongs to a quantity."""
    found, at = [], 0
    while (at := latex.find(r"\textcolor{", at)) >= 0:
        opening = closing(latex, at + len(r"\textcolor")) + 1
        found.append(latex[opening + 1 : closing(latex, opening)])
        at = opening
    return found


def assert_well_formed(latex: str) -> None:
    assert latex.count("{") == latex.count("}"), latex
    assert re.findall(r"\\begin\{(\w+)\}", latex).count("aligned") == 1, latex
    assert sorted(re.findall(r"\\begin\{(\w+)\}", latex)) == sorted(re.findall(r"\\end\{(\w+)\}", latex)), latex
    assert latex.count(r"\left") == latex.count(r"\right"), latex
    assert not re.search(r"\b[a-zA-Z]+_\d+_\d+|nan|oo\b|zoo", latex), f"a raw symbol or no number: {latex}"


def assert_numbers_are_put_in(step: Step, latex: str, values, look: Look) -> None:
    """The last row is the value, the row before it the law with every name replaced by its number, in that order."""
    *above, last = rows(latex)
    assert last == rf"\mathbf{{{look.number(step.target, values[step.target])}}}", f"{step.target}: {latex}"
    if not step.inputs or step.formula.is_Symbol:
        return
    law, numbers = above[-2:]
    inputs = step.inputs
    if is_long(step.formula):  # of which the first terms and the last are there
        inputs = tuple(q for q in inputs if q.symbol in shortened(step.formula).free_symbols)
    put_in = {look.name(q).latex(): painted(look.factor(q, values[q]))[0] for q in inputs}
    names = painted(law)
    assert set(names) == set(put_in), f"{step.target}: the law does not name its inputs: {law}"
    assert painted(numbers) == [put_in[name] for name in names], f"{step.target}: {law} became {numbers}"


@settings(max_examples=20)
@given(examples())
def test_the_numbers_of_a_card_are_those_of_the_trace(example):
    look = look_of(example)
    for step in example.derivation:
        latex = formula(step, example.worked, look)
        assert_well_formed(latex)
        assert_numbers_are_put_in(step, latex, example.worked.values, look)


@settings(max_examples=20)
@given(examples(optimiser="Adam", updates=1) | examples(updates=2), st.data())
def test_the_numbers_of_an_update_are_those_of_the_optimiser(example, data):
    look, update = look_of(example), update_of(example)
    for step in steps_of(update, data.draw(st.sampled_from(parameters(example)))):
        shown = card(step, of_update(update), look)
        assert_well_formed(shown.formula)
        assert_numbers_are_put_in(step, shown.formula, update, look)


@settings(max_examples=20)
@given(examples())
def test_a_card_asks_about_its_target_and_states_its_value(example):
    look = look_of(example)
    for step in example.derivation:
        shown, value = card(step, example.worked, look), example.worked.values[step.target]
        assert f"${look.symbol(step.target)}$" in shown.question
        assert shown.why
        read = float(shown.value.replace(MINUS, "-"))
        digits = max(example.view.decimals, 2)
        assert abs(read - value) <= 0.5000001 * max(10.0**-example.view.decimals, 10.0 ** (1 - digits) * abs(value))


def lines(latex: str) -> list[str]:
    """The lines of a formula block as they are set, without what aligns them."""
    whole = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "x", latex)
    body = whole.removeprefix(r"\begin{aligned} ").removesuffix(r" \end{aligned}")
    return [line.replace("&", "") for line in re.split(r" \\\\(?:\[3pt\])? ", body)]


@pytest.mark.parametrize("key", NOTATIONS)
def test_no_formula_of_the_largest_network_is_wider_than_a_card(key):
    wide = WORKED.remodelled(Model.resized, (8, 8, 8, 8, 8)).remodelled(Model.with_loss, "cross_entropy")
    wide = wide.with_(decimals=9, notation=key)
    look, steps = look_of(wide), {(step.law, step.rule): step for step in wide.derivation}
    for step in steps.values():
        blocks = [formula(step, wide.worked, look), unfolding(step, wide.worked, look)]
        for line in (line for latex in blocks if latex for line in lines(latex)):
            assert width(line) <= ROOM + 0.3, f"{step.target}: {line}"


def test_a_sum_stands_in_the_order_of_the_textbook_and_a_long_one_on_several_lines():
    wide = WORKED.remodelled(Model.resized, (6, 2, 1))
    step = wide.derivation[Quantity("z", 1, (1,))]
    law, numbers, _value = rows(formula(step, wide.worked, look_of(wide)))
    expected = [f"{letter}{{{at}}}" for j in range(1, 7) for letter, at in (("W^{(1)}_", f"1,{j}"), ("x_", j))] + [
        "b^{(1)}_{1}"
    ]
    assert painted(law) == expected
    assert law.count(r"\\") == numbers.count(r"\\") == 1


# --- the ribbon ---


def factors_of(part: dict) -> float:
    return float(part["value"].replace(MINUS, "-"))


@settings(max_examples=20)
@given(examples(decimals=10))
def test_the_factors_of_a_ribbon_multiply_and_add_up_to_its_result(example):
    """Read from the texts at ten decimals, so that what a person can recompute is what is shown."""
    look, derivation = look_of(example), example.derivation
    for step in derivation.phase("backward"):
        data = ribbon(step, example.worked, look)
        if data is None:
            assert step.law in ("loss_slope", "slope", "jacobian", "fused")
            continue
        total, size = 0.0, 0.0
        for group in data["groups"]:
            term, most = 1.0, 1.0
            for chip in group["chips"]:
                term *= factors_of(chip)
                most = max(most, abs(factors_of(chip)))
            total, size = total + term, size + most**2
        assert data["result"]["id"] == str(step.target)
        assert factors_of(data["result"]) == pytest.approx(total, rel=1e-8, abs=2e-10 * size), step.target


@settings(max_examples=20)
@given(examples())
def test_a_chip_shows_the_number_of_the_quantity_it_leads_to(example):
    look, derivation, t = look_of(example), example.derivation, example.trace
    for step, chip in chips(example, look):
        if not chip["id"]:
            if "negative" in step.rule:
                assert (chip["value"], chip["note"]) == ("−1", gettext("the error term is −∂C/∂z"))
                continue
            assert step.law == "bias_gradient", "only the factor 1 of a bias, and a sign, lead nowhere"
            assert (chip["value"], chip["note"]) == ("1", gettext("always 1"))
            continue
        quantity = Quantity.parse(chip["id"])
        assert quantity in derivation or quantity in derivation.given
        assert chip["value"] == look.value(quantity, t[quantity])
        assert chip["kind"] == quantity.family
        assert chip["spoken"].endswith(f"= {chip['value']}")


def chips(example: Example, look: Look) -> Iterator[tuple[Step, dict]]:
    for step in example.derivation.phase("backward"):
        data = ribbon(step, example.worked, look)
        for group in data["groups"] if data else []:
            for chip in group["chips"]:
                yield step, chip


SMALL_AND_LARGE = [("3-2-1", loss) for loss in LOSSES if loss != "cross_entropy"] + [
    ("2-3-3-2", loss) for loss in LOSSES
]


@pytest.mark.parametrize(("shape", "loss"), SMALL_AND_LARGE)
def test_a_reused_factor_leads_back_to_the_step_that_computed_it(shape, loss, language):
    sizes = tuple(map(int, shape.split("-")))
    example = WORKED.remodelled(Model.resized, sizes).remodelled(Model.with_loss, loss)
    backward = example.derivation.phase("backward")
    words = {key: gettext(key) for key in ("given", "from the forward pass", "new")}
    kinds = set()
    for step, chip in chips(example, look_of(example)):
        if not chip["id"]:
            continue
        quantity, note = Quantity.parse(chip["id"]), chip["note"].rpartition(" · ")[2]
        earlier = [one for one in backward[: backward.index(step)] if quantity in one.inputs]
        if quantity in example.derivation.given:
            assert note == words["given"]
        elif example.derivation[quantity].phase == "forward":
            assert note == words["from the forward pass"]
        elif earlier:
            number = DIGITS.search(note)
            assert number, f"{quantity} was used in {earlier[0].target} already, but at {step.target} it says {note!r}"
            assert note == gettext("reused, from step {n}").format(n=number[0])
            assert backward[int(number[0]) - 1].target == quantity
        else:
            assert note == words["new"], f"{quantity} at {step.target}"
        kinds.add(DIGITS.sub("", note))
    assert len(kinds) == 4, f"only these notes appear: {kinds}"


def test_a_weight_gradient_is_the_three_factors_of_the_chain_rule():
    example = WORKED
    look, step = look_of(example), WORKED.derivation[Quantity("dW", 2, (1, 1))]
    names = [part.name(look).text() for part in chain(step, example.worked)]
    assert names == ["∂C₀/∂a⁽²⁾", "∂a⁽²⁾/∂z⁽²⁾", "∂z⁽²⁾/∂W⁽²⁾₁"]
    [group] = ribbon(step, example.worked, look)["groups"]
    assert [chip["id"] for chip in group["chips"]] == ["dC_da.2.1", "da_dz.2.1", "a.1.1"]
    assert [chip["value"] for chip in group["chips"]] == [f"{MINUS}0.8222", "0.2421", "0.2891"]


# --- saturation: a factor that is not finite ---


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy"])
def test_a_saturated_output_says_so_and_its_delta_stays_right(loss, language):
    sizes = (1, 1) if loss == "binary_cross_entropy" else (1, 2)
    example = WORKED.remodelled(Model.resized, sizes).remodelled(Model.with_loss, loss).with_(language=language)
    for i in range(1, sizes[1] + 1):
        example = example.remodelled(Model.with_number, Quantity("W", 1, (i, 1)), 5000.0 * (-1) ** i)
    y = (1.0,) if sizes[1] == 1 else (0.0, 1.0)
    example = example.remodelled(Model.with_number, Quantity("x", 0, (1,)), 1.0).with_(y=tuple(reversed(y)))
    look, derivation, t = look_of(example), example.derivation, example.trace
    slope = card(derivation[Quantity("dC_da", 1, (1,))], example.worked, look)
    assert slope.value == gettext("not finite, the output is saturated")
    assert r"\mathbf" not in slope.formula
    for step in derivation.phase("backward"):
        shown = card(step, example.worked, look)
        assert_well_formed(shown.formula)
        if step.target.kind in ("delta", "dW", "db"):
            assert_numbers_are_put_in(step, shown.formula, t, look)
            ribbon(step, example.worked, look)


# --- unfolding ---

PAIRS = [(hidden, "squared_error", output) for hidden, output in zip(trainable(), reversed(trainable()), strict=True)]
PAIRS += [("sigmoid", loss, record.wants or "identity") for loss, record in LOSSES.items()]


def with_outputs(n: int, hidden: str, loss: str, output: str) -> Example:
    return (
        WORKED.remodelled(Model.resized, (2, 2, n))
        .remodelled(Model.with_loss, loss)
        .with_(activations=(hidden, output))
    )


def what_the_step_uses(step: Step, example: Example, look: Look) -> str:
    """The local derivative itself: of a gradient what flows through the weight, of a path its weight, else the law."""
    if step.law in ("weight_gradient", "bias_gradient", "paths"):
        return look.symbol(step.inputs[1]) if len(step.inputs) > 1 else "1"
    return rows(formula(step, example.worked, look))[0]


@pytest.mark.parametrize(("hidden", "loss", "output"), PAIRS)
def test_every_local_derivative_unfolds_and_nothing_else_does(hidden, loss, output, language):
    """With one output in one language, with three in the other, by turns."""
    n = (1, 3)[(PAIRS.index((hidden, loss, output)) + (language == "zh")) % 2]
    try:
        example = with_outputs(n, hidden, loss, output)
    except Problem:
        assert (n, output) == (1, "softmax")
        return
    look, otherwise = look_of(example), gettext("otherwise")
    seen = set()
    for step in example.derivation:
        latex = unfolding(step, example.worked, look)
        local = step.phase == "backward" and step.law not in ("delta", "fused")
        assert (latex is not None) == local, step.target
        if local:
            seen.add(step.law)
            assert_well_formed(latex)
            assert latex.startswith(r"\begin{aligned} & \frac{\partial}{\partial \textcolor{")
            law = what_the_step_uses(step, example, look)
            assert latex.endswith(rf"&= {law} \end{{aligned}}"), f"{latex} does not end with {law}"
            assert (otherwise in latex) == (r"\begin{cases}" in latex)
    assert seen >= {"loss_slope", "weight_gradient", "bias_gradient", "paths"}


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_step_of_an_update_has_a_card(optimiser, language):
    example = WORKED.with_(optimiser=optimiser, language=language)
    update = update_of(example)
    cards = [card(step, of_update(update), look_of(example)) for step in steps_of(update, Quantity("W", 2, (1, 2)))]
    assert len(cards) >= 2
    assert len({shown.question.split("$")[0] for shown in cards}) == len(cards), "two steps ask the same"


# --- terms ---


def defined(example: Example) -> dict[str, str]:
    """The address of every number whose card says what it is called, and the card's sentence."""
    cards = {str(step.target): card(step, example.worked, look_of(example)).term for step in example.derivation}
    return {address: term for address, term in cards.items() if term}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_concept_is_defined_on_the_first_number_of_its_kind(notation, language):
    example = WORKED.with_(notation=notation, language=language)
    found = defined(example)
    assert list(found) == ["z.1.1", "a.1.1", "delta.2.1", "dW.2.1.1"]
    signal = glossary.entry("error_signal")
    assert f"**{signal.term}**" in found["delta.2.1"] and signal.meaning in found["delta.2.1"]
    assert look_of(example).symbol(Quantity("delta", 2, (1,))) in found["delta.2.1"], "in the letters of the notation"


def test_where_books_take_the_other_sign_it_is_their_error_term_that_is_defined():
    example = WORKED.with_(error_sign="minus")
    assert glossary.entry("error_term").meaning in defined(example)["error.2.1"]

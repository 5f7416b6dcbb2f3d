"""How things look: letters of four notations, colours that can be read, numbers as they are written."""

import re
import tomllib
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.example import MAX_NEURONS, WORKED, Example, Model
from lessons.i18n import gettext
from lessons.palette import BACKGROUND, FAMILIES, colors, contrast
from lessons.style import Look, notation
from lessons.walk.updates import side_by_side
from mlp_core import (
    SGD,
    BatchNorm,
    Decay,
    Layer,
    Network,
    Quantity,
    cosine,
    derive,
    exponential,
    inverse_time,
    step_decay,
)
from mlp_core.graph.graph import ENTERED as GRAPH
from mlp_core.initialisation import ENTERED as SPREADS
from mlp_core.kinds import KINDS
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from mlp_core.perceptron import ENTERED as PERCEPTRON
from mlp_core.writing.latex import factor
from mlp_core.writing.names import NOTATIONS
from mlp_core.writing.numbers import number, shown

ROOT = Path(__file__).parents[3]
THEMES = ("light", "dark")
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
MINUS = "\N{MINUS SIGN}"


def look(key: str = "notes", language: str = "en", decimals: int = 4, sizes: tuple[int, ...] = WORKED.sizes) -> Look:
    return Look.of(key, language, decimals, "light", sizes)


# --- notation ---


@cache
def everything_in(example: Example) -> set[Quantity]:
    """Every quantity of forward pass, loss, backward pass and of an update by each optimiser."""
    updates = side_by_side(example).values()
    steps = [*example.derivation, *(step for update in updates for step in update.steps), *(each.step for each in SCHEDULES)]
    for decay in DECAYS:
        steps += (*decay.derive(example.network), *SGD(0.1).derive(example.network, decay=decay))
    if example is ONE_OUTPUT:
        for mode in ("train", "eval"):
            steps += derive(REGULAR, batch=2, mode=mode).steps
        steps += (step for record in OPTIMISERS.values() for step in record(lr=0.1).derive(REGULAR))
    return {quantity for step in steps for quantity in (step.target, *step.inputs)}


DECAYS = [Decay(0.1, form) for form in FORMS]
REGULAR = Network(
    [Layer([[0.5], [1.0]], None, "tanh", batch_norm=BatchNorm([1, 2], [0, 1]), dropout=0.5), Layer([[1.0, 2.0]], None, "tanh")]
)
SCHEDULES = step_decay(2, 0.5), exponential(0.1), inverse_time(0.1), cosine(10)
ONE_OUTPUT = WORKED.remodelled(Model.resized, (3, MAX_NEURONS, 1, 2, 1))
SOFTMAX = WORKED.remodelled(Model.resized, (3, 1, 3)).remodelled(Model.with_loss, "cross_entropy")
NEGATIVE, SEQUENTIAL = SOFTMAX.with_(error_sign="minus", sequential=True), ONE_OUTPUT.with_(sequential=True)
EVERY = [ONE_OUTPUT, SOFTMAX, NEGATIVE, SEQUENTIAL]
WRITERS = {
    "latex": lambda name: name.latex(),
    "text": lambda name: name.text(),
    "html": lambda name: name.html(),
    "data": lambda name: str(name.data()),
}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("network", EVERY, ids=["8-1-2-1", "softmax", "negative", "sequential"])
@pytest.mark.parametrize("key", NOTATIONS)
def test_no_two_quantities_of_a_network_are_written_alike(key, network, form, language):
    letters, seen = look(key, language, sizes=network.sizes), {}
    for quantity in sorted(everything_in(network), key=str):
        name = WRITERS[form](letters.name(quantity))
        assert name not in seen, f"{quantity} and {seen[name]} are both written {name}"
        seen[name] = quantity


def test_the_networks_above_hold_every_kind_of_quantity():
    own = {q.kind for network in EVERY for q in everything_in(network)}
    assert own == KINDS.keys() - GRAPH.keys() - PERCEPTRON.keys() - SPREADS.keys()


def test_a_bias_that_a_layer_shares_has_no_index():
    letters = Look.of("notes", "en", 4, "light", (2, 2, 2), shared=frozenset({1}))
    one, own = Quantity("b", 1, (1,)), Quantity("b", 2, (1,))
    assert [letters.name(q).text() for q in (one, own, one.beside("b_new"))] == ["b⁽¹⁾", "b⁽²⁾₁", "b⁽¹⁾ new"]
    assert letters.name(one.beside("db")).text() == "∂C₀/∂b⁽¹⁾"


@pytest.mark.parametrize("key", NOTATIONS)
def test_latex_is_balanced_and_words_stand_as_text(key, language):
    """A bare Chinese character or two letters in a row would be set as a product of variables."""
    for quantity in everything_in(ONE_OUTPUT):
        latex = look(key, language, sizes=ONE_OUTPUT.sizes).name(quantity).latex()
        assert latex.count("{") == latex.count("}"), latex
        bare = re.sub(r"\\text\{[^{}]*\}|\\[a-zA-Z]+", "", latex)
        assert bare.isascii(), f"{quantity}: {latex}"
        assert not re.search(r"[A-Za-z]{2}", bare), f"{quantity}: {latex}"


ASKED = [  # of a 3-2-2-1 network: a hidden layer and the output
    *("x.0.2", "W.1.2.3", "b.1.2", "z.1.2", "a.1.2", "z.3.1", "a.3.1", "y.3.1", "C", "delta.1.2", "dC_da.1.2", "lr"),
]
LETTERS = {  # of the worked example, the handout, the matrix notes, the textbooks; and where they begin to count layers
    "notes": r"x_{2} W^{(1)}_{2,3} b^{(1)}_{2} z^{(1)}_{2} a^{(1)}_{2} z^{(3)} a^{(3)} y "
    r"C_{0} ∂C_{0}/∂z^{(1)}_{2} ∂C_{0}/∂a^{(1)}_{2} \eta",
    "handout": r"X_{2} W^{(1)}_{2,3} b^{(1)}_{2} a^{(2)}_{2} z^{(2)}_{2} a^{(4)}_{1} y_{1} t_{1} "
    r"E \delta^{(2)}_{2} ∂E/∂z^{(2)}_{2} \iota",
    "matrix": r"X^{0}_{2} W^{1}_{2,3} b^{1}_{2} P^{1}_{2} X^{1}_{2} P^{3}_{1} y_{1} Y_{1} "
    r"\mathcal{L} ∂\mathcal{L}/∂P^{1}_{2} ∂\mathcal{L}/∂X^{1}_{2} \alpha",
    "classic": r"x_{2} w^{1}_{2,3} b^{1}_{2} z^{1}_{2} a^{1}_{2} z^{3}_{1} a^{3}_{1} y_{1} "
    r"C \delta^{1}_{2} ∂C/∂a^{1}_{2} \eta",
}


@pytest.mark.parametrize("key", NOTATIONS)
def test_the_letters_are_those_of_the_book(key):
    letters = notation(key)
    written = []
    for address in ASKED:
        latex = letters.name(Quantity.parse(address), (3, 2, 2, 1)).latex()
        written.append(re.sub(r"\\frac\{\\partial (.*)\}\{\\partial (.*)\}", r"∂\1/∂\2", latex))
    assert written == LETTERS[key].split(" ")


def test_every_notation_has_a_title():
    assert len({each.title for each in NOTATIONS.values()}) == len(NOTATIONS)
    assert all(each.title for each in NOTATIONS.values())
    assert all({*each.letters, *each.shift} <= KINDS.keys() for each in NOTATIONS.values())


# --- colours ---


@pytest.mark.parametrize("theme", THEMES)
def test_the_background_is_that_of_the_theme(theme):
    assert BACKGROUND[theme].lower() == CONFIG[theme]["backgroundColor"].lower()


@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_can_be_read(theme, ground):
    wanted = {**colors(theme), **{name: record.colors[theme] for name, record in OPTIMISERS.items()}}
    wanted |= {name: CONFIG[theme][name] for name in ("primaryColor", "textColor", "linkColor")}
    weak = {name: contrast(color, CONFIG[theme][ground]) for name, color in wanted.items()}
    assert not {name: round(value, 2) for name, value in weak.items() if value < 4.5}


@pytest.mark.parametrize("theme", THEMES)
def test_every_family_has_a_colour_of_its_own(theme):
    assert colors(theme).keys() == {kind.family for kind in KINDS.values()}
    assert len(set(colors(theme).values())) == len(FAMILIES)


def test_every_optimiser_has_a_colour_of_its_own():
    for (one, this), (other, that) in combinations(OPTIMISERS.items(), 2):
        assert this.colors != that.colors, f"{one} and {other}"
        assert this.dash != that.dash, f"{one} and {other}"


def test_contrast_is_that_of_the_web_guidelines():
    """Two ends that WCAG fixes, and #767676, known as the lightest grey that reads on white."""
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert 4.5 <= contrast("#767676", "#ffffff") < 4.6
    assert contrast("#777777", "#ffffff") < 4.5


# --- numbers ---

WEIGHT, SUM, RATE = Quantity("W", 1, (1, 1)), Quantity("z", 1, (1,)), Quantity("lr")
WRITTEN = [  # value, decimals, as computed, as given
    (0.0, 4, "0.0000", "0"),
    (-0.0, 4, "0.0000", "0"),
    (0.0, 0, "0", "0"),
    (-0.0, 0, "0", "0"),
    (1.0, 4, "1.0000", "1"),
    (-0.5, 4, "-0.5000", "-0.5"),
    (10.0, 0, "10", "10"),
    (100.0, 2, "100.00", "100"),
    (2.6, 0, "3", "3"),
    (0.3, 0, "3.0e-1", "3e-1"),
    (0.1 + 0.2, 4, "0.3000", "0.3000"),
    (2 / 3, 10, "0.6666666667", "0.6666666667"),
    (1e-9, 4, "1.000e-9", "1e-9"),
    (-1e-9, 4, "-1.000e-9", "-1e-9"),
    (1e-9, 10, "0.0000000010", "0.000000001"),
    (1e-8, 8, "0.00000001", "0.00000001"),
    (1.5e12, 4, "1.500e12", "1.5e12"),
    (1e12, 0, "1.0e12", "1e12"),
    (9_999_999.0, 0, "9999999", "9999999"),
    (-10_000_000.0, 4, "-1.000e7", "-1e7"),
    (5e-324, 4, "4.941e-324", "4.941e-324"),
]


@pytest.mark.parametrize(("value", "decimals", "computed", "given"), WRITTEN)
def test_a_computed_number_keeps_its_zeros_and_a_given_one_does_not(value, decimals, computed, given):
    assert shown(SUM, value, decimals) == computed
    assert shown(WEIGHT, value, decimals) == given
    assert number(value, decimals) == computed


SETTINGS = {0.999: "0.999", 1e-8: "1e-8", 0.1: "0.1", 1e6: "1000000", 3.0: "3", 0.12345678: "0.12345678"}


@pytest.mark.parametrize("decimals", [0, 1, 4, 10])
def test_a_setting_is_written_in_full_whatever_the_decimals(decimals):
    """1 - 0.999 must not read as 1 - 1.00."""
    assert {value: shown(RATE, value, decimals) for value in SETTINGS} == SETTINGS


IN_A_FORMULA = [
    *((0.5, "0.5000"), (-0.5, "(-0.5000)"), (0.0, "0.0000"), (-0.0, "0.0000")),
    *((1e-9, r"(1.000 \times 10^{-9})"), (-2e8, r"(-2.000 \times 10^{8})")),
]


@pytest.mark.parametrize(("value", "text"), IN_A_FORMULA)
def test_inside_a_formula_what_would_be_misread_stands_in_brackets(value, text):
    assert factor(SUM, value) == text


@given(st.floats(-1e300, 1e300), st.integers(0, 10))
def test_a_look_shows_the_number_rounded(value, decimals):
    """Computed and given, to the decimals or (in powers of ten) to as many digits; with a minus sign, no minus zero."""
    for quantity in (SUM, WEIGHT):
        text = look(decimals=decimals).value(quantity, value)
        assert text.startswith(MINUS) == (value < 0)
        read = float(text.replace(MINUS, "-"))
        digits = max(decimals, 2)  # of the mantissa
        assert abs(read - value) <= 0.5000001 * max(10.0**-decimals, 10.0 ** (1 - digits) * abs(value))
        assert (read == 0) == (value == 0), f"{value} shows as {text}"


@given(st.floats(-1e6, 1e6), st.integers(0, 10))
def test_a_given_number_is_the_computed_one_without_closing_zeros(value, decimals):
    """Zeros go only where nothing was rounded away, so that 0.3 is 0.3 and 0.30000001 is 0.3000."""
    given, computed = (shown(q, value, decimals) for q in (WEIGHT, SUM))
    assert float(given) == float(computed)
    assert given == computed if float(computed) != value else not re.search(r"\.\d*0(e|$)", given)


def test_what_is_not_known_is_spoken_as_unknown(language):
    words = look("notes", language)
    name = gettext("{name} layer {layer} neuron {i}").format(name="z", layer=1, i=1)
    assert words.spoken(SUM, -0.9) == f"{name} = {MINUS}0.9000"
    assert words.spoken(SUM, None) == f"{name} = {gettext('unknown')}"


@pytest.mark.parametrize(
    ("key", "quantity", "text", "words"),
    [
        ("notes", Quantity("W", 2, (1, 2)), "W⁽²⁾₂", "W layer 2 neuron 1 from 2"),
        ("notes", Quantity("W_new", 1, (1, 2)), "W⁽¹⁾₁,₂ new", "W new layer 1 neuron 1 from 2"),
        ("notes", Quantity("dW", 1, (2, 3)), "∂C₀/∂W⁽¹⁾₂,₃", "∂C/∂W layer 1 neuron 2 from 3"),
        ("notes", Quantity("m_prev_W", 1, (1, 2)), "m[W⁽¹⁾₁,₂] old", "m[W] old layer 1 neuron 1 from 2"),
        ("notes", Quantity("C"), "C₀", "C₀"),
        ("notes", Quantity("beta1"), "β₁", "β₁"),
        ("notes", Quantity("x", 0, (3,)), "x₃", "x 3"),
        ("handout", Quantity("x", 0, (3,)), "X₃", "X 3"),
        ("handout", Quantity("delta", 1, (2,)), "δ⁽²⁾₂", "δ layer 1 neuron 2"),
        ("matrix", Quantity("z", 1, (2,)), "P¹₂", "P layer 1 neuron 2"),
        ("classic", Quantity("W_new", 1, (1, 2)), "w¹₁,₂ new", "w new layer 1 neuron 1 from 2"),
    ],
)
def test_names_in_plain_text_are_set_like_formulas_and_spoken_in_words(key, quantity, text, words):
    assert look(key).name(quantity).text() == text
    assert look(key).words(quantity) == words


@pytest.mark.parametrize("theme", THEMES)
def test_latex_carries_the_colour_of_its_family(theme):
    shade = Look.of("notes", "en", 4, theme, WORKED.sizes)
    for kind, family in (("z", "preactivation"), ("W", "parameter"), ("delta", "gradient")):
        quantity = Quantity(kind, 1, (1, 1) if kind == "W" else (1,))
        for latex in (shade.symbol(quantity), shade.number(quantity, 0.5), shade.factor(quantity, 0.5)):
            assert latex.startswith(rf"\textcolor{{{FAMILIES[family][theme]}}}{{"), latex

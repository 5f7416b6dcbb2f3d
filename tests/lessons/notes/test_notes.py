"""The figures of the notes: every exact value, every verdict by rule, every sum in a reason."""

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from math import exp, isclose, sqrt
from string import Formatter

import pytest

from lessons import content
from lessons.example import WORKED, Model
from lessons.i18n import LANGUAGES
from lessons.notes import figures as notes
from lessons.style import Look
from mlp_core import Quantity
from mlp_core.writing.names import NOTATIONS

EXPECTED = {  # recomputed in double precision outside this project, to 12 decimals
    "z1_1": -0.9,
    "z1_2": 0.3,
    "a1_1": 0.289050497375,
    "a1_2": 0.574442516812,
    "z2_term1": 0.144525248687,
    "z2_term2": 0.114888503362,
    "z2": 0.35941375205,
    "a2": 0.588898512557,
    "dC_da2": -0.822202974885,
    "da2_dz2": 0.242097054465,
    "a1_1b": 0.289050497375,
    "a1_2b": 0.574442516812,
    "dC_dW2_1": -0.057536345065,
    "dC_dW2_2": -0.11434445942,
    "dC_db2": -0.199052918392,
    "W2_1_sgd": 0.505753634507,
    "W2_2_sgd": 0.211434445942,
    "b2_sgd": 0.119905291839,
    "z2_new_term1": 0.146188339603,
    "z2_new_term2": 0.121456935268,
    "z2_new": 0.38755056671,
    "a2_new": 0.595692909298,
    "C_new": 0.163464223592,
    "C_old": 0.169004432978,
    "adam_m_W2_1": -0.005753634507,
    "adam_v_W2_1": 3.310431e-06,
    "adam_W2_1": 0.59999998262,
    "adam_m_W2_2": -0.011434445942,
    "adam_v_W2_2": 1.3074655e-05,
    "adam_W2_2": 0.299999991254,
    "adam_m_b2": -0.019905291839,
    "adam_v_b2": 3.9622064e-05,
    "adam_b2": 0.199999994976,
    "perc_z1_before": 0.0,
    "perc_z1_after": 0.5,
    "perc_f1_after": 0.5,
    "perc_z2_before": -1.5,
    "perc_z2_after": -1.6,
    "perc_f2_after": 0.0,
    "perc_z3_before": -0.75,
    "perc_z3_after": -0.55,
    "perc_f3_after": 0.0,
    "perc_w": 0.7,
    "perc_c": -0.9,
    "graph_q": 5.0,
    "graph_z": 20.0,
    "graph_dz_dq": 4.0,
    "graph_dz_dw": 5.0,
    "graph_dz_dx": 4.0,
    "graph_dz_dy": 4.0,
}  # fmt: skip
FIGURES = notes.figures()
WRONG = [id for id, figure in FIGURES.items() if figure.verdict in ("drift", "erratum")]


def look(language: str = "en", decimals: int = 4, notation: str = "notes") -> Look:
    return Look.of(notation, language, decimals, "light", WORKED.sizes)


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def test_there_are_fifty():
    assert FIGURES.keys() == EXPECTED.keys() and len(EXPECTED) == 50
    assert notes.counts() == Counter(exact=19, rounded=13, drift=2, erratum=16)


@pytest.mark.parametrize("id", EXPECTED)
def test_the_engine_gives_the_exact_value(id):
    assert FIGURES[id].exact == pytest.approx(EXPECTED[id], abs=5.1e-13, rel=0)


def judged(printed: str, exact: float) -> str:
    """What can be judged from the two numbers alone."""
    if isclose(float(printed), exact, rel_tol=1e-12, abs_tol=1e-12):
        return "exact"
    digits = Decimal(printed).as_tuple().exponent
    return "rounded" if Decimal(exact).quantize(Decimal(1).scaleb(digits)) == Decimal(printed) else "wrong"


@pytest.mark.parametrize("id", EXPECTED)
def test_every_verdict_is_right(id):
    figure = FIGURES[id]
    assert judged(figure.printed, figure.exact) == ("wrong" if id in WRONG else figure.verdict)


def test_a_drift_is_what_rounded_operands_give_and_nothing_else():
    first = notes.runs()["first"]
    a1, a2 = (round(first[Quantity("a", *at)], digits) for at, digits in (((1, (2,)), 2), ((2, (1,)), 3)))
    given = {"z2_term2": first[Quantity("W", 2, (1, 2))] * a1, "C_old": (a2 - 1) ** 2}
    assert given == {
        id: pytest.approx(float(FIGURES[id].printed), abs=1e-12) for id in WRONG if FIGURES[id].verdict == "drift"
    }


@pytest.mark.parametrize(
    "id, times",
    [("dC_dW2_1", 2), ("dC_dW2_2", 2), ("adam_m_W2_1", 2), ("adam_m_W2_2", 2), ("adam_v_W2_1", 4), ("adam_v_W2_2", 4)],
)
def test_the_lost_factor(id, times):
    assert FIGURES[id].exact / float(FIGURES[id].printed) == pytest.approx(times, rel=0.01)


def test_a_reason_for_every_wrong_figure_and_for_no_other(language):
    assert [id for id, figure in FIGURES.items() if notes.reason(figure, look(language))] == WRONG


EQUATION = re.compile(r"([(√σ−\d][()√σ−+·/²\d.e ]*) = (−?\d[\d.]*(?:e−?\d+)?)")
PYTHON = {"−": "-", "·": "*", "²": "**2", "√": "sqrt", "σ": "sigmoid"}


def equations(reason: str) -> list[tuple[float, str]]:
    """Every ``working = result`` in a reason: the working evaluated, the result as it is written."""
    found = []
    for working, result in EQUATION.findall(reason):
        for sign, code in PYTHON.items():
            working = working.replace(sign, code)
        names = {"__builtins__": {}, "sqrt": sqrt, "sigmoid": lambda z: 1 / (1 + exp(-z))}
        found.append((eval(working, names), result.rstrip(".")))
    return found


@pytest.mark.parametrize("id", WRONG)
def test_a_reason_works_its_exact_value_out(id, language):
    figure, exactly = FIGURES[id], look(language, decimals=10)
    found = equations(plain(notes.reason(figure, exactly)))
    assert found[0][1] == notes.exact(figure, exactly)
    for working, result in found:
        assert working == pytest.approx(float(result.replace("−", "-")), abs=1e-8, rel=1e-5)
    if figure.verdict == "erratum":
        assert notes.printed(figure) in notes.reason(figure, look(language))


def test_the_lost_factor_in_words(language):
    gradient = plain(notes.reason(FIGURES["dC_dW2_1"], look(language)))
    assert gradient.startswith("−0.8222 · 0.2421 · 0.2891 = −0.0575")
    assert "−0.822 · 0.242 · 0.289 = −0.0575" in gradient
    adam = plain(notes.reason(FIGURES["adam_W2_1"], look(language)))
    assert "= 0.6000" in adam and "= 0.8162" in adam and "= 0.5003" in adam


def test_everything_follows_the_engine(monkeypatch):
    figure, another = FIGURES["dC_dW2_1"], WORKED.remodelled(Model.with_number, Quantity("W", 2, (1, 1)), 0.9)
    before = notes.reason(figure, look())
    monkeypatch.setattr(notes, "WORKED", another)
    notes.runs.cache_clear()
    try:
        assert figure.exact == another.trace[Quantity("dW", 2, (1, 1))] != EXPECTED["dC_dW2_1"]
        assert notes.exact(figure, look()) in notes.reason(figure, look()) != before
    finally:
        notes.runs.cache_clear()


def test_decimals():
    assert [notes.exact(FIGURES["a2"], look(decimals=n)) for n in (2, 7)] == ["0.59", "0.5888985"]
    assert notes.exact(FIGURES["z2_term1"], look(decimals=6)) == "0.144525"


@pytest.mark.parametrize(
    "notation, names",
    [
        ("notes", ["W(2)1 · a(1)1", "z(2)", "a(2)", "z", "b", "∂z/∂q"]),
        ("handout", ["W(2)1,1 · z(2)1", "a(3)1", "y1", "a", "b", "∂z/∂q"]),
        ("matrix", ["W21,1 · X11", "P21", "y1", "P", "b", "∂z/∂q"]),
        ("classic", ["w21,1 · a11", "z21", "a21", "z", "b", "∂z/∂q"]),
    ],
)
def test_names_follow_the_notation(notation, names):
    ids = ["z2_term1", "z2", "a2", "perc_z1_before", "perc_c", "graph_dz_dq"]
    assert notation in NOTATIONS
    assert [plain(notes.symbol(FIGURES[id], look(notation=notation))) for id in ids] == names


def test_names_do_not_depend_on_the_network_in_the_sidebar():
    other = replace(look(), sizes=(4, 8, 8, 3))
    assert [notes.symbol(f, other) for f in FIGURES.values()] == [notes.symbol(f, look()) for f in FIGURES.values()]


def test_rows_with_the_same_symbol_are_told_apart():
    rows = [(f.part, notes.symbol(f, look()), notes.occasion(f)) for f in FIGURES.values() if f.part != "chain"]
    assert len(rows) == len(set(rows))


def test_the_parts_hold_every_figure_once_in_order():
    assert [figure for rows in notes.parts().values() for figure in rows] == list(FIGURES.values())
    errata = notes.parts("erratum")
    assert list(errata) == ["chain", "sgd", "second", "adam"]
    assert [figure.id for rows in errata.values() for figure in rows] == [
        id for id in WRONG if FIGURES[id].verdict == "erratum"
    ]


def test_where_the_figures_stand():
    parts = notes.parts()
    assert notes.source(parts["forward"]) == "Worked example, § 1, 2"
    assert notes.source(parts["graph"]) == "From neuron to MLP, § 2.2.2"


def asked(template: str) -> set[tuple]:
    """Everything a text asks numbers for."""
    return {(name, spec) for _, name, spec, _ in Formatter().parse(template) if name}


def test_both_languages_tell_the_same_numbers():
    en, zh = (content.sections("notes", language) for language in LANGUAGES)
    assert en.keys() == zh.keys()
    assert {key: asked(text) for key, text in en.items()} == {key: asked(text) for key, text in zh.items()}


def test_a_misprint_is_found_by_the_address_of_its_number_while_the_numbers_are_those_of_the_notes():
    adam = WORKED.with_(optimiser="Adam")
    for example, id in ((WORKED, "dC_dW2_1"), (WORKED, "W2_2_sgd"), (adam, "adam_v_W2_1"), (adam, "adam_b2")):
        figure = notes.figures()[id]
        [quantity] = figure.factors
        assert notes.misprint(example, quantity, figure.exact) == figure
        other = example.remodelled(Model.with_number, Quantity("x", 0, (1,)), 5.0)
        assert notes.misprint(other, quantity, figure.exact) is None, "other numbers"
        assert notes.misprint(example, quantity, 2 * figure.exact) is None, "another run"
    for address in ("z.1.1", "db.2.1", "C", "lr"):
        quantity = Quantity.parse(address)
        value = WORKED.lr if address == "lr" else WORKED.trace[quantity]
        assert notes.misprint(WORKED, quantity, value) is None, address

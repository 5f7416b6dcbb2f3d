"""Long formulas in lines: nothing is lost, no line is wider than its room, and lines begin where a person would begin them."""

import re

import pytest

from mlp_core.writing.breaking import broken, width

NUMBERS = r"\textcolor{#835600}{0.123456789} \cdot \textcolor{#835600}{(-0.123456789)}"
SUM = " + ".join([NUMBERS] * 8)
NAMES = [rf"\textcolor{{#0a5}}{{a^{{(2)}}_{{{i}}}}}" for i in range(1, 9)]
EXPONENTIALS = " + ".join(f"e^{{{name}}}" for name in NAMES)
ENTROPY = " ".join(rf"- y_{{{i}}} \ln{{\left({name} \right)}}" for i, name in enumerate(NAMES, 1))
SQUARES = " + ".join(rf"\left({name} - y_{{{i}}}\right)^{{2}}" for i, name in enumerate(NAMES, 1))
Y, A = NAMES[:2]
BINARY = rf"- \left({Y} \ln{{\left({A} \right)}} + \left(1 - {Y}\right) \ln{{\left(1 - {A} \right)}}\right)"
FORMULAS = {
    "sum": SUM,
    "entropy": ENTROPY,
    "squares": SQUARES,
    "mean": rf"\frac{{{SQUARES}}}{{8}}",
    "softmax": rf"\frac{{e^{{{NAMES[0]}}}}}{{{EXPONENTIALS}}}",
    "squared": rf"\frac{{e^{{2 {NAMES[0]}}}}}{{\left({EXPONENTIALS}\right)^{{2}}}}",
    "product": rf"\frac{{1}}{{{EXPONENTIALS}}} \left(1 - \frac{{1}}{{{EXPONENTIALS}}}\right)",
    "binary": " ".join([BINARY] * 3),
    "derivative": rf"\frac{{\partial}}{{\partial {NAMES[0]}}} \left[ {SQUARES} \right]",
    "factors": " ".join([rf"\frac{{\partial C_0}}{{\partial {name}}}" for name in NAMES * 2]),
}


def pieces(latex: str) -> list[str]:
    """Names and numbers in order, whatever brackets and fraction lines are about them."""
    return re.findall(r"\\textcolor\{#\w+\}\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", latex)


@pytest.mark.parametrize("room", [14.0, 17.0, 21.0])
@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_lines_keep_to_their_room_and_lose_nothing(formula, room):
    lines = broken(formula, room)
    assert len(lines) > 1
    for line in lines:
        assert width(line) <= room + 0.01, line
        assert line.count("{") == line.count("}") and line.count(r"\left") == line.count(r"\right"), line
    assert pieces(" ".join(lines)) == pieces(formula)
    assert " ".join(lines).count("l(") + " ".join(lines).count("l[") == " ".join(lines).count("r)") + " ".join(
        lines
    ).count("r]")


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_a_formula_with_room_stays_as_it_is(formula):
    assert broken(formula, 1000.0) == (formula,)


def test_lines_begin_with_an_operator():
    for name in ("sum", "entropy", "squares", "mean", "softmax", "binary"):
        for line in broken(FORMULAS[name], 18.0)[1:]:
            assert re.match(r"\\quad ([+-]|\\cdot|\\big/) ", line), line


def test_a_sum_is_not_broken_inside_its_terms():
    assert all(line.count(r"\cdot") == line.count(r"\textcolor") / 2 for line in broken(SUM, 22.0))


def test_what_has_no_place_to_break_at_stays_whole():
    number = r"\textcolor{#835600}{" + "7" * 80 + "}"
    assert broken(number, 10.0) == (number,)


def test_an_opened_quotient_is_bracketed_before_another_factor():
    first, *rest = broken(FORMULAS["product"], 18.0)
    assert first.startswith(r"\bigl( 1 \big/ \bigl( e^")
    assert any(r"\bigr) \bigr)" in line for line in rest)

"""What a student typed is read as the number it means, with the precision it was given to, or refused with a sentence."""

import math
import operator
import re
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.answers import FUNCTIONS, MAX_DEPTH, MAX_LENGTH, read
from lessons.problem import Problem

FULL_WIDTH = str.maketrans("0123456789.+-*/()", "０１２３４５６７８９。＋－×÷（）")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
ORDINARY = st.floats(-1e12, 1e12).filter(lambda v: v == 0 or abs(v) > 1e-12)


def refused(text: str) -> Problem:
    with pytest.raises(Problem) as caught:
        read(text)
    assert caught.value.where == "answer"
    return caught.value


# --- single numbers ---


def forms(value: float, digits: int) -> list[str]:
    """One number in every form it may be typed in, to so many digits after the first."""
    scientific = f"{value:.{digits}e}"
    mantissa, power = scientific.split("e")
    times = [f"{mantissa}{dot}10{to}{int(power)}" for dot in "*×·" for to in ("^", "**")]
    times += [f"{mantissa} × 10{str(int(power)).translate(RAISED)}", f"{mantissa}*10^({int(power)})"]
    found = [scientific, scientific.upper(), scientific.replace("-", "−"), f" {scientific} ", f"({scientific})", *times]
    return [*found, *(text.replace(".", ",") for text in found), *(text.translate(FULL_WIDTH) for text in found)]


@given(ORDINARY, st.integers(0, 12))
def test_a_number_is_the_same_in_every_form(value, digits):
    rounded = float(f"{value:.{digits}e}")
    exponent = int(f"{value:.{digits}e}".split("e")[1])
    for text in forms(value, digits):
        answer = read(text)
        assert answer.value == rounded, text
        assert answer.literal, text
        assert answer.tolerance == pytest.approx(0.5 * 10.0 ** (exponent - digits), rel=1e-12), text
        assert answer.precise == (digits >= 2 and value != 0), text


@given(ORDINARY, st.integers(0, 12))
def test_a_decimal_is_uncertain_by_half_its_last_digit(value, decimals):
    text = f"{value:.{decimals}f}"
    comma = [text.replace(".", ",")] if decimals != 3 or re.match(r"-?(0|\d{4})", text) else []  # 1,234 is asked about
    for typed in (text, *comma, text.translate(FULL_WIDTH), re.sub(r"^(-?)0\.", r"\1.", text)):
        answer = read(typed)
        assert answer.value == float(text)
        assert answer.tolerance == float(f"0.5e-{decimals}")
        assert abs(answer.value - value) <= answer.tolerance + math.ulp(value)
        assert answer.literal


@pytest.mark.parametrize(
    ("text", "value", "tolerance", "precise"),
    [
        ("0.289", 0.289, 0.0005, True),
        ("289e-3", 0.289, 0.0005, True),
        ("2", 2, 0.5, False),
        ("-2", -2, 0.5, False),
        ("1e-3", 0.001, 0.0005, False),
        (".5", 0.5, 0.05, False),
        ("5.", 5, 0.5, False),
        (",289", 0.289, 0.0005, True),
        ("0.100", 0.1, 0.0005, True),
        ("0.10", 0.1, 0.005, False),
        ("0.0100", 0.01, 0.00005, True),
        ("0.000", 0, 0.0005, False),
        ("100", 100, 0.5, True),
        ("99", 99, 0.5, False),
        ("-(0.289)", -0.289, 0.0005, True),
        ("−０。２８９", -0.289, 0.0005, True),
        ("－１．２×１０＾－３", -0.0012, 0.00005, False),
        ("+1.20·10⁻³", 0.0012, 0.000005, True),
    ],
)
def test_digits_of_a_single_number(text, value, tolerance, precise):
    answer = read(text)
    assert (answer.value, answer.precise, answer.literal) == (value, precise, True)
    assert answer.tolerance == pytest.approx(tolerance, rel=1e-12)


READ = [
    ("28.9%", 0.289, 0.0005),
    ("-5 %", -0.05, 0.005),
    ("５０％", 0.5, 0.005),
    ("z=-0.9", -0.9, 0.05),
    ("z(1)1 = -0.9", -0.9, 0.05),
    ("dC/dW=-0.05", -0.05, 0.005),
    ("∂C₀/∂W₁ ≈ −0.0575", -0.0575, 5e-05),
    ("=0.3", 0.3, 0.05),
    ("≈-0.9", -0.9, 0.05),
    ("~0.3", 0.3, 0.05),
    ("约0.29", 0.29, 0.005),
    ("大约是 0.29", 0.29, 0.005),
    ("About 0.29", 0.29, 0.005),
    ("z＝约0.3", 0.3, 0.05),
    ("5 000", 5000, 0.5),
    ("-1 234 567.5", -1234567.5, 0.05),
    ("0.289 050 497", 0.289050497, 5e-10),
    ("1 e10", 10000000000.0, 5000000000.0),
    ("1.2x10^-3", 0.0012, 5e-05),
    ("1.2 X 10^-3", 0.0012, 5e-05),
    ("—0.9", -0.9, 0.05),
    ("——0.9", -0.9, 0.05),
    ("1,234.5", 1234.5, 0.05),
    ("1.234,5", 1234.5, 0.05),
    ("1,234,567", 1234567, 0.5),
    ("1.234.567", 1234567, 0.5),
    ("0,234", 0.234, 0.0005),
    ("1,2345", 1.2345, 5e-05),
    ("1,234*10^-3", 0.001234, 5e-07),
    ("1234,567", 1234.567, 0.0005),
]


@pytest.mark.parametrize(("text", "value", "tolerance"), READ, ids=[text for text, *_rest in READ])
def test_what_is_clear_is_read(text, value, tolerance):
    answer = read(text)
    assert (answer.value, answer.literal) == (pytest.approx(value, rel=1e-15), True)
    assert answer.tolerance == pytest.approx(tolerance, rel=1e-12)


TWO_READINGS = [
    ("1,234", ("1.234", "1234")), ("-12,345", ("12.345", "12345")), ("0.5+1,234", ("1.234", "1234")),
    ("1.2×10-3", ("1.2*10^-3", "(1.2*10)-3")), ("-1.2*10+3", ("1.2*10^3", "(1.2*10)+3")), ("1/2(3)", ("(1/2)*3", "1/(2*3)")),
    ("0.5*2=3", ("different",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "readings"), TWO_READINGS, ids=[text for text, _readings in TWO_READINGS])
def test_where_two_readings_are_possible_it_is_asked_which(text, readings):
    assert all(reading in refused(text).text() for reading in readings), refused(text).text()


def test_a_comma_is_a_decimal_mark_where_another_one_is():
    assert read("0,5*1,234").value == pytest.approx(0.617, rel=1e-15)


# --- arithmetic ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/3", 1 / 3),
        ("-2^2", -4),
        ("-2²", -4),
        ("(-2)²", 4),
        ("2^-1", 0.5),
        ("2**-1", 0.5),
        ("2^3^2", 512),
        ("2²^3", 64),
        ("10⁻³*5", 0.005),
        ("2^3*10^-2", 0.08),
        ("1/2*10^-3", 0.0005),
        ("8/4/2", 1),
        ("8-4-2", 2),
        ("2--3", 5),
        ("6÷2×3", 9),
        ("e^-1.5", math.exp(-1.5)),
        ("e^(-1.5)*2", 2 * math.exp(-1.5)),
        ("2*e", 2 * math.e),
        ("1/(1+exp(0,9))", 1 / (1 + math.exp(0.9))),
        ("sqrt(2) - ln(3) + LOG(4) - tanh(5)", math.sqrt(2) - math.log(3) + math.log(4) - math.tanh(5)),
        ("１／（１＋２）", 1 / 3),
        ("2*(-(3))", -6),
        ("0*(-1)", 0),
        ("2(0.589-1)", 2 * (0.589 - 1)),
        ("-2(3)^2", -18),
        ("(2)(3)", 6),
        ("2exp(-1)", 2 * math.exp(-1)),
        ("2x3", 6),
        ("2 x (0.5-1)", -1),
        ("0.5*20%", 0.1),
        ("2*0.5=1.0*1", 1),
    ],
)
def test_arithmetic(text, value):
    answer = read(text)
    assert answer.value == pytest.approx(value, rel=1e-15, abs=0)
    assert not answer.literal
    assert math.copysign(1, answer.value) == (1 if value == 0 else math.copysign(1, value))


BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": math.pow}


def grown(parts: st.SearchStrategy) -> st.SearchStrategy:
    """Texts of Python without all the brackets that they may need: what binds stronger is left to each reader."""
    return st.one_of(
        st.tuples(parts, st.sampled_from(["+", "-", "*", "/", " ** ", " - ", " * "]), parts).map("".join),
        parts.map("({})".format),
        parts.map("-{}".format),
        parts.map("+{}".format),
        st.tuples(st.sampled_from(list(FUNCTIONS)), parts).map("{0[0]}({0[1]})".format),
    )


WRITTEN = st.recursive(st.sampled_from(["0.5", "2", "3.", ".25", "1e-1", "7", "e"]), grown, max_leaves=12)


@settings(max_examples=120)
@given(WRITTEN)
@example("-2 ** -2 ** 2")
@example("2*-3 ** 2/-4")
@example("8-4+-2*3")
def test_binding_is_that_of_python(text):
    """Python reads what this test wrote, from a closed alphabet; the two agree on value or on refusal."""
    names = FUNCTIONS | {"e": math.e}
    try:
        expected = eval(text, {"__builtins__": {}}, names)  # never a student's text
    except (ArithmeticError, ValueError):
        expected = math.nan
    if isinstance(expected, complex) or not math.isfinite(expected):
        refused(text)
    elif text.count("(") + text.count("-") + text.count("+") + text.count("**") < MAX_DEPTH:
        for typed in (text, text.replace("**", "^")):
            assert read(typed).value == pytest.approx(expected, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(
    ("text", "exact", "tolerance"),
    [
        ("1/3", (), 0),
        ("2/7+3^2", (), 0),
        ("exp(2)", (), 0),
        ("exp(-1.5)", (1.5,), 0),
        ("0.5-0.1*(-0.0575)", (0.5, 0.1), 0.000005),
        ("-0.5-0.1*0.0575", (-0.5, 0.1), 0.000005),
        ("0.5-0.1*(-0.0575)", (), 0.05 + 0.05 * 0.0575 + 0.1 * 0.00005),
        ("2*0.289", (), 0.001),
        ("0.289-0.289", (), 0.001),
        ("0.5-1.2*10^-3*2", (0.5, 0.0012), 0),
        ("0.5-1.2e-3*2", (0.5, 0.0012), 0),
        ("0.5-1.2*10^-3*2", (0.5,), 0.0001),
        ("1*1e5", (), 0),
        ("2*289e-3", (), 0.001),
        ("2*5.", (), 1),
        ("exp(0.10)", (), math.exp(0.105) - math.exp(0.10)),
        ("1/0.5", (), 1 / 0.45 - 2),
        ("1/0.05", (0.05,), 0),
        ("sqrt(0.0)", (), math.inf),
        ("1/(0.3-0.25)", (0.25,), math.inf),
    ],
)
def test_uncertainty_of_arithmetic(text, exact, tolerance):
    answer = read(text, exact)
    assert answer.tolerance == pytest.approx(tolerance, rel=1e-9, abs=0)
    assert not answer.literal
    assert answer.precise == (tolerance <= 0.005 * abs(answer.value))


@given(st.lists(st.integers(-9999, 9999), min_size=2, max_size=6), st.integers(1, 6))
def test_uncertainties_of_a_sum_add_up(numbers, decimals):
    texts = [f"({n / 10**decimals:.{decimals}f})" for n in numbers]
    answer = read("+".join(texts))
    assert answer.tolerance == pytest.approx(len(numbers) * 0.5 * 10.0**-decimals, rel=1e-6)
    assert read("+".join(texts), [n / 10**decimals for n in numbers]).tolerance == 0


# --- nonsense ---


@pytest.mark.parametrize(
    ("text", "found", "place"),
    [
        ("abc", "abc", 1),
        ("nan", "nan", 1),
        ("-inf", "inf", 2),
        ("1+2j", "j", 4),
        ("0.1 m", "m", 5),
        ("-0.9V", "V", 5),
        ("5 %%%x", "x", 6),
        ("1,23,456", "1,23,456", 1),
        ("12 34", "34", 4),
        ("0 500", "500", 3),
        ("2(3", None, 2),
        ("x2", "x", 1),
        ("2x", "x", 2),
        ("z=b", "b", 3),
        ("__import__('os')", "_", 1),
        ("1;2", ";", 2),
        ("0x10", "x", 2),
        ("1_000", "_", 2),
        ("½", "½", 1),
        ("①", "①", 1),
        ("٣", "٣", 1),
        ("1\0", "U+0000", 2),
        ("\u202e1", "U+202E", 1),
        ("\ud800", "U+D800", 1),
        ("1..2", "1..2", 1),
        (".", ".", 1),
        ("1 2", "2", 3),
        ("0.5, 0.6", "0.5,", 1),
        ("(1 2)", "2", 4),
        ("2e", "e", 2),
        ("2*/3", "/", 3),
        ("()", ")", 2),
        ("²", "²", 1),
        ("1+", "+", 2),
        ("2^", "^", 2),
        ("exp", "exp", 1),
        ("exp 2", "exp", 1),
        ("(1+2", None, 1),
        ("2*(1+(3)", None, 3),
        ("1+2)", None, 4),
        ("1/0", "/", 2),
        ("1/(2-2)", "/", 2),
        ("0^-1", "^", 2),
        ("0⁻¹", "⁻¹", 2),
        ("sqrt(-1)", "sqrt", 1),
        ("ln(0)", "ln", 1),
        ("(-8)^(1/3)", "^", 5),
        ("9^9^9^9", "^", 4),
        ("1+exp(1000)", "exp", 3),
        ("1e200*1e200", "*", 6),
        ("1e999", "1e999", 1),
        ("1e-999", "1e-999", 1),
        ("1.2*10^-999", "1.2e-999", 1),
        ("-" * 100, "-", MAX_DEPTH),
        ("(" * 100 + "1" + ")" * 99, "(", MAX_DEPTH),
        ("2" + "^2" * 99, "^", None),
    ],
)
def test_nonsense_gets_a_sentence_with_its_place(text, found, place, language):
    problem = refused(text)
    assert problem.parts.get("found") == (found or problem.parts.get("found"))
    assert problem.parts["place"] == (place or problem.parts["place"])
    sentence = problem.text()
    assert str(problem.parts["place"]) in sentence
    assert problem.parts.get("found", "") in sentence
    assert "{" not in sentence


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000\xa0"])
def test_an_empty_answer(text):
    assert "0.289" in refused(text).text()


def test_a_long_answer_is_not_even_looked_at():
    assert str(MAX_LENGTH) in refused("1" * (MAX_LENGTH + 1)).text()
    assert read("0." + "1" * (MAX_LENGTH - 2)).value == pytest.approx(1 / 9)
    refused("(" * 10**6)


BITS = ["1", "0", ".", ",", "e", "E", "-", "+", "*", "/", "^", "**", "(", ")", "²", "⁻", "×10", "exp", "ln(", "9^", "1e999", " "]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(BITS), max_size=60).map("".join) | st.text(max_size=MAX_LENGTH + 20))
@example("9^" * 90 + "9")
@example("0.1*" * 49 + "0.1")
@example("(" * 39 + "0.1" + ")" * 39)
@example("1e" + "9" * 190)
@example("\0" * 200)
@example("۱۲۳")
@example("{found}{0}")
def test_whatever_is_typed_gives_a_number_or_a_problem(text):
    """At once: what is not refused here but worked out for years would keep this test from ending."""
    try:
        answer = read(text, (0.1,))
    except Problem as problem:
        assert problem.where == "answer"
        assert problem.text()
    else:
        assert math.isfinite(answer.value)
        assert answer.tolerance >= 0


def test_the_deepest_answer_leaves_room_on_the_stack():
    """A page calls this from far down its own stack."""
    deepest, limit = "(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1), sys.getrecursionlimit()
    frame, used = sys._getframe(), 0
    while frame:
        frame, used = frame.f_back, used + 1
    try:
        sys.setrecursionlimit(used + 6 * MAX_DEPTH)
        assert read(deepest).value == 1
    finally:
        sys.setrecursionlimit(limit)

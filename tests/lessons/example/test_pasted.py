"""A matrix comes back exactly from every form in which people have one; what is not clear is said, and hostile text too."""

import random
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lessons.example import PRESETS, WORKED, Example
from lessons.example.pasted import MAX_LENGTH, put, rows_of, shapes_of
from lessons.problem import Problem

Rows = tuple[tuple[float, ...], ...]
FULL_WIDTH = str.maketrans("0123456789.-,;[]", "０１２３４５６７８９．－，；［］")
NUMBER = st.floats(-1e6, 1e6).filter(lambda v: v == 0 or abs(v) > 1e-250).map(lambda v: v + 0.0)
PLAIN = st.integers(-99, 99).map(lambda k: k / 10)


@st.composite
def matrices(draw: st.DrawFn) -> Rows:
    rows, columns, number = draw(st.integers(1, 8)), draw(st.integers(1, 8)), draw(st.sampled_from([NUMBER, PLAIN]))
    return tuple(tuple(draw(number) for _ in range(columns)) for _ in range(rows))


def joined(between: str, after: str, mark: str = ".") -> Callable[[Rows], str]:
    """A writer that puts one text between numbers and one between rows, and writes decimals with a mark."""
    return lambda rows: after.join(between.join(repr(v).replace(".", mark) for v in row) for row in rows)


def within(before: str, write: Callable[[Rows], str], after: str) -> Callable[[Rows], str]:
    return lambda rows: f"{before}{write(rows)}{after}"


def nested(rows: Rows) -> str:
    return repr([list(row) for row in rows])


def printed(rows: Rows) -> str:
    with np.printoptions(floatmode="unique"):
        return str(np.array(rows))


def represented(rows: Rows) -> str:
    with np.printoptions(floatmode="unique"):
        return repr(np.array(rows))


FORMS: dict[str, Callable[[Rows], str]] = {
    "NumPy, printed": printed,
    "NumPy, printed in a narrow window": lambda rows: np.array2string(np.array(rows), max_line_width=60, floatmode="unique"),
    "NumPy, in the shell": represented,
    "NumPy, in code": within("W1 = np.array(", nested, ", dtype=np.float64)  "),
    "NumPy, a list of its numbers": lambda rows: repr([[np.float64(v) for v in row] for row in rows]),
    "NumPy, turned": lambda rows: f"np.array({nested(tuple(zip(*rows, strict=True)))}).T",
    "PyTorch": within("tensor(", nested, ", requires_grad=True)"),
    "SymPy": within("Matrix(", nested, ")"),
    "Python": nested,
    "Python, tuples": repr,
    "Python, a row a line": within("[\n    [", joined(", ", "],\n    ["), "],\n]"),
    "MATLAB": within("[", joined(" ", "; "), "];"),
    "MATLAB, with commas": within("A = [", joined(", ", ";\n"), "]"),
    "MATLAB, a row a line": within("[", joined(" ", "\n"), "]"),
    "Mathematica": within("{{", joined(", ", "}, {"), "}}"),
    "Typst": within("mat(", joined(", ", "; "), ")"),
    "spreadsheet": within("", joined("\t", "\r\n"), "\r\n"),
    "spreadsheet, decimal commas": within("", joined("\t", "\n", ","), "\n"),
    "CSV": joined(",", "\n"),
    "CSV with spaces": joined(", ", "\n"),
    "CSV, decimal commas": joined(";", "\n", ","),
    "by hand": joined("   ", "\n"),
    "by hand, decimal commas": joined(" ", "\n", ","),
    "LaTeX": within(r"\begin{bmatrix} ", joined(" & ", r" \\ "), r" \end{bmatrix}"),
    "LaTeX, a row a line": within("$W^{(1)} = \\begin{pmatrix}\n", joined(" & ", " \\\\\n"), " \\\\\n\\end{pmatrix}$"),
    "LaTeX, decimal commas": within(r"\left[\begin{array}{cc}", joined("&", r"\\[2pt]", "{,}"), r"\end{array}\right]"),
    "full width": lambda rows: nested(rows).replace(" ", "").translate(FULL_WIDTH),
    "printed in Unicode": lambda rows: "\n".join(f"⎢{'  '.join(map(repr, row))}⎥" for row in rows),
}


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12)
@given(matrices())
@example(((1.0, 2.0), (3.0, 4.0)))
@example(((0.5,),))
def test_a_matrix_comes_back_exactly_from_every_form(form, rows):
    shape = (len(rows), len(rows[0]))
    assert rows_of(FORMS[form](rows), lambda its: its == shape) == rows


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=10)
@given(st.lists(NUMBER | PLAIN, min_size=1, max_size=8).map(tuple))
def test_a_vector_comes_back_as_a_row_and_as_a_column(form, values):
    start = Example.of(
        W=((tuple([0.0] * len(values)),),), b=((0.0,),), x=tuple([0.0] * len(values)), y=(0.0,), activations=("identity",)
    )
    for rows in ((values,), tuple((value,) for value in values)):
        assert put(start, "x", FORMS[form](rows)).x == values


CLEAR = {
    "1/3, 2/3": ((1 / 3, 2 / 3),),
    "1 / 3\n0.5": ((1 / 3,), (0.5,)),
    "1 -2\n3 -4": ((1.0, -2.0), (3.0, -4.0)),
    "[exp(0), 2^3]": ((1.0, 8.0),),
    "0,5\t1,2": ((0.5, 1.2),),
    "0，5": ((0.0, 5.0),),
    "１／４ ０．５": ((0.25, 0.5),),
    r"\frac{1}{4} & 2 \cdot 10^{-3}": ((0.25, 0.002),),
    "(1, 2)^T": ((1.0,), (2.0,)),
    "  \n 0.5 \n\n": ((0.5,),),
    "Parameter containing:\ntensor([[1., 2.]], requires_grad=True)": ((1.0, 2.0),),
    "tensor([1., 2.], grad_fn=<AddBackward0>)": ((1.0, 2.0),),
}


@pytest.mark.parametrize("text", CLEAR)
def test_what_is_clear_needs_no_shape(text):
    assert rows_of(text) == CLEAR[text]


@pytest.mark.parametrize("text", ["0,5 1,2", "1,2\n3,4", "0,5, 1,2"])
def test_of_two_readings_the_shape_decides_or_both_are_said(text):
    shapes = set()
    for wanted in [(rows, columns) for rows in range(1, 5) for columns in range(1, 5)]:
        found = rows_of(text, lambda its, wanted=wanted: its == wanted)
        shapes.add((len(found), len(found[0])))
    assert len(shapes) == 2
    problem = refused(rows_of, text)
    for rows, columns in shapes:
        assert f"{rows} × {columns}" in problem.plain()


def refused(read: Callable[..., object], *given: object) -> Problem:
    with pytest.raises(Problem) as caught:
        read(*given)
    return caught.value


UNREADABLE = {
    "": "Nothing",
    " \n\t ": "Nothing",
    "[]": "Nothing",
    "[[1, 2], [3]]": "row 2 holds 1, row 1 holds 2",
    "[[1, 2]": "never closed",
    "1, 2]": "never opened",
    "(1, 2]": "never opened",
    "[[1, 2], [3, abc]]": "Row 2, number 2: “abc”",
    "1\t\t2": "Row 1, number 2",
    "nan": "nan",
    "[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]": "more than one matrix",
    "W1 = [1]\nb1 = [2]": "more than one matrix",
    "1 " * 401: "more than 400",
    "0.5 " * MAX_LENGTH: "20000 is the most",
    "9" * 61: "too long",
    "1e999": "too large",
    "1 | 2": "“|”",
}


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_what_is_wrong_where(text):
    assert UNREADABLE[text] in refused(rows_of, text).plain()


HOSTILE = [
    "[", "(", "{", "1", "a", " ", ";", "\n", "\t", "\\", "^", "_", "'", "，", "。", "\x1e", "\x00",
    "1,", "0,5 ", "W1=", "'W1': ", "[1,2],", "(1/3) ", "^{", ", dtype=", "\\frac{1}{", "\\begin{", "\\\\\n", "2^2^2 ", "exp(",
    "W1" + " " * 19_000, "a" + "_ ^" * 6_000, "$" + "\\left" * 3_000, "1" + " +1" * 6_000, "x" * 10**7,
    "__import__('os').system('true')", "![](//host/x.png)", "<script>", "{0}", "=1+1", "W1 = " + "{found}" * 2,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_is_a_sentence(text):
    """The short ones as often as there is room for them."""
    repeated = text * (MAX_LENGTH // len(text)) if 0 < len(text) < 12 else text
    for where in ("", "W.1"):
        sentence = refused(put, WORKED, where, repeated).text()
        assert 0 < len(sentence) < 420
        assert "![" not in re.sub("`[^`]*`", "", sentence)


def test_no_short_text_does_anything_but_be_read_or_refused():
    signs, generator = "0123456789 ,.;\n\t[](){}-+/*eWbxy=:&\\'_^，、", random.Random(5)
    for _ in range(4000):
        text = "".join(generator.choices(signs, k=generator.randint(0, 14)))
        for where in ("", "x"):
            try:
                assert put(WORKED, where, text).sizes == WORKED.sizes, text
            except Problem as problem:
                assert problem.text(), text


# --- into the example ---


def test_each_array_takes_what_fits_it():
    changed = put(WORKED, "W.1", "1 2 3\n4 5 6")
    assert changed == WORKED.with_(W=(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)), WORKED.model.W[1]))
    assert put(WORKED, "b.1", "[[7], [8]]") == put(WORKED, "b.1", "7, 8") == WORKED.with_(b=((7.0, 8.0), (0.1,)))
    assert put(WORKED, "W.2", "7\n8") == WORKED.with_(W=(WORKED.model.W[0], ((7.0, 8.0),)))
    assert put(WORKED, "x", "7 8 9") == WORKED.with_(x=(7.0, 8.0, 9.0))
    assert put(WORKED, "y", "0,5") == WORKED.with_(y=(0.5,))


@pytest.mark.parametrize(
    ("where", "text", "words"),
    [
        ("W.1", "1 2\n3 4\n5 6", ("2 × 3", "not 3 × 2", "transposed")),
        ("W.1", "1 2\n3 4", ("2 × 3", "not 2 × 2")),
        ("b.1", "1 2 3", ("b1 holds 2", "1 × 3")),
        ("x", "1 2", ("x holds 3", "1 × 2")),
        ("W.9", "1", ("no W9", "W1, b1, W2, b2, x, y")),
        ("W.1.1.1", "1", ("no W111",)),
        ("", "1 2\n3 4\n5 6", ("W1 is 2 × 3", "transposed")),
        ("", "1 2 3 4", ("1 × 4", "fits none")),
        ("", "1 2", ("b1, W2",)),
        ("", "W3 = [1, 2]", ("no W3",)),
        ("", "W1 = 1 2 3; 4 5 6\nW1 = 1 2 3; 4 5 6", ("W1 stands there twice",)),
        ("W.1", "W1 = 1 2 3; 4 5 6\nA = 1 2", ("no A",)),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(where, text, words):
    problem = refused(put, WORKED, where, text)
    assert problem.where == "paste"
    for word in words:
        assert word in problem.plain()


def test_where_nothing_is_chosen_an_array_goes_where_its_name_says_or_where_alone_it_fits():
    assert put(WORKED, "", "[7, 8, 9]").x == (7.0, 8.0, 9.0)
    assert put(WORKED, "", "b_1 = [7, 8]").model.b == ((7.0, 8.0), (0.1,))
    assert put(WORKED, "", "$W^{(2)} = (7, 8)$").model.W[1] == ((7.0, 8.0),)
    assert put(WORKED, "b.1", "W2 = [7, 8]").model.b == ((7.0, 8.0), (0.1,)), "what is chosen counts more than a name"


def named(example: Example) -> dict[str, Rows]:
    model = example.model
    arrays = {f"W{k}": W for k, W in enumerate(model.W, 1)} | {f"b{k}": (b,) for k, b in enumerate(model.b, 1)}
    return arrays | {"x": (example.x,), "y": (example.y,)}


TOGETHER: dict[str, Callable[[dict[str, Rows]], str]] = {
    "Python": lambda arrays: "\n".join(f"{name} = np.array({nested(rows)})" for name, rows in arrays.items()),
    "a dict": lambda arrays: repr({name: np.array(rows) for name, rows in arrays.items()}),
    "MATLAB": lambda arrays: "".join(f"{name} = {FORMS['MATLAB'](rows)}\n" for name, rows in arrays.items()),
    "by hand": lambda arrays: "\n\n".join(f"{name}:\n{FORMS['by hand'](rows)}" for name, rows in arrays.items()),
    "LaTeX": lambda arrays: r", \quad ".join(
        re.sub(r"(\d)$", r"^{(\1)}", name) + f" = {FORMS['LaTeX'](rows)}" for name, rows in arrays.items()
    ),
}


@pytest.mark.parametrize("form", TOGETHER)
@pytest.mark.parametrize("preset", PRESETS)
def test_all_of_a_network_can_be_pasted_at_once_whatever_the_layers_were(form, preset):
    wanted = PRESETS[preset][1]
    start = PRESETS["worked" if preset != "worked" else "deep"][1]
    model = put(start.with_(loss="squared_error"), "", TOGETHER[form](named(wanted))).model
    assert (model.W, model.b, model.samples) == (wanted.model.W, wanted.model.b, wanted.model.samples)


def test_several_arrays_are_put_in_together_or_not_at_all():
    two = put(WORKED, "x", "W1 = [[1, 2, 3], [4, 5, 6]]\nb1 = [7, 8]").model
    assert (two.W[0], two.b[0]) == (((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)), (7.0, 8.0))
    refused(put, WORKED, "", "W1 = [[1, 2, 3], [4, 5, 6]]\nb1 = [7, 8, 9]")


def test_the_arrays_there_are():
    assert shapes_of(WORKED.model) == {"W.1": (2, 3), "b.1": (2, 1), "W.2": (1, 2), "b.2": (1, 1), "x": (3, 1), "y": (1, 1)}

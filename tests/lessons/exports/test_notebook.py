"""The notebook of an example: valid, run for real, and every step in it asserted against the engine's number."""

import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from itertools import product
from typing import Any

import nbformat
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from lessons import content
from lessons.example import LARGEST, PRESETS, WORKED, Example, Model, View, trainable
from lessons.exports import BANKS, EXPORTS, file_name, notebook, of_example
from lessons.problem import Problem
from lessons.style import Look
from lessons.walk.updates import update_of, updated
from lessons.worked import Penalised, known, of_update
from mlp_core import NonFinite, Quantity, derive, trace
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing.floats import evaluated
from mlp_core.writing.names import NOTATIONS
from mlp_core.writing.numbers import number
from mlp_core.writing.python import Code

from ..strategies import ANY, examples

CHECK = re.compile(r'^check\("(.+)", (\w+), (\S+)\)$', re.MULTILINE)


def cells(text: str, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == kind]


def code(text: str) -> str:
    return "\n".join(cells(text, "code"))


def executed(source: str) -> tuple[dict[str, Any], list[str]]:
    """What the code computes, and the lines that it prints; whatever it asserts holds."""
    out, names = StringIO(), {}
    names["print"] = lambda *parts: print(*parts, file=out)
    exec(source, names)
    return names, out.getvalue().splitlines()


def after_updates(example: Example, count: int) -> Example:
    """The example after so many updates, or as many as its numbers allow."""
    with suppress(Problem):
        for _ in range(count):
            example = updated(example)
    return example


def assert_every_step_is_there(example: Example, text: str) -> tuple[set[str], set[str]]:
    """Each step is asserted against the engine's own number, in order, once; what is not is named in a sentence.

    Gives the names of the variables that were taken from the engine and of those that were left out.
    """
    update = update_of(example)
    steps = [*example.derivation, *update.steps]
    engine = {step.target.symbol.name: known(update, step.target) for step in steps}
    names, _printed = executed(code(text))
    asserted = {variable: float(value) for _name, variable, value in CHECK.findall(code(text))}
    infinite = {variable for variable, value in engine.items() if value is None}
    taken = {variable for variable in engine if variable not in asserted} - infinite
    assert not infinite & names.keys()
    for variable, value in engine.items():
        if value is not None:
            assert names[variable] == pytest.approx(value, rel=1e-9, abs=1e-12), variable
            assert asserted.get(variable, value) == value, variable
    order = [step.target.symbol.name for step in steps if step.target.symbol.name in asserted]
    assert [variable for variable in asserted if variable in engine] == order
    look = Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)
    look = replace(look, shared=example.model.shared)
    sentences = [
        line for cell in cells(text, "markdown") for line in cell.splitlines() if line[:1] not in ("|", "$", "\\")
    ]
    for step in steps:
        name = f"${look.name(step.target).latex()}$"
        left_to_the_engine = step.target.symbol.name in taken | infinite
        assert any(name in sentence for sentence in sentences) or not left_to_the_engine, name
    after = Penalised.of(trace(update.network, example.x, example.y), update.decay)
    for step in example.derivation.phase("forward", "loss"):
        assert names[new(step.target)] == pytest.approx(after[step.target], rel=1e-9, abs=1e-12)
    return taken, infinite


def new(quantity: Quantity) -> str:
    """The variable of a quantity in the forward pass after the update."""
    return quantity.symbol.name.replace(quantity.kind, f"{quantity.kind}_new", 1)


# --- as a notebook ---


@pytest.mark.parametrize("name", PRESETS)
def test_it_is_a_valid_notebook(name, language):
    text = of_example(PRESETS[name][1].with_(language=language))
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert nbformat.writes(book) + "\n" == text, "Jupyter would save it in other bytes"
    assert len({cell.id for cell in book.cells}) == len(book.cells)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """``kernel(book)`` runs a notebook for real; gives what its cells print."""
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))

    def run(book: Any) -> str:
        done = NotebookClient(book, timeout=60, kernel_name="python3", allow_errors=True).execute()
        return "".join(out.get("text") or out.evalue for cell in done.cells for out in cell.get("outputs", []))

    return run


@pytest.mark.filterwarnings("ignore")  # those of Jupyter's own packages
def test_a_kernel_runs_it_and_a_wrong_number_is_told(kernel):
    """For real, with a wrong number at its end; and, as code alone, with one at the beginning."""
    example = WORKED.with_(optimiser="Adam")
    text = of_example(example)
    book = nbformat.reads(text, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell('check("the end", z_2_1 + 0.01, z_2_1)'))
    printed = kernel(book)
    update = update_of(example)
    for quantity in (Quantity("z", 1, (1,)), Quantity("C"), Quantity("dW", 2, (1, 1))):
        assert f" = {number(example.trace[quantity], 4)}\n" in printed
    after = trace(update.network, example.x, example.y).loss
    assert f"{number(example.trace.loss, 4)} → {number(after, 4)}\n" in printed
    assert printed.count("the engine has") == 1
    assert re.search(r"the end = 0.369\d+, the engine has 0.359\d+$", printed)
    source = code(text)
    assert source.count("b_2_1 = 0.1\n") == 1
    with pytest.raises(AssertionError, match=r"z⁽²⁾ = 0.369\d+, the engine has 0.359"):
        executed(source.replace("b_2_1 = 0.1\n", "b_2_1 = 0.11\n"))


def test_the_same_example_gives_the_same_bytes():
    for _name, example in PRESETS.values():
        again = Example.from_json(example.to_json())
        assert of_example(again) == of_example(example)
        assert of_example(example.with_(decimals=6)) != of_example(example)


def test_it_needs_nothing_but_python_and_at_the_end_numpy():
    found = [re.findall(r"^\s*(?:import|from) (\w+)", cell, re.MULTILINE) for cell in cells(of_example(WORKED), "code")]
    assert [names for names in found if names] == [["math"], ["numpy"]]
    assert found.index(["numpy"]) == len(found) - 5, "matrices and differences come last"


def test_files_are_named_after_the_sizes():
    names = {file_name(kind, (3, 2, 1)) for kind in (*EXPORTS, *BANKS)}
    assert len(names) == 6 and all(name.startswith("backprop-3-2-1") for name in names)
    assert file_name("notebook", (2, 2)) == "backprop-2-2.ipynb"


# --- every step, with every network ---


@pytest.mark.parametrize(("name", "optimiser"), list(product(PRESETS, OPTIMISERS))[::3])
def test_every_step_of_the_presets(name, optimiser):
    for updates in (0, 3):
        example = after_updates(PRESETS[name][1].with_(optimiser=optimiser), updates)
        assert assert_every_step_is_there(example, of_example(example)) == (set(), set())


IN_MID_COURSE = given(examples(largest=3), st.integers(0, 3))


@settings(max_examples=12)
@IN_MID_COURSE
def test_every_step_of_a_random_network(example, updates):
    """All activations, losses, optimisers and settings, frozen hidden layers, in mid-course."""
    assert_right(example, updates)


@pytest.mark.statistics
@settings(max_examples=120)
@IN_MID_COURSE
def test_every_step_of_more_random_networks(example, updates):
    assert_right(example, updates)


def assert_right(example: Example, updates: int) -> None:
    """Every step is in the notebook after so many updates, and is what the engine or, at least, SymPy finds."""
    example = after_updates(example, updates)
    taken, infinite = assert_every_step_is_there(example, of_example(example))
    largest = max(abs(float(z)) for layer in example.trace.layers for z in layer.z)
    if largest < 4 and example.settings.optimiser in ("SGD", "Momentum") and not example.updates:
        assert (taken, infinite) == (set(), set()), "nothing is saturated, nothing divides by a small gradient"
    if taken and largest < 1000:  # SymPy needs a digit for about every unit of z
        assert_exact(example, taken)


def assert_exact(example: Example, variables: set[str]) -> None:
    """What the notebook takes from the engine is right: SymPy comes to the same from the given numbers alone."""
    update = update_of(example)
    values = derive(example.network).evaluate(example.network, example.x, example.y)
    for step in (step for step in of_update(update).steps if step.target not in values):
        for q in step.inputs:
            values.setdefault(q, update[q])
        values[step.target] = step.evaluate(values, 30)
    for quantity, value in values.items():
        if quantity.symbol.name in variables:
            assert update[quantity] == pytest.approx(float(value), rel=1e-9, abs=1e-8), quantity


@settings(max_examples=12)
@given(examples(numbers=st.floats(-300, 300), largest=3), st.integers(0, 1))
def test_every_step_of_a_saturated_network(example, updates):
    example = after_updates(example, updates)
    assert_every_step_is_there(example, of_example(example))


@settings(max_examples=12)
@given(examples(numbers=ANY, largest=2))
def test_every_step_of_an_extreme_network(example):
    """Where an update or the pass after it overflows, the notebook ends with a sentence."""
    text = of_example(example)
    try:
        update = update_of(example)
        trace(update.network, example.x, example.y)
    except NonFinite as error:
        executed(code(text))
        assert re.search(rf"(layer|第) {error.layer}\b", cells(text, "markdown")[-1])
    else:
        with np.errstate(over="ignore"):  # a weight that is moved for a finite difference may overflow where the network does not
            assert_every_step_is_there(example, text)


@pytest.mark.parametrize(("activation", "loss"), list(product(trainable(), LOSSES))[::3])
def test_every_activation_and_every_loss(activation, loss):
    deep = PRESETS["deep"][1].remodelled(Model.resized, (2, 3, 2, 2)).with_(y=(1.0, 0.0)).remodelled(Model.with_loss, loss)
    last = LOSSES[loss].wants or activation
    example = deep.with_(activations=(activation, activation, last), optimiser="RMSprop")
    assert assert_every_step_is_there(example, of_example(example)) == (set(), set())


def test_a_saturated_output_leaves_its_factors_out():
    example = PRESETS["deep"][1].remodelled(Model.with_number, Quantity("b", 3, (1,)), 900.0)
    taken, infinite = assert_every_step_is_there(example, of_example(example))
    assert infinite == {"dC_da_3_1"}
    assert "C" in taken, "log(1 - a) has no digits left, the engine's loss has"


def test_what_overflows_after_the_update_ends_the_of_example(language):
    four = tuple(((float(LARGEST),),) for _ in range(4))
    given = {"W": four, "b": ((0.0,),) * 4, "x": (float(LARGEST),), "y": (0.0,), "activations": ("identity",) * 4}
    example = Example.of(**given, lr=float(LARGEST), language=language)
    text = of_example(example)
    names, _printed = executed(code(text))
    assert names["W_new_4_1_1"] == pytest.approx(update_of(example)[Quantity("W_new", 4, (1, 1))])
    with pytest.raises(NonFinite) as caught:
        trace(update_of(example).network, example.x, example.y)
    assert re.search(rf"(layer|第) {caught.value.layer}\b", cells(text, "markdown")[-1])


def test_a_frozen_layer_stays_as_it_is(language):
    example = PRESETS["deep"][1].with_(scope="output", optimiser="Momentum", language=language)
    names, _printed = executed(code(of_example(example)))
    assert {name for name in names if name.startswith("W_new")} == {"W_new_3_1_1", "W_new_3_1_2"}
    after = trace(update_of(example).network, example.x, example.y)
    assert names["C_new"] == pytest.approx(after.loss, rel=1e-12)
    assert names["C_new"] != names["C"]


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_forward_pass_with_the_new_parameters(optimiser):
    example = after_updates(PRESETS["classifier"][1].with_(optimiser=optimiser), 2)
    names, printed = executed(code(of_example(example)))
    after = trace(update_of(example).network, example.x, example.y)
    for step in example.derivation.phase("forward", "loss"):
        assert names[new(step.target)] == pytest.approx(after[step.target], rel=1e-12)
    assert f"{number(example.trace.loss, 4)} → {number(after.loss, 4)}" in printed


# --- the assertions can fail ---

NUMBER = re.compile(r"(?<![\w.])-?\d+\.\d+(?:e[-+]?\d+)?")


def mutants(source: str) -> list[tuple[str, str]]:
    """The source with one number changed, for each number that stands outside the definitions of functions."""
    found = []
    for match in NUMBER.finditer(source):
        line = source[source.rfind("\n", 0, match.start()) + 1 : source.find("\n", match.start())]
        if not line.startswith(" "):
            changed = repr(float(match[0]) * 1.001 + 1e-6)
            found.append((line, source[: match.start()] + changed + source[match.end() :]))
    return found


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_changed_number_makes_an_assertion_fail(optimiser):
    """Every given weight, every setting, all that the optimiser remembers, and every number of the engine."""
    small = WORKED.remodelled(Model.resized, (2, 1, 1))
    example = after_updates(small.with_(optimiser=optimiser, lr=0.5, eps=0.01), 2)
    source = code(of_example(example))
    changed = mutants(source)
    memory = sum(len(OPTIMISERS[optimiser].slots) for _ in example.derivation.given if _.kind in ("W", "b"))
    settings_of = sum(isinstance(value, float) for value in vars(example.settings.named(optimiser)).values())
    given, asserted = len(example.derivation.given), len(CHECK.findall(source))
    assert len(changed) == given + memory + settings_of + asserted
    for line, mutant in changed:
        with pytest.raises(AssertionError, match="the engine has"):
            executed(mutant)
            pytest.fail(f"unnoticed: {line}")


# --- matrices and differences ---

MOVED = re.compile(r"^d(W|b)(\d) \[(.*)\] (\S+)  (\S+)$", re.MULTILINE)


@settings(max_examples=12)
@given(examples(largest=3))
def test_matrices_give_every_gradient_and_differences_agree(example):
    text = of_example(example)
    names, printed = executed(code(text))
    if "np" not in names:
        assert "略去" in text or "left out" in text or "溢出" in text or "overflow" in text
        return
    for k, layer in enumerate(example.trace.layers, 1):
        assert names[f"dW{k}"] == pytest.approx(layer.dW, rel=1e-9, abs=1e-12)
        assert layer.db is None or names[f"db{k}"] == pytest.approx(layer.db, rel=1e-9, abs=1e-12)
    gradients = MOVED.findall("\n".join(printed))
    assert len(gradients) == len([q for q in example.derivation.given if q.parameter])
    corner = min(float(abs(layer.z).min()) for layer in example.trace.layers) < 1e-4
    for _kind, _layer, _place, gradient, difference in gradients:
        assert corner or float(gradient) == pytest.approx(float(difference), rel=1e-3, abs=1e-5)


def test_matrices_are_read_as_matrices():
    source = code(of_example(PRESETS["classifier"][1]))
    forward = ("z2 = W2 @ a1 + b2", "a2 = np.exp(z2) / np.exp(z2).sum()")
    hidden = ("dC_da1 = delta2 @ W2", "da_dz1 = np.where(z1 > 0, 1, 0)", "delta1 = dC_da1*da_dz1")
    for each in (*forward, "delta2 = a2 - y", *hidden, "dW1 = np.outer(delta1, x)", "db2 = delta2"):
        assert each in source.splitlines()


# --- with blanks ---


def blanks(example: Example) -> Any:
    return nbformat.reads(of_example(example, blanks=True), as_version=4)


def filled(blank: str, plain: str, wrong: str = "") -> Any:
    """The notebook with its blanks filled as the one without them does it; one variable is ``wrong``."""
    book = nbformat.reads(blank, as_version=4)
    answers = dict(reversed(re.findall(r"^(\w+) = (.+)$", code(plain), re.MULTILINE)))  # the first of each
    answers |= {wrong: f"{answers[wrong]} + 1"} if wrong else {}
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = re.sub(r"(?m)^(\w+) = \.\.\.$", lambda blank: f"{blank[1]} = {answers[blank[1]]}", cell.source)
            cell.source = cell.source.replace("import math", "import math\nimport numpy as np", 1)
    return book


@pytest.mark.filterwarnings("ignore")  # those of Jupyter's own packages
def test_blanks_ask_right_answers_pass_and_a_wrong_one_is_told(kernel):
    """All asked and all right as code alone, one wrong in a kernel."""
    example = PRESETS["classifier"][1].with_(optimiser="Adam")
    steps = len([*example.derivation, *update_of(example).steps])
    asked = "\n".join(executed(code(nbformat.writes(blanks(example))))[1])
    assert asked.count("… to be filled in") > steps and "✓" not in asked and "✗" not in asked
    texts = of_example(example, blanks=True), of_example(example)
    right = "\n".join(executed(code(nbformat.writes(filled(*texts))))[1])
    assert right.count("✓ right") == asked.count("… to be filled in") and "…" not in right and "✗" not in right
    told = kernel(filled(*texts, "z_2_1"))
    assert "z⁽²⁾₁ ✗ not right yet" in told and told.count("✓ right") > steps / 2


def test_no_answer_can_be_read_in_a_notebook_with_blanks(language):
    """Not at once: a person who wants a number has to ask for it."""
    example = WORKED.with_(optimiser="Adam", language=language)
    source = code(of_example(example, blanks=True))
    update = update_of(example)
    for step in (*example.derivation, *update.steps):
        text = f"{abs(update[step.target]):.4g}"
        assert len(text) < 5 or text not in source, step.target
        assert f"{step.target.symbol.name} = ..." in source
    names, printed = executed(source)
    assert not any(re.search(r"\d\.\d", line) for line in printed)
    names["reveal"]("z_1_1")


@settings(max_examples=6)
@given(examples(numbers=st.floats(-300, 300), largest=3))
def test_blanks_of_a_saturated_network_run(example):
    executed(code(of_example(example, blanks=True)))


# --- as a person reads it ---


@pytest.mark.parametrize("notation", NOTATIONS)
def test_numbers_are_printed_as_the_tutor_writes_them(notation, language):
    example = PRESETS["two_outputs"][1].with_(notation=notation, language=language, decimals=3)
    look = Look.of(notation, language, 3, "light", example.sizes)
    _names, printed = executed(code(of_example(example)))
    update = update_of(example)
    expected = [
        f"{look.name(step.target).text()} = {number(update[step.target], 3)}"
        for step in (*example.derivation, *update.steps)
    ]
    same = [re.sub(r"e([-+])0?(\d)", lambda m: "e" + m[1].strip("+") + m[2], line) for line in printed[: len(expected)]]
    assert same == expected


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_law_is_written_in_the_notation(notation, language):
    example = PRESETS["classifier"][1].with_(notation=notation, language=language, optimiser="Adam")
    look = Look.of(notation, language, 4, "light", example.sizes)
    lines = "\n".join(cells(of_example(example), "markdown")).splitlines()
    laws = Counter(line.partition(" &= ")[0] for line in lines if " &= " in line)
    update = update_of(example)
    assert laws == Counter(look.name(step.target).latex() for step in (*example.derivation, *update.steps))


def test_it_speaks_the_language_of_the_example(language):
    text = "\n".join(cells(of_example(PRESETS["classifier"][1].with_(language=language)), "markdown"))
    assert ("前向传播，第 1 层" in text) == (language == "zh")
    assert ("Forward, layer 1" in text) == (language == "en")
    prose = re.sub(r"\$\$.*?\$\$|\$.*?\$", "", text, flags=re.DOTALL)
    assert bool(re.search("[a-z]{3,} [a-z]{3,} [a-z]{3,}", prose)) == (language == "en")
    assert bool(re.search("[\u4e00-\u9fff]", text)) == (language == "zh")
    assert "{" not in prose


def test_a_reason_is_given_once():
    text = "\n".join(cells(of_example(PRESETS["deep"][1]), "markdown"))
    reasons = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(reasons) == len(set(reasons)) > 5


# --- anything worked ---


def test_what_is_no_network_is_recomputed_and_asserted(expression, language):
    written = notebook(expression, View(2, "notes", language))
    nbformat.validate(nbformat.reads(written, as_version=4))
    names, printed = executed(code(written))
    assert printed == [
        "s = 5.00",
        "z = 20.00",
        "∂z/∂z = 1.00",
        "∂z/∂s = 4.00",
        "∂z/∂w = 5.00",
        "∂z/∂x = 4.00",
        "∂z/∂y = 4.00",
    ]
    for step in expression.steps:
        assert names[step.target.symbol.name] == expression.value(step.target)
        assert f'check("{expression.names[step.target].text()}", {step.target.symbol.name}, ' in code(written)
    prose = "\n".join(cells(written, "markdown"))
    assert r"\frac{\partial z}{\partial s} &= \frac{\partial z}{\partial z} w" in prose
    assert ("The law says" in prose) == (language == "en")
    assert not re.search(r"[Ll]ayer|层|network|网络", prose)


@pytest.mark.parametrize("number", ["2.0", "3.0", "4.0"])
def test_there_too_a_changed_number_makes_an_assertion_fail(expression, number):
    source = code(notebook(expression, View()))
    given = "leaf_1, leaf_2, leaf_3 = 2.0, 3.0, 4.0"
    assert given in source
    with pytest.raises(AssertionError, match="the engine has"):
        executed(source.replace(given, given.replace(number, "7.0")))


def test_texts_come_from_the_room_of_what_is_worked(expression, tmp_path):
    folder = tmp_path / "graphs" / "texts"
    folder.mkdir(parents=True)
    (folder / "en.md").write_text("\n## any\nWhat?\nSome law.\n\n## product\nHow?\nFactors are multiplied.\n", "utf-8")
    content.enter(tmp_path)
    try:
        prose = cells(notebook(replace(expression, texts="graphs"), View()), "markdown")
    finally:
        content.leave(tmp_path)
    assert [line for cell in prose for line in cell.splitlines() if line[:2] == "- "] == [
        "- Some law.",
        "- Factors are multiplied.",
    ]


FORMULAS = [
    "x + y*w", "x - y", "-x*y/w", "x/(y*w)", "sqrt(x)/y**2", "1/sqrt(x)", "exp(-x)", "log(1 + exp(x))", "tanh(x)", "y**3",
    "2*(x - y)/3", "sin(x) + Abs(y)", "1/(1 + exp(-x))", "Max(x, y, w)",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gives_in_floats_what_its_code_gives(text):
    x, y, w = symbols = sp.symbols("x y w", real=True)
    formula = sp.parse_expr(text, {"x": x, "y": y, "w": w}, evaluate=False)
    for numbers in ((0.3, -0.7, 1.1), (2.0, 3.0, 4.0), (5.5, 0.125, -1e-3)):
        names, _printed = executed(f"import math\nx, y, w = {numbers}\nvalue = {Code().doprint(formula)}")
        assert evaluated(formula, dict(zip(symbols, numbers, strict=True))) == names["value"]


def test_what_is_no_network_has_blanks_too(expression, language):
    source = code(notebook(expression, View(2, "notes", language), blanks=True))
    names, printed = executed(source)
    assert len(printed) == len(expression.steps) and "np" not in names
    filled = source
    for step in expression.steps:
        name = step.target.symbol.name
        filled = filled.replace(f"{name} = ...", f"{name} = {expression.value(step.target)!r}")
    assert all("✓" in line for line in executed(filled)[1])

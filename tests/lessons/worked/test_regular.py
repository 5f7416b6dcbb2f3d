"""A pass with batch normalisation and dropout goes through every view, in training and afterwards, of one sample or of all."""

import json

import numpy as np
import pytest

from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import View
from lessons.exports.notebook import notebook
from lessons.misconceptions import frame_of
from lessons.practice.grading import grade
from lessons.practice.questions import questions_about
from lessons.sheets.paper.form import Kind, Style
from lessons.sheets.paper.latex import Latex
from lessons.sheets.paper.typst import Typst
from lessons.sheets.sheet import Sheet
from lessons.style import Look
from lessons.walk.card import card, unfolding
from lessons.walk.ribbon import ribbon
from lessons.worked import Worked, of_regular, regular_pass
from mlp_core import BatchNorm, Layer, Network, Quantity, trace
from mlp_core.steps import Phase
from mlp_core.writing.names import NOTATIONS

X = [[1.0, -0.5], [0.3, 2.0], [-1.2, 0.7]]
NORM = BatchNorm([1.5, -0.5], [0.1, 0.2], eps=0.1, momentum=0.3, running_mean=[0.2, -0.1], running_var=[0.5, 2.0])
HIDDEN = Layer([[0.5, -0.25], [1.0, 0.75]], [0.1, -0.3], "tanh", batch_norm=NORM, dropout=0.5)
MIDDLE = Layer([[0.4, -0.6], [0.9, 0.2]], None, "relu", dropout=0.25)
SQUARED = Network([HIDDEN, MIDDLE, Layer([[1.0, -0.5]], [0.1], "sigmoid")])
SHARES = Network(
    [HIDDEN, Layer([[1.0, -0.5], [0.3, 0.8]], None, "softmax", batch_norm=NORM)], "cross_entropy", reduction="sum"
)
TARGETS = {SQUARED: [[1.0], [0.0], [1.0]], SHARES: [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]}
MASKS = {1: [[1, 0], [0, 1], [1, 1]], 2: [[1, 1], [1, 0], [0, 1]]}


WAYS = ((SQUARED, "train", 2), (SQUARED, "eval", 0), (SHARES, "train", 0), (SHARES, "eval", 2))


@pytest.fixture(scope="module", params=WAYS, ids=lambda each: f"{each[0].loss}-{each[1]}-{each[2]}")
def worked(request) -> Worked:
    network, mode, sample = request.param
    return regular_pass(network, X, TARGETS[network], mode, masks=MASKS if mode == "train" else None, sample=sample)


def looked(worked: Worked, key: str = "notes") -> Look:
    return Look.of(key, "en", 4, "light", worked.sizes, shared=worked.shared, batch=True, normalised=worked.normalised)


def test_every_step_has_card_picture_and_ledger(worked):
    look = looked(worked)
    first = worked.sample or 1
    for n, step in enumerate(worked.steps):
        shown = card(step, worked, look)
        assert shown.question and shown.why and look.symbol(step.target) in shown.formula
        assert (unfolding(step, worked, look) is not None) == worked.unfolds(step)
        ribbon(step, worked, look)
        if n % 11:
            continue
        scene = Scene.at(worked, look, step)
        drawn = picture(scene)
        parts = [*(node for layer in drawn["layers"] for node in layer["nodes"]), *drawn["edges"], drawn["loss"]]
        parts += [node["bias"] for node in parts if "bias" in node]
        [lit] = [part for part in parts if part["state"] == "target"]
        assert lit["id"] == worked.plan.element(step.target)
        if step.target.sample in (0, first):
            assert str(step.target) in {chip["id"] for group in ledger(scene)["groups"] for chip in group["chips"]}


def test_what_is_given_is_changed_where_it_stands(worked):
    look = looked(worked)
    edits = set()
    for phase in Phase:
        drawn = picture(Scene.of(worked, look, phase))
        nodes = [*(node for layer in drawn["layers"] for node in layer["nodes"]), drawn["loss"], *drawn["targets"]]
        edits |= {row["edit"]["address"] for node in nodes for row in node["rows"] if "edit" in row}
        edits |= {node["bias"]["edit"]["address"] for node in nodes if "bias" in node}
        edits |= {edge["edit"]["address"] for edge in drawn["edges"]}
    of_layer = {"p", "norm_eps", "norm_momentum"}  # which the ledger shows
    first = worked.sample or 1
    assert edits == {str(q) for q in worked.editable if q.sample in (0, first) and q.kind not in of_layer}
    assert {q.kind for q in worked.editable} >= {"x", "y", "W", "gamma", "beta", "norm_eps"}
    assert all(q.given for q in worked.editable)


@pytest.mark.parametrize("key", NOTATIONS)
def test_no_two_quantities_are_written_alike(worked, key):
    look = looked(worked, key)
    for form in ("latex", "text", "html"):
        names = [getattr(look.name(q), form)() for q in (*worked.given, *(step.target for step in worked.steps))]
        assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]


def test_a_derivative_is_that_of_the_loss_of_all():
    look = looked(regular_pass(SQUARED, X, TARGETS[SQUARED], sample=2))
    written = {address: look.name(Quantity.parse(address)).text() for address in
               ("delta.1.1@2", "dW.1.1.1@2", "dW.1.1.1", "da_dz.1.1@2", "C@2", "delta.3.1@2")}  # fmt: skip
    assert written == {
        "delta.1.1@2": "∂C/∂z⁽¹⁾₁[2]", "dW.1.1.1@2": "∂C/∂W⁽¹⁾₁,₁[2]", "dW.1.1.1": "∂C/∂W⁽¹⁾₁,₁", "C@2": "C[2]",
        "da_dz.1.1@2": "∂a⁽¹⁾₁[2]/∂u⁽¹⁾₁[2]", "delta.3.1@2": "∂C/∂z⁽³⁾[2]",
    }  # fmt: skip


def test_numbers_come_out_of_the_formulas_that_are_diagnosed(worked):
    for n, question in enumerate(questions_about(worked)):
        compiled = frame_of(worked).compiled(question.target)
        right = compiled.numbers({q: worked.values[q] for q in compiled.inputs})[0]
        assert right == pytest.approx(question.answer, rel=1e-12, abs=1e-12), question.target
        if n % 20 == 0:
            assert question.text("zh") and all(question.hint(rung, looked(worked)) for rung in (1, 2, 3))
            assert grade(question, repr(question.answer)).correct
            assert grade(question, repr(question.answer + 123.4)).message("zh")


def test_a_notebook_recomputes_it_and_a_sheet_is_set(worked):
    view = View(4, "notes", "zh")
    cells = json.loads(notebook(worked, view))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    names: dict[str, object] = {"print": lambda *args: None}
    exec(compile(source, "notebook", "exec"), names)
    for step in worked.steps:
        assert names[step.target.symbol.name] == pytest.approx(worked.values[step.target], rel=1e-9, abs=1e-9)
    assert ("np.testing.assert_allclose" in source) == (not worked.sample), "a sample alone has no matrices of the batch"
    assert notebook(worked, view, blanks=True)
    for form in (Typst, Latex):
        assert form(Style(view), worked).whole(Kind.KEY, Sheet.of(worked, subject="z"))


def test_one_sample_has_the_numbers_that_it_has_among_all():
    whole, one = (regular_pass(SQUARED, X, TARGETS[SQUARED], masks=MASKS, sample=sample) for sample in (0, 2))
    assert {step.target for step in one.steps} == {step.target for step in whole.steps if step.target.sample in (0, 2)}
    assert {str(q) for q in one.given if q.sample not in (0, 2)} >= {"z.1.1@1", "dC_dz_hat.1.2@3", "C@3", "dW.2.1.1@1"}
    assert len({one.key, whole.key, of_regular(trace(SQUARED, X, TARGETS[SQUARED]), 2).key}) == 3


def test_a_single_sample_goes_through_afterwards():
    worked = regular_pass(SQUARED, X[0], TARGETS[SQUARED][0], "eval")
    assert worked.batch == 0 and Quantity("running_mean", 1, (1,)) in worked.given
    assert np.isfinite([worked.values[step.target] for step in worked.steps]).all()


def test_what_has_no_such_pass_is_refused():
    with pytest.raises(ValueError, match="no sample 4"):
        regular_pass(SQUARED, X, TARGETS[SQUARED], sample=4)
    with pytest.raises(ValueError, match="no batch normalisation"):
        of_regular(trace(Network([Layer([[1.0]], [0.0], "tanh")]), [1.0], [1.0]))

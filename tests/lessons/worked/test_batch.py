"""A batch goes through every view: one sample is worked out, and what the batch has together is made of all of them."""

import json

import pytest

from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import WORKED, Example, Sample, read_example
from lessons.example.codes import pack, unpack
from lessons.example.model import MAX_SAMPLES
from lessons.example.pasted import put
from lessons.exports import BANKS, EXPORTS, bank, exported, of_example
from lessons.misconceptions import CATALOGUE
from lessons.practice.grading import grade
from lessons.practice.series import questions_of, worth_asking
from lessons.problem import Problem
from lessons.sheets import Settings
from lessons.sheets.codes import code_of, example_of
from lessons.sheets.sets import sheet
from lessons.style import Look
from lessons.walk.card import card, unfolding
from lessons.walk.consequence import consequence
from lessons.walk.ribbon import ribbon
from lessons.walk.updates import changes, side_by_side, update_of, updated, worked_update
from lessons.worked import of_update
from mlp_core import Quantity, trace
from mlp_core.steps import Phase

SAMPLES = (*WORKED.model.samples, Sample((1.0, 0.0, 1.0), (0.0,)), Sample((-1.0, 2.0, 0.0), (1.0,)))


@pytest.fixture(params=["mean", "sum"])
def batch(request) -> Example:
    return WORKED.with_(samples=SAMPLES, reduction=request.param, sample=2, lr=0.3)


@pytest.fixture
def look(batch, language):
    return Look.of("notes", language, 4, "light", batch.sizes, batch=True)


def test_every_step_has_a_card_and_a_sample_the_steps_of_a_sample_alone(batch, look):
    worked = worked_update(batch)
    own = [step.target.of_sample(0) for step in worked.steps if step.target.sample]
    alone = WORKED.with_(samples=SAMPLES[1:2], lr=0.3)
    assert own == [step.target for step in alone.worked.steps]
    assert {step.target.sample for step in worked.steps} == {0, 2}
    for step in worked.steps:
        shown = card(step, worked, look)
        assert shown.question and shown.why and look.symbol(step.target) in shown.formula
        assert (unfolding(step, worked, look) is not None) == worked.unfolds(step)
        if step.target.sample:
            assert worked.values[step.target] == alone.worked.values[step.target.of_sample(0)]
    assert {str(q) for q in worked.given if q.sample not in (0, 2)} >= {"C@1", "C@3", "dW.1.2.3@1", "db.2.1@3"}


def test_the_chips_of_a_gradient_of_the_batch_come_to_it(batch, look):
    worked = batch.worked
    step = worked.steps[Quantity("dW", 2, (1, 1))]
    strip = ribbon(step, worked, look)
    assert len(strip["groups"]) == 3 and strip["groups"][0]["chips"][0]["note"].endswith("1")
    share = strip["common"]["value"] if "common" in strip else "1"
    assert share == ("1/3" if batch.model.reduction == "mean" else "1")
    eight = batch.with_(samples=(SAMPLES * 3)[:MAX_SAMPLES])
    groups = ribbon(eight.worked.steps[step.target], eight.worked, look)["groups"]
    assert [group["chips"][0]["note"][-1] for group in groups] == [*"12345678"]


def test_the_picture_is_the_network_and_shows_the_sample(batch, look):
    drawn = picture(Scene.of(batch.worked, look, Phase.BACKWARD))
    assert [len(layer["nodes"]) for layer in drawn["layers"]] == [3, 2, 1]
    edits = [node["edit"]["address"] for node in (*drawn["layers"][0]["nodes"], *drawn["targets"])]
    assert edits == ["x.0.1@2", "x.0.2@2", "x.0.3@2", "y.2.1@2"]
    assert len(drawn["loss"]["rows"]) == 2, "the sample's loss, and that of the batch"
    plan = batch.worked.plan
    for step in worked_update(batch).steps:
        assert plan.element(step.target), f"nothing stands for {step.target}"
    known = [chip["id"] for group in ledger(Scene.of(batch.worked, look, Phase.FORWARD))["groups"] for chip in group["chips"]]
    assert not [id for id in known if id.endswith(("@1", "@3"))], "another sample's numbers before they are needed"


def test_an_update_goes_by_the_gradient_of_the_batch(batch, look):
    update, before = update_of(batch), batch.trace
    q = Quantity("dW", 1, (1, 1))
    assert update[q.beside("step_W")] == pytest.approx(-0.3 * before[q])
    after, changed = changes(batch, update)
    assert after.loss < before.loss and {str(change.quantity) for change in changed} >= {"z.1.1@2", "C@2", "C", "W.1.1.1"}
    assert updated(batch).model.samples == SAMPLES and side_by_side(batch)
    moved = batch.remodelled(type(batch.model).with_number, Quantity("x", 0, (1,), 2), 5.0)
    assert moved.model.samples[1].x == (5.0, 0.0, 1.0) and moved.model.samples[0] == SAMPLES[0]
    assert consequence(batch, moved, look).what.startswith("x₁[2]")


def test_each_slip_of_a_batch_is_told_where_it_is_made(batch, language):
    wide = batch.with_(W=(*WORKED.model.W[:1], ((0.5, 0.2), (0.3, -0.4))), b=(*WORKED.model.b[:1], (0.1, 0.2)),
                       samples=tuple(Sample(each.x, (each.y[0], 0.25)) for each in SAMPLES))  # fmt: skip
    asked = {question.target: question for question in questions_of(wide)}
    laws = [question for question in asked.values() if question.step.law.startswith("batch_")]
    seen = set()
    for question in laws:
        for name in (name for name in question.misconceptions if name.startswith("batch_")):
            verdict = grade(question, repr(question.wrong(name)))
            assert name in verdict.candidates, f"{name} at {question.target}: {verdict.candidates}"
            assert verdict.message(language)
            seen.add(name)
    never = {"mean": "batch_mean_taken", "sum": "batch_mean_forgotten"}[batch.model.reduction]
    never = {never} | ({"batch_divided_twice"} if batch.model.reduction == "sum" else set())
    never |= {"batch_statistics_later"}  # which is of batch normalisation
    assert seen == {name for name in CATALOGUE if name.startswith("batch_")} - never


def test_practice_asks_one_sample_and_what_the_batch_has_together(batch):
    every = worth_asking(questions_of(batch))
    assert {question.target.sample for question in every} == {0, 2}
    assert {question.step.law for question in every} >= {"batch_loss", "batch_weight_gradient", "batch_bias_gradient", "apply"}
    assert all(grade(question, repr(question.answer)).correct for question in every)


def test_links_and_files_carry_the_samples_and_the_reduction(batch):
    assert unpack(pack(batch)).example == batch
    assert Example.from_json(batch.to_json()) == batch
    assert "reduction" not in WORKED.to_json() and '"sample"' not in WORKED.to_json()
    assert WORKED.with_(sample=5).view.sample == 1, "there is one sample"


def test_samples_come_and_go(batch):
    more = batch.remodelled(type(batch.model).with_one_more)
    assert more.model.samples == (*SAMPLES, SAMPLES[-1])
    fewer = batch.with_(sample=3).remodelled(type(batch.model).without_sample, 3)
    assert fewer.model.samples == SAMPLES[:2] and fewer.view.sample == 2
    one = fewer.remodelled(type(batch.model).without_sample, 2)
    assert one.worked.batch == 0 and one.worked.steps.steps == WORKED.worked.steps.steps
    for wrong in (lambda: one.remodelled(type(batch.model).without_sample, 1), lambda: WORKED.with_(samples=SAMPLES * 3)):
        with pytest.raises(Problem, match=f"1 to {MAX_SAMPLES} samples"):
            wrong()


def test_samples_are_pasted_as_rows_or_as_columns():
    rows, columns = "x = [[2, 3, -1], [1, 0, 1]]\ny = [[1], [0]]", "x = [[2, 1], [3, 0], [-1, 1]]\ny = 1 0"
    assert put(WORKED, "", rows).model.samples == put(WORKED, "", columns).model.samples == SAMPLES[:2]
    assert put(WORKED, "x", "[[2, 3, -1], [1, 0, 1]]").model.samples[1] == Sample(SAMPLES[1].x, WORKED.y)
    assert put(WORKED.with_(samples=SAMPLES, sample=3), "x", "7 8 9").model.samples[2].x == (7.0, 8.0, 9.0)
    with pytest.raises(Problem, match="2 samples in x and 3 in y"):
        put(WORKED.with_(samples=SAMPLES), "", "x = [[2, 3, -1], [1, 0, 1]]\ny = 1 0 1")
    with pytest.raises(Problem, match=f"is 9, and {MAX_SAMPLES}"):
        put(WORKED, "x", "\n".join(["1 2 3"] * 9))
    lines = "W1 = [[.2, -.5, .1], [-.3, .4, .2]]\nb1 = .3 -.1\nW2 = .5 .2\nb2 = .1\nreduction = average"
    for text in (rows, columns):
        found = read_example(f"{text}\n{lines}")
        assert (found.model.samples, found.model.W, found.model.reduction) == (SAMPLES[:2], WORKED.model.W, "mean")
    assert read_example(f"{rows}\n{lines.replace('average', 'sum')}").model.reduction == "sum"
    with pytest.raises(Problem, match=r"Line 2.* 2 samples in x and 3 in y"):
        read_example(f"x = [[2, 3, -1], [1, 0, 1]]\ny = [[1], [0], [1]]\n{lines}")


def test_a_sheet_of_a_batch_comes_back_by_its_code(batch):
    settings = Settings.of(batch, variants=2)
    made = sheet(settings, 2)
    targets = [str(line.step.target) for _phase, lines in made.sections for line in lines]
    assert {"z.1.1@1", "C@1", "C", "dW.1.1.1@1", "dW.1.1.1", "W_new.1.1.1"} <= set(targets)
    assert not [target for target in targets if target.endswith("@2")]
    again = example_of(code_of(settings, 2))
    assert (again.model, again.view) == (example_of(made.code).model, settings.view)
    assert len(again.model.samples) == 3 and again.model.reduction == batch.model.reduction
    assert Settings.from_json(settings.to_json()) == settings
    assert code_of(Settings.of(WORKED), 1) == code_of(Settings.of(WORKED.with_(reduction="sum")), 1)


def test_the_notebook_works_out_all_of_the_batch(batch, language):
    code = ["".join(cell["source"]) for cell in json.loads(of_example(batch.with_(language=language)))["cells"]
            if cell["cell_type"] == "code"]  # fmt: skip
    space: dict = {}
    for cell in code:
        exec(cell, space)
    whole = of_update(update_of(batch), 0)
    for step in whole.steps:
        assert space[step.target.symbol.name] == pytest.approx(whole.values[step.target])
    assert trace(whole.after().network, *batch.model.data).loss == whole.after()[Quantity("C")]


@pytest.mark.parametrize("name", [*EXPORTS, *BANKS])
def test_every_file_is_made_of_a_batch(batch, name):
    made = exported(name, batch) if name in EXPORTS else bank(name, Settings.of(batch, variants=1))
    assert made and (not name.endswith("pytorch") or compile(made, name, "exec"))

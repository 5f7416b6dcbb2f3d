"""Lesson 13: programs that are really run and give the engine's numbers, slips written in NumPy, flaws that can be measured."""

import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest

from lessons.course import LESSONS, Case
from lessons.course.build import classifier, dropper, flaws, fragments, loops, programs, quotients
from lessons.course.build.descents import descents
from lessons.course.build.setting import Build
from lessons.drawing.program import Loop, program
from lessons.example import WORKED, Model, Sample
from lessons.practice.grading import judged
from lessons.practice.printed import answers
from lessons.practice.questions import questions_about
from lessons.worked.arrays import array_of, place_of
from mlp_core import SGD, Layer, Network, Quantity, trace, train

RUN = """
import json, sys
for text in json.load(sys.stdin):
    names = {}
    exec(text, names)
    print(json.dumps({name: getattr(value, "tolist", lambda: value)() for name, value in names.items()
                      if not name.startswith("_") and name != "np"}), flush=True)
"""


def run(texts: list[str]) -> list[dict]:
    """What programs leave behind, run by a Python of their own; what they print themselves is passed over."""
    done = subprocess.run([sys.executable, "-c", RUN], input=json.dumps(texts), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def network(seed, sizes, *activations, samples=1, settings=None, **conventions):
    model = replace(WORKED.remodelled(Model.resized, sizes).model.redrawn(seed))
    if samples > 1:
        draw = np.random.default_rng(seed)
        more = [Sample(tuple(map(float, draw.integers(-2, 3, sizes[0]))), model.samples[0].y) for _ in range(samples - 1)]
        model = replace(model, samples=(*model.samples, *more))
    made = WORKED.with_model(model)
    if activations:
        last = activations[-1]
        y = tuple(float(i == 0) for i in range(sizes[-1]))
        fitting = {"softmax": "cross_entropy"}.get(last, model.loss)
        made = made.with_(
            activations=activations, loss=conventions.pop("loss", fitting),
            samples=tuple(replace(each, y=y) for each in model.samples),
        )  # fmt: skip
    return made.with_(**conventions, **(settings or {}))


EXAMPLES = {
    "the worked example": WORKED,
    "one layer": network(1, (2, 1)),
    "a batch": network(2, (3, 4, 2), samples=3),
    "a batch summed": network(3, (2, 2, 2), samples=4, reduction="sum"),
    "three layers": network(4, (2, 3, 3, 2), "tanh", "relu", "sigmoid"),
    "softmax": network(5, (3, 4, 3), "leaky_relu", "softmax"),
    "softmax in a batch": network(6, (2, 3, 3), "tanh", "softmax", samples=3),
    "softmax with a squared loss": network(7, (2, 2, 3), "softplus", "softmax", loss="squared_error"),
    "the same in a batch": network(8, (2, 2, 3), "sigmoid", "softmax", loss="mean_squared_error", samples=2),
    "binary cross-entropy": network(9, (2, 3, 2), "tanh", "sigmoid", loss="binary_cross_entropy", samples=2),
    "the other sign": network(10, (2, 3, 2), samples=2, error_sign="minus"),
    "shared biases": network(11, (2, 3, 2)).remodelled(Model.with_biases, "shared"),
    "shared in a batch": network(14, (2, 3, 2), samples=2).remodelled(Model.with_biases, "shared"),
    "no biases": network(15, (2, 3, 2), samples=2).remodelled(Model.with_biases, "none"),
    "Adam": network(12, (2, 2, 1), settings={"optimiser": "Adam"}),
    "one after the other": network(13, (2, 3, 2), settings={"sequential": True}),
    "the same for a batch": network(16, (2, 2, 2), samples=2, settings={"sequential": True}),
    "the same with softmax": network(17, (2, 3, 2), "softmax", "softmax", samples=2, settings={"sequential": True}),
    "weights that decay": network(18, (2, 2, 1), settings={"decay": 0.1, "decay_form": "l2"}),
    "identity in a batch": network(20, (2, 3, 2), "tanh", "identity", samples=2),
    "weights that decay beside": network(19, (2, 2, 1), samples=2, settings={"decay": 0.1, "decay_form": "decoupled"}),
}  # fmt: skip
LESSON = LESSONS["build"]


def case(screen, example=WORKED, **changes):
    return Case(LESSON, LESSON.screen(screen), replace(LESSON.setting(), **changes), example)


def test_every_program_gives_the_engines_numbers():
    cases = {name: case("program", example) for name, example in EXAMPLES.items()}
    for (name, each), arrays in zip(cases.items(), run([programs.whole(c)["copied"] for c in cases.values()]), strict=True):
        checked = 0
        for coded in program(each.worked):
            for step in coded.steps:
                if array_of(step.target) != coded.array:
                    continue
                value = each.worked.value(step.target)
                found = np.asarray(arrays[coded.array])[tuple(i - 1 for i in place_of(step.target))]
                assert found == pytest.approx(value, rel=1e-12, abs=1e-14), (name, step.target)
                checked += 1
        assert checked >= len([step for step in each.worked.steps if step.target.is_gradient]) // max(1, each.worked.batch)


BATCHES = ["a batch", "softmax in a batch", "the same in a batch", "identity in a batch", "shared in a batch"]


@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("part", programs.PARTS)
def test_what_the_program_prints_once_its_blanks_are_filled_is_right(name, part):
    each = case("gaps", EXAMPLES[name], part=part)
    lines = {line.array: line.code for line in program(each.worked)}
    shown, out = programs.with_blanks(each)["copied"], StringIO()
    with redirect_stdout(out):
        exec(re.sub(r"(?m)^(\w+) = \.\.\.$", lambda blank: f"{blank[1]} = {lines[blank[1]]}", shown), {})
    asked = each.questions(each.screen.ask())
    typed = answers(out.getvalue(), asked)
    assert typed.keys() == {str(question.target) for question in asked}
    assert all(verdict.correct for verdict in judged(asked, typed).values())


def test_every_step_stands_on_one_line_and_every_part_of_the_picture_has_one():
    for name, example in EXAMPLES.items():
        each = case("program", example)
        lines = programs.whole(each)["lines"]
        told = [address for line in lines for address, *_rest in line.get("steps", [])]
        used = {str(q) for step in each.worked.steps for q in step.inputs}
        wanted = [str(s.target) for s in each.worked.steps if s.target.kind not in ("dC_da", "da_dz") or str(s.target) in used]
        assert sorted(told) == sorted(wanted), name
        spots = {spot.id for spot in each.worked.plan.spots()} | {line.id for line in each.worked.plan.lines}
        assert spots == {element for line in lines for element in line.get("sets", [])}, name


def test_the_loop_ends_where_the_engine_ends():
    settings = (Build(), Build(rate=2.0, epochs=12, loss_below=0.0), Build(loss_below=0.0, change_below=0.001))
    every = [case("loop", example, **setting.to_data()) for setting in settings for example in (WORKED, EXAMPLES["a batch"])]
    for each, left in zip(every, run([programs.in_a_loop(c)["copied"] for c in every]), strict=True):
        assert left["losses"] == pytest.approx(loops.runs(each.setting, each.example)[0].loss, rel=1e-9)


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_loops_are_the_engines(name):
    network, data = EXAMPLES[name].network, EXAMPLES[name].model.data
    for rate, loop in ((0.5, Loop(9, 0.0, 0.0)), (2.0, Loop(9, 0.1, 0.01)), (1e6, Loop(20, 0.0, 0.0))):
        for found, sequential in zip(descents(network, *data, rate, loop), (False, True), strict=True):
            run = train(
                network, *data, SGD(rate), loop.epochs, loss_below=loop.loss_below, change_below=loop.change_below,
                sequential=sequential,
            )  # fmt: skip
            assert found.loss == pytest.approx(run.loss.tolist(), rel=1e-9)
            assert (found.stopped_by, found.epoch) == (run.stopped_by, run.epoch)


def test_what_is_blank_is_asked_and_not_told():
    for part in programs.PARTS:
        for example in (WORKED, EXAMPLES["one layer"], EXAMPLES["a batch"]):
            each = case("gaps", example, part=part)
            shown = programs.with_blanks(each)
            blank = {line["text"].split(" = ")[0] for line in shown["lines"] if line.get("blank")}
            targets = programs.asked(each.setting, each.worked)
            assert blank == {array_of(q) for q in targets} and len(targets) <= max(programs.MOST, 2 * len(blank))
            assert {shown["told"][str(q)]["value"] for q in targets} == {"?"}
            assert [q.target for q in each.questions(each.screen.ask())] == targets


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_fragment_gives_the_numbers_of_the_program_or_of_its_misconception(seed):
    each = case("fragments", numbers=seed)
    by_target = {question.target: question for question in questions_about(each.worked)}
    lines, known = {line.array: line for line in program(each.worked)}, fragments.arrays(each.worked)
    for array, every in fragments.GAPS.items():
        assert [fragment.code for fragment in every if not fragment.slip] == [lines[array].code]
        for fragment in every:
            found = np.asarray(fragment.made(known))
            for step in lines[array].steps:
                if array_of(step.target) != array:
                    continue
                question, place = by_target[step.target], tuple(i - 1 for i in place_of(step.target))
                number = float(found[place] if found.ndim else found)
                wrong = question.wrong(fragment.slip) if fragment.slip else None
                told = [question.answer] if wrong is None else [question.answer, wrong]  # on the diagonal a slip may be right
                assert number in [pytest.approx(one, rel=1e-9) for one in told], (fragment.code, step.target)


def test_the_classifiers_gradients_are_the_engines():
    X, Y, *_others = classifier.data()
    net = classifier.Net(np.random.default_rng(1))
    layers = [Layer(W, b[:, 0], name) for W, b, name in zip(net.W, net.b, ("tanh", "softmax"), strict=True)]
    passed = trace(Network(layers, "cross_entropy"), X.T, Y.T)
    for (dW, db), layer in zip(net.backward(classifier.RIGHT, X, Y), passed.layers, strict=True):
        assert dW == pytest.approx(layer.dW, rel=1e-9, abs=1e-12) and db[:, 0] == pytest.approx(layer.db, rel=1e-9, abs=1e-12)
    assert float(classifier.loss(Y, net.forward(X)[1])) == pytest.approx(passed.loss)


def test_each_flaw_is_seen_by_what_the_texts_say_and_not_by_more():
    right = classifier.run("", 16, 0.5, 1)
    minus, softmax, size, summed = (classifier.run(flaw, 16, 0.5, 1) for flaw in classifier.FLAWS)
    assert right.check < 1e-6 and right.right > 0.8
    assert minus.check < 1e-6 and minus.train[-1] < -10 and minus.right < 0.5, "its own loss falls, by its own gradient"
    assert softmax.check > 0.01 and summed.check > 0.01 and size.check < 1e-6
    assert (right.updates, size.updates) == (3, 16)
    assert summed.test[-1] > 2 * right.test[-1]
    for p in (0.1, 0.4, 0.5, 0.8):
        assert dropper.mean_of_mask("", p) == pytest.approx(1, abs=0.05)
        assert dropper.mean_of_mask("bernoulli", p) == pytest.approx(p / (1 - p), abs=0.1)
    plain, noisy, scaled = (dropper.run(flaw, 0.4, 1) for flaw in ("", "noisy", "scaled"))
    assert noisy.right == plain.right and noisy.test[-1] > plain.test[-1]
    assert scaled.test[-1] > plain.test[-1]
    told = "".join(cell for _name, *cells in flaws.measures(case("flaws", flaw="summed"))[1] for cell in cells)
    assert not {*told} & {*"-+"}, "powers of ten as everywhere"


@pytest.mark.parametrize("flaw", [*classifier.FLAWS, *dropper.FLAWS])
def test_the_lines_that_differ_are_those_that_run(flaw):
    pairs = list(flaws.differing(flaw))
    assert pairs
    for right, wrong in pairs:
        assert right[0] == wrong[0] and right != wrong
        compile("\n".join(wrong), flaw, "exec")


@pytest.mark.parametrize("name", ["the worked example", "a batch summed", "softmax in a batch", "shared biases"])
def test_quotients_come_near_the_gradient_and_go_away_from_it_again(name):
    found = quotients.quotients(EXAMPLES[name])
    off = [abs(value - found.exact) for value in found.both]
    assert min(off) < 1e-8 < max(off[-3:]), "two losses that are nearly equal leave few digits"
    assert min(abs(value - found.exact) for value in found.one) >= min(off)


def test_of_a_parabola_both_sides_are_exact_but_for_rounding():
    found = quotients.quotients(network(20, (2, 1), "identity"))
    off = [abs(value - found.exact) for value in found.both]
    assert off[0] < 1e-12 < max(off[-3:]) and abs(found.one[0] - found.exact) > 1e-2


def test_where_every_quotient_is_exact_the_chart_says_so():
    dead = WORKED.with_(activations=("relu", "identity"))
    assert quotients.curves(case("check", dead)).to_dict()["layout"]["annotations"]
    assert not quotients.curves(case("check")).to_dict()["layout"]["annotations"]


def test_the_gradient_of_weights_that_are_updated_already_is_named():
    each = case("gaps", part="hidden")
    question = next(q for q in each.questions(each.screen.ask()) if q.target == Quantity("dC_da", 1, (1,)))
    assert question.wrong("updated_weights") is not None

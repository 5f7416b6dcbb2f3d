"""An activation, an optimiser, a notation, a misconception and a language, each entered by its one call, go everywhere.

Nothing else in the program is told of them; and nothing of them is left when the tests have ended.
"""

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
import sympy as sp

from lessons import content, exports, i18n, misconceptions
from lessons.desk import Desk
from lessons.drawing import flowchart
from lessons.drawing.ledger import ledger
from lessons.drawing.losses import losses, losses_figure, sketch
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import WORKED
from lessons.example.codes import pack, unpack
from lessons.lab import remarks, runs
from lessons.misconceptions import CATALOGUE, Misconception, spoils
from lessons.practice.exercise import Exercise, Mode, answered
from lessons.practice.grading import grade
from lessons.practice.planted import planted
from lessons.practice.series import asked, questions_of
from lessons.sheets import Kind, Latex, Settings, Typst, compiled, example_of, form, instance, latex, sheet
from lessons.style import Look
from lessons.walk.card import card, unfolding
from lessons.walk.ribbon import ribbon
from lessons.walk.updates import parameters, side_by_side, steps_of, update_of, updated
from lessons.worked import of_update
from mlp_core import Optimiser, Quantity, State, check_gradients, functions, optimisers
from mlp_core.functions import ACTIVATIONS, Activation
from mlp_core.kinds import KINDS
from mlp_core.optimisers import OPTIMISERS, setting, switch
from mlp_core.steps import Phase
from mlp_core.writing import names
from mlp_core.writing.names import NOTATIONS, Notation

from .pages.app import (
    component,
    errors,
    go,
    opened,
    press,
    put_exercise,
    run,
    table,
    texts,
    unfold_all,
    widget,
)
from .pseudo import catalogue, outside, wrapped
from .pseudo import texts as pseudo_texts

LANGUAGE = "qq"
ARCTAN = Activation(
    name="arctan",
    title="inverse tangent",
    latex=r"\arctan",
    f=np.arctan,
    slope=lambda z, a: 1 / (1 + z**2),
    expr=sp.atan,
    slope_expr=lambda z, a: sp.Pow(1 + z**2, -1),
    lookalike="tanh",
    range=(-1.6, 1.6),
)
BOOK = Notation(key="book", title="A book of tomorrow", letters={"W": "θ", "C": "J"}, sup="[{}]")


@dataclass(frozen=True)
class Fading(Optimiser):
    """s = kappa s_old + g^2; step = -lr g / sqrt(1 + s)."""

    kappa: float = setting(0.5, title="fading", letter="κ", step=0.1, at_least=0, below=1)
    rooted: bool = switch(True, title="under a root")

    name: ClassVar[str] = "Fading"
    title: ClassVar[str] = "Fading"
    colors: ClassVar[Mapping[str, str]] = {"light": "#123456", "dark": "#fedcba"}
    dash: ClassVar[str] = "1px,7px"
    letters: ClassVar[Mapping[str, str]] = {"s": "S"}
    slots: ClassVar[tuple[str, ...]] = ("s",)
    compared: ClassVar[str] = "rooted"

    @property
    def laws(self):
        rooted = self.rooted
        return {
            "s": lambda q, sqrt: q.kappa * q.s_prev + q.g**2,
            "step": lambda q, sqrt: -q.lr * q.g / (sqrt(1 + q.s) if rooted else 1 + q.s),
        }


def degrees(p):
    """a = arctan(z) in degrees"""
    yield p.formula * 180 / sp.pi


def all_kept(p):
    """s = s_old + g^2"""
    yield p.formula.xreplace({p.update("kappa"): sp.Integer(1)})


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example with all of them, after two updates."""
    root = tmp_path_factory.mktemp("texts")
    for room, language, text in (
        ("walk", "en", "\n## activation.arctan\nWhich angle has this slope? {target}\nThe angle grows ever slower.\n"),
        ("walk", LANGUAGE, pseudo_texts("walk", "activation.sigmoid")),
        ("misconceptions", LANGUAGE, pseudo_texts("misconceptions")),
    ):
        (root / room / "texts").mkdir(parents=True, exist_ok=True)
        (root / room / "texts" / f"{language}.md").write_text(text, "utf-8")
    tables = ACTIVATIONS, OPTIMISERS, KINDS, NOTATIONS, CATALOGUE, i18n.LANGUAGES
    before = [dict(each) for each in tables]
    with ExitStack() as undo:
        functions.enter(ARCTAN)
        undo.callback(functions.leave, ARCTAN)
        optimisers.enter(Fading)
        undo.callback(optimisers.leave, Fading)
        names.enter(BOOK)
        undo.callback(NOTATIONS.pop, BOOK.key)
        rules = spoils("activation.arctan")(degrees), spoils("Fading.s")(all_kept)
        misconceptions.enter(
            Misconception("too_much", *rules, texts={"en": "Too much\nThat is too much for {target}."})
        )
        undo.callback(CATALOGUE.pop, "too_much")
        new = [ARCTAN.title, Fading.title, BOOK.title, *(each.title for each in Fading.settings().values())]
        i18n.enter(LANGUAGE, catalogue(*new))
        undo.callback(i18n.LANGUAGES.pop, LANGUAGE)
        content.enter(root)
        undo.callback(content.leave, root)
        chosen = {"optimiser": "Fading", "kappa": 0.75, "notation": "book", "language": LANGUAGE}
        yield updated(updated(WORKED.with_(activations=("arctan", "sigmoid"), **chosen)))
    assert before == [dict(each) for each in tables], "nothing is left behind"


@pytest.fixture
def speaking(example):
    with i18n.using(LANGUAGE):
        yield example


@pytest.fixture
def look(example):
    return Look.of("book", LANGUAGE, 4, "light", example.sizes)


def test_engine_symbols_and_differences_agree(example):
    assert check_gradients(example.network, example.x, example.y).largest < 1e-9
    update = update_of(example)
    values = {q: update[q] for step in update.steps for q in step.inputs} | {q: update[q] for q in example.worked.given}
    for step in (*example.derivation, *update.steps):
        assert float(step.evaluate(values)) == pytest.approx(update[step.target], rel=1e-12)
        values[step.target] = update[step.target]
    one = Quantity("s_W", 1, (1, 2))
    assert update[one] == pytest.approx(0.75 * update[one.beside("s_prev_W")] + update[one.beside("dW")] ** 2)
    assert State.from_json(example.memory, example.network).t == example.updates == 2


def test_every_step_has_its_card_ribbon_ledger_picture_and_unfolding(speaking, look):
    worked = of_update(update_of(speaking))
    for step in worked.steps:
        shown = card(step, worked, look)
        assert shown.question and shown.value == look.value(step.target, worked.values[step.target])
        assert shown.formula.startswith(rf"\begin{{aligned}} {look.symbol(step.target)}")
        scene = Scene.at(worked, look, step)
        chips = [chip for group in ledger(scene)["groups"] for chip in group["chips"]]
        assert {chip["id"] for chip in chips} >= {str(step.target)}
        assert [node["state"] for layer in picture(scene)["layers"] for node in layer["nodes"]]
        strip = ribbon(step, worked, look)
        assert (strip is None) == (step.phase is not Phase.BACKWARD or step.law in ("slope", "loss_slope"))
        if step.law in ("slope", "weight_gradient", "bias_gradient", "paths", "loss_slope"):
            assert "&=" in unfolding(step, worked, look)
    first = next(step for step in worked.steps if step.rule == "activation.arctan")
    assert (
        r"\arctan" in card(first, worked, look).formula or r"\operatorname{atan}" in card(first, worked, look).formula
    )
    assert card(first, worked, look).why == "The angle grows ever slower.", "in English, since nothing else is said"
    assert card(worked.steps[Quantity("z", 1, (1,))], worked, look).why.startswith("⟦")
    second = next(step for step in worked.steps if step.rule == "Fading.s")
    assert (
        r"\kappa" in card(second, worked, look).formula and r"\theta^{[1]}_{1,1}" in card(second, worked, look).formula
    )
    assert wrapped(ARCTAN.title) in picture(Scene.of(worked, look, Phase.FORWARD))["layers"][1]["title"]


def test_every_question_is_put_and_a_slip_of_the_new_kind_is_known(speaking, look):
    every = questions_of(speaking)
    assert len(every) == len(speaking.derivation) + len(update_of(speaking).steps)
    slipped = {}
    for question in every:
        assert question.text(LANGUAGE) and all(question.hint(rung, look) for rung in (1, 2, 3))
        assert grade(question, repr(question.answer)).kind == "right"
        if (wrong := question.wrong("too_much")) is not None:
            verdict = grade(question, repr(wrong))
            assert verdict.candidates[0] == "too_much" or "too_much" in verdict.candidates
            assert "That is too much for" in verdict.message(LANGUAGE)
            slipped[question.step.rule] = verdict.page
    assert slipped == {"activation.arctan": "forward", "Fading.s": "update"}
    assert all(asked(Exercise(mode=mode, seed=3), speaking) for mode in Mode)
    lines = asked(Exercise(mode=Mode.ERROR), speaking)
    assert any(planted(seed, lines).name == "too_much" for seed in range(1000))
    first = every[0]
    done, attempts = answered(Exercise(), {str(first.target): repr(first.answer)}, [first])
    assert [attempt.kind for attempt in attempts] == ["right"] and done.typed


def test_the_update_beside_all_others(speaking):
    found = side_by_side(speaking)
    other = f"⟦Fading without {wrapped('under a root')}⟧"
    assert {"Fading", other} < found.keys()
    weight = parameters(speaking)[0]
    assert [step.rule for step in steps_of(found["Fading"], weight)] == ["Fading.s", "Fading.step", "apply"]
    new = weight.beside("W_new")
    assert found["Fading"][new] == update_of(speaking)[new] != found[other][new]


def test_it_trains_in_its_own_colour(speaking, look):
    lanes = runs.begin(speaking, ["SGD", "Fading"], 20)
    while runs.advance(list(lanes.values()), 0.01):
        pass
    data = losses({name: lane.training.losses for name, lane in lanes.items()})
    [curve] = [trace for trace in losses_figure(data, look, "light").data if trace.name == "Fading"]
    assert (curve.line.color, curve.line.dash) == ("#123456", "1px,7px")
    assert "123456" in sketch(data, look, "light")
    ended = lanes["Fading"].training
    assert [node["state"] for node in flowchart.flow(ended)["nodes"]].count("lit") == 1
    said = remarks.settings(ended)
    assert outside(said).startswith("Fading: ") and "⟦fading⟧ 0.75" in said
    assert ended.losses[-1] < ended.losses[0]


def test_sheets_and_their_codes(speaking):
    chosen = Settings.of(speaking, variants=1)
    one = sheet(chosen, 1)
    back = example_of(one.code)
    assert (back.settings, back.view, back.model) == (speaking.settings, speaking.view, instance(chosen, 1).model)
    source = form(Typst, chosen).whole(Kind.KEY, one)
    assert compiled(source).startswith(b"%PDF")
    for text in (source, latex(chosen, Kind.KEY), form(Latex, chosen).whole(Kind.KEY, one)):
        assert wrapped(ARCTAN.title) in text and "Fading" in text
    assert Settings.from_json(chosen.to_json()) == chosen


def test_links_and_files(example):
    assert unpack(pack(example, "update", 3)).example == example
    desk = replace(Desk(), example=example, exercise=Exercise(mode=Mode.WEIGHT, place="W.1.1.1"))
    assert Desk.from_json(desk.to_json()) == desk


def test_the_notebook_holds(speaking):
    cells = [cell for cell in json.loads(exports.of_example(speaking))["cells"] if cell["cell_type"] == "code"]
    made = {}
    exec("\n".join("".join(cell["source"]) for cell in cells), made)
    update = update_of(speaking)
    for q in (Quantity("a", 1, (1,)), Quantity("s_W", 1, (1, 1)), Quantity("W_new", 2, (1, 2))):
        assert made[q.symbol.name] == pytest.approx(update[q], rel=1e-12)


# --- the pages ---

PAGES = ("start", "forward", "loss", "backward", "update", "evaluate", "practice", "worksheet", "train", "check")
PROPER = {*OPTIMISERS, "Fading", "English", "SymPy"}  # names that are the same in every language
BARE = re.compile(r":small\[|\$\$.*?\$\$|\$.*?\$|`.*?`|\\[a-zA-Z]+|\S*make/\S*", re.DOTALL)


@pytest.fixture(scope="module")
def session(example):
    return opened(example)


def assert_speaks(at):
    """No message, and no word that has not gone through the catalogue; only what nobody has translated is in English."""
    assert not errors(at)
    read = [text for text in texts(at) if text not in ("Backprop Tutor", "Too much")]
    assert any("⟦" in text for text in read)
    untold = [
        text.replace("The angle grows ever slower.", "").replace("Which angle has this slope?", "") for text in read
    ]
    words = {text: re.findall(r"[A-Za-z]{3,}", BARE.sub(" ", outside(text))) for text in untold}
    assert not {text: left for text, found in words.items() if (left := set(found) - PROPER)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_the_language(session, page):
    at = unfold_all(go(session, page))
    assert_speaks(at)
    for _ in range(3 if page in ("forward", "backward") else 0):
        assert_speaks(press(at, f"next.{page}"))


@pytest.mark.parametrize("mode", Mode)
def test_every_exercise_speaks_the_language(session, mode):
    at = go(session, "practice")
    put_exercise(at, Exercise(mode=mode, seed=2))
    assert_speaks(run(at))


def test_the_new_slip_is_named_on_the_page(session, example):
    at = go(session, "practice")
    question = next(q for q in questions_of(example) if q.step.rule == "activation.arctan")
    put_exercise(at, Exercise(mode=Mode.LAYER, place="forward.1"))
    address = str(question.target)
    widget(run(at), "text_input", f"answer.{address}").set_value(repr(question.wrong("too_much")))
    send(at)
    assert any("That is too much for" in box.value for box in at.error)


def test_it_trains_on_the_page(session):
    at = send(go(session, "train"))
    rows = table(at, 5)
    assert [row[0] for row in rows] == ["Fading"] and all(row[4].startswith("⟦all 100") for row in rows)
    assert_speaks(at)


def test_its_sheets_are_offered(session, example):
    at = go(session, "worksheet")
    asked_for = Settings.from_json(component(at, "sheet.latex")["body"])
    assert (asked_for.update, asked_for.view) == (example.settings, example.view)
    assert any("Fading" in text for text in texts(at))


def send(at):
    """Press the button of the form."""
    [button] = [part for part in at.button if part.proto.is_form_submitter]
    button.click()
    return run(at)


def test_a_name_that_is_given_again_stands_for_the_new_record():
    answers = []
    for slope in (2, 3):
        record = Activation(
            name="line",
            title="line",
            latex="l",
            f=lambda z, slope=slope: slope * z,
            slope=lambda z, a, slope=slope: slope * np.ones_like(z),
            expr=lambda z, slope=slope: slope * z,
            slope_expr=lambda z, a, slope=slope: sp.Integer(slope),
        )
        functions.enter(record)
        try:
            every = {q.target: q for q in questions_of(WORKED.with_(activations=("line", "sigmoid")))}
            question = every[Quantity("a", 1, (1,))]
            answers.append(question.answer)
            assert question.compiled.numbers(question.inputs)[0] == pytest.approx(question.answer)
        finally:
            functions.leave(record)
    assert answers[1] == pytest.approx(1.5 * answers[0])

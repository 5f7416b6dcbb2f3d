"""/train as a person gets it: runs to the end, stopped, diverging, from other numbers, and taken over."""

import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from lessons import i18n
from lessons.drawing.losses import LEAST
from lessons.example import WORKED, Example
from lessons.lab import runs as lab
from lessons.style import Look
from mlp_core import Quantity, Run, step_decay, train
from mlp_core.optimisers import OPTIMISERS
from pages.places import file_of

from .app import ASIDE, example_of, put_example, type_in, widget

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"
EVERY = tuple(OPTIMISERS)
WILD = WORKED.with_(activations=("identity", "identity"), lr=100.0)


@pytest.fixture(autouse=True)
def english_afterwards():
    yield
    i18n.use("en")


def page(example: Example = WORKED, language: str = "en") -> AppTest:
    i18n.use(language)  # AppTest names the options of a widget in this thread
    at = AppTest.from_file(ROUTER, default_timeout=60)
    at.query_params["lang"] = language
    at.session_state["folds"] = {ASIDE: True}
    put_example(at, example.with_(language=language))
    at.run()
    at.switch_page(file_of("train")).run()
    return sound(at)


def sound(at: AppTest) -> AppTest:
    assert not at.exception
    return at


def start(
    at: AppTest, *optimisers: str, iterations: int = 100, below: float | None = None, change: float | None = None
) -> AppTest:
    """Fill in the form and press Start."""
    at.pills(key="train.optimisers").set_value(list(optimisers or ["SGD"]))
    at.number_input(key="train.iterations").set_value(iterations)
    for key, limit in (("train.below", below), ("train.change", change)):
        if limit is not None:
            at.number_input(key=key).set_value(limit)
    return press_start(at)


def press_start(at: AppTest) -> AppTest:
    (button,) = (each for each in at.button if each.proto.is_form_submitter)
    return sound(button.click().run())


def alone(example: Example, name: str, iterations: int, **limits: float) -> Run:
    return train(example.network, example.x, example.y, example.settings.named(name), iterations, **limits)


def rows(at: AppTest) -> list[list[str]]:
    """Every row of the table of results, as plain text."""
    html = "".join(element.proto.body for element in at.get("html"))
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(<th scope=\"row.*?)</tr>", html)]


LOOK = Look.of("notes", "en", 4, "light", WORKED.sizes)


def shown(loss: float) -> str:
    return LOOK.value(Quantity("C"), loss)


def chart(at: AppTest) -> str:
    """The Plotly figure as JSON text."""
    return "".join(element.proto.spec for element in at.get("plotly_chart"))


def lanes(at: AppTest) -> dict[str, lab.Lane]:
    return at.session_state["runs"]


def said(at: AppTest) -> str:
    return " ".join(message.value for message in (*at.error, *at.warning, *at.info))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_the_first_run_there_is_a_hint_and_no_result(language):
    at = page(language=language)
    assert len(at.info) == 1 and not rows(at) and not chart(at)
    assert at.pills(key="train.optimisers").value == ["SGD"] and at.number_input(key="train.iterations").value == 100
    assert "0.1" in next(caption.value for caption in at.caption)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_runs_came_to_is_text_on_the_page(language):
    at = start(page(language=language), *EVERY, iterations=60)
    runs = {name: alone(WORKED, name, 60) for name in EVERY}
    last = LOOK.column(Quantity("C"), (run.loss[-1] for run in runs.values()))
    assert [row[:4] for row in rows(at)] == [
        [name, "60", shown(run.loss[0]), came] for (name, run), came in zip(runs.items(), last, strict=True)
    ]
    assert len({"e" in came for came in last}) == 1, "a column has one notation"
    for name, run in runs.items():
        assert np.array_equal(lanes(at)[name].training.losses, run.loss)
        assert f'"name":"{name}"' in chart(at)
    assert not at.button(key="train.take.Adam").disabled and not [b for b in at.button if b.key == "train.stop"]
    assert any("momentum 0.9" in caption.value or "动量系数 0.9" in caption.value for caption in at.caption)


def test_the_limits_end_a_run():
    at = start(page(), "SGD", "Momentum", iterations=500, below=0.05, change=1e-5)
    for name, row in zip(("SGD", "Momentum"), rows(at), strict=True):
        run = alone(WORKED, name, 500, loss_below=0.05, change_below=1e-5)
        assert row == [name, str(len(run.loss) - 1), shown(run.loss[0]), shown(run.loss[-1]), "loss below 0.05"]
    at = start(page(), iterations=500, change=1e-3)
    assert rows(at)[0][4] == "change of the loss below 0.001"


IMPOSSIBLE = (
    ("train.optimisers", [], "Choose at least one optimiser."),
    ("train.iterations", 0, "Iterations go from 1 to 10000, not 0."),
    ("train.iterations", 20_000, "Iterations go from 1 to 10000, not 20000."),
    ("train.below", -0.5, "A limit is a number from 0 on."),
    ("train.change", -1.0, "A limit is a number from 0 on."),
)


def test_what_cannot_be_run_leaves_a_message_and_the_last_run():
    at = start(page(), iterations=5)
    before = rows(at)
    for key, value, message in IMPOSSIBLE:
        valid, kind = at.session_state[key], "button_group" if key == "train.optimisers" else "number_input"
        for new, told in ((value, [message]), (valid, [])):
            next(each for each in at.get(kind) if each.key == key).set_value(new)
            assert [error.value for error in press_start(at).error] == told, (key, new)
            assert rows(at) == before, (key, new)


@pytest.fixture
def interrupted(monkeypatch):
    """The script is stopped in the middle of a run, as Streamlit stops it when the person clicks on something."""
    real = lab.advance

    def advance(runs, seconds):
        if runs[0].training.epoch >= 30:
            raise StopException
        for _ in range(10):
            for lane in runs:
                next(lane.training)
        return True

    monkeypatch.setattr(lab, "advance", advance)
    return lambda: monkeypatch.setattr(lab, "advance", real)


def test_stop_keeps_the_curves_so_far_and_start_begins_afresh(interrupted):
    at = start(page(), "SGD", "Adam", iterations=10_000)
    assert not rows(at) and [lane.training.stopped_by for lane in lanes(at).values()] == ["", ""]
    interrupted()
    sound(at.button(key="train.stop").click().run())
    for name, row in zip(("SGD", "Adam"), rows(at), strict=True):
        run = alone(WORKED, name, 30)
        assert row == [name, "30", shown(run.loss[0]), shown(run.loss[-1]), "stopped by hand after iteration 30"]
        assert np.array_equal(lanes(at)[name].training.losses, run.loss)
    run = alone(WORKED, "SGD", 40)
    assert rows(start(at, "SGD", iterations=40)) == [
        ["SGD", "40", *map(shown, run.loss[[0, -1]]), "all 40 iterations done"]
    ]


def test_a_click_on_anything_else_does_not_disturb_the_run(interrupted):
    at = start(page(), "Adam", iterations=200)
    interrupted()
    sound(at.segmented_control(key="train.scale").set_value("log").run())
    assert np.array_equal(lanes(at)["Adam"].training.losses, alone(WORKED, "Adam", 200).loss)
    assert rows(at)[0][4] == "all 200 iterations done" and '"type":"log"' in chart(at)


def test_a_change_of_the_numbers_stops_a_run_and_says_so(interrupted):
    at = start(page(), "SGD", iterations=10_000)
    interrupted()
    type_in(at, "W.1.1.1", "0.7")
    assert rows(at)[0][4] == "stopped by hand after iteration 30" and "earlier numbers" in said(at)
    changed = example_of(at)
    at = start(at, "SGD", iterations=20)
    assert "earlier" not in said(at)
    assert np.array_equal(lanes(at)["SGD"].training.losses, alone(changed, "SGD", 20).loss)


def test_reset_takes_the_curves_away():
    at = start(page(), iterations=5)
    next(button for button in at.button if button.label == "Reset").click()
    assert not rows(sound(at.run())) and not lanes(at)


def test_divergence_is_shown_with_its_iteration():
    at = start(page(WILD), *EVERY, iterations=50)
    run = alone(WILD, "SGD", 50)
    assert run.stopped_by == "diverged" and len(at.error) == 1
    assert f"**SGD diverged in iteration {run.epoch}**" in said(at) and "learning rate 100 is too large" in said(at)
    assert rows(at)[0][1:] == [str(run.epoch - 1), *map(shown, run.loss[[0, -1]]), f"diverged in iteration {run.epoch}"]
    assert "SGD (diverged)" in chart(at) and any("leaves the frame" in caption.value for caption in at.caption)
    takes = {b.key for b in at.button if b.key and "take" in b.key}
    assert takes == {"train.take.RMSprop", "train.take.Adam", "train.take.AdamW"}


def test_a_run_that_stands_still_is_not_called_a_success():
    assert "slope is 0" in said(start(page(WORKED.with_(lr=100.0, y=(0.5,))), "Momentum", iterations=200))


def test_zeros_on_a_logarithmic_scale_are_counted():
    given = {"W": (((2.0,),),), "b": ((0.0,),), "x": (1.0,), "y": (0.0,), "activations": ("identity",)}
    line = Example.of(**given, loss="half_squared_error", lr=0.3)
    at = start(page(line), iterations=200)
    zeros = int((alone(line, "SGD", 200).loss <= LEAST).sum())
    assert zeros and not any("left out" in caption.value for caption in at.caption)
    sound(at.segmented_control(key="train.scale").set_value("log").run())
    assert any(f"{zeros} losses that are 0" in caption.value for caption in at.caption)


def test_a_logarithmic_scale_that_would_be_empty_explains_that_it_is_linear():
    at = start(page(WORKED.with_(lr=1000.0)), iterations=20)
    sound(at.segmented_control(key="train.scale").set_value("log").run())
    assert '"type":"log"' not in chart(at)
    assert any("this scale is linear" in caption.value for caption in at.caption)
    assert "saturated" in said(at)


@pytest.mark.parametrize("name", ["Momentum", "Adam"])
def test_the_trained_weights_become_the_example(name):
    at = start(page(WORKED.with_(optimiser="Momentum")), "Momentum", "Adam", iterations=25)
    sound(at.button(key=f"train.take.{name}").click().run())
    example, run = example_of(at), alone(WORKED, name, 25)
    for W, b, layer in zip(example.model.W, example.model.b, run.network.layers, strict=True):
        assert np.array_equal(W, layer.W) and np.array_equal(b, layer.b)
    own = name == "Momentum"
    assert example.updates == (25 if own else 0) and example.memory == (run.state.to_json() if own else "")
    assert "earlier numbers" in said(at), "the curves began from other weights"
    at = start(at, name, iterations=1)
    assert lanes(at)[name].training.losses[0] == run.loss[-1], "and the next run goes on from there"


def test_weights_too_large_to_work_with_are_refused_beside_the_form():
    at = start(page(WORKED.with_(lr=1e6, y=(0.0,), loss="binary_cross_entropy")), "Adam", iterations=20)
    sound(at.button(key="train.take.Adam").click().run())
    assert "is too large" in said(at) and example_of(at).model.W == WORKED.model.W


def test_the_flow_chart_is_of_the_run_that_is_chosen():
    at = start(page(WILD), "SGD", "Adam", iterations=50)
    assert lit(at) == ["end.diverged"]
    sound(at.selectbox(key="train.loop").select("Adam").run())
    assert lit(at) == ["end.epochs"]
    assert lit(start(at, "Adam", "Momentum", iterations=3)) == ["end.epochs"], (
        "the choice outlives a run that still has it"
    )


def lit(at: AppTest) -> list[str]:
    """What is lit in the flow charts on the page."""
    text = " ".join(element.proto.bytes.decode() for element in at.get("bidi_component"))
    nodes = re.findall(r'\{"id": "([\w.]+)"[^{}]*?"state": "lit"', text)
    return [id for id in nodes if id.startswith("end.")]


@pytest.mark.parametrize(
    ("chosen", "then"), [(["SGD"], ["Adam"]), (["SGD", "RMSprop"], ["SGD", "RMSprop", "Adam"]), (["Adam"], ["Adam"])]
)
def test_the_choice_follows_the_optimiser_of_the_sidebar(chosen, then):
    at = start(page(), *chosen, iterations=2)
    put_example(at, example_of(at).with_(optimiser="Adam"))
    assert sound(at.run()).pills(key="train.optimisers").value == then


def test_a_learning_rate_that_falls_and_weights_that_decay():
    at = page()
    at.selectbox(key="train.schedule").set_value("step_decay").run()
    at.number_input(key="train.schedule.factor").set_value(0.1).run()
    widget(at, "number_input", "train.decay").set_value(0.05).run()
    start(at, "SGD", iterations=30)
    example = example_of(at)
    assert example.settings.decay == 0.05
    wanted = train(example.network, example.x, example.y, example.settings.named("SGD"), 30, weight_decay=0.05, decay="l2_half",
                   schedule=step_decay(25, 0.1))  # fmt: skip
    [row] = rows(at)
    assert row[2:4] == [shown(wanted.loss[0]), shown(wanted.loss[-1])]
    assert any("at last 0.01, weight decay 0.05" in each.value for each in at.caption)
    assert "learning rate in steps, weight decay 0.05" in at.caption[0].value
    at.number_input(key="train.schedule.factor").set_value(3.0).run()
    press_start(at)
    assert any("factor above 0" in each.value for each in at.error)


def test_the_form_survives_a_visit_to_another_page():
    at = start(page(), "RMSprop", iterations=7, below=0.001)
    at.switch_page(file_of("check")).run()
    at.switch_page(file_of("train")).run()
    assert sound(at).pills(key="train.optimisers").value == ["RMSprop"]
    assert at.number_input(key="train.iterations").value == 7 and at.number_input(key="train.below").value == 0.001
    assert rows(at)[0][0] == "RMSprop", "and so do the curves"

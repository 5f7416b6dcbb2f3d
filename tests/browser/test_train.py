"""Training on the page: to its end, to each stop condition, by the Stop button; its numbers are those of mlp_core.train."""

import pytest
from playwright.sync_api import Locator, expect

from lessons.drawing.flowchart import ended
from lessons.example import WORKED, Example
from lessons.lab.runs import MAX_ITERATIONS
from mlp_core import Quantity, Training
from mlp_core.optimisers import OPTIMISERS
from tests.browser.tutor import Tutor, close, number

ALL = tuple(OPTIMISERS)


def trained(
    name: str, iterations: int, example: Example = WORKED, upto: int | None = None, **limits: float
) -> Training:
    """The run that the page should have made; stopped by hand after ``upto`` iterations."""
    training = Training(example.network, example.x, example.y, example.settings.named(name), iterations, **limits)
    while training.epoch != upto and next(training, None) is not None:
        pass
    if upto is not None:
        training.stop()
    return training


def start(tutor: Tutor, iterations: int, optimisers: tuple[str, ...] = ("SGD",)) -> None:
    """Choose and press Start. SGD is chosen from the beginning."""
    for name in set(optimisers) ^ {"SGD"}:
        tutor.keyed("train.optimisers").get_by_role("button", name=name, exact=True).click()
        expect(
            tutor.keyed("train.optimisers").get_by_role("button", name=name, exact=True, pressed=name in optimisers)
        ).to_be_visible()
    tutor.keyed("train.iterations").locator("input").fill(str(iterations))
    tutor.page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()


def expect_results(tutor: Tutor, runs: list[Training]) -> None:
    """The table of results has these runs, and the chart a curve for each."""
    wanted = {
        run.optimiser.name: [len(run.losses) - 1, close(run.losses[0]), close(run.losses[-1]), ended(run)]
        for run in runs
    }
    tutor.becomes(lambda: read_results(tutor), wanted, seconds=60)
    expect(chart(tutor)).to_be_visible()
    names = tutor.page.evaluate("() => document.querySelector('.js-plotly-plot').data.map(trace => trace.name)")
    assert set(wanted) <= set(names)


def read_results(tutor: Tutor) -> dict[str, list[object]]:
    """Iterations, first and last loss and what ended the run, by optimiser."""
    rows = tutor.table() if tutor.main.locator("table").count() else {}
    return {name: [int(row[0]), number(row[1]), number(row[2]), row[3]] for name, row in rows.items()}


def chart(tutor: Tutor) -> Locator:
    return tutor.main.locator(".js-plotly-plot .scatterlayer").first


def lit(tutor: Tutor) -> list[str]:
    """The ends of the flow chart that are lit."""
    return tutor.main.locator(".flow .station.of-end.lit").all_text_contents()


@pytest.mark.thorough
def test_four_optimisers_train_to_the_end(tutor):
    tutor.open("train")
    start(tutor, 300, ALL)
    expect_results(tutor, [trained(name, 300) for name in ALL])
    tutor.becomes(lambda: len(lit(tutor)), 1)
    expect(tutor.keyed("train.stop")).to_have_count(0)


def test_progress_is_shown_and_stop_keeps_the_curve_so_far(tutor):
    tutor.open("train")
    start(tutor, MAX_ITERATIONS, ALL)
    expect(tutor.main.get_by_role("progressbar")).to_be_visible()
    tutor.keyed("train.stop").get_by_role("button").click()
    tutor.becomes(lambda: set(read_results(tutor)), set(ALL))
    results = read_results(tutor)
    assert all(0 < row[0] < MAX_ITERATIONS for row in results.values()), results
    expect_results(tutor, [trained(name, MAX_ITERATIONS, upto=row[0]) for name, row in results.items()])
    assert all("stopped" in row[3] for row in results.values())
    tutor.becomes(lambda: len(lit(tutor)), 1)


@pytest.mark.thorough
def test_a_stop_condition_ends_the_run_and_the_scale_can_be_logarithmic(tutor):
    tutor.open("train").keyed("train.below").locator("input").fill("0.05")
    start(tutor, 2000)
    run = trained("SGD", 2000, loss_below=0.05)
    assert run.stopped_by == "loss"
    expect_results(tutor, [run])
    tutor.keyed("train.scale").get_by_role("radio").nth(1).click()
    axis = "() => document.querySelector('.js-plotly-plot')?.layout.yaxis.type"
    tutor.becomes(lambda: tutor.page.evaluate(axis), "log")


def test_the_walk_goes_on_with_the_trained_weights(tutor):
    tutor.open("train")
    start(tutor, 50)
    run = trained("SGD", 50)
    expect_results(tutor, [run])
    tutor.keyed("train.take.SGD").get_by_role("button").click()
    tutor.idle().turn_to("loss")
    tutor.becomes(lambda: tutor.ledger()["C"], close(run.losses[-1]))
    weight = Quantity("W", 2, (1, 2))
    assert tutor.ledger()[str(weight)] == close(run.network.layers[1].W[0, 1])

"""A number changed in the picture moves every number that depends on it, on every page; what cannot be used is said."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from pytest import approx

from lessons.example import WORKED, Example, Model
from mlp_core import SGD, Adam, AdamW, Momentum, Quantity, RMSprop, trace
from tests.browser.tutor import Tutor, close, everything, look, number

WEIGHT, NEW = Quantity("W", 2, (1, 1)), 0.9
EDITED = WORKED.remodelled(Model.with_number, WEIGHT, NEW)
TYPED = {
    Quantity("W", 1, (1, 2)): -0.75,
    Quantity("b", 1, (2,)): 0.35,
    Quantity("x", 0, (3,)): 1.5,
    Quantity("y", 2, (1,)): 0.25,
}

ROWS = {"forward": ("z", "a"), "loss": ("z", "a"), "backward": ("a", "delta")}


def pictured(example: Example, phase: str) -> dict[str, float]:
    """Every number of the picture where all of the phase is computed, from the engine."""
    found = {f"n.0.{i}/0": x for i, x in enumerate(example.x, 1)}
    for q in example.derivation.given:
        if q.kind in ("W", "b"):
            found[f"{q}/0"] = example.trace[q]
        if q.kind == "b":
            for place, kind in enumerate(ROWS[phase]):
                found[f"n.{q.layer}.{q.index[0]}/{place}"] = example.trace[Quantity(kind, q.layer, q.index)]
    return found | {f"y.{len(example.sizes) - 1}.{i}/0": y for i, y in enumerate(example.y, 1)} | {"C/0": example.trace.loss}


def parameters(*gradient: str) -> list[tuple[str, Quantity]]:
    """Every W and b with the text that heads its row in a table, or its gradient's."""
    shown = look(EDITED)
    found = [q for q in EDITED.derivation.given if q.kind in ("W", "b")]
    heads = [Quantity("".join((*gradient, q.kind)), q.layer, q.index) for q in found]
    return [(re.sub("<[^>]*>", "", shown.name(h).html()), q) for h, q in zip(heads, found, strict=True)]


@pytest.fixture
def edited(tutor: Tutor) -> Tutor:
    """The worked example at the end of its backward pass, where everything is computed, one weight changed."""
    tutor.open("backward").go_to_step("End")
    tutor.becomes(tutor.ledger, close(everything(WORKED, "forward", "loss", "backward")))
    tutor.enter(WEIGHT, str(NEW))
    return tutor


def test_ledger_picture_and_step_card_follow_an_edit(edited):
    edited.becomes(edited.ledger, close(everything(EDITED, "forward", "loss", "backward")))
    edited.becomes(edited.picture, close(pictured(EDITED, "backward")))
    edited.becomes(lambda: edited.drawn("n.1.1"), close([EDITED.trace[Quantity(k, 1, (1,))] for k in ROWS["backward"]]))
    target = EDITED.derivation.phase("backward")[-1].target
    edited.becomes(edited.results, close([EDITED.trace[target]]))
    expect(edited.main).to_contain_text(look(EDITED).value(target, EDITED.trace[target]))


def test_every_kind_of_number_can_be_changed(tutor):
    tutor.open("loss")
    after = WORKED
    for quantity, value in TYPED.items():
        tutor.enter(quantity, str(value))
        after = after.remodelled(Model.with_number, quantity, value)
        tutor.becomes(tutor.ledger, close(everything(after, "forward", "loss")))


def test_the_start_page_and_every_table_follow_an_edit(tutor):
    tutor.open("forward").enter(WEIGHT, str(NEW))
    tutor.becomes(lambda: tutor.ledger()[str(WEIGHT)], NEW)
    tutor.turn_to("start")
    tutor.becomes(tutor.picture, close(pictured(EDITED, "forward")))
    update_table(tutor)
    evaluate_table(tutor)
    check_table(tutor)


def update_table(carried: Tutor) -> None:
    """The new value of every parameter by every optimiser, from the edited network on."""
    carried.turn_to("update")
    network, values = EDITED.network, EDITED.trace
    settings = (SGD(0.1), Momentum(0.1), RMSprop(0.1), Adam(0.1), AdamW(0.1), Adam(0.1, bias_correction=False))
    new = [optimiser.step(network, values) for optimiser in settings]
    for head, q in parameters():
        gradient, after = Quantity("d" + q.kind, q.layer, q.index), Quantity(q.kind + "_new", q.layer, q.index)
        wanted = [values[q], values[gradient], *(update[after] for update in new)]
        carried.becomes(lambda head=head: [*map(number, carried.table()[head])], close(wanted))


def evaluate_table(carried: Tutor) -> None:
    """Every number before and after, and the difference."""
    carried.turn_to("evaluate")
    before = EDITED.trace
    after = trace(SGD(0.1).step(EDITED.network, before).network, EDITED.x, EDITED.y)
    forward = [step.target for step in EDITED.derivation.phase("forward", "loss")]
    heads = parameters() + [(re.sub("<[^>]*>", "", look(EDITED).name(q).html()), q) for q in forward]
    wanted = {head: [before[q], after[q], after[q] - before[q]] for head, q in heads}
    carried.becomes(lambda: sorted(carried.table()), sorted(wanted))
    for head, values in wanted.items():
        carried.becomes(lambda head=head: [*map(number, carried.table()[head])], close(values))
    for loss in (before.loss, after.loss):
        expect(carried.main.get_by_test_id("stMetricValue").filter(has_text=f"{loss:.4f}")).to_have_count(1)


def after_updates(example: Example, count: int) -> Example:
    """The example after so many updates by its optimiser, which remembers."""
    for _ in range(count):
        update = example.optimiser.step(example.network, example.trace, example.state)
        example = example.updated(update.network, update.state)
    return example


@pytest.mark.thorough
def test_quick_updates_are_neither_undone_nor_forgotten(tutor):
    tutor.open("update").keyed("page.optimiser").get_by_text("Adam", exact=True).click()
    tutor.idle().turn_to("evaluate").main.get_by_role("button", name="Apply and repeat").focus()
    for _ in range(8):
        tutor.page.keyboard.press("Enter")
        tutor.page.wait_for_timeout(60)
    tutor.idle()
    count = int(tutor.main.get_by_text("Updates applied so far").inner_text().rpartition(" ")[2])
    reached = after_updates(WORKED.with_(optimiser="Adam"), count)
    cells = [q for _, q in parameters()]
    tutor.turn_to("forward")
    assert count > 1
    assert [number(tutor.given(q)) for q in cells] == approx([reached.trace[q] for q in cells], abs=5.1e-5)


def check_table(carried: Tutor) -> None:
    """Three times the gradients of the edited network."""
    carried.turn_to("check")
    for head, q in parameters("d"):
        gradient = EDITED.trace[Quantity("d" + q.kind, q.layer, q.index)]
        carried.becomes(lambda head=head: [*map(number, carried.table()[head][:3])], close([gradient] * 3))


def unchanged(tutor: Tutor, example: Example = WORKED) -> None:
    """The ledger of /loss is that of the example."""
    tutor.becomes(tutor.ledger, close(everything(example, "forward", "loss")))


def test_what_cannot_be_used_is_said_above_the_picture_and_a_good_number_ends_it(tutor):
    tutor.open("loss")
    for text in ("", "1e308", "1000001", "nan", "abc", "<img src=x onerror=alert(1)>", "1/0"):
        tutor.enter("W.1.1.1", text)
        expect(tutor.told.get_by_role("alert")).to_contain_text("W layer 1 neuron 1 from 1 stays as it was.")
        assert tutor.given("W.1.1.1") == "0.2"
        unchanged(tutor)
    tutor.enter("W.1.1.1", "0,7")
    expect(tutor.told.get_by_role("alert")).to_have_count(0)
    unchanged(tutor, WORKED.remodelled(Model.with_number, Quantity("W", 1, (1, 1)), 0.7))


def test_a_picture_of_a_lesson_without_steps_takes_numbers_too(tutor):
    """Lesson 8's curves: what can be changed is a button, what is computed is none, and the field offers no way to steps."""
    tutor.open("learn", "?lesson=activations")
    element = tutor.page.locator("svg [data-id='W.1.1.1']")
    expect(element).to_have_attribute("role", "button")
    expect(tutor.page.locator("svg [data-id='n.1.1']")).to_have_attribute("role", "img")
    element.press("Enter")
    expect(tutor.page.locator(".field .why")).to_be_hidden()
    tutor.page.locator(".field input").fill("0,9")
    tutor.page.locator(".field input").press("Enter")
    expect(element).to_have_attribute("aria-label", "W layer 1 neuron 1 from 1 = 0.9")


def test_escape_leaves_a_number_as_it_was(tutor):
    tutor.open("loss").change("x.0.1").fill("7")
    tutor.field.press("Escape")
    expect(tutor.field).to_have_count(0)
    expect(tutor.element("n.0.1")).to_be_focused()
    unchanged(tutor.idle())


def test_tab_leads_on_from_a_typed_number_to_the_next_one_and_back_to_it(tutor):
    tutor.open("loss").change("x.0.1").fill("7")
    tutor.page.keyboard.press("Tab")
    tutor.page.keyboard.press("Tab")  # past the way to its steps
    expect(tutor.element("n.0.2")).to_be_focused()
    tutor.change("x.0.2").fill("8")
    tutor.page.keyboard.press("Shift+Tab")
    expect(tutor.element("n.0.2")).to_be_focused()
    unchanged(tutor, WORKED.with_(x=(7.0, 8.0, -1.0)))


def test_what_a_message_quotes_is_shown_sign_by_sign_and_does_nothing(tutor):
    """No picture is fetched (see ``Tutor.outside``), no link, icon, formula or arrow made of it."""
    for text in ("![](//host/x.png)", "`$x$ :smile: -> <b>"):
        tutor.open("loss", "?lang=" + quote(text))
        message = tutor.page.get_by_role("alert").filter(has_text="The address asks for")
        expect(message.locator("code").first).to_have_text(text)
        assert not message.locator("img, a, .katex, [data-testid=stIconMaterial], b").all()
    assert tutor.outside() == []

"""What cannot be used leaves a message beside its place and the last good number in it, whatever a person types."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from lessons.example import PRESETS, WORKED, Example
from tests.browser.tutor import Tutor, close, everything


def refused(tutor: Tutor, place: Locator, back: str, input: Locator) -> None:
    """A message stands beside the input, and the last good number in it."""
    expect(place.get_by_role("alert")).to_be_visible()
    assert place.get_by_role("alert").inner_text().strip()
    expect(input).to_have_value(back)


def unchanged(tutor: Tutor, example: Example = WORKED) -> None:
    """The ledger of /loss is that of the example."""
    tutor.becomes(tutor.ledger, close(everything(example, "forward", "loss")))


@pytest.mark.parametrize("text", ["", "1e308", "-1e308", "1000001"])
def test_a_weight_that_cannot_be_used(tutor, text):
    tutor.open("loss").enter("W.1.1.1", text)
    refused(tutor, tutor.keyed("open.layer.1"), "0.2", tutor.cell("W.1.1.1"))
    unchanged(tutor)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "abc"])
def test_text_that_is_no_number_never_gets_into_a_cell(tutor, text):
    tutor.open("loss").cell("x.0.1").click()
    tutor.cell("x.0.1").press("Control+a")
    tutor.page.keyboard.type(text)
    tutor.page.keyboard.press("Enter")
    tutor.page.keyboard.press("Tab")
    expect(tutor.cell("x.0.1")).to_have_value("2")
    tutor.idle()
    unchanged(tutor)


def test_a_good_number_ends_the_message(tutor):
    tutor.open("loss").enter("b.2.1", "")
    refused(tutor, tutor.keyed("open.layer.2"), "0.1", tutor.cell("b.2.1"))
    tutor.enter("b.2.1", "0.7")
    expect(tutor.keyed("open.layer.2").get_by_role("alert")).to_have_count(0)
    unchanged(tutor, WORKED.with_(b=(WORKED.model.b[0], (0.7,))))


def test_a_target_outside_the_range_of_the_loss(tutor):
    tutor.open("start").keyed("preset.deep").get_by_role("button").click()
    expect(tutor.cell("y.3.1")).to_have_value("0.8")
    tutor.turn_to("loss").enter("y.3.1", "2")
    sample = tutor.page.get_by_test_id("stExpander").filter(has=tutor.cell("y.3.1"))
    refused(tutor, sample, "0.8", tutor.cell("y.3.1"))
    unchanged(tutor, PRESETS["deep"][1])


def test_a_softmax_of_one_neuron(tutor):
    tutor.open("loss").unfold()
    tutor.choose("edit.activation.2", "softmax")
    refused(tutor, tutor.keyed("open.layers"), "sigmoid", tutor.keyed("edit.activation.2").get_by_role("combobox"))
    unchanged(tutor)


def test_a_negative_learning_rate(tutor):
    tutor.open("evaluate").unfold()
    tutor.enter("lr", "-0.5")
    refused(tutor, tutor.keyed("open.update"), "0.1", tutor.cell("lr"))


@pytest.mark.parametrize(("key", "text"), [("layers", "9"), ("size.1", "0"), ("size.0", "")])
def test_a_structure_out_of_bounds(tutor, key, text):
    tutor.open("loss").unfold().enter(key, text)
    expect(tutor.keyed("open.layers").get_by_role("alert")).to_be_attached()
    tutor.idle()
    unchanged(tutor)


@pytest.mark.parametrize("text", ["![](//host/x.png)", "https://host.example", ":smile: :red[x] --", "`$x$ -> <b>"])
def test_what_a_message_quotes_is_shown_sign_by_sign_and_does_nothing(tutor, text):
    """No picture is fetched (see ``Tutor.outside``), no link, icon, formula or arrow made of it."""
    tutor.open("loss", "?lang=" + quote(text))
    message = tutor.page.get_by_role("alert").filter(has_text="The address asks for")
    expect(message.locator("code").first).to_have_text(text)
    assert not message.locator("img, a, .katex, [data-testid=stIconMaterial], b").all()
    assert tutor.outside() == []

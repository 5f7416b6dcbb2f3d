"""What cannot be used leaves a message beside its place and the last good number in it, whatever a person types."""

from urllib.parse import quote

from playwright.sync_api import Locator, expect

from lessons.example import WORKED, Example, Model
from mlp_core import Quantity
from tests.browser.tutor import Tutor, close, everything


def refused(tutor: Tutor, place: Locator, back: str, input: Locator) -> None:
    """A message stands beside the input, and the last good number in it."""
    expect(place.get_by_role("alert")).to_be_visible()
    assert place.get_by_role("alert").inner_text().strip()
    expect(input).to_have_value(back)


def unchanged(tutor: Tutor, example: Example = WORKED) -> None:
    """The ledger of /loss is that of the example."""
    tutor.becomes(tutor.ledger, close(everything(example, "forward", "loss")))


def test_a_weight_that_cannot_be_used_and_a_good_one_after_it(tutor):
    tutor.open("loss")
    for text in ("", "1e308", "1000001"):
        tutor.enter("W.1.1.1", text)
        refused(tutor, tutor.keyed("open.layer.1"), "0.2", tutor.cell("W.1.1.1"))
        unchanged(tutor)
    tutor.enter("W.1.1.1", "0.7")
    expect(tutor.keyed("open.layer.1").get_by_role("alert")).to_have_count(0)
    unchanged(tutor, WORKED.remodelled(Model.with_number, Quantity("W", 1, (1, 1)), 0.7))


def test_text_that_is_no_number_never_gets_into_a_cell(tutor):
    tutor.open("loss")
    for text in ("nan", "-inf", "abc"):
        tutor.cell("x.0.1").click()
        tutor.cell("x.0.1").press("Control+a")
        tutor.page.keyboard.type(text)
        tutor.page.keyboard.press("Enter")
        tutor.page.keyboard.press("Tab")
        expect(tutor.cell("x.0.1")).to_have_value("2")
        tutor.idle()
        unchanged(tutor)


def test_what_a_message_quotes_is_shown_sign_by_sign_and_does_nothing(tutor):
    """No picture is fetched (see ``Tutor.outside``), no link, icon, formula or arrow made of it."""
    for text in ("![](//host/x.png)", "`$x$ :smile: -> <b>"):
        tutor.open("loss", "?lang=" + quote(text))
        message = tutor.page.get_by_role("alert").filter(has_text="The address asks for")
        expect(message.locator("code").first).to_have_text(text)
        assert not message.locator("img, a, .katex, [data-testid=stIconMaterial], b").all()
    assert tutor.outside() == []

"""What cannot be used leaves a message beside its place and the last good number in it, whatever a person types."""

from urllib.parse import quote

from playwright.sync_api import expect

from lessons.example import WORKED, Example, Model
from mlp_core import Quantity
from tests.browser.tutor import Tutor, close, everything


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


def test_escape_leaves_a_number_as_it_was(tutor):
    tutor.open("loss").change("x.0.1").fill("7")
    tutor.field.press("Escape")
    expect(tutor.field).to_have_count(0)
    expect(tutor.element("n.0.1")).to_be_focused()
    unchanged(tutor.idle())


def test_what_a_message_quotes_is_shown_sign_by_sign_and_does_nothing(tutor):
    """No picture is fetched (see ``Tutor.outside``), no link, icon, formula or arrow made of it."""
    for text in ("![](//host/x.png)", "`$x$ :smile: -> <b>"):
        tutor.open("loss", "?lang=" + quote(text))
        message = tutor.page.get_by_role("alert").filter(has_text="The address asks for")
        expect(message.locator("code").first).to_have_text(text)
        assert not message.locator("img, a, .katex, [data-testid=stIconMaterial], b").all()
    assert tutor.outside() == []

"""All numbers in tables: typed, moved through by keys, refused, restored, pasted; the largest network, small and dark."""

import pytest
from playwright.sync_api import Locator, expect

from lessons.example import WORKED, Example, Model
from mlp_core import Quantity
from tests.browser.audit import PHONE, violations
from tests.browser.tutor import Tutor, close, everything

WEIGHT = Quantity("W", 1, (1, 1))
CHANGED = WORKED.remodelled(Model.with_number, WEIGHT, 1 / 3)
WIDE = "\n".join(
    [
        *(f"W{k} = {[[k / 8 + i / 16 - j / 4 for j in range(8)] for i in range(8)]}" for k in range(1, 5)),
        *(f"b{k} = {[i / 4 for i in range(8)]}" for k in range(1, 5)),
        f"x = {[i / 2 for i in range(8)]}",
        f"y = {[0.5] * 8}",
    ]
)


def opened(tutor: Tutor) -> Locator:
    """The panel of all numbers on the page of the forward pass, opened by a key, which stays where it is."""
    panel = tutor.open("forward").fold("numbers")
    panel.locator("summary").press("Enter")
    expect(panel.get_by_role("textbox", name="Paste a matrix or a list")).to_be_visible()
    tutor.idle()
    expect(panel.locator("summary")).to_be_focused()
    return panel


def alert(panel: Locator, text: str) -> Locator:
    return panel.get_by_role("alert").filter(has_text=text)


def ledger_becomes(tutor: Tutor, example: Example) -> None:
    """In the forward pass the ledger holds every given number but the targets."""
    wanted = {id: value for id, value in everything(example).items() if not id.startswith("y")}
    tutor.becomes(lambda: {id: value for id, value in tutor.ledger().items() if id in wanted}, close(wanted))


def test_a_cell_is_changed_moved_from_by_keys_refused_and_restored(tutor):
    panel = opened(tutor)
    first, below = (panel.get_by_role("textbox", name=f"W layer 1 neuron {i} from 1", exact=True) for i in (1, 2))
    expect(first).to_have_value("0.2")
    first.fill("1/3")
    first.press("Enter")
    expect(below).to_be_focused()
    expect(first).to_have_value("0.3333333333333333")
    ledger_becomes(tutor, CHANGED)
    below.press("ArrowUp")
    expect(first).to_be_focused()
    first.press("ArrowRight")
    assert tutor.idle().step()[0] == 1, "an arrow key is meant for the cell"
    first.fill("abc")
    first.press("Tab")
    expect(alert(panel, "W layer 1 neuron 1 from 1 stays as it was.")).to_be_visible()
    expect(first).to_have_value("abc")
    expect(first).to_have_attribute("aria-invalid", "true")
    ledger_becomes(tutor, CHANGED)
    first.press("Escape")
    expect(first).to_have_value("0.3333333333333333")
    expect(alert(panel, "stays as it was")).to_have_count(0)
    below.fill("7")
    below.press("Escape")
    expect(below).to_have_value("-0.3")
    ledger_becomes(tutor, CHANGED)


def test_quick_edits_all_count_and_what_is_being_typed_is_left_alone(tutor):
    panel, after = opened(tutor), WORKED
    for k, quantity in enumerate(q for q in WORKED.derivation.given if q.kind == "W"):
        after = after.remodelled(Model.with_number, quantity, k / 4)
        cell = panel.get_by_role("textbox", name=f"W layer {quantity.layer} neuron {quantity.index[0]} from {quantity.index[1]}")
        cell.fill(str(k / 4))
    cell.press("Enter")
    ledger_becomes(tutor, after)


def test_a_matrix_is_pasted_into_the_box_or_a_cell_and_what_does_not_fit_is_said(tutor):
    panel = opened(tutor)
    box, put = panel.get_by_role("textbox", name="Paste a matrix or a list"), panel.get_by_role("button", name="Put in")
    box.fill("[[1, 2], [3, 4], [5, 6]]")
    put.click()
    expect(alert(panel, "transposed it would fit")).to_be_visible()
    expect(box).to_have_value("[[1, 2], [3, 4], [5, 6]]")
    panel.get_by_role("combobox", name="Into").select_option("W.1")
    box.fill("1 2 3\n4 5 6")
    box.press("Control+Enter")
    expect(panel.get_by_role("status")).to_have_text("The numbers stand in the tables above.")
    expect(box).to_have_value("")
    expect(alert(panel, "transposed")).to_have_count(0)
    after = WORKED.with_(W=(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)), WORKED.model.W[1]))
    ledger_becomes(tutor, after)
    panel.get_by_role("textbox", name="b layer 1 neuron 2").evaluate(
        """cell => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", "0,25\\n0,75");
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    ledger_becomes(tutor, after.with_(b=((0.25, 0.75), (0.1,))))


@pytest.mark.thorough
def test_the_largest_network_fits_a_phone_and_axe_finds_nothing_in_light_and_dark(new_tutor):
    tutor = new_tutor(width=PHONE)
    panel = opened(tutor)
    panel.get_by_role("textbox", name="Paste a matrix or a list").fill(WIDE)
    panel.get_by_role("button", name="Put in").click()
    last = panel.get_by_role("textbox", name="W layer 4 neuron 8 from 8")
    last.fill("nothing")
    last.press("Enter")
    expect(alert(panel, "W layer 4 neuron 8 from 8")).to_be_visible()
    assert tutor.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE
    for scheme in "light", "dark":
        tutor.page.emulate_media(color_scheme=scheme)
        expect(tutor.page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        assert violations(tutor, within=".st-key-folds-forward") == [], scheme

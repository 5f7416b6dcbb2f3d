"""Practice and worksheets in a real browser: Enter sends an answer, the clock runs, files come and go."""

import re

import pytest
from playwright.sync_api import expect

from lessons.example import WORKED
from lessons.practice.exercise import MODES, Exercise
from lessons.practice.progress import Progress
from lessons.practice.series import asked
from lessons.sheets import Settings, code_of, instance
from lessons.style import plain
from tests.browser.audit import MAIN, sticks_out_on_a_phone, violations


def answer(tutor, typed):
    """Type into the first answer cell and press Enter."""
    cell = tutor.main.get_by_test_id("stForm").locator("input").first
    cell.fill(typed)
    cell.press("Enter")


def told(tutor, text):
    """Wait for a message with this in it."""
    expect(tutor.main.get_by_test_id("stAlert").filter(has_text=text)).to_be_visible()


def mode(tutor, name):
    """Choose what to practise."""
    tutor.keyed("practice.mode").get_by_text(MODES[name], exact=True).click()
    tutor.idle()


def test_enter_sends_an_answer_and_the_slip_is_named(tutor):
    tutor.open("practice")
    label = tutor.keyed("picture.practice").locator("[data-id='n.1.1']")
    expect(label).to_have_attribute("aria-label", re.compile("unknown"))  # the picture does not give the answer away
    answer(tutor, "-1.2")
    told(tutor, "Bias left out")
    answer(tutor, "-0,9")
    told(tutor, "Right.")
    expect(tutor.main.get_by_text("1 of 2 answers right")).to_be_visible()
    tutor.keyed("on").get_by_role("button").click()
    expect(tutor.main.get_by_text("Question 2 of 29")).to_be_visible()
    expect(tutor.main.get_by_test_id("stForm").locator("input")).to_have_value("")


def test_the_clock_of_an_exam_runs(tutor):
    tutor.open("practice")
    mode(tutor, "exam")
    tutor.main.get_by_role("spinbutton", name="Seed").fill("7")
    tutor.page.get_by_role("button", name="Start the exam").click()
    clock = tutor.main.get_by_text("Time left: 9:")
    expect(clock).to_be_visible()
    before = clock.inner_text()
    expect(clock).not_to_have_text(before, timeout=5000)
    answer(tutor, f"{asked(Exercise(mode='exam', seed=7), WORKED)[0].answer:.6g}")
    expect(tutor.main.get_by_text("Question 2 of 10")).to_be_visible()
    tutor.idle().keyed("hand.in").get_by_role("button").click()
    expect(tutor.main.get_by_role("heading", name="1 of 10 right")).to_be_visible()


@pytest.mark.thorough
def test_progress_can_be_saved_and_brought_back(new_tutor, tmp_path):
    tutor, other = new_tutor(), new_tutor()
    tutor.open("practice")
    answer(tutor, "-1.2")
    expect(tutor.main.get_by_text("1 × Bias left out")).to_be_visible()
    with tutor.page.expect_download() as download:
        tutor.page.get_by_role("button", name="Save the progress").click()
    saved = tmp_path / "progress.json"
    download.value.save_as(saved)
    kept = Progress.from_json(saved.read_text("utf-8"))
    assert [attempt.slips for attempt in kept.attempts] == [("bias_left_out",)]
    other.open("practice")
    expect(other.main.get_by_text("0 of 0 answers right")).to_be_visible()
    other.keyed("progress.file").locator("input[type=file]").set_input_files(saved)
    expect(other.main.get_by_text("1 × Bias left out")).to_be_visible()


def used(tutor, name):
    """Each state of a mode in turn: as it begins, and after a wrong answer with hints, or the end."""
    mode(tutor, name)
    yield "fresh"
    if name == "error":
        tutor.keyed("line.1").get_by_role("button").click()
        expect(tutor.main.get_by_test_id("stAlert")).to_be_visible()
    elif name == "exam":
        tutor.page.get_by_role("button", name="Start the exam").click()
        expect(tutor.main.get_by_text("Time left")).to_be_visible()
        yield "running"
        answer(tutor, "0.123456")
        expect(tutor.main.get_by_text("Question 2 of 10")).to_be_visible()
        tutor.idle().keyed("hand.in").get_by_role("button").click()
        expect(tutor.main.get_by_role("heading", name="0 of 10 right")).to_be_visible()
    else:
        answer(tutor, "0.123456")
        told(tutor, "Not right")
        for label in ("the law", "with the numbers"):
            tutor.page.get_by_role("button", name=f"Hint: {label}").click()
        tutor.page.get_by_role("button", name="Show the value").click()
        expect(tutor.keyed("hint")).to_have_count(0)
    yield "used"


@pytest.mark.thorough
@pytest.mark.long
@pytest.mark.parametrize(("scheme", "names"), [("light", [*MODES][::2]), ("dark", [*MODES][1::2])], ids=["light", "dark"])
def test_every_mode_fits_a_phone_and_axe_finds_nothing(new_tutor, scheme, names):
    tutor = new_tutor(scheme=scheme).open("practice")
    # What is still to come of a bar of progress is clipped at its left.
    tutor.page.add_style_tag(content="[data-testid=stProgress] { visibility: hidden; }")
    for name in names:
        for state in used(tutor, name):
            assert sticks_out_on_a_phone(tutor) == [], (name, state)
            if state == "fresh":  # what is there then is there later, too
                continue
            tutor.page.mouse.move(0, 0)  # Streamlit's tooltips stand outside of all landmarks
            expect(tutor.page.get_by_role("tooltip")).to_have_count(0)
            assert violations(tutor, within=MAIN) == [], (name, state)


def test_a_sheet_is_as_it_was_left_after_a_look_at_the_page_that_explains_a_slip(tutor):
    tutor.open("practice")
    mode(tutor, "layer")
    answer(tutor, "-1.2")
    told(tutor, "Bias left out")
    tutor.main.get_by_role("button", name="Look at it").first.click()
    expect(tutor.link("forward")).to_have_attribute("aria-current", "page")
    tutor.idle().turn_to("practice")
    cells = tutor.main.get_by_test_id("stForm").locator("input")
    expect(cells.first).to_have_value("-1.2")
    cells.nth(1).fill("0.3")
    cells.nth(1).press("Enter")
    expect(tutor.main.locator("table").first.get_by_text("✓")).to_be_visible()
    expect(cells.first).to_have_value("-1.2")


def test_sheets_are_made_and_downloaded_and_a_code_brings_one_back(tutor):
    tutor.open("worksheet")
    seen = "img => img.complete && img.naturalWidth > 600"
    tutor.becomes(lambda: tutor.page.get_by_alt_text("The first sheet").evaluate(seen), True)
    variants = tutor.keyed("sheet.variants").locator("input")
    variants.fill("2")
    variants.press("Enter")
    tutor.page.get_by_role("button", name="Make 2 sheets with keys").click()
    with tutor.page.expect_download() as download:
        tutor.page.get_by_role("button", name="2 sheets", exact=True).click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    code = tutor.keyed("sheet.code").locator("input")
    code.fill(code_of(Settings.of(WORKED, seed=5), 3))
    code.press("Enter")
    told(tutor.idle(), "numbers of that sheet")
    tutor.idle()
    wanted = instance(Settings.of(WORKED, seed=5), 3)
    tutor.turn_to("forward")
    assert [tutor.given(f"x.0.{i}") for i in range(1, len(wanted.x) + 1)] == [plain(value) for value in wanted.x]

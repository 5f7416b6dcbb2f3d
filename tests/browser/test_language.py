"""Two languages and four notations: chosen in the sidebar or by the address, the same on every page."""

import re

import pytest
from playwright.sync_api import expect

from lessons.example import WORKED
from lessons.example.reading import SAMPLE
from lessons.style import Look
from mlp_core import Quantity
from mlp_core.writing.names import NOTATIONS
from tests.browser.audit import MAIN, violations
from tests.browser.tutor import TOURS, Tutor
from tests.pages.app import translated_strings

# Every text of the page and every text for a screen reader, formulas and icons apart.
TEXTS = """() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches('script, noscript, style, .katex, [lang="en"], [data-testid^="stIcon"]')) return;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.push(node.getAttribute(name) || '');
    for (const child of [...(node.shadowRoot ? node.shadowRoot.childNodes : []), ...node.childNodes]) walk(child);
  };
  walk(document.body);
  return found.map(text => text.trim()).filter(Boolean);
}"""
# Texts of Streamlit itself, which knows English only.
STREAMLIT = {"Skip to main content", "Link to heading", "Choose an option"}
HELP = "Help for "
WORDS = re.compile(r"[A-Za-z][a-z]+(?:[ ,;:]+[A-Za-z]?[a-z]+){2,}")
CHINESE = "zh-CN"
# Names and numbers of the picture that stick out of their neuron or bias.
OUTSIDE = """boxes => boxes.flatMap(box => {
  const { left, right } = box.getBoundingClientRect();
  const out = text => text.left < left - 0.5 || text.right > right + 0.5;
  const texts = [...box.parentNode.querySelectorAll('text')].filter(text => text.textContent && text.checkVisibility());
  return texts.filter(text => out(text.getBoundingClientRect())).map(text => text.textContent);
})"""


def english(tutor: Tutor) -> set[str]:
    """The texts of the page that the catalogue has in Chinese, or that hold three English words in a row."""
    texts = tutor.idle().page.evaluate(TEXTS)
    assert sum(bool(re.search(r"[\u4e00-\u9fff]", text)) for text in texts) > 10
    templates = translated_strings()
    assert templates, "the catalogue is empty"
    parts = [re.split(r"\{\w+\}", text) for text in templates]
    # one without a word, such as "{name}: {what}", would be every text with a colon
    strings = [".+".join(map(re.escape, each)) for each in parts if re.search("[A-Za-z]", "".join(each))]
    known = re.compile("|".join(strings), re.DOTALL)
    own = {text.removeprefix(HELP) for text in set(texts) - STREAMLIT - {SAMPLE.strip()}}
    return {text for text in own if known.fullmatch(text) or WORDS.search(text)}


@pytest.mark.long
@pytest.mark.parametrize("pages", TOURS, ids="-".join)
@pytest.mark.thorough
def test_no_english_is_left_on_any_chinese_page_and_all_can_be_read_in_the_dark(new_tutor, pages):
    tutor = new_tutor(scheme="dark").open(query="?lang=zh")
    left, pale = {}, {}
    for page in pages:
        left[page] = english(tutor.turn_to(page).unfold("stMain"))
        pale[page] = violations(tutor, "color-contrast", within=MAIN)
    assert {page: each for page, each in left.items() if each} == {}
    assert {page: each for page, each in pale.items() if each} == {}


def test_axe_finds_nothing_and_no_english_is_left_in_settings_panel_message_and_results(new_tutor):
    tutor = new_tutor(scheme="dark").open("backward", "?lang=zh").unfold("stSidebar")
    tutor.click("n.1.1")
    expect(tutor.keyed("close.panel")).to_be_visible()
    tutor.enter("W.1.1.1", "")
    expect(tutor.told.get_by_role("alert")).to_be_visible()
    assert english(tutor) == set()
    assert violations(tutor) == []
    tutor.turn_to("train").page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(tutor.main.locator("table")).to_be_visible()
    assert english(tutor) == set()
    assert violations(tutor) == []


def test_the_switch_changes_the_language_and_the_address_keeps_it(tutor):
    tutor.open("forward")
    expect(tutor.page.locator("html")).to_have_attribute("lang", "en")
    tutor.settings().keyed("lang").get_by_text("中文").click()
    expect(tutor.page.locator("html")).to_have_attribute("lang", CHINESE)
    expect(tutor.link("backward")).to_have_text("反向传播")
    expect(tutor.page).to_have_url(re.compile(r"[?&]lang=zh"))
    tutor.turn_to("backward")
    expect(tutor.page.locator("html")).to_have_attribute("lang", CHINESE)
    expect(tutor.page).to_have_url(re.compile(r"[?&]lang=zh"))
    assert tutor.idle().page.locator("svg .node > .box, svg .bias > .box").evaluate_all(OUTSIDE) == []
    tutor.page.reload()
    tutor.idle()
    expect(tutor.page.locator("html")).to_have_attribute("lang", CHINESE)
    tutor.settings().keyed("lang").get_by_text("English").click()
    expect(tutor.page.locator("html")).to_have_attribute("lang", "en")
    expect(tutor.link("backward")).to_have_text("Backward")


@pytest.mark.thorough
def test_a_notation_changes_the_letters_everywhere(tutor):
    tutor.open("backward").go_to_step("End")
    for notation in NOTATIONS:
        if notation != WORKED.view.notation:
            tutor.choose("edit.notation", NOTATIONS[notation].title)
            has_letters_of(tutor, notation)


def has_letters_of(tutor: Tutor, notation: str) -> None:
    """Picture, ledger, card and list are written in a notation."""
    shown, before = (Look.of(key, "en", 4, "light", WORKED.sizes) for key in (notation, WORKED.view.notation))
    activation, delta = Quantity("a", 1, (1,)), Quantity("delta", 1, (1,))
    assert shown.words(activation) + shown.words(delta) != before.words(activation) + before.words(delta)
    parts = re.compile(".*, ".join(re.escape(f"{shown.words(q)} = ") for q in (activation, delta)))
    expect(tutor.element("n.1.1")).to_have_attribute("aria-label", parts)
    for q in (activation, delta, Quantity("z", 2, (1,)), Quantity("dW", 1, (2, 3))):
        expect(tutor.chip(q)).to_have_attribute("aria-label", re.compile(re.escape(shown.words(q)) + " = "))
    target = WORKED.derivation.phase("backward")[-1]
    symbols = {shown.symbol(q) for q in (target.target, *target.inputs)}
    tutor.becomes(lambda: {symbol for symbol in symbols if symbol in tutor.formulas()[0]}, symbols)
    expect(tutor.main.get_by_role("slider")).to_have_attribute(
        "aria-valuetext", re.compile(re.escape(shown.name(target.target).text()) + "$")
    )

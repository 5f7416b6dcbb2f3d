"""The message of every misconception, in both languages: there, short, exact in form, and without a number typed by hand."""

import re
from itertools import product

import pytest

from lessons import content, i18n
from lessons.content import places
from lessons.misconceptions import CATALOGUE
from lessons.style import notation
from mlp_core import Quantity
from mlp_core.writing.names import NOTATIONS

CJK = re.compile(r"[\u4e00-\u9fff]")
MATH = re.compile(r"\$[^$]+\$")
LONGEST_TITLE = 60
LONGEST_MESSAGE = {"en": 330, "zh": 170}
COMMANDS = {"sigma", "tanh", "beta", "rho", "epsilon", "ln"}
SAME_IN_ALL_BOOKS = set("mvt") | {"s", "i", "j"}  # of Adam; and those that the sentence itself introduces


def parts(name: str, language: str) -> tuple[str, str]:
    """Title and message of a section, places not filled."""
    head, *message = content.sections("misconceptions", language)[name].split("\n")
    return head, (" " if language == "en" else "").join(message)


SECTIONS = list(content.sections("misconceptions", "en"))  # a misconception's, or what is said of it at one law


def words(text: str) -> str:
    """A text without its mathematics and places."""
    return re.sub(r"\{\w+\}", "", MATH.sub("", text))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_sections_are_the_catalogue(language):
    found = list(content.sections("misconceptions", language))
    assert found == SECTIONS and [key for key in found if "." not in key] == list(CATALOGUE)
    file = content.FOLDER / "misconceptions" / "texts" / f"{language}.md"
    keys = re.findall(r"^## (.+)$", file.read_text("utf-8"), re.MULTILINE)
    assert keys == SECTIONS, "a section stands there twice"


def test_what_is_said_of_a_law_is_of_one_that_its_misconception_spoils():
    for name, _dot, law in (key.partition(".") for key in SECTIONS if "." in key):
        laws = {known for rule in CATALOGUE[name].rules for known in rule.laws}
        spoiled = laws | {known.partition(".")[0] for known in laws}
        assert {law, law.partition(".")[0]} & spoiled, (name, law)


def test_a_message_is_a_title_what_was_done_and_what_to_do():
    for language, name in product(i18n.LANGUAGES, SECTIONS):
        lines = content.sections("misconceptions", language)[name].split("\n")
        assert len(lines) == 3 and all(line == line.strip() for line in lines), (language, name)


def test_the_title_stands_in_a_list(language):
    for name in SECTIONS:
        head, _message = parts(name, language)
        assert 0 < len(head) <= LONGEST_TITLE, name
        assert head == head.strip() and head[-1] not in ".。!！?？:：;；", name
        assert not places(head) and "$" not in head and "*" not in head, f"{name}: a list shows it as plain text"
        assert CATALOGUE[name.partition(".")[0]].title == head


def test_the_message_is_one_short_paragraph(language):
    for name in SECTIONS:
        _head, message = parts(name, language)
        assert message.endswith("." if language == "en" else "。"), name
        assert len(message) <= LONGEST_MESSAGE[language], (name, len(message))
        assert 2 <= len(re.findall(r"[.](?= |$)" if language == "en" else "。", message)) <= 3, name
        spoken = re.search(r"\byour?\b" if language == "en" else "你", message, re.IGNORECASE)
        assert spoken, f"{name}: it does not speak to the student"


def test_only_the_target_and_the_activations_are_put_in(language):
    for name in SECTIONS:
        _head, message = parts(name, language)
        assert places(message) <= {"target", "this", "other"}, name
        filled = content.text("misconceptions", name, target="THE NAME", this="sigmoid", other="tanh")
        assert filled.count("THE NAME") == message.count("{target}"), name
        assert "{" not in filled and "}" not in filled, name


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_titles_are_unique(language):
    titles = [parts(name, language)[0].casefold() for name in CATALOGUE]
    assert len(set(titles)) == len(titles)


def test_both_languages_show_the_same_mathematics():
    for name in SECTIONS:
        en, zh = (parts(name, language)[1] for language in ("en", "zh"))
        assert places(en) == places(zh), name
        assert set(MATH.findall(en)) == set(MATH.findall(zh)), name


def test_no_number_is_written_by_hand(language):
    """0, 1 and 2 belong to laws; any other number, or one with decimals, could only be somebody's result."""
    for name, text in content.sections("misconceptions", language).items():
        assert set(re.findall(r"\d+(?:[.,]\d+)*", text)) <= {"0", "1", "2"}, name


def test_the_mathematics_is_right_in_every_notation(language):
    """Some books call z what others call a, so neither letter, nor any that a book changes, stands in a formula."""
    for name, text in content.sections("misconceptions", language).items():
        assert text.count("$") % 2 == 0, name
        for formula in MATH.findall(text):
            assert set(re.findall(r"\\([A-Za-z]+)", formula)) <= COMMANDS, name
            assert set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", "", formula))) <= SAME_IN_ALL_BOOKS, name


def test_the_letters_that_are_used_are_those_of_every_notation():
    written = {"beta1": r"\beta_{1}", "beta2": r"\beta_{2}", "rho": r"\rho", "eps": r"\epsilon", "t": "t"}
    for key, (kind, letter) in product(NOTATIONS, written.items()):
        assert notation(key).name(Quantity(kind)).latex() == letter
    for key, kind in product(NOTATIONS, "mv"):
        assert notation(key).name(Quantity(f"{kind}_W", 1, (1, 1))).latex().startswith(kind + "_")


def test_each_language_is_written_as_it_is_printed(language):
    """Chinese takes full-width punctuation, and a space between a character and a Latin word, number or formula."""
    for name in SECTIONS:
        head, message = parts(name, language)
        if language == "en":
            assert not CJK.search(head + message), name
            continue
        assert CJK.search(head) and CJK.search(message), name
        assert not re.search(r"[,;:?!\"]", words(head + message)), name
        spaced = re.sub(r"\{\w+\}", "x", MATH.sub("x", head + "\n" + message))
        assert not re.search(r"[\u4e00-\u9fff][0-9A-Za-zα-ω]|[0-9A-Za-zα-ω][\u4e00-\u9fff]", spaced), name
        assert not re.search(r"[，。；：、（）“”] | [，。；：、（）“”]", spaced), name

"""Every text and every string keeps to the glossary, and its Chinese to what a Chinese reader expects on a page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lessons import glossary, i18n
from lessons.locale.update import forms, strings

ROOT = Path(__file__).parents[3]
HAN = re.compile(r"[\u4e00-\u9fff]")
UNREAD = re.compile(r"{[^}]*}|\$[^$]*\$")  # addresses of numbers, and formulas
BEYOND = {"熵", "阈"}  # cross-entropy and threshold have no other name
BESIDE = r"[\u4e00-\u9fff”）]"
HALF = re.compile(rf"{BESIDE} ?[,;:?!]|[,;:?!] ?{BESIDE}|{BESIDE}\.(?!\w)|\({BESIDE}|{BESIDE}\)")


def written(language: str) -> Iterator[tuple[str, str]]:
    """Place (file:line, or the English string) and text of all that a person reads in a language."""
    texts = (f"*/texts/{language}.md", f"course/*/{language}.md")
    for path in sorted(file for pattern in texts for file in (ROOT / "lessons").glob(pattern)):
        lines = path.read_text("utf-8").splitlines()
        first = next(number for number, line in enumerate(lines) if line.startswith("## "))  # what is above it nobody reads
        for number, line in enumerate(lines[first:], first + 1):
            if not line.startswith("## "):
                yield f"{path.relative_to(ROOT)}:{number}", line
    yield from told(language)


def told(language: str) -> Iterator[tuple[str, str]]:
    """Every interface string."""
    if language == "en":
        for (_context, text), file in strings().items():
            for form in forms(text):
                yield file, form
        return
    with (i18n.CATALOGUES / f"{language}.po").open("rb") as file:
        for message in read_po(file):
            for form in forms(message.string) if message.id else ():
                yield f"{language}.po:{message.lineno}", form


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_text_says_the_term_of_the_glossary(language):
    wrong = [
        f"{place}: {word} is called {term}: {text[:80]}"
        for place, text in written(language)
        for word, term in glossary.misuses(UNREAD.sub("", text), language)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_concept_has_its_term_and_meaning():
    for concept, columns in glossary.concepts().items():
        assert {"en", "zh"} <= columns.keys() <= i18n.LANGUAGES.keys(), concept
        for key, found in columns.items():
            assert found.meaning.endswith("。" if key == "zh" else "."), (concept, key)
            assert not found.misuses(found.term), (concept, key)
    for key in i18n.LANGUAGES:
        terms = [columns[key].term for columns in glossary.concepts().values()]
        assert len(set(terms)) == len(terms), "two concepts share a term"


def test_a_concept_is_asked_for_in_the_language_in_use():
    with i18n.using("zh"):
        assert glossary.entry("error_signal").term == "误差信号"
    assert glossary.entry("error_signal").term == "error signal"
    with pytest.raises(KeyError):
        glossary.entry("no such concept")


def test_whole_words_are_banned_and_phrases_may_be_let_through():
    found = glossary.Entry("error signal", "...", ("delta",), ("delta rule",))
    assert found.misuses("The Delta comes back.") == ["delta"]
    assert found.misuses("The delta rule, deltaic, `delta_again`.") == []
    assert glossary.Entry("导数", "...", ("斜率",)).misuses("激活函数的斜率") == ["斜率"]


def is_common(sign: str) -> bool:
    """Whether a Chinese character is of the first level of GB 2312, which every reader knows and every font has."""
    try:
        return 0xB0 <= sign.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def test_chinese_takes_common_characters_only():
    rare = {(sign, place) for place, text in written("zh") for sign in HAN.findall(text) if not is_common(sign)}
    assert not {each for each in rare if each[0] not in BEYOND}


def test_chinese_has_full_width_punctuation():
    assert not [f"{place}: {text}" for place, text in written("zh") if HALF.search(text)]

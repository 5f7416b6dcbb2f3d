"""A sentence about what cannot be used shows a person's text sign by sign, and nothing in it can do anything."""

import re

import pytest

from lessons import i18n
from lessons.content import places
from lessons.locale.update import forms, strings
from lessons.problem import Problem, quoted
from lessons.style import label_of, name_of
from mlp_core import Quantity

HOSTILE = [
    "![](//host/x.png)", "[a](//host)", "<img src=//host>", "https://host.example", "www.host.example", ":smile:",
    ":material/face:", ":red[x]", "$x$", "2*3*4", "a_b_c", "2--3 -> 4", "# x", "- x", "a|b", "`", "``a`", "a`", "~~x~~", "&lt;",
    "a\n\n![](//host)", "\\", "{0}", "{found}", "\u202eabc", "\x00",
]  # fmt: skip
TEMPLATES = sorted({form for _context, text in strings() for form in forms(text) if places(form)})
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")  # a code span of CommonMark, on one line


def shown(span: str) -> str:
    """What a code span shows: without one space at either end where it has both."""
    return span[1:-1] if len(span) > 1 and span[0] == span[-1] == " " and span.strip() else span


@pytest.mark.parametrize("text", HOSTILE)
def test_a_quotation_is_one_code_span_that_shows_what_was_typed(text):
    match = SPAN.fullmatch(quoted(text))
    assert match, quoted(text)
    plain = text.replace("\n", " ").replace("\u202e", "\N{REPLACEMENT CHARACTER}").replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert shown(match[2]) == plain


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_of_nothing_nothing_is_quoted(text):
    assert quoted(text) == ""


@pytest.mark.parametrize("wrap", [str, lambda text: [text], lambda text: {"a": text}], ids=["text", "list", "dict"])
def test_no_message_lets_through_what_it_quotes(wrap, language):
    for template in TEMPLATES:
        gaps = Problem("here", template, **dict.fromkeys(places(template), 0)).text()
        for text in HOSTILE:
            sentence = Problem("here", template, **dict.fromkeys(places(template), wrap(text))).text()
            assert SPAN.sub("0", sentence) == gaps, (template, text)


def test_the_beginning_of_a_long_text_is_enough():
    assert len(Problem("here", "{value} cannot stand here.", value="x" * 10**6).text()) < 100


def test_names_and_numbers_are_no_quotations():
    text = Problem("here", "{a}; {b}; {c}; {d}", a="lr", b=0.5, c=("relu", "tanh"), d=1e3).text()
    assert text == "learning rate; 0.5; ReLU, tanh; 1000"


def test_where_nothing_is_markdown_a_sentence_quotes_without_marks(language):
    inner = Problem("answer", "{a} and {b}", a="*x*\n`", b="lr")
    outer = Problem("W.1.1.2", "{cell}: {reason}", cell=Quantity("W", 1, (1, 2)), reason=inner)
    with i18n.using(language):
        name, rate = label_of(Quantity("W", 1, (1, 2))), name_of("lr")
        assert outer.plain() == f"{name}: *x* ` and {rate}"
        assert outer.text() == f"{name}: `` *x* ` `` and {rate}"

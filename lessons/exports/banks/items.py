"""What a bank asks: of every variant one number of each kind in each layer, with its answer and the wrong numbers of slips."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import floor, log10

import numpy as np

from mlp_core import Step
from mlp_core.writing.numbers import figures

from ... import content
from ...i18n import gettext as _
from ...i18n import mark, ngettext
from ...misconceptions import CATALOGUE
from ...practice.questions import Question
from ...problem import Problem
from ...sheets import Latex, Settings, Sheet, form, sheet, title_of
from ...sheets.parts import part
from ...style import name_of
from ...walk.card import place

DIGITS = 3  # significant ones that an answer is right with
MAX_ITEMS = 1500
MAX_NAMED = 3  # slips of one number


@dataclass(frozen=True)
class Slip:
    """A wrong number of a misconception, how far a typed one may be from it, and its message: Markdown with LaTeX."""

    value: float
    tolerance: float
    message: str


@dataclass(frozen=True)
class Item:
    """A question. Texts are Markdown with LaTeX between dollars.

    key: unlike that of any other item of the bank; name: a line of plain text; category: what stays alike from variant to
    variant; text: what is asked, with all that it takes; answer and tolerance: what is right; working: law, numbers and value.
    """

    key: str
    name: str
    category: str
    text: str
    answer: float
    tolerance: float
    working: str
    slips: tuple[Slip, ...]


def items(settings: Settings) -> tuple[Item, ...]:
    """The questions of all variants, in the language in use: of each kind that is blank on the sheets, one a layer.

    Which neuron or weight is asked for is another one from variant to variant, and always the same for the same seed. Problem
    where they are too many.
    """
    count = settings.variants * len({_kind(step) for step in _asked(sheet(settings, 1))})
    if count > MAX_ITEMS:
        raise Problem(
            "variants",
            mark("A bank holds at most {most} questions: take fewer variants, or fewer kinds to fill in."),
            most=MAX_ITEMS,
        )
    writer = form(Latex, settings)
    assert isinstance(writer, Latex)
    every = [item for number in range(1, settings.variants + 1) for item in _of_variant(settings, number, writer)]
    return tuple(sorted(every, key=lambda item: item.category))


def _asked(one: Sheet) -> list[Step]:
    return [line.step for _phase, lines in one.sections for line in lines if line.blank]


def _kind(step: Step) -> tuple[str, int, str]:
    return step.phase, step.target.layer, part(step.target)


def _of_variant(settings: Settings, number: int, writer: Latex) -> Iterator[Item]:
    one = sheet(settings, number)
    random = np.random.default_rng((settings.seed, number))
    kinds: dict[tuple[str, int, str], list[Step]] = {}
    for step in _asked(one):
        kinds.setdefault(_kind(step), []).append(step)
    order = {phase: n for n, phase in enumerate(dict.fromkeys(phase for phase, _layer, _part in kinds), 1)}
    for (phase, layer, kind), steps in kinds.items():
        step = steps[int(random.integers(len(steps)))]
        title = title_of(kind)
        where = _("layer {layer}: {kind}").format(layer=layer, kind=title) if layer else title
        yield _item(Question(step, one.worked, settings.view.decimals), one, writer, f"{order[phase]} {name_of(phase)}: {where}")


def _item(question: Question, one: Sheet, writer: Latex, category: str) -> Item:
    step, target, worked = question.step, question.target, question.worked
    left = writer.name(target)
    texts = writer.digits.put_in(step, worked.values)
    asked = content.text(*place(step, worked.texts), target=f"${left}$").partition("\n")[0]
    given = ", ".join(f"${writer.name(q)} = {writer.number(text)}$" for q, text in texts.items())
    enough = ngettext("Give {n} significant digit.", "Give {n} significant digits.", DIGITS + 1).format(n=DIGITS + 1)
    told = [one.subject, asked, _("You have: {numbers}").format(numbers=given) if given else "", enough]
    result = writer.number(writer.digits.result(target, question.answer))
    sides = [side for side in (writer.law(step), writer.put_in(step, worked.values), result) if side]
    name = worked.names.get(target) or writer.notation.name(target, worked.sizes, worked.shared)
    return Item(
        key=f"{target}.{one.code}",
        name=f"{name.text()} · {one.code}",
        category=category,
        text="\n\n".join(filter(None, told)),
        answer=question.answer,
        tolerance=tolerance_of(question.answer),
        working=f"${left} = {' = '.join(sides)}$",
        slips=tuple(_slips(question, left)),
    )


def _slips(question: Question, left: str) -> Iterator[Slip]:
    """The wrong numbers that can be told from the right one; where one number is that of several slips, all are named."""
    found = [(question.wrong(name), name) for name in question.misconceptions]
    right = tolerance_of(question.answer)
    kept: list[tuple[float, list[str]]] = []
    for value, name in found:
        if value is None or abs(value - question.answer) <= right + tolerance_of(value):
            continue
        near = next((names for other, names in kept if abs(other - value) <= tolerance_of(other) + tolerance_of(value)), None)
        if near is None:
            kept.append((value, [name]))
        else:
            near.append(name)
    for value, names in kept:
        told = [CATALOGUE[name].told(f"${left}$", question.step) for name in names[:MAX_NAMED]]
        messages = (_("**{title}.** {message}").format(title=title, message=message) for title, message in told)
        yield Slip(value, tolerance_of(value), "\n\n".join(messages))


def tolerance_of(value: float) -> float:
    """Half a unit of the last of the digits that count."""
    return 0.5 * 10.0 ** (floor(log10(abs(value))) - DIGITS + 1) * 1.0001 if value else 1e-9


def plain_number(value: float) -> str:
    """The number as a platform reads it."""
    return figures(float(f"{value:.9e}"), 10, short=True)


def of_markdown(markdown: str, formula: Callable[[str], str]) -> str:
    """The little Markdown of our texts in HTML; ``formula``: what stands for the LaTeX of a formula."""
    return "".join(_block(part.strip(), formula) for part in markdown.split("\n\n") if part.strip())


def _block(markdown: str, formula: Callable[[str], str]) -> str:
    """A paragraph, with the list that ends it, if one does."""
    words, *entries = re.split(r"(?:^|\n)- ", markdown)
    listed = "".join(f"<li>{_line(entry, formula)}</li>" for entry in entries)
    return (f"<p>{_line(words, formula)}</p>" if words else "") + (f"<ul>{listed}</ul>" if listed else "")


def _line(markdown: str, formula: Callable[[str], str]) -> str:
    parts = re.split(r"\$([^$]+)\$", markdown)
    return "".join(formula(part) if n % 2 else _words(part) for n, part in enumerate(parts))


def _words(text: str) -> str:
    made = escape(text, quote=False)
    for pattern, tag in ((r"\*\*(.+?)\*\*", "strong"), (r"\*(.+?)\*", "em"), (r"`(.+?)`", "code")):
        made = re.sub(pattern, rf"<{tag}>\1</{tag}>", made)
    return made.replace("\n", " ")


def grouped(every: tuple[Item, ...]) -> list[tuple[str, list[Item]]]:
    """Category by category."""
    return [(category, list(group)) for category, group in groupby(every, lambda item: item.category)]


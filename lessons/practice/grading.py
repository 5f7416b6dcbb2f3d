"""Grading: is a typed answer right, and if not, which misconception gives just that number?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mlp_core import Quantity
from mlp_core.writing.numbers import on_screen, significant

from .. import i18n
from ..i18n import gettext as _
from ..misconceptions import CATALOGUE
from ..problem import Problem
from ..style import Look
from .answers import Answer, read
from .questions import Numbers, Question, Reading

MOST = 4  # so many slips are named where one number fits several


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is to be said of an answer.

    kind: "right", "carried" (right from the person's own earlier numbers), "digits" (right so far, too few digits), "slip",
    "close" (the last digit is off), "coarse" (wrong, with too few digits to see why), "unknown" or "nonsense" (no number).
    candidates: the misconceptions that give this number, the likeliest first; value: the number read, None for nonsense.
    """

    kind: str
    question: Question
    value: float | None = None
    candidates: tuple[str, ...] = ()
    own: tuple[Quantity, ...] = ()
    problem: Problem | None = None

    @property
    def correct(self) -> bool:
        """Whether the answer counts."""
        return self.kind in ("right", "carried")

    @property
    def misconception(self) -> str | None:
        """The name of the (likeliest) misconception, or None."""
        return self.candidates[0] if self.candidates else None

    @property
    def page(self) -> str:
        """The page that explains what went wrong here; empty without a misconception."""
        return CATALOGUE[self.candidates[0]].page(self.question.step) if self.candidates else ""

    @property
    def final(self) -> bool:
        """Whether it is a verdict at all: nonsense and too few digits only ask for another try."""
        return self.kind not in ("nonsense", "digits")

    def message(self, lang: str, look: Look | None = None) -> str:
        """What to tell the person, as Markdown with LaTeX."""
        with i18n.using(lang):
            return self._message(look or self.question.look(lang))

    def _message(self, look: Look) -> str:
        target = f"${look.symbol(self.question.target)}$"
        exact = f"{target} = {on_screen(significant(self.question.answer, 10))}"
        if self.kind == "right":
            return _("Right. Exactly: {exact}").format(exact=exact)
        if self.kind == "carried":
            names = ", ".join(f"${look.symbol(q)}$" for q in self.own)
            return _("Right, from your own earlier {names}. With the exact numbers: {exact}").format(
                names=names, exact=exact
            )
        if self.kind == "digits":
            return _("Good so far. Give at least three significant digits, so that it can be told from other numbers.")
        if self.kind == "slip":
            return _slips(self.candidates, target)
        if self.kind == "close":
            return _("Very close, but the last digit is off: round only at the end, and round rather than cut off.")
        if self.kind == "coarse":
            return _("Not right. With three or more significant digits I can see what happened.")
        if self.kind == "nonsense":
            assert self.problem is not None
            return self.problem.text()
        first = _("Not right, and I do not recognise how this number comes about. A first hint:")
        return f"{first}\n\n{self.question.hint(1, look)}"


def _slips(names: tuple[str, ...], target: str) -> str:
    told = []
    for name in names[:MOST]:
        title, message = CATALOGUE[name].told(target)
        told.append(_("**{title}.** {message}").format(title=title, message=message))
    if len(told) == 1:
        return told[0]
    return _("More than one slip gives this number:") + "\n" + "\n".join(f"- {one}" for one in told)


def grade(question: Question, answer: str, own: Mapping[Quantity, float] | None = None) -> Verdict:
    """The verdict on what a person typed; ``own`` holds the person's earlier numbers, which later ones may be built on.

    An own 0 in place of another number is not carried on, since it would make the rest trivial.
    """
    try:
        typed = read(answer, exact=question.given)
    except Problem as problem:
        return Verdict("nonsense", question, problem=problem)
    own = own or {}
    carried = _carried(question, own)
    if question.agrees(typed, question.answer, question.from_screen):
        return Verdict("right", question, typed.value)
    for numbers in carried:
        if question.agrees(typed, question.compiled.numbers(numbers)[0]):
            built_on = tuple(q for q in question.step.inputs if q in own and not _alike(own[q], question.inputs[q]))
            return Verdict("carried" if built_on else "right", question, typed.value, own=built_on)
    names = _matching(question, Answer(typed.value, 0.0, typed.literal), [question.readings])
    if not names and question.within(typed, question.answer):
        return Verdict("digits", question, typed.value)
    if not names and typed.precise:
        names = _matching(question, typed, _ways(question, carried))
    kind = "slip" if names else _unexplained(question, typed)
    if kind == "unknown":  # a slip may be cut off, too, or be rounded on the way, as the notes' own one is
        loose = replace(typed, tolerance=2 * typed.tolerance)
        names = _matching(question, loose, [[reading for reading in question.readings if reading.first]])
    return Verdict("slip" if names else kind, question, typed.value, names)


def _alike(own: float, exact: float) -> bool:
    """Whether an own number differs from the exact one by no more than rounding to three digits."""
    return abs(own - exact) <= 0.005 * abs(exact)


def _carried(question: Question, own: Mapping[Quantity, float]) -> list[Numbers]:
    """The inputs with the person's own numbers in place, beside the exact ones and beside those on screen."""
    usable = {q: v for q, v in own.items() if q in question.inputs and (v != 0 or question.inputs[q] == 0)}
    return [{**question.inputs, **usable}, {**question.shown, **usable}] if usable else []


def _matching(question: Question, typed: Answer, ways: Iterable[list[Reading]]) -> tuple[str, ...]:
    """The misconceptions that give this number, by the first way that any does; their likeliest forms count first."""
    for readings in ways:
        close = [reading for reading in readings if question.within(typed, reading.value)]
        names = {reading.name for reading in close if reading.first} or {reading.name for reading in close}
        if names:
            return tuple(name for name in CATALOGUE if name in names)
    return ()


def _ways(question: Question, carried: list[Numbers]) -> Iterator[list[Reading]]:
    """Wrong numbers, the likeliest first: from exact inputs, from the person's own, from those on screen, from coarse ones."""
    yield question.readings
    yield from map(question.slips, (*carried, question.shown))
    yield [reading for reading in question.slips(question.rounded(3)) if reading.first]


def _unexplained(question: Question, typed: Answer) -> str:
    if not typed.precise:
        return "coarse"
    return "close" if abs(typed.value - question.answer) <= 2 * typed.tolerance + question.noise else "unknown"

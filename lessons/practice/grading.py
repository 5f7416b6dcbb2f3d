"""Grading: is a typed answer right, and if not, which misconception gives just that number?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlp_core import Quantity

from ..answers import Answer, read
from ..problem import Problem
from .diagnosis import Numbers, explained, explained_at_its_digits, explained_loosely
from .questions import Question
from .verdict import Verdict, VerdictKind


def grade(question: Question, answer: str, own: Mapping[Quantity, float] | None = None) -> Verdict:
    """The verdict on what a person typed; ``own`` holds the person's earlier numbers, which later ones may be built on.

    An own 0 in place of another number is not carried on, since it would make the rest trivial.
    """
    try:
        typed = read(answer, exact=question.given)
    except Problem as problem:
        return Verdict(VerdictKind.NONSENSE, question, problem=problem)
    own = own or {}
    carried = _carried(question, own)
    if question.tolerance.accepts(typed):
        return Verdict(VerdictKind.RIGHT, question, typed.value)
    for numbers in carried:
        if question.tolerance.agrees(typed, question.compiled.numbers(numbers)[0]):
            built_on = tuple(q for q in question.step.inputs if q in own and not _alike(own[q], question.inputs[q]))
            kind = VerdictKind.CARRIED if built_on else VerdictKind.RIGHT
            return Verdict(kind, question, typed.value, own=built_on)
    names = explained(question, typed)
    if not names and question.tolerance.within(typed, question.answer):
        return Verdict(VerdictKind.DIGITS, question, typed.value)
    if not names and typed.precise:
        names = explained_at_its_digits(question, typed, carried)
    kind = VerdictKind.SLIP if names else _unexplained(question, typed)
    if kind is VerdictKind.UNKNOWN:  # a slip may be cut off, too, or be rounded on the way, as the notes' own one is
        names = explained_loosely(question, typed)
    return Verdict(VerdictKind.SLIP if names else kind, question, typed.value, names)


def judged(asked: Iterable[Question], typed: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdict on every answer, by address; each may be built on the person's own earlier ones."""
    verdicts: dict[str, Verdict] = {}
    own: dict[Quantity, float] = {}
    for question in asked:
        key = str(question.target)
        if key in typed:
            verdict = verdicts[key] = grade(question, typed[key], own)
            if verdict.final and verdict.value is not None:
                own[question.target] = verdict.value
    return verdicts


def _alike(own: float, exact: float) -> bool:
    """Whether an own number differs from the exact one by no more than rounding to three digits."""
    return abs(own - exact) <= 0.005 * abs(exact)


def _carried(question: Question, own: Mapping[Quantity, float]) -> list[Numbers]:
    """The inputs with the person's own numbers in place, beside the exact ones and beside those on screen."""
    usable = {q: v for q, v in own.items() if q in question.inputs and (v != 0 or question.inputs[q] == 0)}
    return [{**question.inputs, **usable}, {**question.shown, **usable}] if usable else []


def _unexplained(question: Question, typed: Answer) -> VerdictKind:
    if not typed.precise:
        return VerdictKind.COARSE
    near = abs(typed.value - question.answer) <= 2 * typed.tolerance + question.tolerance.noise
    return VerdictKind.CLOSE if near else VerdictKind.UNKNOWN

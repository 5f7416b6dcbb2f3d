"""Grading: is a typed answer right, and if not, which misconception gives just that number?

The order of the rules: what is on screen is right; then what is right at its digits, unless these do not tell it from a slip
that a person is likely to make; then too few digits; then slips; then the size; then nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlp_core import Quantity

from ..answers import Answer, read
from ..problem import Problem
from .diagnosis import Numbers, confused, explained
from .questions import Question
from .size import Size, size_of
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
    known = [q for q, value in own.items() if q in question.worked.steps and _alike(value, question.exact[q])]
    right = _right(question, typed) or _right_from(question, typed, own, carried)
    return right or _wrong(question, typed, carried, known)


def judged(asked: Iterable[Question], typed: Mapping[str, str], exam: bool = False) -> dict[str, Verdict]:
    """The verdict on every answer, by address; each may be built on the person's own earlier ones.

    In an exam what is right at its digits counts, since nobody can ask for more.
    """
    verdicts: dict[str, Verdict] = {}
    own: dict[Quantity, float] = {}
    for question in asked:
        key = str(question.target)
        if key in typed:
            verdict = grade(question, typed[key], own)
            verdict = verdicts[key] = verdict.taken() if exam else verdict
            if verdict.final and verdict.value is not None:
                own[question.target] = verdict.value
    return verdicts


def _right(question: Question, typed: Answer) -> Verdict | None:
    """The verdict on what is right, or would be with more digits; None for anything else."""
    tolerance = question.tolerance
    if _is_on_screen(question, typed) or tolerance.is_exactly(typed):
        return Verdict(VerdictKind.RIGHT, question, typed.value)
    if tolerance.accepts(typed):
        other = None if _as_fine_as_on_screen(question, typed) else confused(question, typed)
        kind = VerdictKind.DIGITS if other else VerdictKind.RIGHT
        return Verdict(kind, question, typed.value, confused=other, typed=typed)
    zero = typed.value == 0 and tolerance.within(typed, question.answer) and _as_fine_as_on_screen(question, typed)
    if tolerance.may_become(typed) or zero:
        return Verdict(VerdictKind.DIGITS, question, typed.value, confused=confused(question, typed), typed=typed)
    return None


def _is_on_screen(question: Question, typed: Answer) -> bool:
    """Whether it is the answer as it is shown, to just as many digits."""
    shown = question.on_screen
    return (typed.literal, typed.value, typed.tolerance) == (True, shown.value, shown.tolerance)


def _as_fine_as_on_screen(question: Question, typed: Answer) -> bool:
    return typed.tolerance <= 0.5 * 10.0**-question.decimals * (1 + 1e-9)


def _right_from(
    question: Question, typed: Answer, own: Mapping[Quantity, float], carried: Iterable[Numbers]
) -> Verdict | None:
    """The verdict on what is right from the person's own earlier numbers; None where it is not."""
    for numbers in carried:
        if question.tolerance.agrees(typed, question.compiled.numbers(numbers)[0]):
            built_on = tuple(q for q in question.step.inputs if q in own and not _alike(own[q], question.inputs[q]))
            kind = VerdictKind.CARRIED if built_on else VerdictKind.RIGHT
            return Verdict(kind, question, typed.value, own=built_on)
    return None


def _wrong(question: Question, typed: Answer, carried: Iterable[Numbers], known: Iterable[Quantity]) -> Verdict:
    """The verdict on what is not right: a slip, else what its size says, else nothing."""
    found = explained(question, typed, carried, known)
    if found:
        return Verdict(VerdictKind.SLIP, question, typed.value, explanations=found)
    if question.tolerance.is_one_digit_of(typed):
        return Verdict(VerdictKind.DIGITS, question, typed.value, typed=typed)
    size = size_of(question, typed)
    if typed.precise and abs(typed.value - question.answer) <= 2 * typed.tolerance + question.tolerance.noise:
        return Verdict(VerdictKind.CLOSE, question, typed.value)
    if size is Size.NEAR and typed.precise:
        return Verdict(VerdictKind.CLOSE, question, typed.value, size=size)
    if size and size is not Size.NEAR:
        return Verdict(VerdictKind.SIZE, question, typed.value, size=size)
    kind = VerdictKind.UNKNOWN if typed.precise or not typed.value else VerdictKind.COARSE
    return Verdict(kind, question, typed.value)


def _alike(own: float, exact: float) -> bool:
    """Whether an own number differs from the exact one by no more than rounding to three digits."""
    return abs(own - exact) <= 0.005 * abs(exact)


def _carried(question: Question, own: Mapping[Quantity, float]) -> list[Numbers]:
    """The inputs with the person's own numbers in place, beside the exact ones and beside those on screen."""
    usable = {q: v for q, v in own.items() if q in question.inputs and (v != 0 or question.inputs[q] == 0)}
    return [{**question.inputs, **usable}, {**question.shown, **usable}] if usable else []

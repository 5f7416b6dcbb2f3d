"""Questions: every Step asked as "compute this target", with the right answer, the wrong ones and three hints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from mlp_core import Network, Optimiser, Quantity, State, Step
from mlp_core.writing.numbers import shown

from .. import content, i18n
from ..i18n import gettext as _
from ..misconceptions import CATALOGUE, ROUNDED, Compiled, Frame, frame_of
from ..style import Look
from ..walk.card import aligned, card, laws, numbers_put_in, section
from ..worked import Values, Worked, known, mlp
from .answers import Answer, read

NOISE = 1e-12  # relative: two numbers closer than this differ by the rounding of floats alone
TINY = 1e-290  # what is nearer to 0 is taken for 0: it may be beyond what can be typed
COARSE = (2, 1, 3)  # decimals that people round to on the way, the likeliest first
Numbers = dict[Quantity, float]


@dataclass(frozen=True)
class Reading:
    """A wrong number, the misconception that gives it, and whether it is that one's likeliest."""

    name: str
    value: float
    first: bool


@dataclass(frozen=True, eq=False)
class Question:
    """What is ``target``? ``answer`` is the engine's number; ``decimals`` is how many the inputs are shown with."""

    step: Step
    frame: Frame
    worked: Worked
    decimals: int = 4
    answer: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", self.values[self.step.target])

    @property
    def values(self) -> Values:
        """Every number by its address."""
        return self.worked.values

    @property
    def target(self) -> Quantity:
        """What is asked."""
        return self.step.target

    @cached_property
    def compiled(self) -> Compiled:
        """The right and the wrong formulas."""
        return self.frame.compiled(self.target)

    @cached_property
    def inputs(self) -> Numbers:
        """The exact number of everything that a right or wrong formula mentions; nan where there is none."""
        found = {q: known(self.values, q) for q in {*self.compiled.inputs, *self.step.inputs}}
        return {q: nan if value is None else value for q, value in found.items()}

    @cached_property
    def given(self) -> frozenset[float]:
        """The inputs that stand as they are: parameters, samples, settings."""
        exact = (q for q in self.inputs if q.given or q.family == "setting")
        return frozenset(abs(self.inputs[q]) for q in exact)

    @cached_property
    def shown(self) -> Numbers:
        """The inputs as they stand on screen, rounded."""
        return {q: _as_shown(q, value, self.decimals) for q, value in self.inputs.items()}

    @cached_property
    def from_screen(self) -> float:
        """The answer as it comes from the numbers on screen; it counts as right."""
        return self.compiled.numbers(self.shown)[0]

    def rounded(self, decimals: int) -> Numbers:
        """The inputs with what was computed on the way rounded to so many decimals."""
        computed = {q for q in self.inputs if not (q.given or q.family == "setting")}
        return {q: round(v, decimals) if q in computed and isfinite(v) else v for q, v in self.inputs.items()}

    @cached_property
    def noise(self) -> float:
        """How far apart two numbers for this target may lie through the rounding of floats alone."""
        magnitude = self.compiled.magnitude(self.inputs)
        return max(NOISE * abs(self.answer), NOISE * magnitude if isfinite(magnitude) else 0.0, TINY)

    def same(self, one: float, other: float) -> bool:
        """Whether two numbers are one and the same but for the rounding of floats."""
        return abs(one - other) <= max(self.noise, NOISE * min(abs(one), abs(other)))

    def within(self, typed: Answer, number: float) -> bool:
        """Whether a typed answer is this number at the digits it was given with."""
        return abs(typed.value - number) <= typed.tolerance + max(self.noise, NOISE * abs(typed.value))

    def agrees(self, typed: Answer, *numbers: float) -> bool:
        """Whether it is one of these numbers: exactly, or at its digits if they are three or more."""
        return any(self.same(typed.value, n) or (typed.precise and self.within(typed, n)) for n in numbers)

    def is_right(self, value: float) -> bool:
        """Whether a person who writes down this number in full is right; a short one may be so by rounding."""
        short = float(f"{value:.12g}") == value and abs(value) > TINY
        return self.agrees(read(repr(value)) if short else Answer(value, 0.0, True), self.answer, self.from_screen)

    def may_be_right(self, value: float) -> bool:
        """Whether this number, written down, is the answer at its few digits: then it says nothing about rounding on the way."""
        return isfinite(value) and abs(value) > TINY and self.within(read(repr(value)), self.answer)

    def slips(self, values: Mapping[Quantity, float]) -> list[Reading]:
        """What each wrong formula gives with these numbers put in; only what is finite and not right."""
        named = zip((slip.name for slip in self.compiled.slips), self.compiled.numbers(values)[1:], strict=True)
        return self._ranked(named)

    def _ranked(self, named: Iterable[tuple[str, float]]) -> list[Reading]:
        found: list[Reading] = []
        names = set()
        for name, value in named:
            if isfinite(value) and not self.is_right(value):
                found.append(Reading(name, value, name not in names))
                names.add(name)
        return found

    @cached_property
    def readings(self) -> list[Reading]:
        """Every wrong number there is for this target from exact inputs, and from those rounded on the way."""
        coarse = [self.rounded(decimals) for decimals in COARSE if decimals < self.decimals]
        found = [self.compiled.numbers(values)[0] for values in coarse]
        rounded = self._ranked((ROUNDED, value) for value in found if not self.may_be_right(value))
        return [*self.slips(self.inputs), *rounded]

    @cached_property
    def _wrong(self) -> dict[str, float]:
        wrong = {reading.name: reading.value for reading in self.readings if reading.first}
        return {name: wrong[name] for name in CATALOGUE if name in wrong}

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """The names of those that give a wrong number here, in the order of the catalogue."""
        return tuple(self._wrong)

    def wrong(self, name: str) -> float | None:
        """The number that this misconception gives, or None where it does not apply or gives the right one."""
        if name not in CATALOGUE:
            raise ValueError(f"unknown misconception {name!r}; known: {', '.join(CATALOGUE)}")
        return self._wrong.get(name)

    def text(self, lang: str) -> str:
        """The question in a language, as Markdown with LaTeX: what is asked, and the numbers it takes."""
        with i18n.using(lang):
            return self.prompt(self.look(lang))

    def look(self, lang: str) -> Look:
        """How the question is written where no page says otherwise."""
        return Look.of("notes", lang, self.decimals, "light", self.frame.sizes)

    def prompt(self, look: Look, inputs: bool = True) -> str:
        """``text`` in the language in use, written as ``look`` says."""
        line = content.text("walk", section(self.step), target=f"${look.symbol(self.target)}$").partition("\n")[0]
        if not inputs or not self.step.inputs:
            return line
        numbers = (f"${look.symbol(q)} = {look.number(q, self.inputs[q])}$" for q in self.step.inputs)
        return line + "\n\n" + _("You have: {numbers}").format(numbers=", ".join(numbers))

    def hint(self, rung: int, look: Look) -> str:
        """Hint 1: the law; 2: the law with the numbers; 3: the value and why. Markdown with LaTeX."""
        left = look.symbol(self.target)
        if rung == 1:
            return _display(aligned(left, laws(self.step, look, self.worked)))
        if rung == 2:
            numbers = numbers_put_in(self.step, self.worked, look) or laws(self.step, look)[-1]
            return _display(aligned(left, [numbers]))
        if rung == 3:
            whole = card(self.step, self.worked, look)
            return _display(aligned(left, [look.number(self.target, self.answer)])) + f"\n\n{whole.why}"
        raise ValueError(f"there are hints 1, 2 and 3, not {rung}")


def questions(
    net: Network,
    x: Any,
    y: Any,
    optimizer: Optimiser | None = None,
    seed: int = 0,
    state: State | None = None,
    decimals: int = 4,
) -> tuple[Question, ...]:
    """Every Step of one sample as a question: forward, loss, backward, and the update by ``optimizer`` where one is given.

    x: (n_in,); y: (n_out,); ``state`` is the optimiser's, None before its first update. In the order of computation for
    seed 0, else in an order that the seed fixes. Factors that are not finite (of a saturated output) are not asked.
    Raises ValueError as ``trace`` and ``Optimiser.step`` do, and for a batch.
    """
    if np.ndim(x) != 1:
        raise ValueError(f"questions are about one sample: x must have shape ({net.sizes[0]},), not {np.shape(x)}")
    frame, worked = frame_of(net, optimizer), mlp(net, x, y, optimizer, state)
    asked = [Question(step, frame, worked, decimals) for step in worked.steps if worked.value(step.target) is not None]
    if seed:
        order = np.random.default_rng(seed).permutation(len(asked))
        asked = [asked[i] for i in order]
    return tuple(asked)


def _display(latex: str) -> str:
    """A formula as Markdown on lines of its own: there it scrolls in its own box, in a line of text it would stick out."""
    return f"$$\n{latex}\n$$"


def _as_shown(quantity: Quantity, value: float, decimals: int) -> float:
    return float(shown(quantity, value, decimals)) if isfinite(value) else inf

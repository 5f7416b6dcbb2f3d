"""Questions: every Step asked as "compute this target"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from mlp_core import Network, Optimiser, Quantity, State, Step
from mlp_core.writing.numbers import shown

from ..answers import Answer, read
from ..misconceptions import CATALOGUE, Candidate, Chain, Compiled, frame_of
from ..style import Look
from ..worked import Values, Worked, mlp
from . import wording
from .diagnosis import Numbers, Reading, Wrong, likeliest, readings, wrong_numbers
from .tolerance import TINY, Tolerance


def askable(quantity: Quantity) -> bool:
    """Whether there are Steps that compute such a quantity: not what is given, set or left from the update before."""
    return not (quantity.given or quantity.family == "setting" or quantity.slot.endswith("_prev"))


@dataclass(frozen=True, eq=False)
class Question:
    """What is ``target``? ``answer`` is the engine's number; ``decimals`` is how many the inputs are shown with."""

    step: Step
    worked: Worked
    decimals: int = 4
    answer: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", self.worked.values[self.step.target])

    @property
    def target(self) -> Quantity:
        """What is asked."""
        return self.step.target

    @cached_property
    def compiled(self) -> Compiled:
        """The right and the wrong formulas."""
        return frame_of(self.worked).compiled(self.target)

    @cached_property
    def inputs(self) -> Numbers:
        """The exact number of everything that a right or wrong formula mentions; nan where there is none."""
        found = {q: self.worked.value(q) for q in {*self.compiled.inputs, *self.step.inputs}}
        return {q: nan if value is None else value for q, value in found.items()}

    @cached_property
    def chain(self) -> Chain:
        """All that leads to the target, with every slip that can be made on the way."""
        return frame_of(self.worked).chain(self.target)

    @cached_property
    def exact(self) -> Values:
        """The right number of everything, given or computed; nan where there is none."""
        return _Exact(self.worked)

    @cached_property
    def base(self) -> float | None:
        """The old number of a parameter that is updated: what the step is added to; None for anything else."""
        return self.worked.value(self.target.beside(self.target.parameter)) if self.target.updated else None

    @cached_property
    def on_screen(self) -> Answer:
        """The answer as it is shown, read as if it were typed."""
        text = shown(self.target, self.answer, self.decimals)
        return read(text) if abs(self.answer) > TINY else Answer(0.0, 0.0, True)

    def rounding(self, quantity: Quantity, value: Any) -> Any:
        """Numbers as they are shown, one or an array."""
        if quantity.given or quantity.family == "setting":
            return value
        with np.errstate(all="ignore"):
            rounded = np.round(value, self.decimals)
            small = (rounded == 0) & (np.abs(value) > TINY)
            if not np.any(small):
                return rounded
            digits = 10.0 ** (np.floor(np.log10(np.abs(np.where(small, value, 1)))) - max(self.decimals - 1, 1))
            return np.where(small, np.round(value / digits) * digits, rounded)[()]

    @cached_property
    def wrong_numbers(self) -> Wrong:
        """What every slip on the way gives."""
        return wrong_numbers(self)

    def wrong_of(self, candidate: Candidate) -> float:
        """The number that a candidate gives."""
        return float(self.wrong_numbers.values[self.wrong_numbers.candidates.index(candidate)])

    @cached_property
    def wrong_from_screen(self) -> Wrong:
        """The same, computed from the numbers on screen."""
        return wrong_numbers(self, from_screen=True)

    @cached_property
    def given(self) -> frozenset[float]:
        """The sizes of those inputs that stand as they are: parameters, samples, settings."""
        return frozenset(abs(value) for q, value in self.inputs.items() if not _computed(q))

    @cached_property
    def shown(self) -> Numbers:
        """The inputs as they stand on screen, rounded."""
        return {q: float(shown(q, v, self.decimals)) if isfinite(v) else inf for q, v in self.inputs.items()}

    def rounded(self, decimals: int) -> Numbers:
        """The inputs with what was computed on the way rounded to so many decimals."""
        return {q: round(v, decimals) if _computed(q) and isfinite(v) else v for q, v in self.inputs.items()}

    @cached_property
    def tolerance(self) -> Tolerance:
        """What counts as right."""
        right = self.compiled
        return Tolerance.of(self.answer, right.numbers(self.shown)[0], right.magnitude(self.inputs))

    @cached_property
    def readings(self) -> list[Reading]:
        """Every wrong number there is."""
        return readings(self)

    @cached_property
    def _wrong(self) -> dict[str, float]:
        return likeliest(self.readings)

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
        return wording.text(self, lang)

    def hint(self, rung: int, look: Look) -> str:
        """Hint 1: the law; 2: the law with the numbers; 3: the value and why. Markdown with LaTeX."""
        return wording.hint(self, rung, look)


@dataclass(frozen=True, eq=False)
class _Exact:
    """The numbers of something worked; nan where there is none."""

    worked: Worked

    def __getitem__(self, quantity: Quantity) -> float:
        value = self.worked.value(quantity)
        return nan if value is None else value


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
    return questions_about(mlp(net, x, y, optimizer, state), decimals, seed)


def questions_about(
    worked: Worked, decimals: int = 4, seed: int = 0, targets: Iterable[Quantity] | None = None
) -> tuple[Question, ...]:
    """Every Step of anything that is worked, or those of these targets that there are, as a question; what is not finite is not
    asked."""
    steps = worked.steps if targets is None else [worked.steps[q] for q in targets if q in worked.steps]
    asked = [Question(step, worked, decimals) for step in steps if worked.value(step.target) is not None]
    if seed:
        order = np.random.default_rng(seed).permutation(len(asked))
        asked = [asked[i] for i in order]
    return tuple(asked)


def _computed(quantity: Quantity) -> bool:
    """Whether its number comes out of a calculation, and may be rounded there; what an update before left counts as such."""
    return not (quantity.given or quantity.family == "setting")

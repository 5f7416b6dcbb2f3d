"""How well slips are recognised, and how rarely chance is taken for one, on random networks; and how long a verdict takes."""

from __future__ import annotations

import math
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from benchmarks import Figure
from benchmarks.networks import instances
from lessons import Question, grade, questions
from mlp_core import Quantity

SHAPES, EACH, TARGETS, SLIPS, RANDOM = 75, 4, 6, 4, 4  # networks: shapes times numbers; of each so many targets, slips, numbers
NAMED = 3


@dataclass
class Measured:
    """How many cases there were of each kind, in how many of them a slip (for slips: the true one) was named, and examples."""

    cases: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def share(self, kind: str) -> float:
        """In which share of the cases a slip was named."""
        return self.named[kind] / max(self.cases[kind], 1)

    def note(self, kind: str, named: bool, line: str) -> None:
        """Count a case."""
        self.cases[kind] += 1
        self.named[kind] += named
        self.lines.setdefault(f"{kind}: {'named' if named else 'not named'}", []).append(line)


def measure(shapes: int = SHAPES, seed: int = 9) -> Measured:
    """Slips made on the way and where they are asked, and random numbers, typed with few digits for random networks."""
    rng, found = np.random.default_rng(seed), Measured()
    for _ in range(shapes):
        for instance in instances(rng, EACH):
            every = questions(instance.network, instance.x, instance.y, instance.optimiser, state=instance.state)
            for i in rng.permutation(len(every))[:TARGETS]:
                _slips(every[i], rng, found)
                _random_numbers(every[i], rng, found)
    return found


def _slips(question: Question, rng: np.random.Generator, found: Measured) -> None:
    """Of one question: slips made anywhere on the way, and slips made at the number asked."""
    steps = question.chain.steps
    for earlier in (True, False):
        at = [step for step in steps if (step.step.target != question.target) == earlier and step.slips]
        for _ in range(SLIPS if at else 0):
            origin = at[rng.integers(len(at))]
            n = int(rng.integers(len(origin.slips)))
            name, value = origin.slips[n].name, carried(question, origin.step.target, n)
            text = f"{value:.3e}"
            if not math.isfinite(value) or not value or _looks_right(question, text):
                continue
            fresh = Question(question.step, question.worked, question.decimals)
            started = time.process_time()
            verdict = grade(fresh, text)
            found.seconds.append(time.process_time() - started)
            line = f"{question.target} = {question.answer:.7g}, {name} at {origin.step.target}, typed {text}: {verdict.kind} " \
                   f"{verdict.candidates}"  # fmt: skip
            found.note("a slip made earlier" if earlier else "a slip made where it is asked",
                       name in verdict.candidates[:NAMED], line)  # fmt: skip


def carried(question: Question, origin: Quantity, slip: int) -> float:
    """The number asked when the ``slip``-th wrong formula is used at ``origin`` and all steps after it are right."""
    changed: dict[Quantity, float] = {}
    for step in question.chain.steps:
        target = step.step.target
        if target == origin or changed.keys() & set(step.step.inputs):
            values = {q: changed.get(q, question.exact[q]) for q in step.inputs}
            changed[target] = step.numbers(values)[1 + slip if target == origin else 0]
    return changed.get(question.target, math.nan)


def _looks_right(question: Question, text: str) -> bool:
    """Whether a number is the right one at the digits typed."""
    value = float(text)
    half = 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 3) + question.tolerance.noise
    return any(abs(value - right) <= half for right in (question.answer, question.tolerance.from_screen))


def _random_numbers(question: Question, rng: np.random.Generator, found: Measured) -> None:
    """Numbers within a factor 4 of the right one, of either sign, of four and three digits; old ones with such a step."""
    if not question.answer:
        return
    for _ in range(RANDOM):
        factor = 4 ** rng.uniform(-1, 1) * rng.choice([-1, 1])
        typed = {f"a random number of {digits} digits": f"{question.answer * factor:.{digits - 1}e}" for digits in (4, 3)}
        if question.base is not None:
            step = (question.answer - question.base) * factor
            if abs(step) > 1e-4:  # else it is the old number that is typed
                typed["an old number with a random step"] = f"{question.base + step:.4f}"
        for kind, text in typed.items():
            verdict = grade(question, text)
            if not verdict.correct and verdict.final:
                line = f"{question.target} = {question.answer:.7g}, typed {text}: {verdict.kind} {verdict.candidates}"
                found.note(kind, verdict.misconception is not None, line)


def judging() -> list[Figure]:
    """What is recognised, what chance is taken for, and the time of a verdict on a network whose shape is known."""
    found = measure()
    cases, millis = found.cases, [1e3 * seconds for seconds in found.seconds]

    def share(kind: str, limit: float, at_least: bool) -> Figure:
        return Figure(f"{kind}, named", found.share(kind), limit, "of them", f"{cases[kind]} cases", at_least)

    slowest = statistics.quantiles(millis, n=100)[-1]
    return [
        share("a slip made earlier", 0.90, True),
        share("a slip made where it is asked", 0.99, True),
        share("a random number of 4 digits", 0.03, False),
        share("a random number of 3 digits", 0.10, False),
        share("an old number with a random step", 0.10, False),
        Figure("a verdict, 99th percentile", slowest, 20, "ms", f"median {statistics.median(millis):.1f} ms"),
    ]

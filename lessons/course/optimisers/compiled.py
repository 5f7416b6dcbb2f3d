"""Steps as one function of numbers or of arrays: what thousands of places of a surface have in common is worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mlp_core import Quantity, Step

from ...misconceptions.numeric import numeric


class Compiled:
    """Those Steps that lead to the wanted quantities, in order. given: what they take, and in which order it is wanted."""

    def __init__(self, steps: Iterable[Step], wanted: Sequence[Quantity]) -> None:
        needed, taken = set(wanted), list[Step]()
        for step in reversed(list(steps)):
            if step.target in needed:
                taken.insert(0, step)
                needed.update(step.inputs)
        fixed, moving = ([step for step in taken if step.formula.is_number is same] for same in (True, False))
        targets = {step.target for step in taken}
        self.given = tuple(sorted((q for q in needed if q not in targets), key=str))
        known = (*self.given, *(step.target for step in (*fixed, *moving)))
        places = {q: n for n, q in enumerate(known)}
        symbols = {q.symbol: n for q, n in places.items()}
        self._wanted = [places[q] for q in wanted]
        self._fixed = [float(step.formula) for step in fixed]
        self._functions = tuple(numeric(step.formula, symbols) for step in moving)

    def __call__(self, given: Sequence[Any]) -> list[Any]:
        """The wanted quantities; given: the numbers of ``given``, or arrays of one shape."""
        found = [*given, *self._fixed]
        for function in self._functions:
            found.append(function(found))
        return [found[place] for place in self._wanted]

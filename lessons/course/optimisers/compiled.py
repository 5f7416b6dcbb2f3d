"""Steps as one function of numbers or of arrays: what thousands of places of a surface have in common is worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlp_core import Quantity, Step

from ...misconceptions.numeric import numeric


class Compiled:
    """Those Steps that lead to the wanted quantities, in order."""

    def __init__(self, steps: Iterable[Step], wanted: Iterable[Quantity]) -> None:
        self.wanted = tuple(wanted)
        needed, taken = set(self.wanted), list[Step]()
        for step in reversed(list(steps)):
            if step.target in needed:
                taken.append(step)
                needed.update(step.inputs)
        taken.reverse()
        targets = {step.target for step in taken}
        self.given = tuple(sorted((q for q in needed if q not in targets), key=str))
        self.places = {q: n for n, q in enumerate((*self.given, *(step.target for step in taken)))}
        symbols = {q.symbol: n for q, n in self.places.items()}
        self._functions = tuple(numeric(step.formula, symbols) for step in taken)

    def __call__(self, values: Mapping[Quantity, Any]) -> list[Any]:
        """The wanted quantities; values: of everything given, floats of NumPy or arrays of one shape."""
        found = [values[q] for q in self.given]
        for function in self._functions:
            found.append(function(found))
        return [found[self.places[q]] for q in self.wanted]

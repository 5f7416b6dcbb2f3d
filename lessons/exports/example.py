"""The current example as a notebook."""

from __future__ import annotations

from mlp_core import NonFinite

from ..example import Example
from ..i18n import using
from ..style import name_of
from ..walk.updates import update_of
from ..worked import of_trace, of_update
from .notebook import decimals_of, notebook, text


def of_example(example: Example, blanks: bool = False) -> str:
    """The notebook of an example and of its next update; where that overflows it ends with a sentence. With ``blanks`` the
    student writes the steps."""
    with using(example.view.language):
        opening = _opening(example)
    try:
        return notebook(of_update(update_of(example), 0), example.view, opening, blanks=blanks)
    except NonFinite as error:
        return notebook(of_trace(example.trace, 0, example.settings.shrinking()), example.view, opening, error, blanks)


def _opening(example: Example) -> str:
    """What this is, and the structure of the network."""
    layers = enumerate(zip(example.model.W, example.model.activations, strict=True), 1)
    rows = [f"| {k} | {len(W)} | {name_of(activation)} |" for k, (W, activation) in layers]
    return text(
        "intro", sizes="-".join(map(str, example.sizes)), optimiser=example.settings.optimiser,
        decimals=decimals_of(example.view), inputs=len(example.x), rows="\n".join(rows), loss=name_of(example.model.loss),
        updates=example.updates,
    )  # fmt: skip

"""The slopes of a chain of single neurons as one product, and the note's code that takes a slope at the wrong place."""

from __future__ import annotations

from math import prod

import numpy as np

from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS

from ...i18n import gettext as _
from ...style import name_of, plain
from ..case import Case
from .curves import Table, along, short, steepest
from .setting import SLOPED


def product(case: Case) -> str:
    """The derivative of the loss with respect to the first activation, as a product: in symbols, then in numbers."""
    assert case.worked is not None
    values, look, last = case.worked.values, case.look, case.setting.links
    first, end = (Quantity("dC_da", k, (1,)) for k in (1, last))
    factors = [end]
    for k in range(last, 1, -1):
        factors += [Quantity("da_dz", k, (1,)), Quantity("W", k, (1, 1))]
    symbols = r" \cdot ".join(map(look.symbol, factors))
    numbers = r" \cdot ".join(look.factor(q, values[q]) for q in factors)
    lines = [f"{look.symbol(first)} &= {symbols}", f"&= {numbers}", f"&= {look.number(first, values[first])}"]
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def slopes(case: Case) -> dict[str, object]:
    """The slopes of the chain behind its first neuron multiplied, and the most that they can come to."""
    assert case.worked is not None
    record, behind = ACTIVATIONS[case.setting.linked], case.setting.links - 1
    found = prod(case.worked.values[Quantity("da_dz", k, (1,))] for k in range(2, case.setting.links + 1))
    return {
        "name": name_of(record.name), "behind": behind, "product": short(found), "steepest": plain(steepest(record)),
        "most": short(steepest(record) ** behind),
    }  # fmt: skip


def handed_the_output(case: Case) -> Table:
    """For each hidden neuron and activation the slope at z, and what the same derivative gives at a."""
    assert case.worked is not None
    z = [case.worked.values[Quantity("z", 1, (i,))] for i in (1, 2, 3)]
    rows = []
    for name in SLOPED:
        record = ACTIVATIONS[name]
        a, right = along(record, np.zeros(1), 0, np.array(z))
        wrong = along(record, np.zeros(1), 0, a)[1]
        assert right is not None and wrong is not None
        same = bool(np.allclose(right, wrong, rtol=1e-9, atol=1e-12))
        cells = [f"{one:.4f} → {other:.4f}" for one, other in zip(right, wrong, strict=True)]
        rows.append([f'<th scope="row">{name_of(name)}</th>', f'<td class="mark">{"✓" if same else "✗"}</td>', *cells])
    return [_("Activation"), "", *(_("Neuron {n}").format(n=n) for n in (1, 2, 3))], rows

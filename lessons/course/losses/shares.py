"""Softmax: its shares, its Jacobian as a heat map, what cross-entropy leaves of it, and where the elementwise rule fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from math import exp

import numpy as np
import sympy as sp

from mlp_core import Quantity, trace
from mlp_core.functions import add, mul
from mlp_core.steps import Step
from mlp_core.writing.latex import write

from ...i18n import gettext as _
from ...style import Look, plain
from ...walk.card import block
from ...worked import Worked
from ..case import Case
from .curves import Table
from .heat import Warm, heat
from .outputs import LAYER, derived, fused, network, wanted
from .setting import CLASSES, Losses

EVERY = range(1, CLASSES + 1)
STEEPEST = 0.25  # the largest slope of a share, where it is 1/2
NUDGE = 1e-4
BAR = "display:inline-block;height:.9rem;border-radius:3px;vertical-align:middle"


def _q(kind: str, *index: int) -> Quantity:
    return Quantity(kind, LAYER, index)


def shares(case: Case) -> Table:
    """From the weighted sums to the shares, each with a bar."""
    look, about = case.look, case.worked
    assert about is not None
    rows = []
    for i in EVERY:
        z, a = about.values[_q("z", i)], about.values[_q("a", i)]
        bar = f'<span style="{BAR};width:{7 * a:.2f}rem;background:{look.colors["activation"]}"></span>'
        head = f'<th scope="row">{look.name(_q("z", i)).html()} = {plain(z)}</th>'
        rows.append([head, look.value(_q("a", i), exp(z)), look.value(_q("a", i), a), f'<td style="text-align:left">{bar}</td>'])
    total = sum(exp(about.values[_q("z", i)]) for i in EVERY)
    rows.append([f'<th scope="row">{_("Sum")}</th>', look.value(_q("a", 1), total), look.value(_q("a", 1), 1.0), ""])
    return ["", "<i>e</i><sup><i>z</i></sup>", _("Share"), _("of 1")], rows


# ---- the Jacobian ---------------------------------------------------------------------------------------------------


def jacobian(about: Worked) -> np.ndarray:
    """da_i/dz_j of the output layer, (3, 3)."""
    return np.array([[about.values[q] if (q := _slope(about, i, j)) else 0.0 for j in EVERY] for i in EVERY])


def _slope(about: Worked, i: int, j: int) -> Quantity | None:
    """The quantity of an entry; None where an output does not depend on that sum at all."""
    found = _q("da_dz", i, j) if _q("da_dz", 1, 1) in about.steps else _q("da_dz", i)
    return found if i == j or len(found.index) > 1 else None


def jacobian_map(case: Case) -> str:
    """The Jacobian with the sums of its rows and columns."""
    look, about = case.look, case.worked
    assert about is not None
    matrix, one = jacobian(about), _q("da_dz", 1, 1)

    def total(values: np.ndarray) -> str:
        return look.value(one, round(float(values.sum()), 12))

    rows: list[tuple[str, list[Warm | str]]] = [
        (look.html(_q("a", i)), [*(_warm(case, i, j) for j in EVERY), total(matrix[i - 1])]) for i in EVERY
    ]
    rows.append((_("Sum"), [*(total(column) for column in matrix.T), ""]))
    heads = [*(look.html(_q("z", j)) for j in EVERY), _("Sum")]
    caption = _("Jacobian: how the output of a row moves with the weighted sum of a column")
    hint = _("Point at a cell, tap it or go to it with Tab: its formula stands here.")
    return heat(caption, heads, rows, full=STEEPEST, hint=hint, theme=case.theme)


def _warm(case: Case, i: int, j: int) -> Warm:
    look, about = case.look, case.worked
    assert about is not None
    name = f"∂{look.html(_q('a', i))}/∂{look.html(_q('z', j))}"
    q = _slope(about, i, j)
    if q is None:
        zero = look.value(_q("a", 1), 0.0)
        return Warm(0.0, zero, f"{name} = 0: {_('this output does not depend on that sum')}")
    value, step = about.values[q], about.step(q)
    shown = look.value(q, value)
    law, numbers = (_html(step, look, about if put_in else None) for put_in in (False, True))
    return Warm(value, shown, f"{name} = {law}<br>= {numbers} = <b>{shown}</b>")


def _html(step: Step, look: Look, numbers: Worked | None = None) -> str:
    """The formula of a product in HTML, or with numbers put in."""
    by_symbol = {str(q.symbol): q for q in step.inputs}

    def written(found: re.Match[str]) -> str:
        q = by_symbol[found[0]]
        return look.html(q, look.value(q, numbers.values[q])) if numbers else look.html(q)

    return re.sub(r"[A-Za-z]\w*", written, _text(step.formula))


@lru_cache(maxsize=64)
def _text(formula: sp.Expr) -> str:
    return str(formula).replace("*", " · ").replace("-", "−")


# ---- what is left with cross-entropy --------------------------------------------------------------------------------

LEFT = 1  # the neuron whose delta is worked out in letters


def left_over(case: Case) -> str:
    """The delta of the first neuron in letters: its sum, the factors put in, what cancels, and what the targets' sum leaves."""
    look, steps = case.look, derived(CLASSES, "softmax", "cross_entropy")
    names = {q.symbol: look.symbol(q) for q in (*steps.given, *(step.target for step in steps))}
    put_in = " + ".join(" ".join(_bracketed(each, names) for each in pair) for pair in factors())
    first, *others = [write(each, names) for each in reduced()]
    rows = [f"{look.symbol(_q('delta', LEFT))} &= {first}", *(f"&= {each}" for each in (put_in, *others))]
    return block(rows)


def _bracketed(factor: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    """A factor in LaTeX, in brackets where it begins with a minus."""
    text = write(factor, names)
    return rf"\left({text}\right)" if text.startswith("-") else text


def factors() -> list[tuple[sp.Expr, sp.Expr]]:
    """Of every output its dC/da and how it moves with the first sum."""
    steps = derived(CLASSES, "softmax", "cross_entropy")
    return [(steps[_q("dC_da", i)].formula, steps[_q("da_dz", i, LEFT)].formula) for i in EVERY]


@cache
def reduced() -> tuple[sp.Expr, ...]:
    """The forms of that delta: as its step has it, with the shares cancelled, collected, and with targets that add up to 1."""
    a, y = _q("a", LEFT).symbol, [_q("y", i).symbol for i in EVERY]
    terms = [mul(each, a) for each in y]
    terms[LEFT - 1] = mul(sp.Integer(-1), y[LEFT - 1], add(sp.Integer(1), -a))
    if any(sp.cancel(slope * entry - term) for (slope, entry), term in zip(factors(), terms, strict=True)):
        raise ArithmeticError("what is left of a term is another than SymPy has")
    last = fused(CLASSES, "softmax", "cross_entropy", LEFT).formula
    first = derived(CLASSES, "softmax", "cross_entropy")[_q("delta", LEFT)].formula
    return first, add(*terms), add(mul(a, add(*y)), -y[LEFT - 1]), last


# ---- the elementwise rule -------------------------------------------------------------------------------------------


def elementwise(about: Worked) -> list[float]:
    """dC/da times the slope of a neuron's own output, as the note multiplies them, (3,)."""
    own = np.diagonal(jacobian(about))
    return [about.values[_q("dC_da", j)] * own[j - 1] for j in EVERY]


def measured(setting: Losses) -> list[float]:
    """How the loss changes with each sum, by moving it a little up and down."""
    net = network(CLASSES, setting.output, wanted(setting.output, setting.cost))
    moves = NUDGE * np.eye(CLASSES)
    up, down = ([trace(net, np.array(setting.z) + sign * move, setting.y).loss for move in moves] for sign in (1, -1))
    return [(above - below) / (2 * NUDGE) for above, below in zip(up, down, strict=True)]


def rule_table(case: Case) -> Table:
    """The note's rule, the Jacobian's product, their difference, and what moving the sums says."""
    look, about = case.look, case.worked
    assert about is not None
    rows = []
    for j, note, moved in zip(EVERY, elementwise(about), measured(case.setting), strict=True):
        q = _q("delta", j)
        right = about.values[q]
        off = round(note - right, 12)
        texts = [look.cell(q, each) for each in (note, right, off, round(moved, 7))]
        texts[2] = f'<td class="mark">✗ {texts[2]}</td>' if off else f"<td>✓ {texts[2]}</td>"
        rows.append([f'<th scope="row">{look.name(q).html()}</th>', *texts])
    heads = [_("elementwise"), _("Jacobian"), _("difference"), _("measured")]
    return ["", *heads], rows

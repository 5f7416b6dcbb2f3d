"""The batch as matrices with numbers, one sample a column or a row, and what the notes sum in them."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import NamedTuple

import numpy as np

from mlp_core import Quantity
from mlp_core.writing.names import Name

from ...i18n import gettext as _
from ...style import Look
from ..case import Case
from .samples import Batches

ROW = "display:flex;align-items:center;gap:.6rem;flex-wrap:wrap;padding:.3rem 0"
SIGN = '<b style="font-size:1.2em">{}</b>'


class Matrix(NamedTuple):
    """Numbers with their name in HTML, one of the quantities that they are, and along which axis the samples stand (None: along
    none)."""

    name: str
    of: Quantity
    values: np.ndarray
    samples: int | None = None


def name(look: Look, of: Quantity) -> str:
    """What the matrix of all quantities like that one is called, in HTML."""
    return _upper(look.name(of), look).html()


def _upper(name: Name, look: Look) -> Name:
    if name.num and name.den:
            return replace(name, den=_upper(name.den, look))
    vector = name.base in ("b", look.notation.output)  # the letter of its own, where a capital means something else
    return Name(name.base if vector else name.base.upper(), name.sup)


def of_samples(case: Case, kind: str, layer: int) -> Matrix:
    """x, z, a or delta of a layer for all samples, standing as the setting says."""
    setting, passed = case.setting, case.setting.example.trace
    found = np.atleast_2d(passed.x if kind == "x" else getattr(passed.layers[layer - 1], kind))
    upright = setting.side == "rows"
    of = Quantity(kind, layer, (1,))
    called = name(case.look, of) + (f" = σ({name(case.look, Quantity('z', layer, (1,)))})" if kind == "a" else "")
    return Matrix(called, of, found if upright else found.T, 0 if upright else 1)


def parameter(case: Case, kind: str, layer: int) -> Matrix:
    """W or b of a layer, as it stands in the product: with samples as rows W is transposed, and b lies."""
    net, upright = case.setting.example.network.layers[layer - 1], case.setting.side == "rows"
    values = net.W if kind == "W" else np.atleast_2d(net.b).T
    turned = "<sup>⊤</sup>" if upright else ""
    of = Quantity(kind, layer, (1, 1) if kind == "W" else (1,))
    return Matrix(name(case.look, of) + turned, of, values.T if upright else values)


def product(case: Case, layer: int) -> tuple[Matrix, ...]:
    """z of a layer, the two factors in their order, and the bias."""
    before = of_samples(case, "x", 0) if layer == 1 else of_samples(case, "a", layer - 1)
    factors = (parameter(case, "W", layer), before)
    ordered = factors[::-1] if case.setting.side == "rows" else factors
    return (of_samples(case, "z", layer), *ordered, parameter(case, "b", layer))


def forward(case: Case) -> str:
    """The whole forward pass: for each layer the product with its numbers, at the end what the network says."""
    layers = len(case.setting.example.network.layers)
    lines = [[block(each, case) for each in product(case, layer)] for layer in range(1, layers + 1)]
    signs = [SIGN.format(sign) for sign in ("=", "·", "+", "")]
    joined = ["".join(map("".join, zip(parts, signs, strict=True))) for parts in lines]
    joined.append(block(of_samples(case, "a", layers), case))
    return "".join(f'<div style="{ROW}">{line}</div>' for line in joined)


def law(case: Case) -> str:
    """The product that belongs to the way the samples stand, with its shapes, for the first layer."""
    z, one, other, b = product(case, 1)
    shapes = [f"{each.values.shape[0]} × {each.values.shape[1]}" for each in (one, other, z)]
    text = f"{z.name} = {one.name} {other.name} + {b.name}"
    fits = _("{one} times {other} gives {product}").format(one=shapes[0], other=shapes[1], product=shapes[2])
    return f'<div style="font-size:1.15em">{text} <small>&nbsp; {escape(fits)}</small></div>'


def block(matrix: Matrix, case: Case, marked: bool = True) -> str:
    """A matrix with its name and shape above its numbers; the sample worked out is shaded."""
    look, setting = case.look, case.setting
    color, (rows, columns) = look.colors[matrix.of.family], matrix.values.shape
    own = setting.sample - 1
    body = "".join(
        "<tr>" + "".join(_cell(matrix, at, case, marked and matrix.samples is not None and at[matrix.samples] == own)
                         for at in ((i, j) for j in range(columns))) + "</tr>"
        for i in range(rows)
    )  # fmt: skip
    brackets = f"border-left:2px solid {color};border-right:2px solid {color};border-radius:6px;border-collapse:separate"
    title = f'<span style="color:{color}">{matrix.name}</span> <small>{rows} × {columns}</small>'
    return (
        f'<div style="display:grid;justify-items:center;gap:.15rem"><span>{title}</span>'
        f'<table style="{brackets};border-spacing:0;font-variant-numeric:tabular-nums">{body}</table></div>'
    )


def _cell(matrix: Matrix, at: tuple[int, int], case: Case, shaded: bool) -> str:
    text = case.look.value(matrix.of, float(matrix.values[at]))
    shade = ";background:color-mix(in srgb, currentColor 14%, transparent)" if shaded else ""
    return f'<td style="padding:.1rem .45rem;text-align:right{shade}">{escape(text)}</td>'


def deltas(setting: Batches, layer: int = 1) -> np.ndarray:
    """Each sample's own error signals of a layer, a row for each sample."""
    passed = setting.example.trace
    each = [passed.sample(n) for n in range(setting.count)] if passed.batch else [passed]
    return np.array([own.layers[layer - 1].delta for own in each])


def summed(case: Case) -> str:
    """The error signals of the hidden layer as the setting has the samples, summed over the samples and over the neurons."""
    setting, look = case.setting, case.look
    upright = setting.side == "rows"
    found = deltas(setting)
    shown = found if upright else found.T
    of = Quantity("delta", 1, (1,))
    whole = Matrix(name(look, of), of, shown, 0 if upright else 1)
    down, across = shown.sum(axis=0, keepdims=True), shown.sum(axis=1, keepdims=True)
    below = block(Matrix(_said(over_samples=upright), of, down), case, marked=False)
    beside = block(Matrix(_said(over_samples=not upright), of, across), case, marked=False)
    grid = "display:inline-grid;grid-template-columns:auto auto;gap:.6rem 1.2rem;align-items:center;justify-items:start"
    return (
        f'<div style="{grid}">{block(whole, case)}{beside}{below}'
        f"<small>{escape(_('on the right every row summed, below every column'))}</small></div>"
    )


def _said(over_samples: bool) -> str:
    return "✓ " + escape(_("sum over the samples")) if over_samples else "✗ " + escape(_("sum over the neurons"))


def wrong_said(case: Case) -> str:
    """Why the sum over the neurons is no bias gradient, for this number of samples."""
    neurons, count = case.setting.example.sizes[1], case.setting.count
    if neurons == count:
        return _("There are as many samples as neurons now: the wrong sum even has the right shape, and no program complains.")
    return _("The wrong sum has a number for each sample, {count} in all, and this layer has {neurons} biases.").format(
        neurons=neurons, count=count
    )


Rows = tuple[list[str], list[list[str]]]


def each_gradient(case: Case) -> Rows:
    """Loss and gradients of the last layer, sample by sample, and those of the batch below."""
    about, look = case.worked, case.look
    assert about is not None
    last = len(about.sizes) - 1
    asked = [Quantity("C"), *(Quantity("dW", last, (1, j)) for j in range(1, about.sizes[-2] + 1)), Quantity("db", last, (1,))]
    numbers = [*range(1, about.batch + 1), 0]
    columns = [look.column(q, [about.values[q.of_sample(n)] for n in numbers]) for q in asked]
    reduced = {"mean": _("mean"), "sum": _("sum")}[case.setting.reduction]
    heads = [_("sample {n}").format(n=n) if n else f"<b>{reduced}</b>" for n in numbers]
    rows = [[f'<th scope="row">{head}</th>', *cells] for head, *cells in zip(heads, *columns, strict=True)]
    return ["", *(look.html(q) for q in asked)], rows


def code_and_loss(case: Case) -> Rows:
    """Gradients as the notes' code sums them, those of the loss that it prints, and how many times as large they are."""
    look, example = case.look, case.setting.example
    code, loss = (example.with_(reduction=reduction).trace for reduction in ("sum", "mean"))
    last = len(example.sizes) - 1
    asked = [Quantity("dW", last, (1, j)) for j in range(1, example.sizes[-2] + 1)] + [Quantity("db", last, (1,))]
    asked += [Quantity("db", 1, (i,)) for i in range(1, example.sizes[1] + 1)]
    rows = []
    for q in asked:
        one, other = code[q], loss[q]
        ratio = f"{one / other:.6g}" if other else "–"
        rows.append([f'<th scope="row">{look.html(q)}</th>', *look.column(q, [one, other]), ratio])
    return ["", _("summed, as in the code"), _("of the printed loss"), _("factor")], rows

"""The variance of a sum of products, by the law and measured on random draws."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from mlp_core.initialisation import SCHEMES, Scheme
from mlp_core.writing.latex import write

from ...drawing import charts
from ...i18n import gettext as _
from ...i18n import ngettext
from ...palette import colors
from ..case import Case
from .histograms import Row, image, small, spread_of
from .setting import TERMS, Initial

DRAWN, SEED = 2000, 5  # neurons
COUNTS = (1, 2, 4, 8, 16, 32, 64, 100)
REACH = 30.0


@lru_cache(maxsize=64)
def sums(terms: int) -> np.ndarray:
    """z of ``DRAWN`` neurons with ``terms`` inputs of mean square 1 and weights of variance 1, normal."""
    random = np.random.default_rng((SEED, terms))
    x = random.normal(size=terms)
    found: np.ndarray = random.normal(size=(DRAWN, terms)) @ (x / np.sqrt(np.mean(x**2)))
    return found


def shown(case: Case) -> str:
    """Histograms of z with few inputs, with those chosen, and with many."""
    counts = sorted({1, case.setting.terms, TERMS})
    rows = [Row(str(n), sums(n), spread_of(sums(n))) for n in counts]
    return image(_("sums z of so many products"), rows, -REACH, REACH, "preactivation", case.theme, _("spread"))


def law(case: Case) -> str:
    """The variance of z, term by term."""
    paint = case.look.paint
    z, w, x = paint("preactivation", "z"), paint("parameter", "w_j"), paint("input", "a_j")
    total = r"\sum_{j=1}^{n_{in}}"
    w_var, q = paint("parameter", r"\sigma^2_W"), paint("input", "q_a")
    return (
        rf"\begin{{aligned}} \operatorname{{Var}} {z} &= \operatorname{{Var}} \Bigl( {total} {w} {x} \Bigr) "
        rf"= {total} \operatorname{{Var}} {w} \cdot {x}^2 \\ &= n_{{in}} \cdot {w_var} \cdot {q}, "
        rf"\qquad {q} = \tfrac{{1}}{{n_{{in}}}} {total} {x}^2 \end{{aligned}}"
    )


def measured(case: Case) -> charts.Figure:
    """The variance of z against the number of inputs: by the law a line, measured as points; that chosen is marked."""
    palette, setting = colors(case.theme), case.setting
    counts = sorted({*COUNTS, setting.terms})
    marker = {
        "color": palette["preactivation"], "size": [15 if n == setting.terms else 8 for n in counts],
        "symbol": ["diamond" if n == setting.terms else "circle" for n in counts],
    }  # fmt: skip
    ends, said = [1, TERMS], charts.PLACE
    line = charts.line(_("by the law"), ends, ends, palette["setting"], width=2, hover=said)
    points = charts.points(_("measured"), counts, [sums(n).var() for n in counts], marker, said)
    return charts.figure([line, points], 260, _("inputs"), _("variance of z"))


class Line(NamedTuple):
    """A scheme: its name, its scale as a formula and as a number, the standard deviation of a weight."""

    title: str
    formula: str
    scale: float
    spread: float


N = {"n_in": "n_{in}", "n_out": "n_{out}"}


def lines(setting: Initial) -> list[Line]:
    """Every scheme for the layer of the setting."""
    n = setting.n_in, setting.n_out
    return [Line(_(each.title), formula(each), float(each.scale(*n)), each.spread(*n)) for each in SCHEMES.values()]


def formula(scheme: Scheme) -> str:
    """Its scale in LaTeX: a limit after ±, a standard deviation after σ."""
    text = write(sp.S(scheme.formula), {symbol: N[symbol.name] for symbol in scheme.formula.free_symbols})
    return {"uniform": rf"\pm {text}", "normal": rf"\sigma = {text}", "constant": text}[scheme.distribution]


def table(case: Case) -> str:
    """All schemes, each with its formula and its numbers for this layer, as LaTeX."""
    paint = case.look.paint
    rows = [
        rf"\text{{{line.title}}} & {paint('parameter', line.formula)} & {_number(line.scale)} & {_number(line.spread)}"
        for line in lines(case.setting)
    ]
    heads = " & ".join(rf"\text{{{each}}}" for each in (_("scheme"), _("weights"), _("number"), _("spread")))
    body = r" \\[4pt] ".join(rows)
    return rf"\footnotesize \begin{{array}}{{llrr}} {heads} \\ \hline \rule{{0pt}}{{1.2em}} {body} \end{{array}}"


def _number(value: float) -> str:
    return f"{value:.4f}"


def inputs(n: int) -> str:
    """So many inputs, in words."""
    return ngettext("{n} input", "{n} inputs", n).format(n=n)


def neurons(n: int) -> str:
    """So many neurons, in words."""
    return ngettext("{n} neuron", "{n} neurons", n).format(n=n)


def facts(setting: Initial) -> dict[str, Any]:
    """How widely z is spread, by the law and measured."""
    return {"inputs": inputs(setting.terms), "law": small(float(np.sqrt(setting.terms))), "found": spread_of(sums(setting.terms))}

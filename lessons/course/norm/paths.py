"""The three ways from a sample's number to the loss: a drawing in which one at a time is followed, and what each brings."""

from __future__ import annotations

from html import escape

import sympy as sp

from mlp_core import Quantity

from ...drawing.svg import image
from ...i18n import gettext as _
from ...walk.card import block
from ...worked import Worked
from ..case import Case
from .setting import PATHS, SAMPLES, Norm

WIDE, HIGH, BOX, TALL = 510, 302, 116, 58
X = {"z": 60, "batch": 202, "z_hat": 344, "C": 474}
FONT = "font-family='KaTeX_Main, Times, serif'"


def drawing(case: Case) -> str:
    """Samples, mean and variance, normalised numbers and loss; what lies on the chosen way is drawn strongly."""
    setting: Norm = case.setting
    lit = _edges(setting.path, setting.sample)
    parts = [_edge(case, edge, edge in lit) for edge in sorted(_edges("every", 0) | lit, key=lambda e: e in lit)]
    touched = {end for edge in lit for end in edge}
    parts += [_node(case, node, node in touched) for node in _nodes()]
    return image("".join(parts), WIDE, HIGH, _spoken(setting))


def terms(case: Case) -> str:
    """What each way brings, and their sum, as a block of LaTeX; what is not followed is pale."""
    setting, look, worked = case.setting, case.look, case.worked
    assert worked is not None
    s = setting.sample
    delta, hat = (Quantity(kind, 1, (1,), s) for kind in ("delta", "dC_dz_hat"))
    z, mean, var, eps = (Quantity("z", 1, (1,), s), Quantity("mean", 1, (1,)), Quantity("var", 1, (1,)), Quantity("norm_eps", 1))
    dmean, dvar = Quantity("dC_dmean", 1, (1,)), Quantity("dC_dvar", 1, (1,))
    sym = look.symbol
    laws = {
        "own": rf"{sym(hat)}\cdot\frac{{1}}{{\sqrt{{{sym(var)} + {sym(eps)}}}}}",
        "variance": rf"{sym(dvar)}\cdot\frac{{2}}{{{SAMPLES}}}\left({sym(z)} - {sym(mean)}\right)",
        "mean": rf"{sym(dmean)}\cdot\frac{{1}}{{{SAMPLES}}}",
    }
    parts = contributions(case)
    rows = []
    for key, law in laws.items():
        number = look.number(delta, parts[key])
        name = rf"\text{{{_(PATHS[key])}}}"
        if setting.path not in (key, "all"):
            name = rf"{{\color{{gray}}{name}}}"
        rows.append(rf"{name}:\enspace {law} &= {number}")
    total = look.number(delta, sum(parts.values()))
    rows.append(rf"{sym(delta)} &= \mathbf{{{total}}}" if setting.path == "all" else rf"{sym(delta)} &= ?")
    return rf"\small {block(rows)}"


def contributions(case: Case) -> dict[str, float]:
    """What the sample's derivative has by each way."""
    worked, s = case.worked, case.setting.sample
    assert worked is not None
    step = worked.steps[Quantity("delta", 1, (1,), s)]
    own, variance, mean = (float(_value(term, worked, step.inputs)) for term in step.formula.args)
    return {"own": own, "variance": variance, "mean": mean}


def _value(term: sp.Expr, worked: Worked, inputs: tuple[Quantity, ...]) -> sp.Expr:
    return term.xreplace({q.symbol: sp.Float(worked.values[q]) for q in inputs}).evalf()


Node = tuple[str, int]


def _nodes() -> list[Node]:
    every = range(1, SAMPLES + 1)
    return [*(("z", s) for s in every), ("mean", 0), ("var", 0), *(("z_hat", s) for s in every), ("C", 0)]


def _edges(path: str, s: int) -> set[tuple[Node, Node]]:
    """From where to where a way of sample s leads; "every": all there are."""
    every = range(1, SAMPLES + 1)
    ahead: set[tuple[Node, Node]] = {(("z_hat", m), ("C", 0)) for m in every}
    if path == "every":
        own = {(("z", m), ("z_hat", m)) for m in every}
        into = {(("z", m), (kind, 0)) for m in every for kind in ("mean", "var")}
        return own | into | {((kind, 0), ("z_hat", m)) for m in every for kind in ("mean", "var")} | ahead
    found: set[tuple[Node, Node]] = set()
    if path in ("own", "all"):
        found |= {(("z", s), ("z_hat", s)), (("z_hat", s), ("C", 0))}
    for key, kind in (("variance", "var"), ("mean", "mean")):
        if path in (key, "all"):
            found |= {(("z", s), (kind, 0)), *(((kind, 0), ("z_hat", m)) for m in every), *ahead}
    return found


def _place(node: Node) -> tuple[float, float]:
    kind, s = node
    row = {"C": 2.5, "mean": 1.6, "var": 3.4}.get(kind, float(s))
    return X.get(kind, X["batch"]), 38 + (row - 1) * 74


def _edge(case: Case, edge: tuple[Node, Node], lit: bool) -> str:
    (x1, y1), (x2, y2) = (_place(node) for node in edge)
    start, end = x1 + BOX / 2, x2 - (BOX / 2 if edge[1][0] != "C" else 33)
    color = case.look.colors["gradient"] if lit else ("#9aa3ad" if case.theme == "light" else "#5b6570")
    width, opacity = (3, 1) if lit else (1, 0.55)
    return f"<line x1='{start}' y1='{y1}' x2='{end}' y2='{y2}' stroke='{color}' stroke-width='{width}' opacity='{opacity}'/>"


def _node(case: Case, node: Node, lit: bool) -> str:
    kind, s = node
    x, y = _place(node)
    look, worked = case.look, case.worked
    assert worked is not None
    slope = {"z_hat": "dC_dz_hat", "mean": "dC_dmean", "var": "dC_dvar"}.get(kind, "")
    ink = "#1f2933" if case.theme == "light" else "#e6eaee"
    paper = "#ffffff" if case.theme == "light" else "#12181f"
    q = Quantity("C") if kind == "C" else Quantity(kind, 1, (1,), s)
    color = look.colors[q.family]
    wide = 66 if kind == "C" else BOX
    lines = [(look.name(q).text(), 13.0, ink), (look.value(q, worked.values[q]), 14.5, ink)]
    if slope and lit:
        d = Quantity(slope, 1, (1,), s)
        slope_of = f"∂C/∂{look.name(q).letters()} = {look.value(d, worked.values[d])}"
        lines.append((slope_of, 12.5, look.colors["gradient"]))
    edge = f"stroke='{look.colors['gradient'] if lit else color}' stroke-width='{2.5 if lit else 1.2}'"
    box = f"<rect x='{x - wide / 2}' y='{y - TALL / 2}' width='{wide}' height='{TALL}' rx='9' fill='{paper}' {edge}/>"
    first = y + 5 - 8.5 * (len(lines) - 1)
    texts = "".join(
        f"<text x='{x}' y='{first + 17 * n}' font-size='{size}' text-anchor='middle' fill='{color}' {FONT}>{escape(line)}</text>"
        for n, (line, size, color) in enumerate(lines)
    )
    return box + texts


def _spoken(setting: Norm) -> str:
    said = _("The way of sample {n} to the loss, through {path}")
    return said.format(n=setting.sample, path=_(PATHS[setting.path]))

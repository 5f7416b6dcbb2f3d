"""The lesson's curves and tables."""

from __future__ import annotations

from html import escape
from math import e, exp, isfinite, log

import sympy as sp

from mlp_core.writing.names import Name
from mlp_core.writing.numbers import number, on_screen

from ...drawing.axes import Axis, axis
from ...drawing.plot import Graph, Plot, graph, height, plot
from ...glossary import concepts
from ...i18n import LANGUAGES, language
from ...i18n import gettext as _
from ...palette import colors
from ...style import plain
from ..case import Case
from .functions import FUNCTIONS, LN, SIGMOID, Float, X, power, ratio
from .gears import teeth, turns
from .setting import PER, REACH, Slopes

Table = tuple[list[str], list[list[str]]]
RUNS = (1.0, 0.1, 0.01, 0.001)
MEANING = "white-space:normal;text-align:left"
NEAR = 0.005  # how near the base has to come to e
WORDS = (
    "neuron", "weight", "bias", "parameter", "weighted_sum", "activation_function", "activation", "layer", "hidden_layer",
    "output_layer", "sample", "target", "loss", "cross_entropy", "forward_pass", "derivative", "chain_rule", "gradient",
    "backward_pass", "error_signal", "saturated", "learning_rate", "update",
)  # fmt: skip


def _number(value: float) -> str:
    return on_screen(number(value, 4))


def _graph(name: str, f: Float, slope: Float, x: Axis, kind: str = "activation") -> Graph:
    return graph(Name(name), f, slope, x, kind=kind)


def slope_curve(case: Case) -> Plot:
    """The chosen function, with two points of it."""
    setting: Slopes = case.setting
    chosen, x = FUNCTIONS[setting.f], axis(Name("x"), -REACH, REACH, per=PER)
    graphs = [_graph("y", chosen.f, chosen.slope, x)]
    return plot(
        _("The curve y = {formula}, its tangent and a secant").format(formula=chosen.label), x, height(Name("y"), graphs),
        graphs, at=setting.at, second=setting.second, triangle=True, colors=colors(case.theme),
    )  # fmt: skip


def secants(case: Case) -> Table:
    """Shorter and shorter runs from the point, and the slope of the tangent."""
    setting: Slopes = case.setting
    chosen = FUNCTIONS[setting.f]
    slopes = [chosen.secant(setting.at, run) for run in RUNS]
    rows = [[plain(run), plain(run * slope), plain(slope)] for run, slope in zip(RUNS, slopes, strict=True)]
    return [f"{_('run')} Δ<i>x</i>", f"{_('rise')} Δ<i>y</i>", "Δ<i>y</i> / Δ<i>x</i>"], rows


def law(case: Case) -> str:
    """The derivative of the chosen function."""
    return FUNCTIONS[case.setting.f].law()


# ---- two numbers ----------------------------------------------------------------------------------------------------

Z_REACH = 8.0


def _knob(case: Case, name: str, f: Float, slope: Float, at: float) -> Plot:
    x, y = axis(Name(name), -2, 2, per=PER), axis(Name("z"), -Z_REACH, Z_REACH)
    label = _("z over {name}, the other at rest").format(name=name)
    return plot(label, x, y, [_graph("z", f, slope, x)], at=at, colors=colors(case.theme))


def over_x(case: Case) -> Plot:
    """z = x² y over x, with y at rest."""
    y = case.setting.py
    return _knob(case, "x", lambda x: x * x * y, lambda x: 2 * x * y, case.setting.px)


def over_y(case: Case) -> Plot:
    """z = x² y over y, with x at rest."""
    x = case.setting.px
    return _knob(case, "y", lambda y: x * x * y, lambda y: x * x, case.setting.py)


def partial_law(case: Case, by: str) -> str:
    """The partial derivative of z = x² y by one of the two, with the numbers put in."""
    x, y = X, sp.Symbol("y", real=True)
    slope = sp.diff(x**2 * y, {"x": x, "y": y}[by])
    value = slope.subs({x: case.setting.px, y: case.setting.py})
    return rf"\frac{{\partial z}}{{\partial {by}}} = {sp.latex(slope)} = {_tex(value)}"


def _tex(value: sp.Expr) -> str:
    return plain(float(value)).replace("−", "-")


# ---- wheels ---------------------------------------------------------------------------------------------------------


def wheels(case: Case) -> Table:
    """How many teeth each wheel has, and how far it has turned."""
    rows = [
        [f"<i>{name}</i>", str(count), plain(turn)]
        for name, count, turn in zip("xuy", teeth(case.setting), turns(case.setting), strict=True)
    ]
    return [_("Wheel"), _("Teeth"), _("Turns")], rows


# ---- e and ln -------------------------------------------------------------------------------------------------------


def power_curve(case: Case) -> Plot:
    """The power of the chosen base, and beside it its derivative."""
    setting: Slopes = case.setting
    x, (f, slope) = axis(Name("x"), -3, 2, per=PER), power(setting.base)
    rate = ratio(setting.base)
    graphs = [_graph("y", f, slope, x), _graph("y′", slope, lambda x: rate * slope(x), x, kind="gradient")]
    label = _("The power of base {base} and its derivative").format(base=plain(setting.base))
    return plot(label, x, axis(Name("y"), -1, 8), graphs, at=setting.ex, colors=colors(case.theme))


def power_table(case: Case) -> Table:
    """Value and derivative of the power at a few places and at the point, and the one over the other."""
    setting: Slopes = case.setting
    f, slope = power(setting.base)
    places = sorted({-1.0, 0.0, 1.0, setting.ex})
    rows = [[plain(x), _number(f(x)), _number(slope(x)), _number(slope(x) / f(x))] for x in places]
    return ["<i>x</i>", "<i>y</i>", "<i>y</i>′", "<i>y</i>′ / <i>y</i>"], rows


def ln_curve(case: Case) -> Plot:
    """The natural logarithm."""
    x = axis(Name("x"), 0, 5, per=PER)
    graphs = [_graph("y", LN.f, LN.slope, x)]
    return plot(
        _("The curve y = ln x"), x, axis(Name("y"), -3, 2), graphs, at=case.setting.lx, colors=colors(case.theme)
    )


def ln_table(case: Case) -> Table:
    """The logarithm of the point, what the power makes of it again, and the derivative."""
    x = case.setting.lx
    rows = [[plain(x), _number(log(x)), _number(exp(log(x))), _number(LN.slope(x)), _number(1 / x)]]
    return ["<i>x</i>", "ln <i>x</i>", "e<sup>ln <i>x</i></sup>", _("derivative"), "1 / <i>x</i>"], rows


def sigmoid_curve(case: Case) -> Plot:
    """The sigmoid and its derivative."""
    x = axis(Name("x"), -6, 6, per=10)
    second = sp.lambdify(X, sp.diff(SIGMOID.derivative, X), "math")
    graphs = [_graph("a", SIGMOID.f, SIGMOID.slope, x), _graph("a′", SIGMOID.slope, second, x, kind="gradient")]
    label = _("The sigmoid and its derivative")
    return plot(label, x, axis(Name("a"), -0.1, 1.1), graphs, at=case.setting.sx, colors=colors(case.theme))


def sigmoid_law(_case: Case) -> str:
    """Its derivative as SymPy finds it, and as everybody writes it."""
    return rf"a = {sp.latex(SIGMOID.expr)}, \qquad \frac{{da}}{{dx}} = {sp.latex(SIGMOID.derivative)} = a\,(1 - a)"


def sigmoid_table(case: Case) -> Table:
    """Its value at the point, and the derivative in both ways."""
    a, slope = SIGMOID.f(case.setting.sx), SIGMOID.slope(case.setting.sx)
    a_, row = "<i>a</i>", [plain(case.setting.sx), _number(a), _number(1 - a), _number(a * (1 - a)), _number(slope)]
    return ["<i>x</i>", a_, f"1 − {a_}", f"{a_} (1 − {a_})", _("derivative")], [row]


# ---- words ----------------------------------------------------------------------------------------------------------


def words(_case: Case) -> Table:
    """The terms of the course in the language in use, with what they mean, and what the other language calls them."""
    here = language()
    others = [each for each in LANGUAGES if each != here]
    rows: list[list[str]] = []
    for concept in WORDS:
        own = concepts()[concept]
        entry = own.get(here, own["en"])
        also = ", ".join(f'<span lang="{each}">{escape(own[each].term)}</span>' for each in others if each in own)
        term = f'<td style="white-space:normal"><b>{escape(entry.term)}</b><br><small>{also}</small></td>'
        rows.append([term, f'<td style="{MEANING}">{escape(entry.meaning)}</td>'])
    return [_("Term"), f'<div style="text-align:left">{_("What it means")}</div>'], rows


def facts(case: Case) -> dict[str, object]:
    """What the texts mention: the ratios of the wheels, and how near the base is to e."""
    setting: Slopes = case.setting
    rate = ratio(setting.base)
    assert isfinite(rate)
    found = _(
        "You have found it: this base is **e**, to the digits of the slider; with more of them it is {e}."
    ).format(e=f"{e:.8f}")
    if abs(setting.base - e) > NEAR:
        found = _("So the base must be larger.") if rate < 1 else _("So the base must be smaller.")
    return {
        "px": plain(setting.px), "py": plain(setting.py),
        "a": setting.first, "b": setting.then, "ab": setting.first * setting.then,
        "base": plain(setting.base), "ratio": _number(rate), "found": found,
    }  # fmt: skip

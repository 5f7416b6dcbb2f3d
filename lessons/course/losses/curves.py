"""Losses as curves over an output, and beside them in numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from mlp_core import Quantity
from mlp_core.functions import LOSSES, Loss
from mlp_core.writing.names import Name

from ...drawing.axes import axis
from ...drawing.plot import Graph, Plot, graph, height, plot
from ...i18n import gettext as _
from ...palette import colors
from ...worked import Worked
from ..case import Case
from .outputs import LAYER, outputs
from .setting import PER, SQUARES, Losses, judged, logit, squares

Table = tuple[list[str], list[list[str]]]
A, Y, COST = Quantity("a", LAYER, (1,)), Quantity("y", LAYER, (1,)), Quantity("C")
SLOPE, OWN, BACK = (Quantity(kind, LAYER, (1,)) for kind in ("dC_da", "da_dz", "delta"))
DASHES = ("solid", "dashed", "dotted")
FORMS = {"squared_error": "Σ", "half_squared_error": "½ Σ", "mean_squared_error": "1/<i>n</i> Σ"}
WIDE, HIGHEST = 2.0, 5.0


def in_order(setting: Losses) -> list[str]:
    """The forms of the squared error, the chosen one first."""
    return sorted(SQUARES, key=lambda form: form != setting.form)


def squared(case: Case) -> Plot:
    """The squared error over the first output while the others stay, in the chosen form, and dashed in the others."""
    setting: Losses = case.setting
    x = axis(case.look.name(A), -WIDE, WIDE, per=20)
    others, goals, name = setting.outs[1 : setting.count], setting.goals[: setting.count], case.look.name(COST)
    kinds = ("loss", "setting", "setting")
    graphs = [_over_first(form, others, goals, name, kind) for form, kind in zip(in_order(setting), kinds, strict=True)]
    tallest = height(case.look.name(COST), graphs)
    tallest = axis(case.look.name(COST), min(0.0, tallest["low"]), tallest["high"])
    return plot(_("The squared error over the first output"), x, tallest, graphs, at=setting.outs[0], colors=colors(case.theme))


@lru_cache(maxsize=64)
def _over_first(form: str, others: tuple[float, ...], goals: tuple[float, ...], name: Name, kind: str) -> Graph:
    record, y = LOSSES[form], np.array(goals)
    off = np.array(others) - y[1:]

    def at(first: float) -> np.ndarray:
        return np.concatenate([[first - y[0]], off])

    def value(first: float) -> float:
        return float(record.f(y, y, y, at(first)))

    def slope(first: float) -> float:
        return float(record.slope(y, y, y, at(first))[0])

    x = axis(Name("a"), -WIDE, WIDE, per=20)
    return graph(name, value, slope, x, kind=kind)


def squares_table(case: Case) -> Table:
    """The same outputs in the three forms: the loss, and its slope by the first output."""
    setting, look = case.setting, case.look
    a, y = (f"<i>{look.name(q).base}</i><sub><i>i</i></sub>" for q in (A, Y))
    rows = []
    for n, form in enumerate(in_order(setting)):
        about = squares(replace(setting, form=form), None)
        color = look.colors["setting" if n else "loss"]
        line = f'<span style="display:inline-block;width:2rem;vertical-align:middle;border-top:3px {DASHES[n]} {color}"></span>'
        rows.append([f'<th scope="row">{line} {FORMS[form]} ({a} − {y})²</th>', *_values(case, about, COST, SLOPE)])
    return [_("Form"), look.name(COST).html(), look.name(SLOPE).html()], rows


def _values(case: Case, about: Worked, *quantities: Quantity) -> list[str]:
    return [case.look.cell(q, about.values[q]) for q in quantities]


# ---- confident and wrong --------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _judged_graph(loss: str, target: int, name: Name, kind: str) -> Graph:
    """What one output that should be 0 or 1 adds to a loss."""
    record, y = LOSSES[loss], float(target)
    x = axis(Name("a"), 0, 1, per=PER)
    return graph(name, partial(_term, record, y), partial(_term_slope, record, y), x, kind=kind)


def _term(record: Loss, y: float, a: float) -> float:
    logit(a)  # ValueError or ZeroDivisionError at 0 and at 1, where a sigmoid never is
    return float(record.term(np.array([a]), y, 1)[0])


def _term_slope(record: Loss, y: float, a: float) -> float:
    given = (np.array([each]) for each in (logit(a), a, y, a - y))
    return float(record.slope(*given)[0])


def _judged_plot(case: Case, label: str, losses: list[str]) -> Plot:
    x = axis(case.look.name(A), 0, 1, per=PER)
    y = axis(case.look.name(COST), -0.2, HIGHEST)
    name, target = case.look.name(COST), case.setting.target
    graphs = [_judged_graph(loss, target, name, "setting" if n else "loss") for n, loss in enumerate(losses)]
    return plot(label, x, y, graphs, at=case.setting.share, colors=colors(case.theme))


def judged_squared(case: Case) -> Plot:
    """The squared error of one output."""
    return _judged_plot(case, _("The squared error over the output"), ["squared_error"])


def judged_entropy(case: Case) -> Plot:
    """The binary cross-entropy of one output, and dashed what it adds to a categorical one."""
    return _judged_plot(case, _("The cross-entropy over the output"), ["binary_cross_entropy", "cross_entropy"])


def judged_table(case: Case) -> Table:
    """Both losses of the same output: their slope by the output, and what is left of it before the sigmoid."""
    setting, look = case.setting, case.look
    found = {
        _("squared error"): outputs([logit(setting.share)], [float(setting.target)], "sigmoid", "squared_error"),
        _("binary cross-entropy"): judged(setting, None),
    }
    columns = (SLOPE, OWN, BACK)
    rows = [[f'<th scope="row">{name}</th>', *_values(case, about, *columns)] for name, about in found.items()]
    return [_("Loss"), *(look.name(q).html() for q in columns)], rows

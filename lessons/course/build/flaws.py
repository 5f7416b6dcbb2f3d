"""What note 002's programs do otherwise, beside the right ones: the lines that differ, the curves, and what one can measure."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from difflib import ndiff
from html import escape
from itertools import groupby
from typing import Any

from mlp_core.writing.numbers import on_screen, significant

from ...drawing import charts
from ...i18n import gettext as _
from ...i18n import mark
from ...palette import colors
from ...style import plain
from ..case import Case
from . import classifier, dropper
from .classifier import Curves
from .setting import Build

FLAWS = {
    "minus": mark("the lost minus"), "softmax": mark("softmax element by element"), "size": mark("what batch_size counts"),
    "summed": mark("summed gradients"),
}  # fmt: skip
DROPPED = {"scaled": mark("1/(1 − p) at test time"), "bernoulli": mark("Bernoulli(p)"), "noisy": mark("test loss with dropout")}
LOOKS = ((mark("training"), "gradient", "solid"), (mark("other samples"), "preactivation", "dash"))


def source(function: Callable[..., Any], name: str = "") -> list[str]:
    """The lines of a function as they are run, without types, under another name if one is given."""
    tree = ast.parse(inspect.getsource(function))
    [made] = tree.body
    assert isinstance(made, ast.FunctionDef)
    made.name, made.returns = name or made.name, None
    for argument in made.args.args:
        argument.annotation = None
    return ast.unparse(tree).splitlines()


def differing(flaw: str) -> Iterator[tuple[list[str], list[str]]]:
    """The functions that a flaw changes: as they should be, and as they are with it."""
    room: Any = classifier if flaw in FLAWS else dropper
    flawed = room.FLAWS[flaw]
    for each in fields(room.RIGHT):
        right, wrong = getattr(room.RIGHT, each.name), getattr(flawed, each.name)
        if wrong is not right and wrong.__name__ != "<lambda>":
            yield source(right), source(wrong, right.__name__)


def of_screen(case: Case) -> str:
    """The flaw on show."""
    setting: Build = case.setting
    return setting.flaw if case.screen.key == "flaws" else setting.dropped


def curves_of(setting: Build, flaw: str, wrong: bool) -> Curves:
    """The run with a flaw, or the right one beside it."""
    if flaw in FLAWS:
        return classifier.run(flaw if wrong else "", setting.size, setting.step, setting.seed)
    return dropper.run(flaw if wrong else "", setting.p, setting.seed)


def difference(case: Case) -> str:
    """The lines that differ, a minus before the note's, a plus before those as they should be."""
    palette = colors(case.theme)
    rows: list[str] = []
    for right, wrong in differing(of_screen(case)):
        told = [line for line in ndiff(wrong, right) if not line.startswith("?")]
        rows += [*([""] if rows else []), *told]
    lines = []
    for sign, group in groupby(rows, lambda line: line[:1]):
        color = {"-": palette["activation"], "+": palette["input"]}.get(sign)
        for line in group:
            text = escape(f"{sign.replace('-', '−')} {line[2:]}") if line else ""
            lines.append(f'<span style="color:{color};font-weight:600">{text}</span>' if color else text)
    return _frame(lines, _("The lines that differ"))


def framed(lines: list[str], label: str) -> str:
    """Code in HTML."""
    return _frame([*map(escape, lines)], label)


def _frame(lines: list[str], label: str) -> str:
    style = "margin:0;padding:.6rem .8rem;overflow-x:auto;font-size:.86rem;line-height:1.55;border-radius:8px"
    frame = "border:1px solid color-mix(in srgb, currentColor 22%, transparent)"
    code = f'<code lang="en">{"<br>".join(lines)}</code>'
    return f'<pre tabindex="0" role="region" aria-label="{escape(label)}" style="{style};{frame}">{code}</pre>'


def right_curves(case: Case) -> charts.Figure:
    """Train and test loss as they should be."""
    return _figure(case, False)


def wrong_curves(case: Case) -> charts.Figure:
    """The same with the flaw."""
    return _figure(case, True)


def _figure(case: Case, wrong: bool) -> charts.Figure:
    setting, flaw, palette = case.setting, of_screen(case), colors(case.theme)
    both = [curves_of(setting, flaw, each) for each in (False, True)]
    run, traces = both[wrong], []
    for (name, family, dash), losses in zip(LOOKS, (run.train, run.test), strict=True):
        traces.append(charts.line(_(name), range(len(losses)), losses, palette[family], dash))
    values = [each for curves in both for each in (*curves.train, *curves.test)]
    alike = min(values) >= 0
    title = _("with the flaw") if wrong else _("as it should be")
    return charts.figure(
        traces, 250, _("epoch"), _("loss, as printed"), up={"range": [0, 1.05 * max(values)]} if alike else {},
        margin={"l": 10, "r": 10, "t": 36, "b": 10}, title={"text": title, "font": {"size": 15}},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )  # fmt: skip


def measures(case: Case) -> tuple[list[str], list[list[str]]]:
    """What both runs come to."""
    setting, flaw = case.setting, of_screen(case)
    both = [curves_of(setting, flaw, wrong) for wrong in (False, True)]
    rows = [[_("in the right class, of other samples"), *(f"{100 * each.right:.0f} %" for each in both)]]
    if flaw in FLAWS:
        rows.append([_("updates in an epoch"), *(str(each.updates) for each in both)])
        rows.append([_("gradient against differences of its loss"), *(on_screen(significant(each.check, 2)) for each in both)])
    else:
        at_test = flaw == "scaled"
        factors = (1.0, 1 / (1 - setting.p)) if at_test else [dropper.mean_of_mask(each, setting.p) for each in ("", flaw)]
        title = _("an input of the first layer at test time, times") if at_test else _("an input in training, on average times")
        rows.append([title, *(plain(round(each, 2)) for each in factors)])
        rows.append([_("loss on other samples at the end"), *(f"{each.test[-1]:.3f}" for each in both)])
    named = [[f'<th scope="row">{escape(name)}</th>', *cells] for name, *cells in rows]
    return ["", _("as it should be"), _("with the flaw")], named

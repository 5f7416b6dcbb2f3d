"""Activations as curves with their slope, and where the neurons of a network stand on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

import numpy as np
import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS, Activation
from mlp_core.writing.latex import write
from mlp_core.writing.numbers import on_screen, significant

from ...drawing import charts, svg
from ...i18n import gettext as _
from ...i18n import mark
from ...palette import colors
from ...style import name_of
from ..case import Case
from .setting import EVERY_KIND

REACH, FAR = 6.0, 40.0  # of the curves along z; where they hardly change any more
FLAT = 10  # a slope below the greatest, divided by this, counts as flat
BOX, ROOM, HEAD = 144, 108, 22  # pixels of a small curve, across and up, and of its title
HERE_AND_FAR = np.array([1.0, FAR])
LOW, HIGH = -1.6, 3.2  # what of y the small curves show
DOT = "position:absolute;box-sizing:border-box;width:10px;height:10px;border:2px solid;border-radius:50%"
Table = tuple[list[str], list[list[str]]]


class Standing(NamedTuple):
    """A neuron on the curve of its activation. slope: None where the function has none; state: a message."""

    z: float
    a: float
    slope: float | None
    state: str


@np.errstate(all="ignore")
def along(record: Activation, z: np.ndarray, i: int, places: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Activation and slope of neuron i (from 0) as its own z goes through ``places`` (m,), the others of z (n,) at rest."""
    every = np.tile(z, (len(places), 1))
    every[:, i] = places
    a = record.f(every)
    if record.slope is None:
        return a[:, i], None
    slope = record.slope(every, a)
    return a[:, i], slope[:, i] if record.elementwise else slope[:, i, i]


@lru_cache(maxsize=64)
def steepest(record: Activation) -> float:
    """The greatest slope there is, by its formula; over a fine grid that has 0 in it. 0 where there is none."""
    places = np.linspace(-FAR, FAR, 8001)
    slope = along(record, np.zeros(2), 0, places)[1]
    return 0.0 if slope is None else float(np.abs(slope).max())


def short(value: float) -> str:
    """A number to three digits, for a sentence."""
    return on_screen(significant(value, 3))


def standing(record: Activation, z: Sequence[float]) -> list[Standing]:
    """Every neuron of a layer with these weighted sums."""
    array = np.array(z, dtype=float)
    if record.elementwise:  # no neuron hangs on another, so all of them at once
        a, slopes = _here_and_far(record, array)
        each = [(a[0, i], None if slopes is None else slopes[:, i]) for i in range(len(array))]
    else:
        each = [(a[0], slope) for a, slope in (along(record, array, i, array[i] * HERE_AND_FAR) for i in range(len(array)))]
    most = steepest(record)
    return [
        Standing(float(own), float(a), None if slope is None else float(slope[0]), _state(most, slope))
        for own, (a, slope) in zip(array, each, strict=True)
    ]


@np.errstate(all="ignore")
def _here_and_far(record: Activation, z: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Activation and slope (2, n) at these weighted sums and that much further out."""
    places = np.outer(HERE_AND_FAR, z)
    a = record.f(places)
    return a, None if record.slope is None else record.slope(places, a)


def _state(most: float, slope: np.ndarray | None) -> str:
    """What a slope, and that much further out, makes of a neuron."""
    if slope is None:
        return mark("no slope to go back through")
    here, far = np.abs(slope)
    if here == 0:
        return mark("inactive: nothing passes")
    if here * FLAT >= most:
        return mark("on a slope")
    return mark("saturated") if far < here / 2 else mark("a small part passes")


def sums(case: Case) -> list[float]:
    """The weighted sums of the hidden neurons."""
    assert case.worked is not None
    return [case.worked.values[Quantity("z", 1, (i,))] for i in (1, 2, 3)]


def figure(case: Case) -> charts.Figure:
    """The chosen activation and its slope over z, with the hidden neurons on both."""
    record, z, palette = ACTIVATIONS[case.setting.hidden], np.array(sums(case)), colors(case.theme)
    reach = max(REACH, 1.15 * float(np.abs(z).max()))
    places = np.linspace(-reach, reach, 101)
    traces = []
    for i in range(1 if record.elementwise else len(z)):
        a, slope = along(record, z, i, places)
        name = _("activation") if record.elementwise else _("activation of neuron {n}").format(n=i + 1)
        drawn = [(name, a, "activation", ("solid", "dashdot", "longdashdot")[i])]
        if slope is not None:
            drawn.append(("" if i else _("slope"), slope, "gradient", "dot"))
        traces += [
            charts.line(title, places, y, palette[family], dash, hover="", simplify=False) for title, y, family, dash in drawn
        ]
    stand = standing(record, z.tolist())
    traces.append(_dots(stand, [each.a for each in stand], palette["activation"], _("hidden neurons")))
    if record.slope is not None:
        traces.append(_dots(stand, [each.slope for each in stand], palette["gradient"], _("their slopes")))
    return charts.figure(
        traces, 330, "z", across={"range": [-reach, reach]}, up={"rangemode": "tozero"}, hovermode="closest"
    )


def _dots(stand: Sequence[Standing], y: Sequence[float | None], color: str, name: str) -> charts.Trace:
    """The neurons, with their numbers; those that hardly let anything through are rings."""
    symbols = ["circle" if each.state == "on a slope" else "circle-open" for each in stand]
    marker = {"size": 11, "color": color, "symbol": symbols, "line": {"color": color, "width": 2.5}}
    return charts.points(name, [each.z for each in stand], y, marker, "z = %{x:.4f}<br>%{y:.4f}") | {
        "mode": "markers+text", "text": [str(n) for n in range(1, len(stand) + 1)], "textposition": "top center",
        "textfont": {"color": color, "size": 14}, "cliponaxis": False,
    }  # fmt: skip


def table(case: Case) -> Table:
    """z, activation, slope and state of every hidden neuron."""
    look, rows = case.look, []
    for i, each in enumerate(standing(ACTIVATIONS[case.setting.hidden], sums(case)), 1):
        z, a, slope = (Quantity(kind, 1, (i,)) for kind in ("z", "a", "da_dz"))
        shown = "–" if each.slope is None else look.cell(slope, each.slope)
        state = f'<td class="short">{escape(_(each.state))}</td>'
        rows.append([str(i), look.cell(z, each.z), look.cell(a, each.a), shown, state])
    return [_("Neuron"), "<i>z</i>", "<i>a</i>", _("Slope"), ""], rows


def law(case: Case) -> str:
    """The chosen activation and its slope, as formulas; of one that needs the whole layer, those of its first neuron."""
    record = ACTIVATIONS[case.setting.hidden]
    signs = ("",) if record.elementwise else ("_1", "_2", "_3")
    z, a = ([sp.Symbol(letter + sign, real=True) for sign in signs] for letter in "za")
    names, word = {symbol: symbol.name for symbol in (*z, *a)}, _("otherwise")
    found = f"a{signs[0]} = {write(record.formula(z, 0), names, otherwise=word)}"
    if record.slope is None:
        return found
    slope = write(record.slope_formula(z, a, 0, 0), names, otherwise=word)
    d = "d" if record.elementwise else r"\partial "
    return rf"{found}, \qquad \frac{{{d}a{signs[0]}}}{{{d}z{signs[0]}}} = {slope}"


# ---- all of them, small ---------------------------------------------------------------------------------------------


def gallery(case: Case) -> str:
    """Every activation with its slope, and the hidden neurons at the same z on each."""
    z = np.array(sums(case))
    boxes = "".join(_box(ACTIVATIONS[name], z, case.theme, name == case.setting.hidden) for name in EVERY_KIND)
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px">{boxes}</div>'


def _box(record: Activation, z: np.ndarray, theme: str, chosen: bool) -> str:
    """A small curve with the neurons on it, as dots that lie over the picture of the curve."""
    color, stand, dots = colors(theme)["activation"], standing(record, z.tolist()), ""
    for each in stand:
        left, top = min(max(_across(each.z), 4), BOX - 4) - 5, _up(each.a) + HEAD - 5
        fill = color if each.state == "on a slope" else "transparent"
        dots += f'<span style="{DOT};left:{left:.1f}px;top:{top:.1f}px;border-color:{color};background:{fill}"></span>'
    states = _("; ").join(f"{n}: {_(each.state)}" for n, each in enumerate(stand, 1))
    drawn = _drawn(record, theme, name_of(record.name), chosen, () if record.elementwise else tuple(z.tolist()))
    style = f"position:relative;overflow:hidden;width:{BOX}px;height:{ROOM + HEAD}px;line-height:0"
    return f'<div style="{style}" title="{escape(states)}">{drawn}{dots}</div>'


@lru_cache(maxsize=64)
def _drawn(record: Activation, theme: str, name: str, chosen: bool, z: tuple[float, ...]) -> str:
    """The curve and its slope in a frame; z: the weighted sums, where the curves depend on them."""
    palette, places = colors(theme), np.linspace(-REACH, REACH, 33 if z else 61)
    ink = palette["setting"]
    inner = f'<path d="M0 {_up(0)}H{BOX}M{BOX / 2} 0V{ROOM}" stroke="{ink}" stroke-opacity=".35"/>'
    for i in range(len(z) or 1):
        a, slope = along(record, np.array(z or (0.0,)), i, places)
        inner += _path(places, a, palette["activation"], "")
        inner += "" if slope is None else _path(places, slope, palette["gradient"], "4 3")
    thick = 3 if chosen else 1
    frame = f'<rect x="1" y="1" width="{BOX - 2}" height="{ROOM - 2}" fill="none" stroke="{ink}" stroke-width="{thick}"/>'
    middle = f'x="{BOX / 2}" y="15" text-anchor="middle" font-size="14" font-family="sans-serif" fill="{ink}"'
    room = f'<svg y="{HEAD}" width="{BOX}" height="{ROOM}">{inner}{frame}</svg>'
    return svg.image(f"<text {middle}>{escape(name)}</text>{room}", BOX, ROOM + HEAD, name)


def _across(z: float) -> float:
    return (z + REACH) / (2 * REACH) * BOX


def _up(value: float) -> float:
    return min(max(ROOM * (HIGH - value) / (HIGH - LOW), -ROOM), 2 * ROOM)


def _path(x: np.ndarray, y: np.ndarray, color: str, dash: str) -> str:
    points = "L".join(f"{_across(u):.1f} {_up(v):.1f}" for u, v in zip(x.tolist(), y.tolist(), strict=True))
    return f'<path d="M{points}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>'

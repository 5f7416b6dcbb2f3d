"""The loss over the iterations of several runs: the points worth drawing, and their Plotly figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote

import numpy as np
import plotly.graph_objects as go

from mlp_core import Quantity
from mlp_core.optimisers import OPTIMISERS

from ..i18n import gettext as _
from ..style import Look, plain

POINTS = 1000
LEAST = 1e-100  # what is smaller counts as 0 on a logarithmic scale, or the scale would show little else
STEEP, HEADROOM = 100, 4
WIDTH, HEIGHT = 1000, 310


class Line(NamedTuple):
    """One run: the iterations and losses to draw, NaN where the scale has no place for a loss."""

    name: str
    x: np.ndarray
    y: np.ndarray
    diverged: bool


class Losses(NamedTuple):
    """What the chart shows.

    log: whether the axis is logarithmic, which it is only where some curve has two losses to show on it; top: where a linear
    axis ends if some curve rises far above its start, else None; hidden: how many losses a logarithmic axis leaves out because
    they are as good as 0; limit: a loss to mark; penalised: whether the losses have a penalty for large weights in them.
    """

    lines: tuple[Line, ...]
    log: bool
    top: float | None
    hidden: int
    limit: float | None
    penalised: bool = False


def losses(
    runs: Mapping[str, Sequence[float]],
    diverged: Sequence[str] = (),
    log: bool = False,
    limit: float | None = None,
    penalised: bool = False,
) -> Losses:
    """The chart of ``runs``: per name the loss before any update and after each one, all of them finite."""
    curves = {name: np.asarray(values, dtype=float) for name, values in runs.items()}
    kept = thin(list(curves.values()))
    log = log and any((y > LEAST).sum() > 1 for y in curves.values())
    lines = []
    for name, y in curves.items():
        x = kept[kept < len(y)]
        drawn = np.where(y[x] > LEAST, y[x], np.nan) if log else y[x]
        lines.append(Line(name, x, drawn, name in diverged))
    first, highest = max(y[0] for y in curves.values()), max(y.max() for y in curves.values())
    top = HEADROOM * first if not log and highest / STEEP > first > 0 else None
    hidden = sum(int((y <= LEAST).sum()) for y in curves.values()) if log else 0
    return Losses(tuple(lines), log, top, hidden, limit if limit and limit > 0 else None, penalised)


def thin(curves: Sequence[np.ndarray], most: int = POINTS) -> np.ndarray:
    """The indices to draw, the same for all curves, about ``most`` at most.

    Beside the ends an even grid, a grid that is dense at the start, where a loss falls fastest, and of every stretch the
    highest and the lowest point of each curve.
    """
    longest = max(map(len, curves))
    if longest <= most:
        return np.arange(longest)
    share = most // 3
    kept = {0, *(len(curve) - 1 for curve in curves)}
    kept.update(np.linspace(0, longest - 1, share).astype(int).tolist())
    kept.update(np.geomspace(1, longest - 1, share).astype(int).tolist())
    edges = np.linspace(0, longest, max(1, share // (2 * len(curves))) + 1).astype(int)
    for curve in curves:
        for start, end in pairwise(edges):
            part = curve[start:end]
            if len(part):
                kept |= {int(start + part.argmin()), int(start + part.argmax())}
    return np.array(sorted(kept))


def losses_figure(data: Losses, look: Look, theme: str) -> go.Figure:
    """The curves of ``losses`` in the colours of ``theme``, each with a dash of its own; a cross ends one that diverged."""
    figure = go.Figure()
    for line in data.lines:
        record = OPTIMISERS[line.name]
        color = record.colors[theme]
        figure.add_scatter(
            x=line.x,
            y=line.y,
            name=_("{optimiser} (diverged)").format(optimiser=line.name) if line.diverged else line.name,
            mode="lines",
            line={"color": color, "width": 2.5, "dash": record.dash or "solid", "simplify": False},
            hovertemplate="%{y:.5g}",
        )
        if line.diverged:
            y = line.y[-1] if data.top is None else min(line.y[-1], data.top)
            marker = {"symbol": "x", "size": 12, "color": color}
            end = {"x": line.x[-1:], "y": [y], "mode": "markers", "marker": marker}
            figure.add_scatter(**end, showlegend=False, hoverinfo="skip", cliponaxis=False)
    if data.limit is not None:
        ends = [0, max(line.x[-1] for line in data.lines)]
        name = _("limit {limit}").format(limit=plain(data.limit))
        thin_line = {"color": look.colors["loss"], "width": 1, "dash": "dot"}
        figure.add_scatter(x=ends, y=[data.limit] * 2, name=name, mode="lines", line=thin_line, hoverinfo="skip")
    return _dressed(figure, data, look)


def _dressed(figure: go.Figure, data: Losses, look: Look) -> go.Figure:
    """Axes, legend and margins."""
    last = max(int(line.x[-1]) for line in data.lines)
    figure.update_layout(
        height=HEIGHT,
        showlegend=True,
        hovermode="x unified",
        hoverlabel={"font": {"color": look.colors["loss"]}},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 10, "r": 14, "t": 10, "b": 10},
    )
    ink = {"color": look.colors["setting"]}
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(title_font=ink, tickfont=ink | {"size": 12})
    figure.update_xaxes(
        title_text=_("Iteration"), range=[-last / 50, last * 1.01 or 1], dtick=1 if last <= 10 else None
    )
    figure.update_xaxes(unifiedhovertitle={"text": _("Iteration {n}").format(n="%{x}")})
    figure.update_yaxes(
        title_text=_("Loss {symbol}").format(symbol=look.name(Quantity("C_decayed" if data.penalised else "C")).html()),
        type="log" if data.log else "linear",
        rangemode="normal" if data.log else "tozero",
        exponentformat="power",
    )
    if data.top is not None:
        figure.update_yaxes(range=[0, data.top])
    return figure


def sketch(data: Losses, look: Look, theme: str) -> str:
    """The curves of ``losses`` as bare HTML: it can be drawn again and again without the flicker of a Plotly chart."""
    scaled = [np.log10(line.y) if data.log else line.y for line in data.lines]
    every = np.concatenate([y[np.isfinite(y)] for y in scaled] or [np.zeros(1)])
    low = 0.0 if not data.log else every.min(initial=0)
    high = data.top or every.max(initial=low)
    right = max(int(line.x[-1]) for line in data.lines) or 1
    drawn = [f'<path d="M0,0V{HEIGHT}H{WIDTH}" stroke="{look.colors["setting"]}" />']
    for line, y in zip(data.lines, scaled, strict=True):
        shown = np.isfinite(y)
        across = line.x[shown] * WIDTH / right
        down = HEIGHT * (1 - (np.minimum(y[shown], high) - low) / ((high - low) or 1))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True))
        record = OPTIMISERS[line.name]
        pen = f'stroke="{record.colors[theme]}" stroke-width="2.5" stroke-dasharray="{record.dash}"'
        drawn.append(f'<polyline points="{points}" {pen} vector-effect="non-scaling-stroke" />')
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" fill="none"'
    image = quote(f"<svg {box}>{''.join(drawn)}</svg>")
    return f'<img src="data:image/svg+xml,{image}" alt="" decoding="sync" style="width: 100%; height: {HEIGHT}px">'

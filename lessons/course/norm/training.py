"""What the experiment on note 002's claim shows: losses with and without batch normalisation, and what was measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ...i18n import gettext as _
from ...i18n import ngettext
from ...palette import colors
from ...style import plain
from ..case import Case
from .experiment import NEVER, RATES, UPDATES, Runs, runs
from .setting import Norm


def both(setting: Norm) -> tuple[Runs, Runs]:
    """The training without and with batch normalisation."""
    without, with_ = (runs(setting.start, setting.activation, setting.depth, norm) for norm in (False, True))
    return without, with_


def titles() -> tuple[str, str]:
    """What the two are called."""
    return _("without"), _("with batch normalisation")


def chart(case: Case) -> go.Figure:
    """The losses at the best learning rate of each: the median over the seeds, and a band from the lowest to the highest."""
    palette = colors(case.theme)
    traces: list[dict[str, Any]] = []
    steps = list(range(UPDATES + 1))
    looks = (("loss", "solid"), ("gradient", "dash"))
    for found, title, (family, dash) in zip(both(case.setting), titles(), looks, strict=True):
        every = np.minimum(found.losses[found.best], 9.99)
        low, high = every.min(axis=0).round(5).tolist(), every.max(axis=0).round(5).tolist()
        for ys, fill in ((low, "none"), (high, "tonexty")):
            traces.append({
                "type": "scatter", "mode": "lines", "x": steps, "y": ys, "fill": fill, "showlegend": False,
                "fillcolor": f"rgba({', '.join(str(int(palette[family][at : at + 2], 16)) for at in (1, 3, 5))}, 0.18)",
                "line": {"color": palette[family], "width": 0.5}, "hoverinfo": "skip",
            })  # fmt: skip
        traces.append({
            "type": "scatter", "mode": "lines", "name": f"{title}, η = {plain(RATES[found.best])}", "x": steps,
            "y": np.minimum(found.median, 9.99).round(5).tolist(), "line": {"color": palette[family], "dash": dash, "width": 3},
            "hovertemplate": "%{y:.4f}",
        })  # fmt: skip
    layout = {
        "height": 310, "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": _("update")}, "range": [0, UPDATES]},
        "yaxis": {"title": {"text": _("training loss")}, "range": [0, 1]},
    }  # fmt: skip
    return go.Figure(traces, layout)


def table(case: Case) -> tuple[list[str], list[list[str]]]:
    """Of each what was measured."""
    rows = [["", "", ""] for _row in range(3)]
    labels = (_("updates to a fifth of the loss"), _("loss at the end"), _("first gradient, times the last, at the start"))
    for n, label in enumerate(labels):
        rows[n][0] = label
    for k, found in enumerate(both(case.setting), 1):
        rows[0][k] = str(found.updates) if found.updates < NEVER else _("more than {n}").format(n=UPDATES)
        rows[1][k] = f"{found.median[-1]:.4f}"
        rows[2][k] = f"{np.median(found.faded):.1e}".replace("e-0", "e-").replace("e+0", "e+")
    return ["", *titles()], rows


def verdict(setting: Norm) -> str:
    """How many updates it saves here, in words."""
    without, with_ = (found.updates for found in both(setting))
    if with_ >= NEVER and without >= NEVER:
        return _("Here neither gets there.")
    if without >= NEVER:
        said = ngettext(
            "Here only the networks with it get there, after {n} update.",
            "Here only the networks with it get there, after {n} updates.", with_,
        )  # fmt: skip
        return said.format(n=with_)
    if with_ >= NEVER:
        return _("Here only the networks without it get there.")
    if with_ < without:
        said = ngettext("Here it saves {n} update of {all}.", "Here it saves {n} updates of {all}.", without - with_)
        return said.format(n=without - with_, all=without)
    if with_ == without:
        return _("Here it saves nothing.")
    said = ngettext("Here it costs {n} update more.", "Here it costs {n} updates more.", with_ - without)
    return said.format(n=with_ - without)

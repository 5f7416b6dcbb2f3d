"""What the experiment on note 002's claim shows: losses with and without batch normalisation, and what was measured."""

from __future__ import annotations

import numpy as np

from mlp_core.writing.numbers import on_screen, significant

from ...drawing import charts
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


def chart(case: Case) -> charts.Figure:
    """The losses at the best learning rate of each: the median over the seeds, and a band from the lowest to the highest."""
    palette = colors(case.theme)
    traces: list[charts.Trace] = []
    steps = range(UPDATES + 1)
    looks = ((_("without"), "loss", "solid"), (_("with batch normalisation"), "gradient", "dash"))
    for found, (title, family, dash) in zip(both(case.setting), looks, strict=True):
        every = np.minimum(found.losses[found.best], 9.99)
        traces += charts.band("", steps, every.min(axis=0), every.max(axis=0), palette[family], 0.18)
        name, median = f"{title}, η = {plain(RATES[found.best])}", np.minimum(found.median, 9.99)
        traces.append(charts.line(name, steps, median, palette[family], dash, 3))
    return charts.figure(
        traces, 310, _("update"), _("training loss"), across={"range": [0, UPDATES]}, up={"range": [0, 1]}
    )


def table(case: Case) -> tuple[list[str], list[list[str]]]:
    """Of each what was measured."""
    labels = (_("updates to a fifth of the loss"), _("loss at the end"), _("first gradient, times the last, at the start"))
    rows = [[f'<th scope="row" class="short">{label}</th>'] for label in labels]
    for found in both(case.setting):
        rows[0].append(str(found.updates) if found.updates < NEVER else _("more than {n}").format(n=UPDATES))
        rows[1].append(f"{found.median[-1]:.4f}")
        rows[2].append(on_screen(significant(float(np.median(found.faded)), 2)))
    return ["", _("without"), _("with")], rows


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

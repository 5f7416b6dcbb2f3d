"""What note 002 says of first weights: its table, and what its two listings draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from mlp_core import Layer, Network, train
from mlp_core.optimisers import SGD
from mlp_core.writing.numbers import significant

from ...drawing import charts
from ...i18n import gettext as _
from ...i18n import mark
from ...palette import colors
from ...style import name_of
from ..case import Case
from .histograms import Row, image, spread_of
from .setting import Initial

SIZES, SAMPLES, EPOCHS, RATE = (2, 8, 8, 1), 40, 60, 1.5
WIDTH, DRAWN = 8, 500  # neurons before and after; layers whose weights make a histogram
REACH, ZOOMED = 2.0, 0.012  # the axes
COLUMNS = {"sigmoid": (1, 1), "relu": (1, 2), "tanh": (4, 1)}  # as the notes have them: a factor before the root, one under it
RIGHT = COLUMNS | {"sigmoid": COLUMNS["tanh"], "tanh": COLUMNS["sigmoid"]}


def _limit(name: str, columns: Mapping[str, tuple[int, int]], deviation: bool = False) -> str:
    """A cell of the table."""
    factor, under = columns[name]
    sign, top = ("", 2 * under) if deviation else (r"\pm", 6 * under)
    return rf"{sign}{factor if factor > 1 else ''}\sqrt{{\frac{{{top}}}{{n_{{in}}+n_{{out}}}}}}"


def table(case: Case) -> str:
    """The table as the notes print it, in the letters of the lesson."""
    heads = " & ".join(rf"\text{{{name_of(name)}}}" for name in COLUMNS)
    rows = [
        rf"\text{{{title}}} & " + " & ".join(_limit(name, COLUMNS, deviation) for name in COLUMNS)
        for title, deviation in ((_("uniform"), False), (_("normal"), True))
    ]
    body = r" \\[8pt] ".join(rows)
    return rf"\small \begin{{array}}{{l|ccc}} & {heads} \\ \hline \rule{{0pt}}{{1.5em}} {body} \end{{array}}"


class Start(NamedTuple):
    """A way to begin: what it is called, its colour and dash, and how it draws weights (n_out, n_in)."""

    title: str
    family: str
    dash: str
    draw: Callable[[np.random.Generator, int, int, str], np.ndarray]


def _first(random: np.random.Generator, n_out: int, n_in: int, _name: str) -> np.ndarray:
    return 0.01 * random.uniform(size=(n_out, n_in))


def _second(random: np.random.Generator, n_out: int, n_in: int, _name: str) -> np.ndarray:
    return random.normal(0, sqrt(4 / (n_in + n_out)), (n_out, n_in))


def _fitting(random: np.random.Generator, n_out: int, n_in: int, name: str) -> np.ndarray:
    factor, under = RIGHT[name]
    limit = factor * sqrt(6 * under / (n_in + n_out))
    return random.uniform(-limit, limit, (n_out, n_in))


STARTS = (
    Start(mark("first listing"), "loss", "dot", _first),
    Start(mark("second listing"), "gradient", "dash", _second),
    Start(mark("correct column"), "parameter", "solid", _fitting),
)
LINES = (
    "np.random.uniform(size = (self.n, input_n)) * 0.01",
    "np.random.randn(self.n, input_n) * np.sqrt(4. / (input_n + self.n))",
)


def code(case: Case) -> str:
    """The two lines that draw weights."""
    rows = (
        f'<div style="margin:.2rem 0"><b>{n} {escape(_(start.title))}</b><br><code style="white-space:normal">{line}</code></div>'
        for n, (start, line) in enumerate(zip(STARTS, LINES, strict=False), 1)
    )
    return "".join(rows)


@lru_cache(maxsize=16)
def _weights(start: Start, name: str) -> np.ndarray:
    random = np.random.default_rng(1)
    return np.array([start.draw(random, WIDTH, WIDTH, name) for _layer in range(DRAWN)])


def drawn(case: Case) -> str:
    """What the listings and the correct column draw for a layer with eight inputs and eight neurons, the first magnified, too."""
    name = case.setting.trained
    rows = [Row(str(n), w, spread_of(w)) for n, w in enumerate((_weights(start, name) for start in STARTS), 1)]
    whole = image(_("first weights"), rows, -REACH, REACH, "parameter", case.theme, _("spread"))
    return whole + image(_("the first listing, magnified"), rows[:1], -ZOOMED, ZOOMED, "parameter", case.theme)


@lru_cache(maxsize=1)
def data() -> tuple[np.ndarray, np.ndarray]:
    """Points of the plane and whether their coordinates have the same sign: XOR with many points."""
    x = np.random.default_rng(3).uniform(-2, 2, (SAMPLES, 2))
    return x, (x[:, :1] * x[:, 1:] > 0).astype(float)


@lru_cache(maxsize=128)
def losses(start: int, name: str, seed: int) -> tuple[float, ...]:
    """The loss before training and after each epoch, all samples at once."""
    random, made = np.random.default_rng(seed), []
    for k, (m, n) in enumerate(pairwise(SIZES), 1):
        hidden = k < len(SIZES) - 1
        made.append(Layer(STARTS[start].draw(random, n, m, name), np.zeros(n), name if hidden else "sigmoid"))
    run = train(Network(made, "binary_cross_entropy"), *data(), SGD(lr=RATE), EPOCHS)
    return tuple(run.loss.tolist())


def curves(case: Case) -> charts.Figure:
    """The loss over the epochs, for each way to begin."""
    setting, palette = case.setting, colors(case.theme)
    traces = []
    for k, start in enumerate(STARTS):
        y = losses(k, setting.trained, setting.draw)
        pen = palette[start.family], start.dash
        traces.append(charts.line(_(start.title), range(len(y)), y, *pen, hover=charts.PLACE))
    return charts.figure(traces, 300, _("epoch"), _("loss"), up={"rangemode": "tozero"})


def facts(setting: Initial) -> Mapping[str, object]:
    """How the three trainings end."""
    ends = [significant(losses(k, setting.trained, setting.draw)[-1], 2) for k in range(len(STARTS))]
    share = float(data()[1].mean())
    same = significant(-share * log(share) - (1 - share) * log(1 - share), 2)
    return {
        "same": same, "first": ends[0], "second": ends[1], "right": ends[2], "epochs": EPOCHS,
        "activation": name_of(setting.trained),
    }  # fmt: skip

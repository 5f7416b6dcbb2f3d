"""A network that learns by heart: few noisy samples, trained by the engine, with its loss on samples that it never sees."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlp_core import Adam, Layer, Network, Training, trace

from ...drawing import charts
from ...i18n import gettext as _
from ...i18n import language
from ...palette import colors
from ..case import Case
from .setting import EPOCHS, EVERY, Dropout

COUNT, HELD_OUT, NOISE, RATE, STEEP = 10, 60, 0.5, 0.03, 9.0
THINNED = 2  # of so many epochs one is drawn
APART = 0.06  # how far samples lie at most from places at equal distances
START = 1  # the seed of the first weights
LOOK, TEST_SEED = np.linspace(-1, 1, 81)[:, None], 7
MARGIN = {"l": 10, "r": 10, "t": 6, "b": 6}
Pair = tuple[np.ndarray, np.ndarray]
Run = tuple[int, float, float, int]  # neurons, probability of dropping, lambda, and the seed of the samples


class Fit(NamedTuple):
    """A training run. networks: at first and after every ``EVERY`` epochs; training, held_out: the losses without the penalty,
    before the first epoch and after each, nothing dropped."""

    networks: tuple[Network, ...]
    training: np.ndarray
    held_out: np.ndarray

    def at(self, epoch: int) -> Network:
        """The network at an epoch."""
        return self.networks[epoch // EVERY]


def truth(x: np.ndarray) -> np.ndarray:
    """The curve on which the samples lie, but for their noise."""
    return np.asarray(np.sin(3 * x))


@lru_cache(maxsize=32)
def data(seed: int) -> tuple[Pair, Pair]:
    """Samples to train with, x and y (COUNT, 1), and as honestly drawn ones to judge by, (HELD_OUT, 1)."""
    draw = np.random.default_rng(seed)
    x = np.linspace(-0.94, 0.94, COUNT)[:, None] + draw.uniform(-APART, APART, (COUNT, 1))
    x_held = draw.uniform(-1, 1, (HELD_OUT, 1))
    y, y_held = (truth(each) + draw.normal(0, NOISE, each.shape) for each in (x, x_held))
    return (x, y), (x_held, y_held)


def beginning(neurons: int, share: float) -> Network:
    """The network before training, 1-neurons-1, whose hidden neurons are dropped with that probability."""
    draw = np.random.default_rng(START)
    W, b = draw.uniform(-STEEP, STEEP, (2, neurons))
    out = draw.uniform(-1, 1, (1, neurons)) / np.sqrt(neurons)
    hidden = Layer(W[:, None], b, "tanh", dropout=share)
    return Network([hidden, Layer(out, [0.0], "identity")], "half_squared_error")


@lru_cache(maxsize=64)
def fitted(neurons: int, share: float, rate: float, samples: int) -> Fit:
    """The run with Adam, dropout and the penalty lambda/2 |W|^2, of so many neurons, from the same first weights each time."""
    (x, y), held_out = data(samples)
    training = Training(
        beginning(neurons, share), x, y, Adam(lr=RATE), EPOCHS, weight_decay=rate, decay="l2_half", validation=held_out
    )
    networks = [training.network, *(training.network for epoch in training if epoch % EVERY == 0)]
    run = training.run()
    assert run.validation_loss is not None
    return Fit(tuple(networks), run.loss - run.penalty, run.validation_loss)


def plain(setting: Dropout) -> Run:
    """Without any cure."""
    return setting.neurons, 0.0, 0.0, setting.samples


def cured(setting: Dropout) -> Run:
    """With dropout and decay as they are set."""
    return setting.neurons, setting.share, setting.rate, setting.samples


def untreated(setting: Dropout) -> Run:
    """The largest network without any cure, which the others are compared with."""
    return Dropout().neurons, 0.0, 0.0, setting.samples


def facts(setting: Dropout, run: Run) -> dict[str, object]:
    """What came of a run: the losses at its end, and where the held-out one was least."""
    fit = fitted(*run)
    best = int(fit.held_out.argmin())
    return {
        "neurons": setting.neurons, "weights": 3 * setting.neurons + 1, "count": COUNT, "held": HELD_OUT, "epochs": EPOCHS,
        "best": best, "least": f"{fit.held_out[best]:.4f}", "end": f"{fit.held_out[-1]:.4f}", "learnt": f"{fit.training[-1]:.4f}",
        "untreated": f"{fitted(*untreated(setting)).held_out[-1]:.4f}",
    }  # fmt: skip


def curve(case: Case, run: Run) -> charts.Figure:
    """The samples, the curve they were drawn from, and what the network at the chosen epoch makes of them."""
    return _curve(run, _epoch(case), case.theme, language())


def _epoch(case: Case) -> int:
    return int(case.setting.at) // EVERY * EVERY


@lru_cache(maxsize=128)
def _curve(run: Run, epoch: int, theme: str, _language: str) -> charts.Figure:
    palette = colors(theme)
    (x, y), _held = data(run[-1])
    said = trace(fitted(*run).at(epoch), LOOK, truth(LOOK)).layers[-1].a
    name = _("network after epoch {n}").format(n=epoch)
    lines = [
        charts.line(name, LOOK[:, 0], said[:, 0], palette["activation"], width=3),
        charts.line(_("true curve"), LOOK[:, 0], truth(LOOK)[:, 0], palette["setting"], "dash", 2),
    ]
    marker = {"size": 9, "color": palette["input"]}
    points = charts.points(_("samples"), x[:, 0], y[:, 0], marker, "(%{x:.2f}, %{y:.2f})")
    return charts.figure([*lines, points], 250, "x", "y", across={"range": [-1, 1]}, up={"range": [-2.4, 2.4]}, margin=MARGIN)


def losses(case: Case, run: Run, before: Run | None = None) -> charts.Figure:
    """Both losses over the epochs, the chosen epoch marked; ``before``: the held-out loss of another run beside them."""
    return _losses(run, before, _epoch(case), case.theme, language())


@lru_cache(maxsize=128)
def _losses(run: Run, before: Run | None, epoch: int, theme: str, _language: str) -> charts.Figure:
    palette, fit = colors(theme), fitted(*run)
    lines = [
        _over_epochs(_("training samples"), fit.training, palette["input"], "solid", 2.5),
        _over_epochs(_("held-out samples"), fit.held_out, palette["loss"], "dash", 3.5),
    ]
    if before is not None:
        lines.append(_over_epochs(_("held-out, nothing done"), fitted(*before).held_out, palette["setting"], "dot", 1.5))
    most = 1.1 * max(float(line["y"][EVERY:].max()) for line in lines)  # without the leaps of the first epochs
    here = charts.line("", [epoch, epoch], [0, most], palette["setting"], "dot", 1.5, hover="")
    across, up = {"range": [0, EPOCHS]}, {"range": [0, most]}
    return charts.figure([*lines, here], 230, _("epoch"), _("loss"), across=across, up=up, margin=MARGIN)


def as_noted(case: Case) -> charts.Figure:
    """The held-out loss as the notes' code measures it, with neurons dropped, and as it is without."""
    fit, palette = _with_dropout(case.setting), colors(case.theme)
    epochs = range(0, EPOCHS + 1, EVERY)
    noted = charts.line(
        _("as in the notes, neurons dropped"), epochs, noted_losses(case.setting), palette["gradient"], width=2
    )
    real = charts.line(_("nothing dropped"), epochs, fit.held_out[::EVERY], palette["loss"], "dash", 3.5)
    across, up = {"range": [0, EPOCHS]}, {"rangemode": "tozero"}
    return charts.figure([noted, real], 280, _("epoch"), _("held-out loss"), across=across, up=up, margin=MARGIN)


def noted_losses(setting: Dropout) -> tuple[float, ...]:
    """The held-out loss with a mask drawn for it, after every ``EVERY`` epochs."""
    return _noted(setting.p, setting.samples)


@lru_cache(maxsize=32)
def _noted(p: float, samples: int) -> tuple[float, ...]:
    _training, (x, y) = data(samples)
    networks = fitted(Dropout().neurons, p, 0.0, samples).networks
    return tuple(trace(network, x, y, "train", TEST_SEED + k).loss for k, network in enumerate(networks))


def noted_facts(setting: Dropout) -> dict[str, object]:
    """How much the two ways to measure differ: at the end, and how often the notes' curve is the higher one."""
    noted, real = np.array(noted_losses(setting)), _with_dropout(setting).held_out[::EVERY]
    return {
        "p": f"{setting.p:g}", "noted": f"{noted[-1]:.3f}", "real": f"{real[-1]:.3f}", "higher": int((noted > real).sum()),
        "measured": len(real),
    }  # fmt: skip


def _with_dropout(setting: Dropout) -> Fit:
    return fitted(Dropout().neurons, setting.p, 0.0, setting.samples)


def _over_epochs(name: str, values: np.ndarray, color: str, dash: str, width: float) -> charts.Trace:
    return charts.line(name, range(0, len(values), THINNED), values[::THINNED], color, dash, width)

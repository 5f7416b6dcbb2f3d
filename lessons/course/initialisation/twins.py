"""The small network, 1-2-1: hidden neurons that begin alike stay alike, and a small difference between them grows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from mlp_core import Layer, Network, Quantity, Training, trace
from mlp_core.optimisers import Adam
from mlp_core.writing.numbers import significant

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors
from ...style import together
from ...worked import Worked, mlp
from ..case import Case, look_of
from ..typed import Typed
from .setting import EVERY, ITERATIONS, WEIGHTS, Initial

PLACES = np.linspace(-2, 2, 9)[:, None]
TARGETS = np.exp(-2 * (PLACES - 0.4) ** 2).round(2)  # a bump, which takes one neuron to rise and another to fall
SHOWN, RATE, FITTED = 6, 0.2, 0.005  # the point that is worked out, from 0; a loss with which the points are met
CURVE = np.linspace(-2.2, 2.2, 89)[:, None]


class Run(NamedTuple):
    """A training. networks: at first and after every ``EVERY`` iterations; weights: (iterations + 1, 4), in the order of
    ``WEIGHTS``; losses: before the first iteration and after each."""

    networks: tuple[Network, ...]
    weights: np.ndarray
    losses: np.ndarray


def network(setting: Initial) -> Network:
    """Its weights at the start, each with a difference of its own, and as a person typed them; its biases are 0."""
    return _network(*_key(setting))


Key = tuple[float, float, Typed, str, int]


def _key(setting: Initial) -> Key:
    return setting.start, setting.apart, setting.own, setting.twins, setting.draw


def _network(start: float, apart: float, own: Typed, hidden: str, seed: int) -> Network:
    drawn = start + apart * np.random.default_rng(seed).uniform(-1, 1, len(WEIGHTS))
    w = dict(zip(WEIGHTS, drawn.round(4).tolist(), strict=True)) | dict(own)
    one, two, *out = (w[name] for name in WEIGHTS)
    return Network([Layer([[one], [two]], [0, 0], hidden), Layer([out], [0], "identity")], "half_squared_error")


def worked(setting: Initial, _example: object) -> Worked:
    """One of the points through it."""
    return mlp(network(setting), PLACES[SHOWN], TARGETS[SHOWN])


def alike(net: Network) -> bool:
    """Whether its hidden neurons have the same weights, coming in and going out."""
    first, second = net.layers
    return bool(first.W[0, 0] == first.W[1, 0] and second.W[0, 0] == second.W[0, 1])


def state(case: Case) -> str:
    """What the steps say of the two neurons, with their gradients."""
    net, about, look = network(case.setting), case.worked, case.look
    assert about is not None
    one, two = (Quantity("dW", 1, (i, 1)) for i in (1, 2))
    values = [about.values[Quantity("dW", *at)] for at in ((1, (1, 1)), (1, (2, 1)), (2, (1, 1)), (2, (1, 2)))]
    if not any(values):
        return _("Now even the gradients of all weights are 0: only the bias of the output learns anything.")
    if alike(net):
        text = _("They are twins: {one}, {other}. The same step for both, and they are twins again.")
    else:
        text = _("They are no twins any more: {one}, {other}.")
    first, second = (f"${look.symbol(q)} = {look.number(q, value)}$" for q, value in zip((one, two), values, strict=False))
    return text.format(one=first, other=second)


@lru_cache(maxsize=32)
def _trained(*key: Any) -> Run:
    """Adam on all points at once."""
    training = Training(_network(*key), PLACES, TARGETS, Adam(lr=RATE), ITERATIONS)
    networks, weights = [training.network], [_weights(training.network)]
    for iteration in training:
        weights.append(_weights(training.network))
        if iteration % EVERY == 0:
            networks.append(training.network)
    return Run(tuple(networks), np.array(weights), np.array(training.losses))


def _weights(net: Network) -> list[float]:
    first, second = net.layers
    return [*first.W[:, 0].tolist(), *second.W[0].tolist()]


def trained(setting: Initial) -> Run:
    """The training from its start."""
    return _trained(*_key(setting))


def told(case: Case) -> str:
    """How the training ended."""
    run: Run = trained(case.setting)
    said = _("Loss at iteration {at}: {now}; at the end: {end}.").format(
        at=case.setting.at, now=significant(float(run.losses[case.setting.at]), 2), end=significant(float(run.losses[-1]), 2)
    )
    if alike(run.networks[-1]):
        why = _("The two neurons go the same way for ever: together they draw one curve that only rises or only falls.")
    elif run.losses[-1] < FITTED:
        why = _("The difference has grown: one neuron draws the rise, the other the fall.")
    else:
        why = _("The neurons part, but so slowly from this start that these iterations are not enough.")
    return together(said, why)


def fit(case: Case) -> charts.Figure:
    """The points, and what the network says at the iteration on show."""
    palette, net = colors(case.theme), trained(case.setting).networks[case.setting.at // EVERY]
    says = trace(net, CURVE, np.zeros_like(CURVE)).layers[-1].a[:, 0]
    marker = {"size": 9, "color": palette["input"]}
    points = charts.points(_("points"), PLACES[:, 0], TARGETS[:, 0], marker, charts.PLACE)
    curve = charts.line(_("network"), CURVE[:, 0], says, palette["activation"], "solid", 3, charts.PLACE)
    return charts.figure([points, curve], 290, "x", _("output"), up={"range": [-0.6, 1.3]})


def paths(case: Case) -> charts.Figure:
    """The weights of both neurons over the iterations: those of the first broad, of the second thin and dashed upon them."""
    run, palette = trained(case.setting), colors(case.theme)
    look = look_of(worked(case.setting, case.example), case.example, case.theme)
    traces = []
    for column, (address, family) in enumerate(zip(WEIGHTS, ("parameter", "parameter", "gradient", "gradient"), strict=True)):
        second = column % 2 == 1
        dash, width, opacity = ("dash", 2, 1) if second else ("solid", 7, 0.45)
        name, y = look.name(Quantity.parse(address)).text(), run.weights[:, column]
        line = charts.line(name, range(len(y)), y, palette[family], dash, width, charts.PLACE)
        traces.append(line | {"opacity": opacity})
    ends = [run.weights.min(), run.weights.max()]
    traces.append(charts.line("", [case.setting.at] * 2, ends, palette["setting"], "dot", 2, hover=""))
    return charts.figure(traces, 290, _("iteration"), _("weight"))

"""Weight decay with numbers: the penalty in a step of the worked example, and where it goes in Adam and in AdamW."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mlp_core import SGD, Adam, AdamW, Decay, Layer, Network, Optimiser, Quantity, Step, train
from mlp_core.steps import Phase

from ...drawing import charts
from ...example import Example
from ...i18n import gettext as _
from ...palette import colors
from ...style import plain
from ...worked import Worked, of_update
from ..case import Case
from .setting import OPTIMISERS, Dropout

RATE = 0.1  # of the one step, as in the notes
WATCHED = Quantity("W", 2, (1, 1))
SCALES, NOISE, STEPS, SLOW = (0.1, 0.3, 1.0, 3.0), 10.0, 300, 0.004
SEED = 0
Rows = tuple[list[str], list[list[str]]]


def penalised(setting: Dropout, _example: object) -> Worked:
    """The worked example with the penalty in its loss, and a step of gradient descent."""
    return _worked(setting.example, SGD(lr=RATE), Decay(setting.decay, setting.form))


def adam(setting: Dropout, _example: object) -> Worked:
    """The first step of Adam with lambda/2 |W|^2 in the loss, or of AdamW."""
    return _of(setting, setting.optimiser)


def _of(setting: Dropout, name: str) -> Worked:
    if name == "AdamW":
        return _worked(setting.example, AdamW(lr=RATE, weight_decay=setting.decay))
    return _worked(setting.example, Adam(lr=RATE), Decay(setting.decay, "l2_half"))


@lru_cache(maxsize=64)
def _worked(example: Example, optimiser: Optimiser, decay: Decay | None = None) -> Worked:
    return of_update(optimiser.step(example.network, example.trace, decay=decay))


def of_penalty(step: Step) -> bool:
    """Whether a step is about the penalty, or moves one of the last layer's parameters."""
    return step.phase is Phase.LOSS or (step.phase is Phase.UPDATE and step.target.layer == 2)


def of_watched(step: Step) -> bool:
    """Whether it is one of the update of the weight that both optimisers are compared by."""
    return step.phase is Phase.UPDATE and (step.target.parameter, step.target.layer, step.target.index) == ("W", 2, (1, 1))


def asked_of_penalty(about: Worked) -> list[Quantity]:
    """Penalty and loss with it, then gradient and step of the last layer's weights and bias."""
    loss = [step.target for step in about.steps.phase(Phase.LOSS)]
    moved = [step.target for step in about.steps.phase(Phase.UPDATE) if step.target.layer == 2]
    return [*loss[1:], *moved]


def asked_of_adam(about: Worked) -> list[Quantity]:
    """What becomes of the watched weight."""
    return [step.target for step in about.steps if of_watched(step)]


def both(case: Case) -> Rows:
    """The watched weight's way through a step of each optimiser, and the new weight without decay."""
    look = case.look
    made = {name: _of(case.setting, name) for name in OPTIMISERS}
    free = _worked(case.setting.example, Adam(lr=RATE))
    kinds = ("dW", "g_W", "step_W", "decay_W", "W_new")
    rows = []
    for q in (WATCHED.beside(kind) for kind in kinds):
        cells = [look.value(q, about.values[q]) if q in about.steps else "–" for about in (free, *made.values())]
        rows.append([f'<th scope="row">{look.html(q)}</th>', *cells])
    return ["", _("no decay"), _("penalty in Adam"), "AdamW"], rows


def race(decay: float) -> dict[str, np.ndarray]:
    """Four weights that begin at 1, after ``STEPS`` updates: without decay, with the penalty in Adam's gradient, and beside
    AdamW's step; arrays (4,)."""
    return {"": left("Adam", 0.0), **{name: left(name, decay) for name in OPTIMISERS}}


@lru_cache(maxsize=64)
def left(optimiser: str, decay: float) -> np.ndarray:
    """Those of one optimiser. They belong to a linear neuron whose targets are noise about what it says at first, so there is
    nothing to learn; its inputs are of other scales, and so are the gradients."""
    draw = np.random.default_rng(SEED)
    x = draw.normal(0, 1, (STEPS, len(SCALES))) * SCALES
    y = x.sum(axis=1, keepdims=True) + draw.normal(0, NOISE, (STEPS, 1))
    network = Network([Layer(np.ones((1, len(SCALES))), None, "identity")], "half_squared_error")
    beside = optimiser == "AdamW"
    made: Optimiser = AdamW(lr=SLOW, weight_decay=decay) if beside else Adam(lr=SLOW)
    run = train(network, x, y, made, 1, 1, SEED, weight_decay=0.0 if beside else decay, decay="l2_half")
    weights: np.ndarray = run.network.layers[0].W[0]
    return weights


def race_chart(case: Case) -> charts.Figure:
    """What is left of each weight, by the scale of its input."""
    palette, found = colors(case.theme), race(case.setting.strong)
    looks = {"": ("setting", "dot", "circle"), "Adam": ("gradient", "solid", "square"), "AdamW": ("loss", "dash", "diamond")}
    titles = {"": _("no decay"), "Adam": _("penalty in Adam"), "AdamW": "AdamW"}
    traces = [
        charts.line(
            titles[name], SCALES, found[name], palette[family], dash, hover="%{y:.3f}", marker={"size": 9, "symbol": symbol}
        )
        for name, (family, dash, symbol) in looks.items()
    ]
    return charts.figure(
        traces, 280, _("scale of the input"), _("weight afterwards"),
        across={"type": "log", "tickvals": SCALES}, up={"range": [0, 1.2]},
    )  # fmt: skip


def race_facts(setting: Dropout) -> dict[str, object]:
    """What is left of the weights with the smallest and with the largest gradients."""
    found = race(setting.strong)
    return {
        "steps": STEPS, "slow": plain(SLOW), "strong": plain(setting.strong),
        "small": plain(SCALES[0]), "large": plain(SCALES[-1]),
        **{f"{name}_{end}": f"{found[key][at]:.2f}" for name, key in (("inside", "Adam"), ("beside", "AdamW"))
           for end, at in (("small", 0), ("large", -1))},
    }  # fmt: skip

"""A network with dropout in its hidden layer, 2-3-1: a pass with a mask set by hand, means over many masks, and what the notes'
code makes of both."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product

import numpy as np

from mlp_core import Layer, Network, Quantity, trace
from mlp_core.engine import Trace

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors
from ...problem import Problem
from ...style import plain
from ...worked import Worked, regular_pass
from ..build.flaws import framed
from ..case import Case
from ..setting import number
from ..typed import Typed, array, with_number
from .setting import HIDDEN, INPUTS, MOST_DROPPED, NUMBER, Dropout

BEGUN, MASKS = 9, 400
TENTHS = [k / 10 for k in range(-9, 10) if k]
LEAST = 0.1
TEST = [
    "self.layers[0].forward(x)",
    "for i in range(1, len(self.layers)):",
    "    self.layers[i].forward(self.layers[i-1].output, is_final)",
]
Rows = tuple[list[str], list[list[str]]]


@lru_cache(maxsize=1)
def _begun() -> dict[tuple[str, int], np.ndarray]:
    """W, b, V, c, x and y as they are at first, by kind and layer."""
    draw, layers = np.random.default_rng(BEGUN), {1: (HIDDEN, INPUTS), 2: (1, HIDDEN)}
    shapes: dict[tuple[str, int], tuple[int, ...]] = {}
    for layer, (n, m) in layers.items():
        shapes |= {("W", layer): (n, m), ("b", layer): (n,)}
    shapes |= {("x", 0): (INPUTS,), ("y", 2): (1,)}
    return {place: draw.choice(TENTHS, shape) for place, shape in shapes.items()}


@lru_cache(maxsize=64)
def _numbers(own: Typed) -> tuple[np.ndarray, ...]:
    """They, those that were typed in their places."""
    typed = dict(own)
    return tuple(array(typed, kind, layer, begun) for (kind, layer), begun in _begun().items())


def network(setting: Dropout, ahead: float = 1.0) -> Network:
    """The network; ahead: what the weights behind its masks are multiplied by."""
    W, b, V, c, _x, _y = _numbers(setting.own)
    return Network([Layer(W, b, "tanh", dropout=setting.p), Layer(ahead * V, c, "identity")], "half_squared_error")


def sample(setting: Dropout) -> tuple[np.ndarray, np.ndarray]:
    """What goes through it, x (2,) and y (1,)."""
    *_parameters, x, y = _numbers(setting.own)
    return x, y


def mask(setting: Dropout) -> np.ndarray:
    """1 where a hidden neuron works, else 0: (3,)."""
    return np.array([float(i in setting.working) for i in range(1, HIDDEN + 1)])


def worked(setting: Dropout, _example: object) -> Worked:
    """The pass with this mask."""
    return regular_pass(network(setting), *sample(setting), masks={1: mask(setting)})


def entered(setting: Dropout, quantity: Quantity, value: float) -> Dropout:
    """A mask, the probability of dropping, a weight, a bias, an input or the target; Problem for a mask other than 0 and 1."""
    where, kind = str(quantity), quantity.kind
    if kind == "p":
        return replace(setting, p=number(where, value, LEAST, MOST_DROPPED))
    if kind != "mask":
        return with_number(setting, quantity, value)
    if value not in (0, 1):
        raise Problem(where, NUMBER, value=value)
    i = quantity.index[0]
    others = tuple(each for each in setting.working if each != i)
    return replace(setting, working=(*others, i) if value else others)


def asked(about: Worked) -> list[Quantity]:
    """What the hidden layer passes on, what comes back to it, and the gradients of its weights."""
    kinds = {("a_drop", 1), ("z", 2), ("dC_da", 1), ("delta", 1), ("dW", 1)}
    return [step.target for step in about.steps if (step.target.kind, step.target.layer) in kinds]


def noted_gradients(setting: Dropout) -> dict[Quantity, float]:
    """The gradients of weights as the notes' code has them: the mask is put on the gradient of the weights behind it, but what
    goes backward to the layer before takes no notice of it, and of 1/(1-p) neither does."""
    passed = trace(network(setting), *sample(setting), "train", masks={1: mask(setting)})
    one, two = passed.layers
    made = two.delta @ passed.network.layers[1].W * one.da_dz
    found: dict[Quantity, float] = {}
    for i in range(HIDDEN):
        found[Quantity("dW", 2, (1, i + 1))] = float(two.delta[0] * one.a[i] * mask(setting)[i])
        for j in range(INPUTS):
            found[Quantity("dW", 1, (i + 1, j + 1))] = float(made[i] * passed.x[j])
    return found


def gradients(case: Case) -> Rows:
    """Of each hidden neuron its mask, and the gradients of a weight into it and of the one out of it: right, and as noted."""
    about, look, noted = case.worked, case.look, noted_gradients(case.setting)
    assert about is not None
    rows = []
    for i, works in enumerate(mask(case.setting), 1):
        into, out = Quantity("dW", 1, (i, 1)), Quantity("dW", 2, (1, i))
        cells = [look.value(q, value) for q in (into, out) for value in (about.values[q], noted[q])]
        rows.append([f'<th scope="row">{i}</th>', plain(works), *cells])
    titles = [_("into it"), _("as noted"), _("out of it"), _("as noted")]
    return [_("neuron"), _("mask"), *titles], rows


# ---- many masks -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def outputs(setting: Dropout) -> dict[str, np.ndarray]:
    """The output for ``MASKS`` masks drawn by the engine: "right"; "unscaled", without the division; "noted", with the formula of
    note 002, which lets a neuron work with probability p; and "plain", (1,), without dropout."""
    x, y = (np.tile(each, (MASKS, 1)) for each in sample(setting))
    passed = trace(network(setting), x, y, "train", setting.draws)
    drawn = passed.layers[0].mask
    reversed_ = trace(network(setting), x, y, "train", masks={1: 1 - drawn})
    unscaled = trace(network(setting, 1 - setting.p), x, y, "train", masks={1: drawn})
    free = trace(network(setting), *sample(setting))
    return {name: _said(each) for name, each in
            {"right": passed, "noted": reversed_, "unscaled": unscaled, "plain": free}.items()}  # fmt: skip


def _said(passed: Trace) -> np.ndarray:
    return np.atleast_2d(passed.layers[-1].a)[:, 0]


def means(setting: Dropout) -> dict[str, np.ndarray]:
    """The mean of the outputs so far, mask by mask."""
    found = outputs(_kept(setting))
    return {name: each.cumsum() / np.arange(1, len(each) + 1) for name, each in found.items()}


def _kept(setting: Dropout) -> Dropout:
    """With nothing but what outputs depend on."""
    return Dropout(p=setting.p, own=setting.own, draws=setting.draws)


def mean_chart(case: Case) -> charts.Figure:
    """How the mean settles as more masks are drawn."""
    palette, found = colors(case.theme), means(case.setting)
    looks = {
        "right": (_("r = 1 with probability 1 − p, divided by 1 − p"), "activation", "solid", 3),
        "noted": (_("r = 1 with probability p, divided by 1 − p"), "loss", "dash", 2),
        "unscaled": (_("not divided"), "gradient", "dashdot", 2),
    }
    count = range(1, MASKS + 1)
    traces = [
        charts.line(name, count, found[key], palette[family], dash, width) for key, (name, family, dash, width) in looks.items()
    ]
    traces.append(charts.line(_("without dropout"), [1, MASKS], np.tile(found["plain"], 2), palette["setting"], "dot", 2))
    return charts.figure(traces, 330, _("masks"), _("mean of the output so far"), across={"type": "log"})


def mean_facts(setting: Dropout) -> dict[str, object]:
    """What the means come to, and the factor that each way is on average."""
    found, p = means(setting), setting.p
    return {
        "masks": MASKS, "p": plain(p), "keep": plain(1 - p), "factor": plain(1 / (1 - p)), "noted_factor": plain(p / (1 - p)),
        **{name: f"{each[-1]:.3f}" for name, each in found.items()},
    }  # fmt: skip


def test_code(_case: Case) -> str:
    """How the notes' code tests."""
    return framed(TEST, _("The test of note 002"))


def first_sums(setting: Dropout) -> tuple[np.ndarray, ...]:
    """z of the hidden neurons where the inputs are dropped, too, (3,) each: its mean over all masks in training, as it should be
    after training, and as the notes' code has it there."""
    net, (x, _y) = network(setting).layers[0], sample(setting)
    inputs = np.array(list(product((0.0, 1.0), repeat=INPUTS)))
    likely = np.prod(np.where(inputs, 1 - setting.p, setting.p), axis=1)
    z = inputs * x / (1 - setting.p) @ net.W.T + net.b
    return likely @ z, net.W @ x + net.b, net.W @ x / (1 - setting.p) + net.b


def first_layer(case: Case) -> Rows:
    """They, neuron by neuron."""
    look, columns, rows = case.look, first_sums(case.setting), []
    for i in range(HIDDEN):
        q = Quantity("z", 1, (i + 1,))
        rows.append([f'<th scope="row">{look.html(q)}</th>', *(look.value(q, float(each[i])) for each in columns)])
    return ["", _("training, mean"), _("test, rightly"), _("test, as noted")], rows

"""A ReLU neuron that is inactive for every sample: that nothing moves it, what revives it, and how a large step kills one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from mlp_core import SGD, Layer, Network, Quantity, Trace, trace
from mlp_core.steps import Phase, Step

from ...drawing import charts
from ...i18n import gettext as _
from ...palette import colors
from ...style import name_of, plain, together
from ...worked import Worked, mlp
from ..case import Case
from ..typed import Typed
from .curves import Table, short
from .descent import Descent, descend
from .setting import EVERY, ITERATIONS, RATES, RECTIFIERS, STEEP, Activations, fold_network, parameters, rectified

PLACES = np.array([[-2.0], [-1.0], [1.0], [2.0]])
TARGETS = np.abs(PLACES)
RATE, DEAD = 0.3, 2  # the learning rate of the fold's training; the neuron that is inactive, from 1
KILLED, WANTED = np.array([[0.5], [1.0], [1.5], [2.0]]), np.array([[0.5], [1.0], [1.5], [2.0]])
FAR = 10  # times the first loss, beyond which no loss is drawn
AFTER = 60  # iterations that are made with the learning rate of the large step


# ---- inactive -------------------------------------------------------------------------------------------------------


def folded(setting: Activations, _example: object) -> Worked:
    """The fold before its training, all samples worked out; its weights and biases can be changed."""
    about = mlp(fold_network(setting), PLACES, TARGETS, sample=0)
    return replace(about, editable=frozenset(q for q in about.editable if q.family == "parameter"))


def of_neuron(step: Step) -> bool:
    """The steps of the neuron that begins inactive: its sum, its slope, what comes back to it, its gradients."""
    own = step.target.layer == 1 and step.target.index[:1] == (DEAD,)
    return own and (step.target.kind in ("z", "da_dz", "dC_da", "delta") or step.law.startswith("batch_"))


def asked(_about: Worked) -> list[Quantity]:
    """What is asked of that neuron, and beside it of the one that lives."""
    of_samples = (("da_dz", DEAD, 1), ("delta", DEAD, 1), ("delta", 1, 3))
    return [
        *(Quantity(kind, 1, (i,), sample) for kind, i, sample in of_samples), *(Quantity("dW", 1, (i, 1)) for i in (DEAD, 1)),
    ]  # fmt: skip


def trained(setting: Activations) -> Descent:
    """Gradient descent on all samples, from the numbers of the setting."""
    return _trained(fold_network(setting))


@lru_cache(maxsize=64)
def _trained(first: Network) -> Descent:
    return descend(first, PLACES, TARGETS, RATE, ITERATIONS, EVERY)


def on_show(setting: Activations) -> int:
    """The iteration that was chosen, or the last one that is kept of a training that overflows before it."""
    return min(setting.at, EVERY * (len(trained(setting).numbers) - 1))


def at(setting: Activations) -> Trace:
    """The network at the iteration on show, with what it makes of the samples."""
    return _at(fold_network(setting), on_show(setting) // EVERY)


@lru_cache(maxsize=64)
def _at(first: Network, nth: int) -> Trace:
    return trace(_trained(first).network(nth), PLACES, TARGETS)


def fold_figure(case: Case) -> charts.Figure:
    """What the network makes of any x at the iteration on show, what each hidden neuron adds to it, and the samples."""
    network, palette = at(case.setting).network, colors(case.theme)
    x = np.linspace(-3, 3, 121)
    hidden, out = (layer.a for layer in trace(network, x[:, None], np.zeros((121, 1))).layers)
    v = network.layers[1].W[0]
    families = (("parameter", "dot"), ("gradient", "dash"))
    parts = [charts.line(_("part of neuron {n}").format(n=i + 1), x, hidden[:, i] * v[i], palette[family], dash, 2)
             for i, (family, dash) in enumerate(families)]  # fmt: skip
    output = charts.line(_("output"), x, out[:, 0], palette["activation"], width=3)
    marker = {"size": 12, "color": palette["input"], "symbol": "diamond"}
    samples = charts.points(_("samples"), PLACES[:, 0], TARGETS[:, 0], marker, charts.PLACE)
    return charts.figure([output, *parts, samples], 300, "x", up={"range": [-1.2, 3.4]})


def loss_figure(case: Case) -> charts.Figure:
    """The loss over the iterations; the one on show is marked."""
    losses, palette = trained(case.setting).losses, colors(case.theme)
    line = charts.line(_("loss"), range(len(losses)), losses, palette["loss"]) | {"showlegend": False}
    here = on_show(case.setting)
    point = charts.points("", [here], [losses[here]], {"size": 11, "color": palette["loss"]})
    return charts.figure([line, point], 180, _("iteration"), _("loss"), up={"range": _room([losses])})


def neuron_table(case: Case) -> Table:
    """z and slope of the neuron at every sample, at the iteration on show."""
    passed, look = at(case.setting).layers[0], case.look
    z, slope = (Quantity(kind, 1, (DEAD,)) for kind in ("z", "da_dz"))
    rows = [
        [plain(float(x)), look.cell(z, float(passed.z[k, DEAD - 1])), look.cell(slope, float(passed.da_dz[k, DEAD - 1]))]
        for k, x in enumerate(PLACES[:, 0])
    ]
    return ["<i>x</i>", _("<i>z</i> of neuron {n}").format(n=DEAD), _("Slope")], rows


def state(case: Case) -> str:
    """Whether the neuron lives at the iteration on show, and how far training has moved it."""
    setting, run = case.setting, trained(case.setting)
    first, passed, iteration = run.begun, at(setting), on_show(setting)
    now, live = passed.network, _active(passed)
    moved = max(
        float(np.abs(getattr(now.layers[0], name)[DEAD - 1] - getattr(first.layers[0], name)[DEAD - 1]).max()) for name in "Wb"
    )
    said = _(
        "Iteration {at}: loss {loss}. Samples for which neuron {n} is active: {live} of {all}; its numbers have moved by {moved}."
    ).format(
        at=iteration, loss=f"{run.losses[iteration]:.4f}", n=DEAD, live=live, all=len(PLACES),
        moved=short(moved) if moved else _("exactly 0"),
    )  # fmt: skip
    if len(run.losses) <= ITERATIONS:
        return together(said, _("Then the training grows beyond all numbers."))
    if live or setting.kind != "relu":
        return said
    return together(said, _("**It is dead**: inactive for every sample, so every gradient of it is 0."))


def _active(passed: Trace) -> int:
    return int((passed.layers[0].z[:, DEAD - 1] > 0).sum())


# ---- killed ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def healthy(kind: str, typed: Typed) -> Network:
    """One hidden neuron; as it begins it is active for every sample, and too steep."""
    at = STEEP | dict(typed)
    layers = [rectified(*parameters(at, 1, 1, 1), kind), Layer(*parameters(at, 2, 1, 1), "identity")]
    return Network(layers, "half_squared_error")


def stepped(setting: Activations, _example: object) -> Worked:
    """One step of gradient descent with the learning rate of the setting, on all samples."""
    about = mlp(healthy(setting.killed, setting.steep), KILLED, WANTED, SGD(setting.rate), sample=0)
    return replace(about, editable=frozenset(q for q in about.editable if q.family == "parameter"))


def of_step(step: Step) -> bool:
    """The steps of the hidden neuron's own gradients and of their use."""
    return step.target.layer == 1 and (step.phase is Phase.UPDATE or step.law.startswith("batch_"))


def asked_of_step(about: Worked) -> list[Quantity]:
    """What is asked of the update."""
    return [step.target for step in about.steps if of_step(step)]


@lru_cache(maxsize=64)
def _begun(network: Network) -> Trace:
    return trace(network, KILLED, WANTED)


@lru_cache(maxsize=64)
def after_step(kind: str, typed: Typed, rate: float) -> tuple[float, ...]:
    """The hidden neuron's z at each sample after one step with that learning rate; with 0 before it."""
    passed = _begun(healthy(kind, typed))
    if rate:
        passed = trace(SGD(rate).step(passed.network, passed).network, KILLED, WANTED)
    return tuple(passed.layers[0].z[:, 0].tolist())


def deadly(kind: str, typed: Typed) -> tuple[float, float] | None:
    """Between which learning rates one step makes the neuron inactive for every sample, None where there are none: z follows the
    rate in straight lines, so what two rates give tells where each meets 0."""
    low, high = 0.0, RATES[1]
    for first, last in zip(after_step(kind, typed, 0.0), after_step(kind, typed, RATES[1]), strict=True):
        if first > 0 and last > 0:
            return None
        meets = RATES[1] * first / (first - last) if first != last else 0.0
        low, high = (max(low, meets), high) if first > 0 else (low, min(high, meets) if last > 0 else high)
    return (low, high) if low < high else None


@lru_cache(maxsize=64)
def _stepping(kind: str, typed: Typed, rate: float) -> Descent:
    return descend(healthy(kind, typed), KILLED, WANTED, rate, AFTER)


def losses(kind: str, typed: Typed, rate: float) -> tuple[float, ...]:
    """The losses of the training with that learning rate, up to where they overflow."""
    return _stepping(kind, typed, rate).losses


def step_figure(case: Case) -> charts.Figure:
    """The neuron's z at each sample after the first step, against the learning rate."""
    setting, palette = case.setting, colors(case.theme)
    rates = np.array([0.0, RATES[1]])
    ends = np.array([after_step(setting.killed, setting.steep, float(rate)) for rate in rates])
    dashes = ("solid", "dash", "dashdot", "dot")
    lines = [charts.line(f"x = {plain(float(x))}", rates, ends[:, k], palette["preactivation"], dashes[k], 2)
             for k, x in enumerate(KILLED[:, 0])]  # fmt: skip
    now, color = after_step(setting.killed, setting.steep, setting.rate), palette["preactivation"]
    marker = {"size": 11, "color": color, "symbol": ["circle" if z > 0 else "circle-open" for z in now],
              "line": {"color": color, "width": 2.5}}  # fmt: skip
    dots = charts.points("", [setting.rate] * len(now), now, marker, "z = %{y:.4f}")
    shaded = deadly(setting.killed, setting.steep) or (0, 0)
    shapes = [
        {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 0, "y1": 0,
         "line": {"color": palette["setting"], "width": 1.5}},
        {"type": "rect", "x0": shaded[0], "x1": shaded[1], "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0},
         "fillcolor": palette["gradient"], "opacity": 0.13},
    ]  # fmt: skip
    return charts.figure([*lines, dots], 290, _("learning rate"), _("z after one step"), shapes=shapes)


def both_losses(case: Case) -> charts.Figure:
    """The training with that learning rate, for ReLU and for leaky ReLU; the chosen one is thick."""
    setting, palette = case.setting, colors(case.theme)
    looks = {"relu": ("activation", "solid"), "leaky_relu": ("parameter", "dash")}
    lines, runs = [], [losses(kind, setting.steep, setting.rate) for kind in RECTIFIERS]
    for kind, run in zip(RECTIFIERS, runs, strict=True):
        family, dash = looks[kind]
        width = 3.5 if kind == setting.killed else 1.8
        lines.append(charts.line(name_of(kind), range(len(run)), run, palette[family], dash, width))
    return charts.figure(lines, 200, _("iteration"), _("loss"), up={"range": _room(runs)})


def killed_state(case: Case) -> str:
    """What the step has done to the neuron."""
    setting = case.setting
    live = sum(z > 0 for z in after_step(setting.killed, setting.steep, setting.rate))
    said = _("Learning rate {rate}: samples for which the neuron is active after the first step: {live} of {all}.").format(
        rate=plain(setting.rate), live=live, all=len(KILLED)
    )
    found = _stepping(setting.killed, setting.steep, setting.rate)
    if len(found.losses) <= AFTER:
        return together(said, _("Then the training grows beyond all numbers."))
    [(w, b, _v)], _bias = found.numbers[-1]
    if live and setting.killed == "relu" and max(w * x + b for x in KILLED[:, 0]) <= 0:
        said = together(said, _("A later step kills it."))
    return together(said, _("At iteration {n} the loss is {loss}.").format(n=AFTER, loss=f"{found.losses[-1]:.4f}"))


def begun_said(case: Case) -> str:
    """What the neuron is before the step."""
    setting, live = case.setting, sum(z > 0 for z in after_step(case.setting.killed, case.setting.steep, 0.0))
    if STEEP | dict(setting.steep) == STEEP:
        return _("This neuron is active for every sample, but far too steep.")
    said = _("With these numbers, samples for which the neuron is active: {live} of {all}.").format(live=live, all=len(KILLED))
    if live or setting.killed != "relu":
        return said
    return together(said, _("**It is dead**: inactive for every sample, so every gradient of it is 0."))


def deadly_said(case: Case) -> str:
    """Which learning rates kill the neuron in one step."""
    found = deadly(case.setting.killed, case.setting.steep)
    if case.setting.killed == "relu" and max(after_step("relu", case.setting.steep, 0.0)) <= 0:
        return _("Here no learning rate moves it.")
    if not found:
        return _("Here no learning rate puts all of them below 0.")
    low, high = map(short, found)
    if found[1] == RATES[1]:
        return _("From {low} on, the shaded part, all of them are below 0.").format(low=low)
    return _("From {low} to {high}, the shaded part, all of them are below 0.").format(low=low, high=high)


# ---- both -----------------------------------------------------------------------------------------------------------


def _room(runs: Sequence[Sequence[float]]) -> list[float]:
    """From 0 to the greatest loss of these runs, but not where they grow without end."""
    return [0, 1.08 * min(max(map(max, runs)), FAR * max(run[0] for run in runs)) or 1.0]

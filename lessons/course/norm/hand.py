"""A batch of four by hand: one neuron that takes its samples as they are, in training and afterwards, as a graph of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from mlp_core import BatchNorm, Derivation, Layer, Network, Quantity
from mlp_core.steps import Phase, Step

from ...i18n import gettext as _
from ...i18n import mark
from ...worked import Column, Line, Plan, Spot, Worked, regular_pass
from .setting import FIELDS, SAMPLES, Norm

LAWS = ("batch_mean", "batch_variance", "normalise", "scale_and_shift")
BACK = ("gamma_gradient", "beta_gradient", "scale_back", "variance_gradient", "mean_gradient", "normalise_back")
TRAINING, AFTER = ("mean", "var"), ("running_mean", "running_var")


def _network(setting: Norm) -> Network:
    norm = BatchNorm(
        [setting.gamma], [setting.beta], setting.eps, setting.share, [setting.old_mean], [setting.old_var]
    )
    return Network([Layer([[1.0]], None, "identity", batch_norm=norm)], "half_squared_error")


def forward(setting: Norm, _example: object = None) -> Worked:
    """The batch in training, forward in its picture."""
    return _drawn(setting, "forward")


def backward(setting: Norm, _example: object = None) -> Worked:
    """The same with the derivatives in its picture."""
    return _drawn(setting, "backward")


def running(setting: Norm, _example: object = None) -> Worked:
    """The same with the running statistics in its picture."""
    return _drawn(setting, "running")


def _drawn(setting: Norm, view: str) -> Worked:
    x, y = ([[each] for each in own] for own in (setting.z, setting.y))
    return _changed(regular_pass(_network(setting), x, y), view, tuple(range(1, SAMPLES + 1)))


def alone(setting: Norm, _example: object = None) -> Worked:
    """A sample after training."""
    return _changed(regular_pass(_network(setting), [setting.alone], [0.0], "eval"), "after", (0,))


def _changed(worked: Worked, view: str, samples: tuple[int, ...]) -> Worked:
    """With the picture of a view, and what can be changed in it; z is given, as it is what a person sets."""
    plan, editable = _picture(view, samples)
    return replace(worked, steps=_from_z(worked.steps), plan=plan, key=("from z", worked.key), editable=editable)


@lru_cache(maxsize=2)
def _from_z(steps: Derivation) -> Derivation:
    """The steps from z on, and back to it."""
    sums = tuple(step.target for step in steps if step.target.kind == "z")
    kept = tuple(step for step in steps if step.target.kind not in ("z", "dW"))
    return Derivation(kept, (*sums, *(q for q in steps.given if q.kind not in ("x", "W"))))


@lru_cache(maxsize=8)
def _picture(view: str, samples: tuple[int, ...]) -> tuple[Plan, frozenset[Quantity]]:
    """What is drawn, and what of it can be changed."""
    plan = _plan(view, samples)
    return plan, frozenset(q for spot in plan.spots() for q in spot.quantities if q.kind in (*FIELDS, "z", "y"))


def _plan(view: str, samples: tuple[int, ...]) -> Plan:
    """Samples, what the batch has together, the normalised numbers, and what the activation takes."""
    back = view == "backward"
    mean, var = AFTER if view == "after" else TRAINING
    each = [_each(kind, slope if back else "", s) for kind, slope in
            (("z", "delta"), ("z_hat", "dC_dz_hat"), ("z_bn", "dC_dz_bn")) for s in samples]  # fmt: skip
    n = len(samples)
    statistics = [_spot((mean, *(("dC_dmean",) if back else ())), "preactivation"),
                  _spot((var, *(("dC_dvar",) if back else ())), "preactivation")]  # fmt: skip
    if view == "running":
        statistics = [_spot((kind, f"running_{kind}", f"running_{kind}_new"), "preactivation") for kind in TRAINING]
    settings = [_spot((kind, *((f"d{kind}",) if back else ())), "parameter") for kind in ("gamma", "beta")]
    settings.append(_spot(("norm_eps",), "setting"))
    if view == "running":
        settings = [_spot(("norm_momentum",), "setting")]
    columns = (
        Column(mark("Samples"), 0, tuple(each[:n])),
        Column(mark("Batch") if view != "after" else mark("Kept"), 1, (*statistics, *settings)),
        Column(mark("Normalised"), 2, tuple(each[n : 2 * n])),
        Column(mark("Scaled, shifted"), 3, tuple(each[2 * n :])),
    )
    targets = tuple(_each("y", "", s) for s in samples) if back else ()
    cost = Quantity("C")
    loss = Spot("C", "loss", (cost, *(cost.of_sample(s) for s in samples)), (cost,)) if back else None
    return Plan(columns[: 2 if view == "running" else 4], tuple(_lines(view, n)), loss, targets, _label, graph=True)


def _label() -> str:
    return _("Batch normalisation of one neuron, sample by sample")


def _each(kind: str, slope: str, s: int) -> Spot:
    """A number of a sample, with its derivative where that is shown; what only leads there stands for the same spot."""
    family = {"z": "preactivation", "y": "input"}.get(kind, "activation")
    shown = tuple(Quantity(each, 1, (1,), s) for each in filter(None, (kind, slope)))
    more = [Quantity(each, 1, (1,), s) for each in (("a", "dC_da", "da_dz") if kind == "z_bn" else ())]
    return Spot(f"{kind}.{s}", family, (*shown, *more), shown, dict.fromkeys(Phase, shown))


def _spot(kinds: tuple[str, ...], family: str) -> Spot:
    shown = tuple(Quantity(kind, 1, () if kind in ("norm_eps", "norm_momentum") else (1,)) for kind in kinds)
    return Spot(str(shown[0]), family, shown, shown, dict.fromkeys(Phase, shown))


def _lines(view: str, n: int) -> Iterable[Line]:
    every = range(1, n + 1)
    if view != "after":
        for s in every:
            yield Line(f"mean.{s}", (0, s), (1, 1))
            yield Line(f"var.{s}", (0, s), (1, 2))
    if view == "running":
        return
    for s in every:
        yield Line(f"own.{s}", (0, s), (2, s))
        yield Line(f"from-mean.{s}", (1, 1), (2, s))
        yield Line(f"from-var.{s}", (1, 2), (2, s))
        yield Line(f"scaled.{s}", (2, s), (3, s))


def of_laws(*laws: str) -> Callable[[Step], bool]:
    """Says whether a step is by one of these laws."""

    def wanted(step: Step) -> bool:
        return step.law in laws

    return wanted

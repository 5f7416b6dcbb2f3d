"""What has to be said of runs beside their numbers: their settings, why one diverged, what another did not do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mlp_core import Quantity, Trace, Training, trace
from mlp_core.optimisers import Setting
from mlp_core.optimisers.decay import FORMS
from mlp_core.optimisers.schedules import Schedule

from ..example import Example
from ..i18n import gettext as _
from ..i18n import ngettext
from ..style import Look, name_of, plain, together
from ..walk.updates import BY_ZERO, largest_gradient, saturated
from .runs import Lane, training
from .schedules import named

LOSS = Quantity("C")
TRIAL, SMALLER = 200, 6
FAR, FLAT = 1e-3, 1e-9


def settings(training: Training) -> str:
    """The settings of its optimiser, how its learning rate falls, and how weights decay beside it, in one line."""
    optimiser, decay, schedule = training.optimiser, training.decay, training.schedule
    said = [_setting(about, getattr(optimiser, name)) for name, about in optimiser.settings().items()]
    if isinstance(schedule, Schedule):
        last = float(f"{optimiser.lr * schedule(max(training.epoch - 1, 0)):.4g}")
        said.append(_("learning rate {how}, at last {lr}").format(how=named(schedule), lr=plain(last)))
    said += [f"{name_of('decay')} {plain(decay.rate)}", _(FORMS[decay.form].title)] if decay else []
    return f"{optimiser.name}: {_(', ').join(said)}"


def _setting(about: Setting, value: float | bool | str) -> str:
    name = _(about.title)
    if isinstance(value, str):
        return _(about.choices[value])
    if isinstance(value, bool):
        return (_("{name}: yes") if value else _("{name}: no")).format(name=name)
    return f"{name} {plain(value)}"


class Trial(NamedTuple):
    """A short run with a smaller learning rate: that rate, its iterations and the loss it came to."""

    lr: float
    iterations: int
    loss: float


@lru_cache(maxsize=64)
def trial(example: Example, optimiser: str, iterations: int, schedule: Schedule | None = None) -> Trial | None:
    """The largest of a tenth, a hundredth, ... of the learning rate with which the loss falls; None if none does."""
    full = example.settings.named(optimiser)
    for power in range(1, SMALLER + 1):
        smaller = replace(full, lr=float(f"{full.lr / 10**power:.12g}"))
        run = training(example, smaller, min(iterations, TRIAL), schedule=schedule)
        for _epoch in run:
            pass
        if run.stopped_by == "epochs" and run.losses[-1] < run.losses[0]:
            return Trial(smaller.lr, run.epochs, run.losses[-1])
    return None


def divergence(lanes: Iterable[Lane], look: Look) -> str:
    """Which runs diverged, in which iteration and layer, what to try instead, and why it happened; empty for none."""
    found = [lane for lane in lanes if lane.training.stopped_by == "diverged"]
    if not found:
        return ""
    why = _(
        "The steps overshoot the minimum and land where the gradient is larger still, so every step is longer than the one "
        "before, until a number is beyond what the computer can hold, about 10³⁰⁸: the learning rate {lr} is too large here."
    )
    rates = [plain(lane.training.optimiser.lr) for lane in found if not lane.training.by_zero]
    return "\n\n".join([*(_diverged(lane, look) for lane in found), *([why.format(lr=rates[0])] if rates else [])])


def _diverged(lane: Lane, look: Look) -> str:
    run = lane.training
    if run.by_zero:
        text = _("**{optimiser} stopped in iteration {n}.**").format(optimiser=lane.name, n=run.epoch)
        return together(text, _(BY_ZERO).format(n=run.layer))
    text = _("**{optimiser} diverged in iteration {n}**, in layer {layer}. The last loss before that was {last}.")
    last = look.value(LOSS, run.losses[-1])
    text = text.format(optimiser=lane.name, n=run.epoch, layer=run.layer, last=last)
    tried = trial(lane.example, lane.name, run.epochs, run.schedule if isinstance(run.schedule, Schedule) else None)
    if tried is None:
        return together(text, _("With a millionth of the learning rate the loss still does not fall."))
    advice = ngettext(
        "With a learning rate of {lr} the loss falls from {first} to {last} in {n} iteration.",
        "With a learning rate of {lr} the loss falls from {first} to {last} in {n} iterations.",
        tried.iterations,
    )
    first, last = look.value(LOSS, run.losses[0]), look.value(LOSS, tried.loss)
    return together(text, advice.format(lr=plain(tried.lr), first=first, last=last, n=tried.iterations))


def remark(lane: Lane, look: Look) -> str:
    """What must be said of a run that has not diverged and yet did not do what training should; mostly empty."""
    run, losses = lane.training, lane.training.losses
    if run.stopped_by == "diverged":
        return ""
    if len(losses) == 1:
        return _("The loss was below the limit from the start: nothing was updated.") * (run.stopped_by == "loss")
    now = trace(run.network, run.x, run.y)
    error, gradient = float(np.abs(now.layers[-1].a - now.y).max()), largest_gradient(now)
    flat = gradient < FLAT and losses[-1] == losses[-2]
    if losses[-1] > losses[0]:
        what = _("The loss ends higher than it began: {last} instead of {first}.")
        why = _("The steps overshoot the minimum: try a smaller learning rate.")
    elif min(losses) == max(losses):
        what = _("The loss has not moved from {first}.")
        why = _("The steps are too small to show: try a larger learning rate.")
    elif flat and (error > FAR or saturated(now)):
        what, why = _("The loss stands still at {last}."), ""
    else:
        return ""
    return together(what, _stuck(error, now) if flat else why).format(
        first=look.value(LOSS, losses[0]),
        last=look.value(LOSS, losses[-1]),
        error=f"{error:.3g}",
        gradient=f"{gradient:.1e}" if gradient else "0",
    )


def _stuck(error: float, now: Trace) -> str:
    """Why nothing moves any more."""
    if error <= FAR and saturated(now):
        return _(
            "The output is at its target, but by too large a step, which has driven neurons to where their activation is flat "
            "(saturated): the largest gradient is {gradient}, and nothing more can be learnt from here. Go back to the start "
            "with a smaller learning rate."
        )
    if error <= FAR:
        return _("The output already is what it should be: there is nothing left to learn.")
    return _(
        "The output is still {error} away from its target, but the largest gradient is {gradient}: too large a step has "
        "driven neurons to where their slope is 0 (a saturated sigmoid or tanh, a dead ReLU), or the target is out of "
        "reach. Nothing flows back any more. Go back to the start with a smaller learning rate."
    )

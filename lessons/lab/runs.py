"""The training loop: runs side by side from the same start, what ended each of them in words, and its flow chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from time import perf_counter
from typing import NamedTuple

import numpy as np

from mlp_core import Optimiser, Quantity, Training, trace

from ..drawing.data import Flow, Shape, Station, Way
from ..example import Example
from ..i18n import gettext as _
from ..i18n import ngettext
from ..queue import Queue
from ..style import Look, plain

MOST = 10_000
LOSS = Quantity("C")
TURNS = Queue(1)
TRIAL, SMALLER = 200, 6
FAR, FLAT = 1e-3, 1e-9


@dataclass(frozen=True, eq=False)
class Lane:
    """A training run, the example it began from, and the lock of all the runs that began with it."""

    example: Example
    training: Training
    lock: Lock

    @property
    def name(self) -> str:
        """Of its optimiser."""
        return self.training.optimiser.name

    def fits(self, example: Example) -> bool:
        """Would a run that begins from ``example`` now be the same run?"""
        one, other = self.example, example
        same = one.model == other.model and one.settings.scope == other.settings.scope
        return same and self.training.optimiser == other.settings.named(self.name)


def begin(
    example: Example,
    optimisers: Iterable[str],
    iterations: int,
    loss_below: float | None = None,
    change_below: float | None = None,
) -> dict[str, Lane]:
    """A run for each optimiser: the example's weights and settings, an empty memory, the three stop conditions.

    Errors as for ``Training``.
    """
    lock = Lock()
    return {
        name: Lane(
            example,
            Training(
                example.network,
                example.x,
                example.y,
                example.settings.named(name),
                iterations,
                loss_below=loss_below,
                change_below=change_below,
            ),
            lock,
        )
        for name in optimisers
    }


def advance(lanes: Sequence[Lane], seconds: float) -> bool:
    """Let the runs take turns, an iteration each, for about so many seconds; True while one of them is not at its end.

    Everybody who trains in this process takes turns, too, in the order they ask: so whoever does something else competes with
    one of them. Streamlit starts the next script before the one it interrupts has noticed: the lock keeps one of them out of
    the other's iteration.
    """
    with TURNS.ticket() as ticket:
        ticket.wait()
        with lanes[0].lock:
            left = [lane.training for lane in lanes if not lane.training.stopped_by]
            until = perf_counter() + seconds
            while left and perf_counter() < until:
                for training in left:
                    next(training, None)
                if any(training.stopped_by for training in left):
                    left = [training for training in left if not training.stopped_by]
            return bool(left)


def stop(lanes: Sequence[Lane]) -> None:
    """End by hand what has not ended yet, all of it after the same iteration."""
    with lanes[0].lock:
        for lane in lanes:
            lane.training.stop()


def progress(lanes: Sequence[Lane]) -> float:
    """How much is done, 0 to 1; a run that has ended is done."""
    return sum(1.0 if t.stopped_by else t.epoch / t.epochs for t in (lane.training for lane in lanes)) / len(lanes)


def settings(optimiser: Optimiser) -> str:
    """Its settings in one line."""
    values = ((_(about.title), getattr(optimiser, name)) for name, about in optimiser.settings().items())
    return f"{optimiser.name}: {_(', ').join(_setting(name, value) for name, value in values)}"


def _setting(name: str, value: float | bool) -> str:
    if isinstance(value, bool):
        return (_("{name}: yes") if value else _("{name}: no")).format(name=name)
    return f"{name} {plain(value)}"


def together(*sentences: str) -> str:
    """One after the other, with a space between them where the language has one."""
    return ("" if sentences[0].endswith("。") else " ").join(sentences)


def ended(training: Training) -> str:
    """What ended the run, in a few words."""
    words = {
        "": _("still running, iteration {n}"),
        "epochs": ngettext("the one iteration done", "all {n} iterations done", training.epoch),
        "loss": _("loss below {loss_below}"),
        "change": _("change of the loss below {change_below}"),
        "diverged": _("diverged in iteration {n}"),
        "stopped": _("stopped by hand after iteration {n}"),
    }
    limits = {name: plain(getattr(training, name) or 0) for name in ("loss_below", "change_below")}
    return words[training.stopped_by].format(n=training.epoch, **limits)


class Trial(NamedTuple):
    """A short run with a smaller learning rate: that rate, its iterations and the loss it came to."""

    lr: float
    iterations: int
    loss: float


@lru_cache(maxsize=64)
def trial(example: Example, optimiser: str, iterations: int) -> Trial | None:
    """The largest of a tenth, a hundredth, ... of the learning rate with which the loss falls; None if none does."""
    full = example.settings.named(optimiser)
    for power in range(1, SMALLER + 1):
        smaller = replace(full, lr=float(f"{full.lr / 10**power:.12g}"))
        training = Training(example.network, example.x, example.y, smaller, min(iterations, TRIAL))
        for _epoch in training:
            pass
        if training.stopped_by == "epochs" and training.losses[-1] < training.losses[0]:
            return Trial(smaller.lr, training.epochs, training.losses[-1])
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
    return "\n\n".join(
        [*(_diverged(lane, look) for lane in found), why.format(lr=plain(found[0].training.optimiser.lr))]
    )


def _diverged(lane: Lane, look: Look) -> str:
    training = lane.training
    text = _("**{optimiser} diverged in iteration {n}**, in layer {layer}. The last loss before that was {last}.")
    last = look.value(LOSS, training.losses[-1])
    text = text.format(optimiser=lane.name, n=training.epoch, layer=training.layer, last=last)
    tried = trial(lane.example, lane.name, training.epochs)
    if tried is None:
        return together(text, _("With a millionth of the learning rate the loss still does not fall."))
    advice = ngettext(
        "With a learning rate of {lr} the loss falls from {first} to {last} in {n} iteration.",
        "With a learning rate of {lr} the loss falls from {first} to {last} in {n} iterations.",
        tried.iterations,
    )
    first, last = look.value(LOSS, training.losses[0]), look.value(LOSS, tried.loss)
    return together(text, advice.format(lr=plain(tried.lr), first=first, last=last, n=tried.iterations))


def remark(lane: Lane, look: Look) -> str:
    """What must be said of a run that has not diverged and yet did not do what training should; mostly empty."""
    training, losses = lane.training, lane.training.losses
    if training.stopped_by == "diverged":
        return ""
    if len(losses) == 1:
        return _("The loss was below the limit from the start: nothing was updated.") * (training.stopped_by == "loss")
    error, gradient = _remains(training)
    flat = gradient < FLAT and losses[-1] == losses[-2]
    if losses[-1] > losses[0]:
        what = _("The loss ends higher than it began: {last} instead of {first}.")
        why = _("The steps overshoot the minimum: try a smaller learning rate.")
    elif min(losses) == max(losses):
        what = _("The loss has not moved from {first}.")
        why = _("The steps are too small to show: try a larger learning rate.")
    elif flat and error > FAR:
        what, why = _("The loss stands still at {last}."), ""
    else:
        return ""
    return together(what, _stuck(error) if flat else why).format(
        first=look.value(LOSS, losses[0]),
        last=look.value(LOSS, losses[-1]),
        error=f"{error:.3g}",
        gradient=f"{gradient:.1e}" if gradient else "0",
    )


def _stuck(error: float) -> str:
    """Why nothing moves any more."""
    if error <= FAR:
        return _("The output already is what it should be: there is nothing left to learn.")
    return _(
        "The output is still {error} away from its target, but the largest gradient is {gradient}: too large a step has "
        "driven neurons to where their slope is 0 (a saturated sigmoid or tanh, a dead ReLU), or the target is out of "
        "reach. Nothing flows back any more. Go back to the start with a smaller learning rate."
    )


def _remains(training: Training) -> tuple[float, float]:
    """The largest distance of an output from its target, and the largest gradient of a parameter that is not frozen."""
    now = trace(training.network, training.x, training.y)
    gradients = [
        float(np.abs(gradient).max())
        for layer, t in zip(training.network.layers, now.layers, strict=True)
        for parameter, gradient in (("W", t.dW), ("b", t.db))
        if gradient is not None and parameter not in layer.frozen
    ]
    return float(np.abs(now.layers[-1].a - now.y).max()), max(gradients)


def flow(training: Training | None = None) -> Flow:
    """The loop as data for ``flowchart``, the way that ended ``training`` lit; nothing is lit while it runs or without one.

    The questions stand in the order in which ``Training`` asks them: each time the loss is known, before the next step.
    Ids: start, forward, loss, backward, update, and for each way to end "ask.<way>" and "end.<way>".
    """
    by = training.stopped_by if training else ""
    boxes: list[tuple[str, Shape, str]] = [
        ("start", "end", _("Start")),
        ("forward", "box", _("Forward pass")),
        ("loss", "box", _("Loss")),
        *((f"ask.{way}", "decision", text) for way, text in _questions(training).items()),
        ("backward", "box", _("Backward pass")),
        ("update", "box", _("Update of W and b")),
    ]
    rows = {id: row for row, (id, _shape, _text) in enumerate(boxes)}
    ends = {way: ended(training) if training and way == by else text for way, text in _ends().items()}
    nodes = [_node(id, shape, text, row, 0) for row, (id, shape, text) in enumerate(boxes)]
    nodes += [_node(f"end.{way}", "end", _upper(text), rows[f"ask.{way}"], 1, way == by) for way, text in ends.items()]
    edges = [_edge(one, other, _onward(one)) for one, other in pairwise(rows)]
    edges += [_edge(f"ask.{way}", f"end.{way}", _("no") if way == "diverged" else _("yes"), way == by) for way in ends]
    return {"label": _("The training loop"), "nodes": nodes, "edges": [*edges, _edge("update", "forward")]}


def _onward(id: str) -> str:
    """The answer with which the loop goes on from this box."""
    if not id.startswith("ask."):
        return ""
    return _("yes") if id == "ask.diverged" else _("no")


def _questions(training: Training | None) -> dict[str, str]:
    """What is asked before every step, with the limits of this run."""
    below = training.loss_below if training else None
    change = training.change_below if training else None
    return {
        "diverged": _("Is every number finite?"),
        "loss": _("Loss below a limit?") if below is None else _("Loss below {limit}?").format(limit=plain(below)),
        "change": _("Change below a limit?")
        if change is None
        else _("Change below {limit}?").format(limit=plain(change)),
        "epochs": ngettext("The one iteration done?", "All {n} iterations done?", training.epochs).format(n=training.epochs)
        if training
        else _("All iterations done?"),
        "stopped": _("Stop pressed?"),
    }


def _ends() -> dict[str, str]:
    return {
        "diverged": _("diverged"),
        "loss": _("loss small enough"),
        "change": _("loss settled"),
        "epochs": _("iterations done"),
        "stopped": _("stopped by hand"),
    }


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _node(id: str, shape: Shape, text: str, row: int, col: int, lit: bool = False) -> Station:
    return {"id": id, "shape": shape, "text": text, "row": row, "col": col, "state": "lit" if lit else "idle"}


def _edge(start: str, end: str, text: str = "", lit: bool = False) -> Way:
    return {"from": start, "to": end, "text": text, "state": "lit" if lit else "idle"}

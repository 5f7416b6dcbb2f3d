"""The training loop: forward, loss, backward, update, until one of the stop conditions holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .engine import Trace, loss_of, samples, trace
from .network import DividesByZero, Network, NonFinite, expect, is_number, is_whole
from .optimisers import Optimiser, State
from .optimisers.decay import Decay


@dataclass(frozen=True, eq=False)
class Run:
    """What a training run came to.

    network: the last finite one; state: the optimiser's; loss: (epochs run + 1,), on all of X, Y, the first before any
    update; stopped_by: "epochs", "loss", "change", "diverged" or "stopped"; epoch: how many epochs had begun; message: for a
    run that diverged, what overflowed; layer: in which layer (0 where nothing did); penalty: (epochs run + 1,), how much of the
    loss is the penalty for large weights; validation_loss: (epochs run + 1,), on the validation samples and without a penalty,
    None where there are none.
    """

    network: Network
    state: State
    loss: np.ndarray
    stopped_by: str
    epoch: int
    message: str = ""
    layer: int = 0
    penalty: np.ndarray = field(default_factory=lambda: np.zeros(1))
    validation_loss: np.ndarray | None = None

    def _repr_html_(self) -> str:
        return (
            f"<p>{self.epoch} epochs, loss {self.loss[0]:.6g} → {self.loss[-1]:.6g}, stopped by: {self.stopped_by}</p>"
        )


class Training(Iterator[int]):
    """The loop as an iterator over epoch numbers, so that a page can show progress, pause (stop asking) and stop.

    Arguments and errors as for ``train``. ``losses`` grows by one per epoch; ``stopped_by`` is empty while it runs.
    """

    def __init__(
        self,
        network: Network,
        X: Any,
        Y: Any,
        optimiser: Optimiser,
        epochs: int = 100,
        batch_size: int | None = None,
        seed: int = 0,
        loss_below: float | None = None,
        change_below: float | None = None,
        sequential: bool = False,
        weight_decay: float = 0.0,
        decay: str = "l2",
        schedule: Callable[[int], float] | None = None,
        validation: tuple[Any, Any] | None = None,
    ) -> None:
        self.x, self.y = samples(network, X, Y)
        expect(optimiser, Optimiser, "optimiser")
        count = len(self.x) if self.x.ndim == 2 else 1
        _whole("epochs", epochs, 0)
        _whole("seed", seed, 0)
        if batch_size is not None:
            _whole("batch_size", batch_size, 1)
        for name, limit in (("loss_below", loss_below), ("change_below", change_below)):
            if limit is not None and (not is_number(limit) or limit < 0):
                raise ValueError(f"{name} must be a finite number from 0 on, not {str(limit)[:60]}")
        self.network, self.optimiser, self.epochs = network, optimiser, epochs
        self.batch_size = None if batch_size is None or batch_size >= count else batch_size
        self.loss_below, self.change_below, self.sequential = loss_below, change_below, sequential
        self.random = np.random.default_rng(seed)
        self.state = optimiser.init(network)
        self.epoch, self.stopped_by, self.message, self.layer = 0, "", "", 0
        shrinking = Decay(weight_decay, decay)
        self.decay = shrinking if shrinking.rate else None
        if schedule is not None and not callable(schedule):
            raise ValueError(f"schedule must be a function of the epoch, not {type(schedule).__name__}")
        self.schedule = schedule
        self.validation = None if validation is None else _pair(network, validation)
        self.by_zero = False  # whether it diverged because its update would divide by 0
        self._trace: Trace = self._passed(network, self.x, self.y)
        self.losses: list[float] = []
        self.penalties: list[float] = []
        self.validation_losses: list[float] = []
        self._note(network, loss_of(network, self.x, self.y) if network.regular else self._trace.loss)
        self._look()

    def __next__(self) -> int:
        if self.stopped_by:
            raise StopIteration
        self.epoch += 1
        try:
            self._whole_set() if self.batch_size is None else self._batches()
        except NonFinite as error:
            self.stopped_by, self.message, self.layer = "diverged", str(error), error.layer
            self.by_zero = isinstance(error, DividesByZero)
            raise StopIteration from None
        self._look()
        return self.epoch

    def _passed(self, network: Network, x: np.ndarray, y: np.ndarray) -> Trace:
        """The pass that an update is made of: in training, with other outputs dropped every time."""
        if not network.regular:
            return trace(network, x, y)
        return trace(network, x, y, "train", int(self.random.integers(2**32)))

    def _now(self) -> Optimiser:
        """The optimiser with the learning rate of this epoch."""
        if self.schedule is None:
            return self.optimiser
        factor = self.schedule(self.epoch - 1)
        if not is_number(factor) or factor < 0:
            raise ValueError(f"schedule({self.epoch - 1}) must be a finite number from 0 on, not {str(factor)[:60]}")
        return self.optimiser.slowed(float(factor))

    def _note(self, network: Network, loss: float) -> None:
        """Keep the losses of a network; NonFinite where one overflows, with none of them kept."""
        penalty = self.decay.penalty(network) if self.decay else 0.0
        if self.validation:
            self.validation_losses.append(loss_of(network, *self.validation))
        self.losses.append(loss + penalty)
        self.penalties.append(penalty)

    def _whole_set(self) -> None:
        update = self._now().step(self.network, self._trace, self.state, self.sequential, self.decay)
        passed = self._passed(update.network, self.x, self.y)
        self._note(update.network, loss_of(update.network, self.x, self.y) if update.network.regular else passed.loss)
        self._trace, self.network, self.state = passed, update.network, update.state

    def _batches(self) -> None:
        assert self.batch_size is not None
        network, state, order = self.network, self.state, self.random.permutation(len(self.x))
        optimiser = self._now()
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            passed = self._passed(network, self.x[rows], self.y[rows])
            update = optimiser.step(network, passed, state, self.sequential, self.decay)
            network, state = update.network, update.state
        self._note(network, loss_of(network, self.x, self.y))  # raises where the new network no longer gives finite numbers
        self.network, self.state = network, state

    def _look(self) -> None:
        """Is one of the stop conditions met?"""
        loss = self.losses[-1]
        if self.loss_below is not None and loss < self.loss_below:
            self.stopped_by = "loss"
        elif self.change_below is not None and self.epoch and abs(loss - self.losses[-2]) < self.change_below:
            self.stopped_by = "change"
        elif self.epoch >= self.epochs:
            self.stopped_by = "epochs"

    def stop(self) -> None:
        """End the run by hand."""
        self.stopped_by = self.stopped_by or "stopped"

    def run(self) -> Run:
        """What it came to so far."""
        validation = np.array(self.validation_losses) if self.validation else None
        ended = self.stopped_by, self.epoch, self.message, self.layer
        return Run(self.network, self.state, np.array(self.losses), *ended, np.array(self.penalties), validation)


def train(
    network: Network,
    X: Any,
    Y: Any,
    optimiser: Optimiser,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int = 0,
    loss_below: float | None = None,
    change_below: float | None = None,
    on_epoch: Callable[[int, float], object] | None = None,
    sequential: bool = False,
    weight_decay: float = 0.0,
    decay: str = "l2",
    schedule: Callable[[int], float] | None = None,
    validation: tuple[Any, Any] | None = None,
) -> Run:
    """Train until ``epochs`` are done, the loss is below ``loss_below``, or it changes by less than ``change_below``.

    X: (batch, n_in) or one sample (n_in,); Y to match; batch_size: samples per update (None: all of them at once), drawn in
    an order that ``seed`` fixes; on_epoch(epoch, loss) is called after each epoch and stops the run by returning True;
    sequential: as for ``Optimiser.step``; weight_decay and decay: rate and form as for ``Decay``, whose penalty is part of the
    run's loss; schedule: what the learning rate is multiplied by in an epoch, from 0, as ``cosine(100)``; validation: (X, Y)
    of other samples, (batch, n_in) and (batch, n_out), whose loss is kept beside that of training.
    With batch normalisation or dropout updates are made in mode "train", other outputs dropped each time; losses are measured in
    mode "eval".
    A run whose numbers overflow ends as "diverged" and keeps the last finite network. Raises ValueError for bad arguments.
    """
    if on_epoch is not None and not callable(on_epoch):
        raise ValueError(f"on_epoch must be a function, not {type(on_epoch).__name__}")
    training = Training(
        network, X, Y, optimiser, epochs, batch_size, seed, loss_below, change_below, sequential, weight_decay, decay, schedule,
        validation,
    )  # fmt: skip
    for epoch in training:
        if on_epoch is not None and on_epoch(epoch, training.losses[-1]):
            training.stop()
    return training.run()


def _pair(network: Network, validation: Any) -> tuple[np.ndarray, np.ndarray]:
    try:
        x, y = validation
    except (TypeError, ValueError):
        raise ValueError("validation must be a pair of arrays (X, Y)") from None
    try:
        return samples(network, x, y)
    except ValueError as error:
        raise ValueError(f"validation: {error}") from None


def _whole(name: str, value: Any, least: int) -> None:
    if not is_whole(value) or value < least:
        raise ValueError(f"{name} must be a whole number from {least} on, not {str(value)[:60]!r}")

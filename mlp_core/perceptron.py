"""The perceptron: samples classified by the side of a line they lie on, learnt from those that are misclassified.

Letters are those of the notes: z = x w + c, labels y = 1 or -1, M the misclassified samples, D(w, c) = -sum of y z over M.
Samples count from 1. Source: Rosenblatt (1958); the bound on the number of updates: Novikoff (1962).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import isfinite
from typing import Any, NamedTuple, overload

import numpy as np
import sympy as sp

from .functions import add, mul
from .kinds import Kind, enter_kind, enter_settings
from .network import is_number, is_whole, numbers
from .quantity import Quantity
from .steps import Derivation, Phase, Step, enter_law
from .writing.names import NOTES, Name

ENTERED = {
    "point": Kind(
        family="input", arity=(1, 2), layered=False, given=True, letter="x"
    ),  # of a sample, one of its features
    "label": Kind(family="input", layered=False, given=True, letter="y"),
    "weight": Kind(family="parameter", arity=(0, 1), layered=False, parameter="weight", given=True, letter="w"),
    "offset": Kind(family="parameter", arity=(0,), layered=False, parameter="offset", given=True, letter="c"),
    "score": Kind(family="preactivation", layered=False, letter="z"),
    "class": Kind(family="activation", layered=False, letter="ŷ"),
    "missed": Kind(family="activation", layered=False, letter="m"),
    "D": Kind(family="loss", arity=(0,), layered=False),
    "slope_weight": Kind(family="gradient", arity=(0, 1), layered=False),
    "slope_offset": Kind(family="gradient", arity=(0,), layered=False),
    "weight_new": Kind(family="parameter", arity=(0, 1), layered=False, parameter="weight", updated=True),
    "offset_new": Kind(family="parameter", arity=(0,), layered=False, parameter="offset", updated=True),
}
LAWS = {
    "score": Phase.FORWARD,
    "class": Phase.FORWARD,
    "missed": Phase.FORWARD,
    "perceptron_loss": Phase.LOSS,
    "perceptron_slope": Phase.BACKWARD,
    "perceptron_update": Phase.UPDATE,
}
for _name, _kind in ENTERED.items():
    enter_kind(_name, _kind)
for _name, _phase in LAWS.items():
    enter_law(_name, _phase)
enter_settings({"lr": "η"})

UPDATES = ("each", "batch")
ROUNDING = 1e-12  # of the size of its terms, up to which a sum counts as 0
LR, C, C_NEW, D, SLOPE_C = map(Quantity, ("lr", "offset", "offset_new", "D", "slope_offset"))


class Moment(NamedTuple):
    """The parameters at one time, w (d,) and c, and the numbers, from 1, of the samples they misclassify."""

    w: np.ndarray
    c: float
    misclassified: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pass:
    """All samples at one moment and the update that follows: Steps with their numbers.

    moved: the samples, from 1, that the update is made of; none at the end. names: of what no notation has a letter for.
    """

    steps: Derivation
    values: Mapping[Quantity, float]
    moved: tuple[int, ...]
    names: Mapping[Quantity, Name]
    key: tuple[object, ...]

    @property
    def given(self) -> tuple[Quantity, ...]:
        """Samples, labels, parameters and, where something is updated, the learning rate."""
        return self.steps.given


@dataclass(frozen=True, eq=False)
class Perceptron:
    """What ``perceptron`` found.

    X: (n, d); labels: (n,); w: (d,); c; converged: whether no sample is misclassified; epochs: how many rounds updated
    something; history: the parameters and what they misclassify before each update, and at the end; moved: the samples that
    each update is made of.
    """

    X: np.ndarray
    labels: np.ndarray
    lr: float
    update: str
    epochs: int
    history: tuple[Moment, ...]
    moved: tuple[tuple[int, ...], ...]

    @property
    def w(self) -> np.ndarray:
        """The weights at the end, (d,)."""
        return self.history[-1].w

    @property
    def c(self) -> float:
        """The offset at the end."""
        return self.history[-1].c

    @property
    def converged(self) -> bool:
        """Whether every sample lies on its side at the end."""
        return not self.history[-1].misclassified

    @cached_property
    def steps(self) -> Passes:
        """The pass of every moment of the history, in order, made when it is asked for."""
        return Passes(self)

    @property
    def bound(self) -> float | None:
        """(R / gamma)^2, with the line found: more updates of one sample each no run makes that begins with w = 0, c = 0.

        R: the length of the longest sample, c's 1 among its features; gamma: the least distance from the line, in the same
        space. None where the samples have not been separated.
        """
        if not self.converged:
            return None
        rows = np.column_stack([self.X, np.ones(len(self.X))])
        line = np.append(self.w, self.c)
        line = line / (np.abs(line).max() or 1.0)
        margin = float((self.labels * (rows @ line)).min() / np.linalg.norm(line))
        found = (float(np.linalg.norm(rows, axis=1).max()) / margin) ** 2
        return found if isfinite(found) else None

    def _repr_html_(self) -> str:
        head = "<tr><th>update</th><th>w</th><th>c</th><th>misclassified</th></tr>"
        last = len(self.history) - 1
        kept = [k for k in range(last + 1) if k < 10 or k == last]
        rows = (self._row(k) for k in kept)
        said = "converged" if self.converged else "not converged"
        return f"<table><caption>{said}; updates: {last}, epochs: {self.epochs}</caption>{head}{''.join(rows)}</table>"

    def _row(self, k: int) -> str:
        w, c, missed = self.history[k]
        weights = ", ".join(f"{each:.6g}" for each in w)
        return (
            f"<tr><td>{k}</td><td>{weights}</td><td>{c:.6g}</td><td>{', '.join(map(str, missed)) or 'none'}</td></tr>"
        )


class Passes(Sequence[Pass]):
    """The passes of a run."""

    def __init__(self, run: Perceptron) -> None:
        self._run = run

    def __len__(self) -> int:
        return len(self._run.history)

    @overload
    def __getitem__(self, k: int) -> Pass: ...
    @overload
    def __getitem__(self, k: slice) -> Sequence[Pass]: ...
    def __getitem__(self, k: int | slice) -> Pass | Sequence[Pass]:
        if isinstance(k, slice):
            return [self._of(each) for each in range(*k.indices(len(self)))]
        if not -len(self) <= k < len(self):
            raise IndexError(k)
        return self._of(k % len(self))

    def _of(self, k: int) -> Pass:
        run = self._run
        return _pass(run, run.history[k], run.moved[k] if k < len(run.moved) else ())


def perceptron(
    X: Any, labels: Any, w: Any = None, c: float = 0.0, lr: float = 1.0, epochs: int = 100, update: str = "each"
) -> Perceptron:
    """Learn a line that separates the labels, from w and c (0 unless given), in at most so many rounds over the samples.

    X: (n, d), or (n,) for samples of one feature; labels: (n,), each 1 or -1; w: (d,). A sample is misclassified where
    y (x w + c) <= 0: also on the line. update "each": each misclassified sample in turn, w += lr y x, c += lr y; "batch": once
    a round, by the sum over all that are misclassified. ValueError for anything else, and where a number overflows.
    """
    X, labels = _samples(X, labels)
    w = _weights(w, X.shape[1])
    for name, value in (("c", c), ("lr", lr)):
        if not is_number(value):
            raise ValueError(f"{name} must be a finite number, not {value!r}")
    if lr <= 0:
        raise ValueError(f"lr must be above 0, not {lr!r}")
    if not is_whole(epochs) or epochs < 0:
        raise ValueError(f"epochs must be a whole number from 0, not {epochs!r}")
    if not isinstance(update, str) or update not in UPDATES:
        raise ValueError(f"update is one of {', '.join(UPDATES)}, not {update!r}")
    with np.errstate(over="ignore", invalid="ignore"):
        return _run(X, labels, Moment(w, float(c), _misclassified(X, labels, w, float(c))), float(lr), epochs, update)


def _samples(X: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    X, labels = numbers(X, "X", np.dtype(float)), numbers(labels, "labels", np.dtype(float))
    if X.ndim == 1:
        X = X[:, None]
    if X.ndim != 2 or not X.size:
        raise ValueError(f"X must have shape (samples, features), at least one of each, not {X.shape}")
    if labels.shape != X.shape[:1]:
        raise ValueError(f"labels must have shape {X.shape[:1]}, one for each sample, not {labels.shape}")
    wrong = np.flatnonzero(abs(labels) != 1)
    if wrong.size:
        raise ValueError(f"label {wrong[0] + 1} must be 1 or -1, not {labels[wrong[0]]:g}")
    return X, labels


def _weights(w: Any, n: int) -> np.ndarray:
    if w is None:
        return np.zeros(n)
    given = np.atleast_1d(numbers(w, "w", np.dtype(float)))
    if given.shape != (n,):
        raise ValueError(f"w must have shape ({n},), one for each feature, not {given.shape}")
    return given


def _scores(X: np.ndarray, w: np.ndarray, c: float) -> np.ndarray:
    """X w + c, (n,); what differs from 0 only by rounding, as 0.1 + 0.2 - 0.3 does, lies on the line and is 0."""
    z = X @ w + c
    return np.where(np.abs(z) < ROUNDING * (np.abs(X) @ np.abs(w) + abs(c)), 0.0, z)


def _misclassified(X: np.ndarray, labels: np.ndarray, w: np.ndarray, c: float) -> tuple[int, ...]:
    z = _scores(X, w, c)
    if not np.isfinite(z).all():
        raise ValueError(f"the score of sample {np.flatnonzero(~np.isfinite(z))[0] + 1} is too large for a number")
    return tuple((np.flatnonzero(labels * z <= 0) + 1).tolist())


def _run(X: np.ndarray, labels: np.ndarray, start: Moment, lr: float, epochs: int, update: str) -> Perceptron:
    history, moved, done = [start], [], 0
    while history[-1].misclassified and done < epochs:
        done += 1
        for group in [tuple(history[-1].misclassified)] if update == "batch" else ((i,) for i in range(1, len(X) + 1)):
            w, c, missed = history[-1]
            if set(group) <= set(missed):
                rows = [i - 1 for i in group]
                w = w + lr * (labels[rows] @ X[rows])
                c = c + lr * float(labels[rows].sum())
                w.setflags(write=False)
                history.append(Moment(w, c, _misclassified(X, labels, w, c)))
                moved.append(group)
    return Perceptron(X, labels, lr, update, done, tuple(history), tuple(moved))


def _pass(run: Perceptron, now: Moment, moved: tuple[int, ...]) -> Pass:
    n, d = run.X.shape
    key = (n, d, now.misclassified, moved)
    values: dict[Quantity, float] = {_point(i, j, d): float(run.X[i - 1, j - 1]) for i in _upto(n) for j in _upto(d)}
    values |= {_of("label", i): float(run.labels[i - 1]) for i in _upto(n)}
    values |= {_weight("weight", j, d): float(now.w[j - 1]) for j in _upto(d)} | {C: now.c}
    if moved:
        values[LR] = run.lr
    with np.errstate(over="ignore", invalid="ignore"):
        _computed(run, now, moved, values)
    if wrong := next((q for q, value in values.items() if not isfinite(value)), None):
        raise ValueError(f"{wrong} is too large for a number")
    loss = Name("D", sub=str(moved[0])) if run.update == "each" and moved else Name("D")
    names = {_weight("slope_weight", j, d): Name(num=loss, den=NOTES.name(_weight("weight", j, d))) for j in _upto(d)}
    return Pass(
        _derive(*key), values, moved, names | {SLOPE_C: Name(num=loss, den=Name("c"))}, ("perceptron", *key, run.update)
    )


def _computed(run: Perceptron, now: Moment, moved: tuple[int, ...], values: dict[Quantity, float]) -> None:
    """Add the number of every step, as the run has it."""
    d, z = run.X.shape[1], _scores(run.X, now.w, now.c)
    for i, (score, label) in enumerate(zip(z.tolist(), run.labels.tolist(), strict=True), 1):
        values[_of("score", i)] = score
        values[_of("class", i)] = float((score > 0) - (score < 0))
        values[_of("missed", i)] = float(label * score <= 0)
    rows = [i - 1 for i in now.misclassified]
    values[D] = 0.0 - float(run.labels[rows] @ z[rows])
    if not moved:
        return
    rows = [i - 1 for i in moved]
    slope, by_c = 0.0 - run.labels[rows] @ run.X[rows], 0.0 - float(run.labels[rows].sum())
    for j in _upto(d):
        values[_weight("slope_weight", j, d)] = float(slope[j - 1])
        values[_weight("weight_new", j, d)] = float(now.w[j - 1] - run.lr * slope[j - 1])
    values[SLOPE_C], values[C_NEW] = by_c, now.c - run.lr * by_c


@lru_cache(maxsize=256)
def _derive(n: int, d: int, missed: tuple[int, ...], moved: tuple[int, ...]) -> Derivation:
    """The Steps of a pass: they depend on which samples are misclassified, since D is a sum over these alone."""
    given = [_point(i, j, d) for i in _upto(n) for j in _upto(d)] + [_of("label", i) for i in _upto(n)]
    given += [*(_weight("weight", j, d) for j in _upto(d)), C, *([LR] if moved else [])]
    steps = [*(_score(i, d) for i in _upto(n)), *(_class(i) for i in _upto(n)), *(_missed(i) for i in _upto(n))]
    steps.append(_loss(missed))
    if moved:
        slopes = [*_slopes(d, moved)]
        olds = [*(_weight("weight", j, d) for j in _upto(d)), C]
        steps += [*slopes, *(_updated(old, slope.target) for old, slope in zip(olds, slopes, strict=True))]
    return Derivation(tuple(steps), tuple(given))


def _score(i: int, d: int) -> Step:
    pairs = [(_point(i, j, d), _weight("weight", j, d)) for j in _upto(d)]
    terms = [mul(x.symbol, w.symbol) for x, w in pairs]
    return Step(_of("score", i), "score", add(*terms, C.symbol), (*(q for pair in pairs for q in pair), C))


def _class(i: int) -> Step:
    z = _of("score", i)
    formula = sp.Piecewise((sp.Integer(1), z.symbol > 0), (sp.Integer(-1), z.symbol < 0), (sp.Integer(0), True))
    return Step(_of("class", i), "class", formula, (z,))


def _missed(i: int) -> Step:
    y, z = _of("label", i), _of("score", i)
    formula = sp.Piecewise((sp.Integer(1), sp.Le(mul(y.symbol, z.symbol), 0, evaluate=False)), (sp.Integer(0), True))
    return Step(_of("missed", i), "missed", formula, (y, z))


def _loss(missed: tuple[int, ...]) -> Step:
    pairs = [(_of("label", i), _of("score", i)) for i in missed]
    terms = [mul(sp.Integer(-1), y.symbol, z.symbol) for y, z in pairs]
    if not terms:
        return Step(D, "perceptron_loss.none", sp.Integer(0), ())
    return Step(D, "perceptron_loss", add(*terms), tuple(q for pair in pairs for q in pair))


def _slopes(d: int, moved: tuple[int, ...]) -> Iterator[Step]:
    """The gradient, by each weight and by c."""
    labels = [_of("label", i) for i in moved]
    for j in _upto(d):
        pairs = [(y, _point(i, j, d)) for y, i in zip(labels, moved, strict=True)]
        formula = add(*(mul(sp.Integer(-1), y.symbol, x.symbol) for y, x in pairs))
        inputs = tuple(q for pair in pairs for q in pair)
        yield Step(_weight("slope_weight", j, d), "perceptron_slope.weight", formula, inputs)
    yield Step(SLOPE_C, "perceptron_slope.offset", add(*(-y.symbol for y in labels)), tuple(labels))


def _updated(old: Quantity, slope: Quantity) -> Step:
    formula = add(old.symbol, mul(sp.Integer(-1), LR.symbol, slope.symbol))
    return Step(old.beside(f"{old.kind}_new"), "perceptron_update", formula, (old, LR, slope))


def _of(kind: str, i: int) -> Quantity:
    return Quantity(kind, 0, (i,))


def _point(i: int, j: int, d: int) -> Quantity:
    """A feature of a sample; of one alone without its number, as the notes write it."""
    return Quantity("point", 0, (i, j) if d > 1 else (i,))


def _weight(kind: str, j: int, d: int) -> Quantity:
    return Quantity(kind, 0, (j,) if d > 1 else ())


def _upto(n: int) -> range:
    return range(1, n + 1)

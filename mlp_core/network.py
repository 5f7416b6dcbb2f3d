"""Layers and networks: frozen, validated where they enter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .functions import ACTIVATIONS, LEAK, LOSSES, Activation, activation_of, lookup

REDUCTIONS = ("mean", "sum")
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


class NonFinite(ValueError):
    """A finite input overflowed on the way. ``layer`` is the layer (from 1) in which it happened, 0 for an input."""

    def __init__(self, message: str, layer: int) -> None:
        super().__init__(message)
        self.layer = layer


class DividesByZero(NonFinite):
    """An update divides by 0: its eps is 0, and so is what it is to keep from 0."""


def expect(value: object, kind: type, what: str) -> None:
    """ValueError naming what, unless ``value`` is of that kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{what} must be of type {kind.__name__}, not {type(value).__name__}")


def is_finite(array: np.ndarray) -> bool:
    """True when every entry is finite. A finite sum of squares settles it in one pass; one that overflows needs a full look.

    The caller silences NumPy's overflow warning.
    """
    flat = array.ravel()
    return isfinite(flat.dot(flat)) or bool(np.isfinite(array).all())


def is_number(value: object) -> bool:
    """True for a finite real number that a float can hold, not for a bool."""
    try:
        return not isinstance(value, bool) and isinstance(value, (int, float, np.number)) and isfinite(value)
    except (OverflowError, TypeError):  # an int beyond all floats, or a complex number
        return False


def is_whole(value: object) -> bool:
    """True for a whole number, not for a bool."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


@np.errstate(over="ignore")
def _narrow(source: np.ndarray) -> np.ndarray:
    """As float32; a number too large for it becomes inf."""
    return np.array(source, dtype=_SINGLE)


def numbers(value: Any, what: str, dtype: np.dtype | None = None) -> np.ndarray:
    """A read-only copy of ``value`` as floats, all finite; ValueError says what is wrong with ``what``."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(f"{what} has masked entries; every number must be there")
    try:
        source = np.asarray(value)
        if source.dtype.kind == "O":
            if any(isinstance(each, (str, bytes, np.ma.core.MaskedConstant)) for each in source.flat):
                raise TypeError
            source = np.asarray(value, dtype=float)
        if source.dtype.kind not in "buif":
            raise TypeError
        wanted = dtype or (_SINGLE if source.dtype == _SINGLE else _DOUBLE)
        array = np.array(source, dtype=wanted) if wanted == _DOUBLE else _narrow(source)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{what} must be an array of real numbers, not {str(value)[:60]!r}") from None
    finite = np.isfinite(array)
    if array.size and not finite.item(finite.argmin()):
        where = tuple(int(i) + 1 for i in np.argwhere(~finite)[0])
        raise ValueError(
            f"{what} holds {array[~np.isfinite(array)][0]} at position {where}; every number must be finite"
        )
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False, init=False)
class BatchNorm:
    """Batch normalisation of a layer's z: u = gamma z_hat + beta, with z_hat = (z - mean) / sqrt(var + eps).

    gamma, beta: (n_out,), learnt; eps: above 0; momentum: the share of a batch's own statistics in the running ones, from 0 to 1;
    running_mean, running_var: (n_out,), 0 and 1 unless given, which training moves and "eval" takes. ValueError for wrong shapes
    and numbers. Source: Ioffe and Szegedy 2015.
    """

    gamma: np.ndarray
    beta: np.ndarray
    eps: float
    momentum: float
    running_mean: np.ndarray
    running_var: np.ndarray

    def __init__(
        self,
        gamma: ArrayLike,
        beta: ArrayLike,
        eps: float = 1e-5,
        momentum: float = 0.1,
        running_mean: ArrayLike | None = None,
        running_var: ArrayLike | None = None,
    ) -> None:
        gamma = numbers(gamma, "gamma")
        if gamma.ndim != 1 or not gamma.size:
            raise ValueError(f"gamma must have shape (n_out,), not {gamma.shape}")
        mean = np.zeros(len(gamma)) if running_mean is None else running_mean
        var = np.ones(len(gamma)) if running_var is None else running_var
        arrays = {"beta": beta, "running_mean": mean, "running_var": var}
        made = {name: numbers(value, name, gamma.dtype) for name, value in arrays.items()}
        for name, array in made.items():
            if array.shape != gamma.shape:
                raise ValueError(f"{name} must have the shape of gamma, {gamma.shape}, not {array.shape}")
        if (made["running_var"] < 0).any():
            raise ValueError("running_var must be from 0 on")
        if not is_number(eps) or eps <= 0:
            raise ValueError(f"batch_norm: eps must be a finite number above 0, not {str(eps)[:60]}")
        if not is_number(momentum) or not 0 <= momentum <= 1:
            raise ValueError(f"batch_norm: momentum must be a number from 0 to 1, not {str(momentum)[:60]}")
        self.__dict__.update(made, gamma=gamma, eps=float(eps), momentum=float(momentum))

    def updated(self, arrays: Mapping[str, np.ndarray]) -> BatchNorm:
        """The same with other arrays of the same shapes, by name, which are taken over, not copied or checked."""
        norm = object.__new__(BatchNorm)
        for array in arrays.values():
            array.setflags(write=False)
        norm.__dict__.update(self.__dict__, **arrays)
        return norm

    def of(self, n: int, dtype: np.dtype) -> BatchNorm:
        """The same in that precision; ValueError unless it is of so many neurons."""
        if len(self.gamma) != n:
            raise ValueError(f"batch_norm: gamma must have shape ({n},) for the layer's neurons, not {self.gamma.shape}")
        names = ("gamma", "beta", "running_mean", "running_var")
        return self.updated({name: numbers(getattr(self, name), name, dtype) for name in names})


@dataclass(frozen=True, eq=False, init=False)
class Layer:
    """One layer: z = W a + b, a = f(z).

    W: (n_out, n_in); b: (n_out,), (1,) for one bias that all its neurons share, or None; activation: a name of
    ``ACTIVATIONS``; frozen: any of "W", "b" (what no update changes); slope: that of a leaky ReLU below 0, from 0 to 1;
    batch_norm: what z goes through before the activation; dropout: the probability, from 0 and below 1, with which an output is
    dropped in training (those that stay are divided by 1 - dropout).
    Arrays are copied and read-only; float32 is kept, everything else becomes float64. Raises ValueError for wrong shapes,
    non-finite numbers, unknown names, and a slope where there is none to set.
    """

    W: np.ndarray
    b: np.ndarray | None
    activation: str
    frozen: tuple[str, ...]
    slope: float
    batch_norm: BatchNorm | None
    dropout: float

    def __init__(
        self,
        W: ArrayLike,
        b: ArrayLike | None,
        activation: str,
        frozen: Iterable[str] = (),
        slope: float = LEAK,
        batch_norm: BatchNorm | None = None,
        dropout: float = 0.0,
    ) -> None:
        W = numbers(W, "W")
        if W.ndim != 2 or 0 in W.shape:
            raise ValueError(f"W must have shape (n_out, n_in) with at least one neuron each, not {W.shape}")
        b = None if b is None else numbers(b, "b", W.dtype)
        if b is not None and b.shape not in (W.shape[:1], (1,)):
            raise ValueError(f"b must have shape {W.shape[:1]} or (1,) to fit W of shape {W.shape}, not {b.shape}")
        record = lookup(ACTIVATIONS, activation, "activation")
        if not is_number(slope) or not 0 <= slope < 1:
            raise ValueError(f"slope must be a number from 0 on and below 1, not {str(slope)[:60]!r}")
        if slope != LEAK and not record.sloped:
            raise ValueError(f"{activation} has no slope to set, only leaky_relu has")
        try:
            frozen = tuple(frozen)
        except TypeError:
            frozen = (repr(frozen),)
        if not all(isinstance(name, str) and name in ("W", "b") for name in frozen):
            raise ValueError(f"frozen takes any of 'W', 'b', not {str(frozen)[:60]}")
        if batch_norm is not None:
            expect(batch_norm, BatchNorm, "batch_norm")
            batch_norm = batch_norm.of(len(W), W.dtype)
        if not is_number(dropout) or not 0 <= dropout < 1:
            raise ValueError(f"dropout must be a number from 0 on and below 1, not {str(dropout)[:60]!r}")
        self.__dict__.update(W=W, b=b, activation=activation, frozen=frozen, slope=float(slope))
        self.__dict__.update(batch_norm=batch_norm, dropout=float(dropout))

    def updated(self, W: np.ndarray, b: np.ndarray | None, norm: Mapping[str, np.ndarray] | None = None) -> Layer:
        """The same layer with other parameters of the same shapes, which are taken over, not copied or checked.

        norm: of its batch normalisation those arrays that are others, by name.
        """
        layer = object.__new__(Layer)
        W.setflags(write=False)
        if b is not None:
            b.setflags(write=False)
        layer.__dict__.update(self.__dict__, W=W, b=b)
        if norm and self.batch_norm:
            layer.__dict__["batch_norm"] = self.batch_norm.updated(norm)
        return layer

    @property
    def record(self) -> Activation:
        """The record of its activation, with its slope."""
        return activation_of(self.activation, self.slope)

    @property
    def biases(self) -> int:
        """How many biases it has: one a neuron, one alone that all share, or none."""
        return 0 if self.b is None else len(self.b)

    @property
    def n_in(self) -> int:
        """How many numbers the layer takes."""
        n: int = self.W.shape[1]
        return n

    @property
    def n_out(self) -> int:
        """How many neurons the layer has."""
        n: int = self.W.shape[0]
        return n


@dataclass(frozen=True, eq=False, init=False)
class Network:
    """A multilayer perceptron with its loss.

    layers: at least one Layer, each taking what the one before gives; loss: a name of ``LOSSES``; reduction over a batch:
    "mean" or "sum"; error_sign: 1 where the Steps go through delta = dC/dz, -1 where through the error term -dC/dz of books
    that begin with t - o (the kind "error"; gradients and arrays are the same). Raises ValueError that names the layer and
    both shapes.
    """

    layers: tuple[Layer, ...]
    loss: str
    reduction: str
    error_sign: int
    has_gradient: bool  # False where a layer has the step function
    regular: bool  # whether a layer has batch normalisation or dropout, so that training is another pass

    def __init__(
        self, layers: Sequence[Layer], loss: str = "squared_error", reduction: str = "mean", error_sign: int = 1
    ) -> None:
        try:
            layers = tuple(layers)
        except TypeError:
            raise ValueError(f"layers must be a list of Layer, not {str(layers)[:60]!r}") from None
        if not layers:
            raise ValueError("a network needs at least one layer")
        for k, layer in enumerate(layers, 1):
            if not isinstance(layer, Layer):
                raise ValueError(f"layer {k} must be a Layer, not {type(layer).__name__}")
            before = layers[k - 2]
            if k > 1 and layer.n_in != before.n_out:
                raise ValueError(
                    f"layer {k} takes {layer.n_in} inputs (W of shape {layer.W.shape}), "
                    f"but layer {k - 1} gives {before.n_out} (W of shape {before.W.shape})"
                )
            if layer.W.dtype != layers[0].W.dtype:
                raise ValueError(f"layer {k} is {layer.W.dtype}, but layer 1 is {layers[0].W.dtype}; use one precision")
        wants, has = lookup(LOSSES, loss, "loss").wants, layers[-1].activation
        if wants and has != wants:
            raise ValueError(f"{loss} wants {wants} in the last layer, but layer {len(layers)} has {has}")
        if not isinstance(reduction, str) or reduction not in REDUCTIONS:
            raise ValueError(f"unknown reduction {str(reduction)[:60]!r}; known: {', '.join(REDUCTIONS)}")
        if not is_whole(error_sign) or error_sign not in (1, -1):
            raise ValueError(f"error_sign must be 1 or -1, not {str(error_sign)[:60]!r}")
        regular = any(layer.batch_norm or layer.dropout for layer in layers)
        if layers[-1].dropout:
            raise ValueError(f"layer {len(layers)}: dropout belongs to hidden layers, not to the outputs")
        if regular and error_sign != 1:
            raise ValueError("batch normalisation and dropout go with error_sign 1")
        has_gradient = all(ACTIVATIONS[layer.activation].slope for layer in layers)
        self.__dict__.update(
            layers=layers, loss=loss, reduction=reduction, error_sign=int(error_sign), has_gradient=has_gradient,
            regular=regular,
        )

    def updated(self, layers: list[Layer]) -> Network:
        """The same network with layers made by ``Layer.updated``, not checked again."""
        network = object.__new__(Network)
        network.__dict__.update(self.__dict__, layers=tuple(layers))
        return network

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons per layer, the inputs first: (n_0, ..., n_L)."""
        return (self.layers[0].n_in, *(layer.n_out for layer in self.layers))

    @property
    def dtype(self) -> np.dtype:
        """float64 or float32."""
        return self.layers[0].W.dtype

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{layer.n_in} → {layer.n_out}</td><td>{layer.activation}</td>"
            f"<td><pre>{escape(str(layer.W))}</pre></td><td><pre>{escape(str(layer.b))}</pre></td></tr>"
            for k, layer in enumerate(self.layers, 1)
        )
        head = "<tr><th>layer</th><th>size</th><th>activation</th><th>W</th><th>b</th></tr>"
        return f"<table><caption>Network, loss {self.loss}</caption>{head}{rows}</table>"

"""The engine: one forward and one backward pass that keep every intermediate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from math import isfinite
from operator import ge
from typing import Any

import numpy as np

from .functions import LOSSES
from .network import Layer, Network, NonFinite, expect, is_finite, is_whole, numbers
from .quantity import Quantity
from .regular.passes import Mode, mask, normalised, pulled

_EVAL = Mode()
PARTS = ("z", "a", "dC_da", "da_dz", "delta", "dW", "db")
_PER_SAMPLE = {"x", "y", "z", "a", "dC_da", "da_dz", "delta", "error"}  # dW, db and C a batch has together, too


class LayerTrace:
    """Everything one layer computed; read-only arrays.

    z, a, dC_da, delta: (n,) or (batch, n); da_dz the same, for softmax the Jacobian (n, n) or (batch, n, n);
    dW: (n_out, n_in); db: (n_out,), (1,) for a shared bias, or None for a layer without biases. Gradients are those of the
    reduced loss.
    """

    __slots__ = (*PARTS, "_later")
    z: np.ndarray
    a: np.ndarray
    dC_da: np.ndarray
    da_dz: np.ndarray
    delta: np.ndarray
    dW: np.ndarray
    db: np.ndarray | None
    _later: Callable[[str], np.ndarray]

    def __init__(self, z: np.ndarray, a: np.ndarray) -> None:
        self.z, self.a = z, a

    @property
    def out(self) -> np.ndarray:
        """What the next layer takes: a."""
        return self.a

    @property
    def before(self) -> np.ndarray:
        """What the activation takes: z."""
        return self.z

    def __getattr__(self, name: str) -> np.ndarray:
        # Reached only for what the backward pass left out: the factors of a fused delta, or all gradients of a step function.
        if name not in LayerTrace.__slots__ or name == "_later":
            raise AttributeError(name)
        return self._later(name)


class RegularTrace(LayerTrace):
    """What a layer with batch normalisation or dropout computed, beside what every layer does; None where it does not.

    mean, var, dC_dmean, dC_dvar, dgamma, dbeta, running_mean_new, running_var_new: (n,); z_hat, z_bn, mask (of 0 and 1), a_drop,
    dC_dz_bn, dC_dz_hat, dC_da_drop: (n,) or (batch, n).
    """

    __slots__ = (
        "a_drop", "dC_da_drop", "dC_dmean", "dC_dvar", "dC_dz_bn", "dC_dz_hat", "dbeta", "dgamma", "mask", "mean",
        "running_mean_new", "running_var_new", "var", "z_bn", "z_hat",
    )  # fmt: skip

    def __init__(self, z: np.ndarray, a: np.ndarray, made: dict[str, np.ndarray]) -> None:
        super().__init__(z, a)
        for name in RegularTrace.__slots__:
            setattr(self, name, None)
        self.keep(made)

    def keep(self, made: dict[str, np.ndarray]) -> None:
        """Keep arrays by name, read-only from now on."""
        for name, array in made.items():
            array.setflags(write=False)
            setattr(self, name, array)

    @property
    def out(self) -> np.ndarray:
        return self.a if self.a_drop is None else self.a_drop

    @property
    def before(self) -> np.ndarray:
        return self.z if self.z_bn is None else self.z_bn


class Trace:
    """One pass of ``network`` over x and y with every intermediate kept.

    x: (n_in,) or (batch, n_in); y: (n_out,) or (batch, n_out); loss: a Python float, the reduced loss of a batch;
    layers: one LayerTrace each. ``trace[Quantity(...)]`` gives one number by its address, ``sample=k`` that of a sample's own
    pass: its own loss and gradients, of which those of the batch are the mean or the sum. In a network with batch normalisation
    or dropout samples are no longer alone: there a sample's gradients are its rows, those of the reduced loss, which add up.
    """

    __slots__ = ("_samples", "layers", "loss", "losses", "mode", "network", "x", "y")

    def __init__(self, network: Network, x: np.ndarray, y: np.ndarray, mode: Mode | None = None) -> None:
        self.network, self.x, self.y = network, x, y
        self.mode = mode
        self.losses: np.ndarray | None = None
        self.layers: tuple[LayerTrace, ...] = ()
        self.loss = 0.0
        self._samples: dict[int, Trace] = {}

    @property
    def batch(self) -> int | None:
        """How many samples, or None for a single one given as 1-D arrays."""
        return len(self.x) if self.x.ndim == 2 else None

    def __getitem__(self, quantity: Quantity) -> float:
        """One number by its address, a Python float.

        Raises ValueError when the network has no such quantity, or it differs from sample to sample of a batch and the
        address does not say which (the sample of an address counts from 1).
        """
        expect(quantity, Quantity, "an address")
        if self.network.regular and (found := self._regular(quantity)) is not None:
            return found
        if quantity.sample:
            if quantity.kind in ("x", "y") and quantity.sample <= (self.batch or 0):
                return self._entry(quantity, (quantity.sample - 1,))  # as it was given: that needs no pass of its own
            return self._of_sample(quantity.sample)._entry(quantity)
        if self.batch is not None and quantity.kind in _PER_SAMPLE:
            raise ValueError(f"{quantity} differs from sample to sample of a batch: ask for {quantity}@1 and so on")
        return self._entry(quantity)

    def _entry(self, quantity: Quantity, row: tuple[int, ...] = ()) -> float:
        """One number of its array, whatever sample this is a pass of; of that row where it has one for each sample."""
        array = self._array(quantity)
        position = (*row, *(i - 1 for i in quantity.index))
        if len(position) != array.ndim or any(map(ge, position, array.shape)):
            raise ValueError(f"{quantity} lies outside the array of shape {array.shape}")
        return float(array[position])

    def _regular(self, quantity: Quantity) -> float | None:
        """A number that a network has with batch normalisation or dropout, or that a sample has there; None for any other."""
        kind, sample = quantity.kind, quantity.sample
        if sample and (self.batch is None or sample > self.batch):
            raise ValueError(f"there is no sample {sample}: the trace holds {self.batch or 'one alone'}, counted from 1")
        if kind == "C" and sample and self.losses is not None:
            return float(self.losses[sample - 1])
        if not 1 <= quantity.layer <= len(self.layers):
            if kind != "x" or not sample:
                return None
            array: np.ndarray | None = self.x
        else:
            layer, t = self.network.layers[quantity.layer - 1], self.layers[quantity.layer - 1]
            settings = {"p": layer.dropout}
            if layer.batch_norm:
                settings |= {"norm_eps": layer.batch_norm.eps, "norm_momentum": layer.batch_norm.momentum}
            if kind in settings:
                return settings[kind]
            if kind in ("gamma", "beta", "running_mean", "running_var"):
                array = getattr(layer.batch_norm, kind, None)
            elif kind in RegularTrace.__slots__:
                array = getattr(t, kind, None)
                if sample == 0 and self.batch is not None and array is not None and array.ndim > 1:
                    raise ValueError(f"{quantity} differs from sample to sample of a batch: ask for {quantity}@1 and so on")
            elif not sample:
                return None
            elif kind in ("dW", "db"):
                before = self.layers[quantity.layer - 2].out if quantity.layer > 1 else self.x
                delta = t.delta[sample - 1]
                shared = kind == "db" and layer.biases == 1
                array = np.outer(delta, before[sample - 1]) if kind == "dW" else delta.sum(keepdims=True) if shared else delta
                array = array[None]
                sample = 1
            else:
                array = self.y if kind == "y" else getattr(t, kind, None)
        if array is None:
            raise ValueError(f"this pass has no {quantity}")
        row = (sample - 1,) if sample else ()
        position = (*row, *(i - 1 for i in quantity.index))
        if len(position) != array.ndim or any(i >= n for i, n in zip(position, array.shape, strict=True)):
            raise ValueError(f"{quantity} lies outside the array of shape {array.shape}")
        return float(array[position])

    def _array(self, quantity: Quantity) -> np.ndarray:
        kind, layer = quantity.kind, quantity.layer
        if kind == "C":
            return np.asarray(self.loss)
        if layer > len(self.layers):
            raise ValueError(f"{quantity}: the network has {len(self.layers)} layers")
        if kind == "x":
            return self.x
        if kind == "y":
            if layer != len(self.layers):
                raise ValueError(f"{quantity}: targets belong to the last layer, {len(self.layers)}")
            return self.y
        if kind == "error":
            return -self.layers[layer - 1].delta
        if (quantity.family != "parameter" and kind not in PARTS) or quantity.updated:
            raise ValueError(f"{quantity} belongs to an update, not to a trace")
        array: np.ndarray | None = getattr((self.network if quantity.given else self).layers[layer - 1], kind)
        if array is None:
            raise ValueError(f"{quantity}: layer {layer} has no biases")
        return array

    def sample(self, k: int) -> Trace:
        """The trace of sample k of a batch alone (k from 0, as NumPy counts rows); the Steps of ``derive`` apply to it.

        With reduction "mean" its delta is the batch size times row k of the batch's delta.
        """
        if self.mode and self.mode.training:
            raise ValueError("in training samples share statistics and masks: none has a pass of its own")
        if self.batch is None:
            if is_whole(k) and k == 0:
                return self
        elif is_whole(k) and 0 <= k < self.batch:
            if k not in self._samples:
                self._samples[int(k)] = trace(self.network, self.x[k], self.y[k])
            return self._samples[int(k)]
        raise ValueError(f"there is no sample {str(k)[:60]!r}: the trace holds {self.batch or 1}, counted from 0")

    def _of_sample(self, sample: int) -> Trace:
        if found := self._samples.get(sample - 1):
            return found
        if self.batch is None or sample > self.batch:
            raise ValueError(f"there is no sample {sample}: the trace holds {self.batch or 'one alone'}, counted from 1")
        return self.sample(sample - 1)

    def _repr_html_(self) -> str:
        def shown(t: LayerTrace, name: str) -> str:
            try:
                return str(getattr(t, name))
            except ValueError:  # a factor that is not finite, or no gradient at all
                return "–"

        rows = "".join(
            f"<tr><td>{k}</td>" + "".join(f"<td><pre>{escape(shown(t, name))}</pre></td>" for name in PARTS) + "</tr>"
            for k, t in enumerate(self.layers, 1)
        )
        head = "".join(f"<th>{name}</th>" for name in ("layer", *PARTS))
        return f"<table><caption>Trace, loss {self.loss:.6g}</caption><tr>{head}</tr>{rows}</table>"


@np.errstate(all="ignore")
def trace(
    network: Network, x: Any, y: Any, mode: str = "eval", seed: int = 0, masks: Mapping[int, Any] | None = None
) -> Trace:
    """Forward, loss and backward pass with every z, a, delta and gradient kept.

    x: (n_in,) or (batch, n_in); y: (n_out,) or (batch, n_out), in the range the loss allows. Raises ValueError naming
    both shapes, the position of a non-finite number or the layer in which finite numbers overflow. Source: the four
    equations of backpropagation, e.g. Nielsen, Neural Networks and Deep Learning, chapter 2.
    mode: "train" normalises over the batch, of two samples or more, and drops outputs, drawn with ``seed`` or as ``masks`` says:
    layer (from 1) to an array of 0 and 1, (batch, n); "eval" takes running statistics and drops nothing.
    """
    x, y = samples(network, x, y)
    usual = mode == "eval" and type(seed) is int and seed == 0 and masks is None
    result, error = _forward(network, x, y, _EVAL if usual else _mode(network, x, mode, seed, masks))
    if network.has_gradient:
        _backward(network, result, error)
    else:
        for t in result.layers:
            t._later = _no_gradient(network)
    return result


def _mode(network: Network, x: np.ndarray, mode: str, seed: int, masks: Mapping[int, Any] | None) -> Mode:
    if not isinstance(mode, str) or mode not in ("train", "eval"):
        raise ValueError(f"mode is train or eval, not {str(mode)[:60]!r}")
    if not is_whole(seed) or seed < 0:
        raise ValueError(f"seed must be a whole number from 0 on, not {str(seed)[:60]!r}")
    if masks is not None:
        expect(masks, dict, "masks")
    training = mode == "train" and network.regular
    if training and (x.ndim == 1 or len(x) < 2) and any(layer.batch_norm for layer in network.layers):
        raise ValueError(f"batch normalisation trains on two samples or more: x has shape {x.shape}")
    return Mode(training, int(seed), masks)


def loss_of(network: Network, x: Any, y: Any) -> float:
    """The reduced loss alone, by a forward pass; arguments and errors as for ``trace``."""
    x, y = samples(network, x, y)
    with np.errstate(all="ignore"):
        return _forward(network, x, y)[0].loss


def samples(network: Network, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """x and y as read-only copies in the network's precision; ValueError when they do not fit the network or its loss."""
    expect(network, Network, "network")
    n_in, n_out = network.layers[0].n_in, network.layers[-1].n_out
    x, y = numbers(x, "x", network.dtype), numbers(y, "y", network.dtype)
    if x.ndim not in (1, 2) or x.shape[-1] != n_in or 0 in x.shape:
        raise ValueError(f"x must have shape ({n_in},) or (batch, {n_in}) for the network's inputs, not {x.shape}")
    if y.shape != (*x.shape[:-1], n_out):
        raise ValueError(f"y must have shape {(*x.shape[:-1], n_out)} for x of shape {x.shape}, not {y.shape}")
    loss = LOSSES[network.loss]
    if not loss.admits(y):
        raise ValueError(f"y: {network.loss} allows {loss.range}, not {str(y)[:60]}")
    return x, y


def _forward(network: Network, x: np.ndarray, y: np.ndarray, mode: Mode = _EVAL) -> tuple[Trace, np.ndarray]:
    """The trace up to the loss, and a - y of the last layer."""
    result = Trace(network, x, y, mode)
    random = np.random.default_rng(mode.seed) if mode.training else None
    layers: list[LayerTrace] = []
    a = x
    for k, layer in enumerate(network.layers, 1):
        z = a.dot(layer.W.T)
        if layer.b is not None:
            z += layer.b
        if not is_finite(z):
            raise NonFinite(f"layer {k}: z overflows; its inputs or weights are too large", k)
        activation = layer.record
        if network.regular and (layer.batch_norm or layer.dropout):
            t = _regular_layer(k, layer, z, mode, random)
            layers.append(t)
            z, a = t.before, t.out
            continue
        a = activation.f(z)
        z.setflags(write=False)
        a.setflags(write=False)
        layers.append(LayerTrace(z, a))
    error = activation.error(z, a, y)
    each = LOSSES[network.loss].f(z, a, y, error)
    if network.regular and each.ndim:
        result.losses = each
    total = float(each if each.ndim == 0 else each.mean() if network.reduction == "mean" else each.sum())
    if not isfinite(total):
        raise NonFinite(f"layer {k}: the loss {network.loss} overflows; the outputs are too far from the target", k)
    result.layers, result.loss = tuple(layers), total
    return result, error


def _regular_layer(k: int, layer: Layer, z: np.ndarray, mode: Mode, random: np.random.Generator | None) -> RegularTrace:
    """A layer with batch normalisation or dropout, forward; NonFinite where it overflows."""
    made = normalised(z, layer.batch_norm, mode.training) if layer.batch_norm else {}
    before = made.get("z_bn", z)
    a = layer.record.f(before)
    if layer.dropout and random:
        made["mask"] = mask(mode, k, random, a, layer.dropout)
        made["a_drop"] = made["mask"] * a / a.dtype.type(1 - layer.dropout)
    if not (is_finite(before) and is_finite(made.get("a_drop", a))):
        raise NonFinite(f"layer {k}: the normalised z overflows; its inputs or weights are too large", k)
    z.setflags(write=False)
    a.setflags(write=False)
    return RegularTrace(z, a, made)


def _backward(network: Network, result: Trace, error: np.ndarray) -> None:
    """Fill in the gradients from the last layer to the first: delta = dC/dz, dW = delta a_prev, db = delta."""
    loss, last = LOSSES[network.loss], len(network.layers)
    for k in range(last, 0, -1):
        layer, t = network.layers[k - 1], result.layers[k - 1]
        before, z = result.layers[k - 2].a if k > 1 else result.x, t.z
        if network.regular:
            before, z = result.layers[k - 2].out if k > 1 else result.x, t.before
        activation = layer.record
        if k == last and loss.wants:
            t.delta = _reduced(network, result.y, error)
            t._later = _fused_factors(network, t, result.y, error)
        else:
            assert activation.slope is not None
            if k == last:
                t.dC_da = _reduced(network, result.y, loss.slope(z, t.a, result.y, error))
            else:
                t.dC_da = result.layers[k].delta.dot(network.layers[k].W)
                if network.regular and isinstance(t, RegularTrace) and t.mask is not None:
                    t.keep({"dC_da_drop": t.dC_da})
                    t.dC_da = t.mask * t.dC_da / t.a.dtype.type(1 - layer.dropout)
            t.da_dz = activation.slope(z, t.a)
            t.delta = activation.pull(t.dC_da, t.da_dz)
            t.dC_da.setflags(write=False)
            t.da_dz.setflags(write=False)
        if network.regular and isinstance(t, RegularTrace) and layer.batch_norm:
            made = {name: getattr(t, name) for name in ("mean", "var", "z_hat")}
            t.keep(pulled(t.delta, t.z, made, layer.batch_norm, bool(result.mode and result.mode.training)))
        _gradients(k, layer, t, before)


def _gradients(k: int, layer: Layer, t: LayerTrace, before: np.ndarray) -> None:
    """Fill in dW and db of layer k from its delta; ``before`` is what it takes, (n_in,) or (batch, n_in)."""
    if before.ndim == 1:
        t.dW, db = t.delta.reshape(-1, 1).dot(before.reshape(1, -1)), t.delta
    else:
        t.dW, db = t.delta.T @ before, t.delta.sum(axis=0)
    if layer.biases == 1 < len(db):
        db = db.sum(keepdims=True)
    t.db = None if layer.b is None else db
    if not (is_finite(db) and is_finite(t.dW)):  # both: BLAS may give 0 for infinity times 0
        raise NonFinite(f"layer {k}: the gradient overflows; weights, inputs or outputs are too large", k)
    for array in (t.delta, t.dW, db):
        array.setflags(write=False)


def through(passed: Trace, k: int, delta: np.ndarray, W: np.ndarray) -> LayerTrace:
    """Layer k (from 1) of a trace, its dC_da, delta, dW and db computed once more through another W of the layer ahead.

    delta: that of the layer ahead, (n,) or (batch, n); z, a and da_dz are the trace's own. NonFinite where it overflows.
    """
    if passed.network.regular:
        raise ValueError("batch normalisation and dropout do not go with updates through updated weights")
    layer, own = passed.network.layers[k - 1], passed.layers[k - 1]
    t = LayerTrace(own.z, own.a)
    t.dC_da, t.da_dz = delta.dot(W), own.da_dz
    t.delta = layer.record.pull(t.dC_da, t.da_dz)
    t.dC_da.setflags(write=False)
    _gradients(k, layer, t, passed.layers[k - 2].a if k > 1 else passed.x)
    return t


def _reduced(network: Network, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    return gradient / len(gradient) if y.ndim == 2 and network.reduction == "mean" else gradient


def _fused_factors(network: Network, t: LayerTrace, y: np.ndarray, error: np.ndarray) -> Callable[[str], np.ndarray]:
    """dC/da and da/dz of a fused delta, worked out when asked for: at a saturated output they may not be finite."""

    def factor(name: str) -> np.ndarray:
        activation = network.layers[-1].record
        with np.errstate(all="ignore"):
            if name == "dC_da":
                array = _reduced(network, y, LOSSES[network.loss].slope(t.before, t.a, y, error))
            else:
                assert activation.slope is not None
                array = activation.slope(t.before, t.a)
        if not np.isfinite(array).all():
            raise NonFinite(
                f"layer {len(network.layers)}: {name} is not finite, the output is saturated; delta = a - y still holds",
                len(network.layers),
            )
        array.setflags(write=False)
        return array

    return factor


def _no_gradient(network: Network) -> Callable[[str], np.ndarray]:
    k = next(k for k, layer in enumerate(network.layers, 1) if layer.record.slope is None)

    def missing(name: str) -> np.ndarray:
        raise ValueError(
            f"{name}: layer {k} has the step function, whose slope is 0 or undefined: there is no gradient"
        )

    return missing

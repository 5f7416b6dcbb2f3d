"""The errors of the notes that are no figures: what stands there, what is right, and where in the course it is found.

Section ``error.<key>`` of the texts holds what the notes say and, after an empty line, what is right, with numbers by the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from mlp_core import SGD, BatchNorm, Layer, Network, Quantity, trace
from mlp_core.initialisation import SCHEMES
from mlp_core.writing.numbers import number, on_screen

from ..example import WORKED
from ..i18n import gettext as _
from ..i18n import mark
from ..style import Look, plain
from ..walk.updates import update_of
from .figures import runs, told

NOTES: dict[str, str] = {
    "000": mark("Worked example"), "001": mark("Exam handout"), "002": mark("Matrix notes"), "003": mark("From neuron to MLP"),
}  # fmt: skip
"""The notes by their number; 004 is 000 with Adam."""
Place = tuple[str, str]
"""A lesson and its screen, or "" and a page."""


@dataclass(frozen=True)
class Error:
    """An error: the note and its section, as the note heads it, and the places where a person finds it, best first."""

    key: str
    note: str
    section: str
    places: tuple[Place, ...]

    @property
    def source(self) -> str:
        """Where it stands, in the language in use."""
        return _("{source}, § {sections}").format(source=self.note, sections=self.section.replace(", ", _(", ")))

    def text(self, look: Look) -> tuple[str, str]:
        """What the notes say, and what is right, as Markdown."""
        facts = FACTS[self.key](look) if self.key in FACTS else {}
        said, _empty, right = told(f"error.{self.key}", look, **facts).partition("\n\n")
        return said, right


ERRORS: tuple[Error, ...] = (
    Error("output_only", "000", "5", (("", "update"),)),
    Error("falls", "000", "6", (("batches", "epochs"), ("", "evaluate"))),
    Error("smaller", "004", "5", (("optimisers", "steadier"),)),
    Error("second", "004", "6", (("", "evaluate"),)),
    Error("threshold", "003", "1.2", (("gates", "row"),)),
    Error("at_least", "003", "1.2, 1.3.1", (("gates", "row"),)),
    Error("either", "003", "1.3.1", (("activations", "curves"),)),
    Error("least_loss", "003", "1.3.2.1", (("perceptron", "samples"),)),
    Error("distance", "003", "1.3.2.1", (("perceptron", "samples"),)),
    Error("gradient_words", "003", "1.3.2.1", (("perceptron", "updates"),)),
    Error("stochastic", "003", "1.3.2.1", (("perceptron", "updates"),)),
    Error("relu", "003", "1.3.2.1", (("activations", "deep"),)),
    Error("scale", "003", "1.3.2.1", (("activations", "curves"),)),
    Error("fewer", "003", "1.3.2.2", (("perceptron", "updates"),)),
    Error("vanishing", "003", "1.3.2.2", (("perceptron", "errors"),)),
    Error("circuits", "003", "1.3.3", (("perceptron", "errors"), ("gates", "circuit"))),
    Error("umbrella", "003", "1.3.3", (("perceptron", "umbrella"), ("xor", "rain"))),
    Error("any_activation", "003", "2.1", (("xor", "any"),)),
    Error("differentiable", "003", "2.2.1", (("xor", "any"),)),
    Error("momentum", "003", "2.2.1", (("optimisers", "ravine"),)),
    Error("optimum", "003", "2.2.1", (("xor", "trained"),)),
    Error("directly", "003", "2.2.2", (("graphs", "why"),)),
    Error("any_function", "003", "3", (("xor", "any"),)),
    Error("mean", "001", "2.1", (("batches", "together"),)),
    Error("half", "001", "2.1, 3", (("layers", "losses"),)),
    Error("counted", "001", "1.2, 1.3", (("layers", "forward"),)),
    Error("softmax", "001", "3.2.1", (("losses", "rule"),)),
    Error("elementwise", "002", "反向传播", (("losses", "rule"), ("build", "flaws"))),
    Error("range", "002", "反向传播", (("batches", "one"),)),
    Error("rows", "002", "反向传播", (("batches", "bias"),)),
    Error("order", "002", "反向传播", (("build", "loop"),)),
    Error("cross_entropy", "002", "反向传播", (("losses", "minus"), ("build", "flaws"))),
    Error("slope_at_output", "002", "Numpy 实现", (("activations", "output"),)),
    Error("uniform", "002", "Numpy 实现", (("initialisation", "code"),)),
    Error("xavier", "002", "Xavier 初始化", (("initialisation", "table"),)),
    Error("xavier_code", "002", "Numpy 实现", (("initialisation", "code"),)),
    Error("normal", "002", "Batch Normalization", (("norm", "shape"),)),
    Error("faster", "002", "Batch Normalization", (("norm", "faster"),)),
    Error("bernoulli", "002", "Dropout", (("dropout", "mean"), ("build", "dropped"))),
    Error("batch_size", "002", "Numpy 实现", (("batches", "epochs"), ("build", "flaws"))),
    Error("summed", "002", "Numpy 实现", (("batches", "code"), ("build", "flaws"))),
    Error("first_layer", "002", "Numpy 实现", (("dropout", "test"), ("build", "dropped"))),
    Error("noisy_test", "002", "Numpy 实现", (("dropout", "test"), ("build", "dropped"))),
    Error("unmasked", "002", "Numpy 实现", (("dropout", "back"),)),
    Error("masked_decay", "002", "权重衰退", (("dropout", "decay"),)),
)


def of_note(note: str) -> list[Error]:
    """Those of one note."""
    return [error for error in ERRORS if note == ("000" if error.note == "004" else error.note)]


# --- numbers ---

Facts = dict[str, Any]
DROPPED = 0.2  # of a layer's outputs, in the examples of dropout
OVERSHOT = {"y": (0.5,), "lr": 50.0}


def _text(value: float, look: Look) -> str:
    return on_screen(number(value, look.decimals, short=True))


def _smaller(look: Look) -> Facts:
    sgd, adam = runs()["sgd"], runs()["adam"]
    steps = [Quantity.parse(address) for address in ("step_W.2.1.1", "step_W.2.1.2", "step_b.2.1")]
    return {"times": [f"{adam[step] / sgd[step]:.0f}" for step in steps]}


def _output_only(look: Look) -> Facts:
    whole = update_of(WORKED.with_(scope="all", optimiser="SGD"))
    return {"whole": _text(trace(whole.network, WORKED.x, WORKED.y).loss, look)}


def _falls(look: Look) -> Facts:
    example = WORKED.with_(optimiser="SGD", scope="all", **OVERSHOT)
    after = trace(update_of(example).network, example.x, example.y)
    given = {"target": plain(example.y[0]), "lr": plain(example.lr)}
    return given | {"before": _text(example.trace.loss, look), "after": _text(after.loss, look)}


def _least_loss(look: Look) -> Facts:
    return {"z": _text(runs()["before1"][Quantity("z", 1, (1,))], look)}


def _second(look: Look) -> Facts:
    adam = update_of(WORKED.with_(scope="output", optimiser="Adam"))
    after = trace(adam.network, WORKED.x, WORKED.y)
    return {"output": _text(after[Quantity("a", 2, (1,))], look), "loss": _text(after.loss, look)}


def _half(look: Look) -> Facts:
    weight = Quantity("dW", 2, (1, 1))
    return {"half": _text(WORKED.with_(loss="half_squared_error").trace[weight], look)}


def _three(b: tuple[float, float, float]) -> Network:
    return Network([Layer(np.zeros((3, 1)), np.array(b), "softmax")], loss="cross_entropy")


def _cross_entropy(look: Look) -> Facts:
    """Three classes that are alike at first, one step down, and one with the lost sign."""
    start, sample = _three((0.0, 0.0, 0.0)), ([1.0], [1.0, 0.0, 0.0])
    seen = trace(start, *sample)
    new = SGD(1.0).step(start, seen).network.layers[0]
    assert new.b is not None
    lost = Network([Layer(-new.W, -new.b, "softmax")], loss="cross_entropy")  # it began at 0, so this is the step reversed
    right, wrong = trace(Network([new], loss="cross_entropy"), *sample), trace(lost, *sample)
    share = Quantity("a", 1, (1,))
    return {name: _text(each[share], look) for name, each in (("start", seen), ("right", right), ("wrong", wrong))}


def _elementwise(look: Look) -> Facts:
    """The error signal of a wrong class, and what is left of it with the Jacobian's diagonal alone."""
    seen = trace(_three((0.5, 0.0, -0.5)), [1.0], [1.0, 0.0, 0.0])
    diagonal = seen[Quantity("dC_da", 1, (2,))] * seen[Quantity("da_dz", 1, (2, 2))]
    return {"rule": _text(diagonal, look), "truth": _text(seen[Quantity("delta", 1, (2,))], look)}


def _xavier(look: Look) -> Facts:
    n_out, n_in = WORKED.network.layers[0].W.shape
    limit = float(SCHEMES["xavier_uniform"].scale(n_in, n_out))
    return {"inputs": n_in, "neurons": n_out, "limit": _text(limit, look), "four": _text(4 * limit, look)}


def _xavier_code(look: Look) -> Facts:
    n_out, n_in = WORKED.network.layers[0].W.shape
    return {"times": _text(sqrt(4 / (n_in + n_out)) / float(SCHEMES["xavier_normal"].scale(n_in, n_out)), look)}


def _normal(look: Look) -> Facts:
    """Two heaps, standardised: two heaps."""
    network = Network([Layer([[1.0]], None, "identity", batch_norm=BatchNorm([1.0], [0.0], eps=1e-12))])
    values = [[0.0], [0.0], [0.0], [4.0]]
    scaled = trace(network, values, values, mode="train").layers[0].z_hat
    assert scaled is not None
    given = _(", ").join(plain(value) for [value] in values)
    return {"values": given, "low": _text(float(scaled[0, 0]), look), "high": _text(float(scaled[3, 0]), look)}


def _kept(look: Look) -> Facts:
    share = DROPPED / (1 - DROPPED)
    return {"p": plain(DROPPED), "share": _text(share, look)}


def _larger(look: Look) -> Facts:
    return {"p": plain(DROPPED), "larger": _text(1 / (1 - DROPPED), look)}


def _batch_size(look: Look, n: int = 12, size: int = 3) -> Facts:
    batches = [np.arange(i, n, size) for i in range(size)]  # as the listing cuts them
    return {"n": n, "size": size, "batches": len(batches), "each": len(batches[0])}


FACTS: dict[str, Callable[[Look], Facts]] = {
    "smaller": _smaller, "output_only": _output_only, "falls": _falls, "second": _second, "least_loss": _least_loss,
    "half": _half, "cross_entropy": _cross_entropy, "elementwise": _elementwise, "xavier": _xavier,
    "xavier_code": _xavier_code, "normal": _normal, "bernoulli": _kept, "first_layer": _larger,
    "batch_size": _batch_size,
}  # fmt: skip

"""Backprop Tutor's core: a NumPy engine that keeps every intermediate, and the SymPy formula of each.

>>> from mlp_core import Layer, Network, trace, derive
>>> net = Network([Layer([[0.5, 0.2]], [0.1], "sigmoid")])
>>> round(trace(net, x=[1, 2], y=[1]).loss, 6)
0.072329
>>> len(derive(net))
9
"""

from .checks import check_gradients
from .engine import Trace, trace
from .graph import ExpressionError, Graph, compute_graph
from .initialisation import initialise
from .network import BatchNorm, Layer, Network, NonFinite
from .optimisers import SGD, Adam, AdamW, Momentum, Optimiser, RMSprop, State, Update
from .optimisers.decay import Decay
from .optimisers.schedules import cosine, exponential, inverse_time, step_decay
from .perceptron import Perceptron, perceptron
from .quantity import Quantity
from .regular import steps as _regular  # noqa: F401  (enters its laws)
from .steps import Derivation, Step, derive
from .training import Run, Training, train

__all__ = [
    "SGD", "Adam", "AdamW", "BatchNorm", "Decay", "Derivation", "ExpressionError", "Graph", "Layer", "Momentum",
    "Network", "NonFinite", "Optimiser", "Perceptron", "Quantity", "RMSprop", "Run", "State", "Step", "Trace",
    "Training", "Update", "check_gradients", "compute_graph", "cosine", "derive", "exponential", "initialise",
    "inverse_time", "perceptron", "step_decay", "trace", "train",
]  # fmt: skip

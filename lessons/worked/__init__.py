"""Worked: steps with their numbers and how they are drawn, the one thing that every view takes."""

from .graph import expression, of_graph, variable
from .initial import of_spread
from .mlp import Penalised, mlp, of_trace, of_update
from .network import graph_of_network
from .perceptron import of_pass
from .plan import Column, Line, Plan, Spot
from .regular import of_regular, regular_pass
from .worked import Unfolding, Values, Worked, known

__all__ = [
    "Column", "Line", "Penalised", "Plan", "Spot", "Unfolding", "Values", "Worked", "expression", "graph_of_network", "known",
    "mlp", "of_graph", "of_pass", "of_regular", "of_spread", "of_trace", "of_update", "regular_pass", "variable",
]  # fmt: skip

"""A typed expression as a computation graph: its nodes, their values and derivatives, and the Step of each."""

from .graph import Graph, Node, compute_graph
from .parser import ExpressionError

__all__ = ["ExpressionError", "Graph", "Node", "compute_graph"]

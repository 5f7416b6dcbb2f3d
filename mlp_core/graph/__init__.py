"""A typed expression as a computation graph: its nodes, their values and derivatives, and the Step of each."""

from .graph import Graph, Node, Outline, Term, compute_graph, derivative_names, graph_of
from .parser import ExpressionError, parse

__all__ = ["ExpressionError", "Graph", "Node", "Outline", "Term", "compute_graph", "derivative_names", "graph_of", "parse"]

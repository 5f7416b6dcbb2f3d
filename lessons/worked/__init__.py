"""Worked: steps with their numbers and how they are drawn, the one thing that every view takes."""

from .mlp import mlp, of_trace, of_update
from .plan import Column, Line, Plan, Spot
from .worked import Unfolding, Values, Worked, known

__all__ = [
    "Column", "Line", "Plan", "Spot", "Unfolding", "Values", "Worked", "known", "mlp", "of_trace", "of_update",
]  # fmt: skip

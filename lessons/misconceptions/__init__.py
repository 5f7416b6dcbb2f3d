"""Misconceptions: what somebody with one computes, and what is said of it."""

from .catalogue import CATALOGUE, ROUNDED, Misconception, enter
from .chain import Candidate, Chain, Made
from .frame import Compiled, Frame, frame_of
from .rule import Place, Rule, spoils

__all__ = [
    "CATALOGUE", "ROUNDED", "Candidate", "Chain", "Compiled", "Frame", "Made", "Misconception", "Place", "Rule", "enter",
    "frame_of", "spoils",
]  # fmt: skip

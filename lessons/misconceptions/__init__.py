"""Misconceptions: what somebody with one computes, and what is said of it."""

from .catalogue import CATALOGUE, ROUNDED, Misconception, enter
from .frame import Compiled, Frame, frame_of
from .rule import Place, Rule, spoils

__all__ = ["CATALOGUE", "ROUNDED", "Compiled", "Frame", "Misconception", "Place", "Rule", "enter", "frame_of", "spoils"]

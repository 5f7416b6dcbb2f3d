"""Banks of questions for learning platforms: numerical ones, each known slip's wrong number answered with its message."""

from .canvas import canvas
from .items import MAX_ITEMS, Item, Slip, items
from .moodle import moodle

__all__ = ["MAX_ITEMS", "Item", "Slip", "canvas", "items", "moodle"]

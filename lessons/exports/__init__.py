"""What is taken along: notebooks of anything worked; an example for PyTorch, or derived in LaTeX; banks of questions."""

from .derivation import derivation
from .exam import exam_sheet, of_posted, posted
from .example import of_example
from .kinds import BANKS, EXPORTS, bank, bank_order, exported, file_name
from .lesson import LESSON, taken
from .notebook import notebook
from .pytorch import script

__all__ = [
    "BANKS", "EXPORTS", "LESSON", "bank", "bank_order", "derivation", "exam_sheet", "exported", "file_name", "notebook",
    "of_example", "of_posted", "posted", "script", "taken",
]  # fmt: skip

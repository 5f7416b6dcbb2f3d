"""What is taken along: notebooks of anything worked; an example for PyTorch, or derived in LaTeX; banks of questions."""

from .derivation import derivation
from .example import of_example
from .kinds import BANKS, EXPORTS, bank, bank_order, exported, file_name
from .notebook import notebook
from .pytorch import script

__all__ = [
    "BANKS", "EXPORTS", "bank", "bank_order", "derivation", "exported", "file_name", "notebook", "of_example", "script",
]  # fmt: skip

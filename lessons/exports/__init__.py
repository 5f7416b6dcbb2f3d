"""What a person takes along: notebooks of anything worked; an example as a script for PyTorch, or derived in LaTeX."""

from .derivation import derivation
from .example import file_name, of_example
from .notebook import notebook
from .pytorch import script

__all__ = ["derivation", "file_name", "notebook", "of_example", "script"]

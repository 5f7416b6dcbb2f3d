"""What a person takes along: notebooks of anything worked, and an example as a script for PyTorch."""

from .example import file_name, of_example
from .notebook import notebook
from .pytorch import script

__all__ = ["file_name", "notebook", "of_example", "script"]

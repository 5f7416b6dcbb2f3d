"""What a person takes along: notebooks of anything worked."""

from .example import file_name, of_example
from .notebook import notebook

__all__ = ["file_name", "notebook", "of_example"]

"""Worksheets: sheets of anything worked; sets of them with fresh numbers for every seat, with keys, and codes back to them."""

from .codes import code_of, example_of
from .digits import NONE
from .form import PAPERS, Form, Style
from .latex import Latex
from .parts import PARTS, kinds_of, title_of
from .sets import compiled, documents, first_page, form, latex, pdf, sheet
from .settings import MAX_SEED, MAX_VALUES, MAX_VARIANTS, Settings
from .sheet import Line, Sheet
from .typst import Typst
from .variants import instance

__all__ = [
    "MAX_SEED", "MAX_VALUES", "MAX_VARIANTS", "NONE", "PAPERS", "PARTS", "Form", "Latex", "Line", "Settings", "Sheet", "Style",
    "Typst", "code_of", "compiled", "documents", "example_of", "first_page", "form", "instance", "kinds_of", "latex", "pdf",
    "sheet", "title_of",
]  # fmt: skip

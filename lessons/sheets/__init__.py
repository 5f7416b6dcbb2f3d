"""Worksheets: sheets of anything worked; sets of them with fresh numbers for every seat, with keys, and codes back to them."""

from .codes import code_of, example_of
from .digits import NONE
from .paper.form import PAPERS, Form, Kind, Style
from .paper.latex import Latex
from .paper.typst import Typst
from .parts import PARTS, kinds_of, title_of
from .sets import FILES, archive, compiled, documents, first_page, form, latex, pdf, sheet
from .settings import MAX_SEED, MAX_VALUES, MAX_VARIANTS, Settings
from .sheet import Line, Sheet
from .variants import instance

__all__ = [
    "FILES", "MAX_SEED", "MAX_VALUES", "MAX_VARIANTS", "NONE", "PAPERS", "PARTS", "Form", "Kind", "Latex", "Line", "Settings",
    "Sheet", "Style", "Typst", "archive", "code_of", "compiled", "documents", "example_of", "first_page", "form", "instance",
    "kinds_of", "latex", "pdf", "sheet", "title_of",
]  # fmt: skip

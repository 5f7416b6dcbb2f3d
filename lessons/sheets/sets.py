"""Sets of worksheets: all sheets with their codes, as LaTeX source, and by way of Typst as a PDF."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from pypdf import PdfWriter

from mlp_core import NonFinite

from ..i18n import mark, using
from ..problem import Problem
from ..style import name_of
from .codes import code_of
from .digits import NONE
from .form import Form
from .latex import Latex
from .settings import Settings
from .sheet import Sheet
from .typst import Typst
from .variants import instance

FONTS = Path(__file__).parent / "fonts"
CHUNK, ROWS = 10, 1000  # sheets, and rows, set at a time: the compiler keeps some 0.15 MB a row until it ends
PAGE = 40  # rows that are more than a page holds
Report = Callable[[float], None]
_COMPILE = """
import os, sys, typst
os.nice(10)
fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[sys.argv[1]])
made = typst.compile(
    sys.stdin.buffer.read(), font_paths=fonts, ignore_system_fonts=True, format=sys.argv[2], ppi=110, pdf_tags=False
)
sys.stdout.buffer.write(made[0] if isinstance(made, list) else made)
"""


def sheet(settings: Settings, number: int) -> Sheet:
    """The sheet of one variant (from 1). Raises Problem for a variant that is not there."""
    example = instance(settings, number)
    try:
        worked = settings.worked(example)
        return Sheet.of(worked, settings.blank, number, code_of(settings, number), subject(settings))
    except NonFinite:
        raise Problem("lr", mark("With these settings the update overflows.")) from None


def subject(settings: Settings) -> str:
    """The network, the loss and the optimiser in one line, in the language of the sheets."""
    with using(settings.view.language):
        names = ", ".join(name_of(activation) for activation in settings.activations)
        parts = ["-".join(map(str, settings.sizes)), names, name_of(settings.loss)]
        return " · ".join(parts if settings.optimiser == NONE else [*parts, settings.optimiser])


def form(kind: type[Form], settings: Settings) -> Form:
    """What writes the sheets of a set: ``form(Typst, settings)``."""
    return kind(settings.style, settings.worked(settings.pattern))


def latex(settings: Settings) -> str:
    """The LaTeX source of all sheets and, after them, of all keys."""
    return form(Latex, settings).whole(*(sheet(settings, n) for n in range(1, settings.variants + 1)))


def documents(settings: Settings, pages: int) -> Iterator[str]:
    """Complete Typst sources, each of so many sheets or keys: all sheets, then all keys."""
    writer = form(Typst, settings)
    wanted = [(number, key) for key in (False, True) for number in range(1, settings.variants + 1)]
    for first in range(0, len(wanted), pages):
        yield writer.document((sheet(settings, number), key) for number, key in wanted[first : first + pages])


def pdf(settings: Settings, report: Report | None = None) -> bytes:
    """All sheets and keys as one PDF, the same bytes for the same settings; ``report`` hears how much is done, 0 to 1."""
    writer = PdfWriter()
    rows = sum(len(lines) for _phase, lines in settings.sections)
    pages = max(1, min(CHUNK, ROWS // rows))
    chunks = -(-2 * settings.variants // pages)
    for n, source in enumerate(documents(settings, pages), 1):
        writer.append(BytesIO(compiled(source)), import_outline=False)
        if report:
            report(n / chunks)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def first_page(settings: Settings) -> str:
    """The Typst source of which the first page is that of the first sheet."""
    with using(settings.view.language):
        writer = form(Typst, settings)
        return "\n".join([writer.head(), writer.page(sheet(settings, 1), key=False, most=PAGE)])


def compiler(kind: str) -> tuple[str, ...]:
    """The command that makes of a source a PDF ("pdf"), or of its first page a picture ("png"); it gives way to all else."""
    return sys.executable, "-c", _COMPILE, str(FONTS), kind


def compiled(source: str) -> bytes:
    """The PDF that Typst makes of a source, in a process of its own, whose memory is free again afterwards."""
    done = subprocess.run(compiler("pdf"), input=source.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-500:])
    return done.stdout

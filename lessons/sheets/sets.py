"""Sets of worksheets: all sheets with their codes, all keys, all answers; as LaTeX source, and by way of Typst as PDFs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pypdf import PdfWriter

from mlp_core import NonFinite

from ..example import REDUCTIONS
from ..i18n import gettext as _
from ..i18n import ngettext, using
from ..style import name_of
from ..walk.updates import impossible
from .codes import code_of
from .digits import NONE
from .paper.form import Form, Kind
from .paper.latex import Latex
from .paper.typst import Typst
from .settings import Settings
from .sheet import Sheet
from .variants import instance

FONTS = Path(__file__).parent / "paper" / "fonts"
CHUNK, ROWS = 10, 1000  # sheets, and rows, set at a time: the compiler keeps some 0.15 MB a row until it ends
PAGE = 40  # rows that are more than a page holds
FILES = {Kind.SHEET: "worksheets", Kind.KEY: "keys", Kind.ANSWERS: "answers"}
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
    """The sheet of one variant (from 1). Problem for a variant that is not there, or without an update."""
    example = instance(settings, number)
    try:
        worked = settings.worked(example)
        return Sheet.of(worked, settings.blank, number, code_of(settings, number), subject(settings), settings.factors)
    except NonFinite as error:
        raise impossible(error) from None


def subject(settings: Settings) -> str:
    """The network, the loss and the optimiser in one line, in the language of the sheets."""
    with using(settings.view.language):
        names = ", ".join(name_of(activation) for activation in settings.activations)
        parts = ["-".join(map(str, settings.sizes)), names, name_of(settings.loss)]
        if settings.samples > 1:
            n = settings.samples
            parts.append(_(REDUCTIONS[settings.reduction]) + f" ({ngettext('{n} sample', '{n} samples', n).format(n=n)})")
        return " · ".join(parts if settings.optimiser == NONE else [*parts, settings.optimiser])


def form(kind: type[Form], settings: Settings) -> Form:
    """What writes the sheets of a set: ``form(Typst, settings)``."""
    return kind(settings.style, settings.empty)


def latex(settings: Settings, kind: Kind) -> str:
    """The LaTeX source of all sheets, of all keys or of all answers."""
    return form(Latex, settings).whole(kind, *(sheet(settings, n) for n in range(1, settings.variants + 1)))


def archive(settings: Settings) -> bytes:
    """The LaTeX sources of sheets, keys and answers in one ZIP file, the same bytes for the same settings."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as file:
        for kind in Kind:
            file.writestr(ZipInfo(f"{FILES[kind]}.tex"), latex(settings, kind), ZIP_DEFLATED)
    return made.getvalue()


def documents(settings: Settings, kind: Kind, pages: int) -> Iterator[str]:
    """Complete Typst sources, each of so many sheets, keys or answers."""
    writer = form(Typst, settings)
    for first in range(1, settings.variants + 1, pages):
        numbers = range(first, min(first + pages, settings.variants + 1))
        yield writer.document((sheet(settings, number), kind) for number in numbers)


def pdf(settings: Settings, kind: Kind, report: Report | None = None) -> bytes:
    """All sheets, keys or answers as one PDF, the same bytes for the same settings; ``report`` hears how much is done, 0 to 1."""
    writer = PdfWriter()
    rows = sum(len(lines) for _phase, lines in settings.sections)
    pages = max(1, min(CHUNK, ROWS // rows))
    chunks = -(-settings.variants // pages)
    for n, source in enumerate(documents(settings, kind, pages), 1):
        writer.append(BytesIO(compiled(source)), import_outline=False)
        if settings.duplex and kind is Kind.SHEET and len(writer.pages) % 2:
            writer.add_blank_page()
        if report:
            report(n / chunks)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def first_page(settings: Settings) -> str:
    """The Typst source of which the first page is that of the first sheet."""
    with using(settings.view.language):
        writer = form(Typst, settings)
        return "\n".join([writer.head(), writer.page(sheet(settings, 1), most=PAGE)])


def compiler(kind: str) -> tuple[str, ...]:
    """The command that makes of a source a PDF ("pdf"), or of its first page a picture ("png"); it gives way to all else."""
    return sys.executable, "-c", _COMPILE, str(FONTS), kind


def compiled(source: str) -> bytes:
    """The PDF that Typst makes of a source, in a process of its own, whose memory is free again afterwards."""
    done = subprocess.run(compiler("pdf"), input=source.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-500:])
    return done.stdout

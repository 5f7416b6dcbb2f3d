"""What a screen of a lesson works out, to take along: as a notebook, with blanks too, as a sheet and its key."""

from __future__ import annotations

from dataclasses import replace

from ..course import Case, title
from ..course.codes import from_json
from ..example import WORKED
from ..i18n import mark, using
from ..problem import Problem
from ..sheets.making import BRIEF, Order
from ..sheets.paper.form import Kind, Style
from ..sheets.paper.typst import Typst
from ..sheets.sets import compiler
from ..sheets.sheet import Sheet
from ..sheets.shelf import name_of
from .kinds import EXPORTS, Export
from .notebook import notebook

PDF = "application/pdf"
LESSON: dict[str, Export] = {
    "lesson-notebook": EXPORTS["notebook"],
    "lesson-exercise": EXPORTS["exercise"],
    "lesson-sheet": Export(mark("A sheet"), mark("a PDF: every step with a blank to fill in"), ".pdf", PDF),
    "lesson-key": Export(mark("Its key"), mark("a PDF: the same with every value"), "-key.pdf", PDF),
}
NOTHING = mark("On this screen of the lesson nothing is worked out.")


def taken(kind: str, text: str) -> bytes | Order:
    """A file of ``LESSON``, of a lesson as ``codes.to_json`` has it; Problem where there is none."""
    opened = from_json(text, kind)
    example = opened.example or WORKED
    case = Case(opened.lesson, opened.lesson.screen(opened.stand.screen), opened.stand.setting, example)
    if case.worked is None:
        raise Problem(kind, NOTHING)
    with using(example.view.language):
        subject = f"{title(opened.lesson)}: {case.title()}"
        view = replace(example.view, notation=opened.lesson.notation or example.view.notation)
        if kind in ("lesson-notebook", "lesson-exercise"):
            return notebook(case.worked, view, subject, blanks=kind == "lesson-exercise").encode()
        sheet = Sheet.of(case.worked, subject=subject)
        source = Typst(Style(view), case.worked).whole(Kind.SHEET if kind == "lesson-sheet" else Kind.KEY, sheet)
    return Order(name_of(kind, source), BRIEF, compiler("pdf"), source.encode())

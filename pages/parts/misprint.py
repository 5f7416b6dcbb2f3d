"""Where the notes print a wrong number for a step of their example: the way to what is said of it."""

from lessons.i18n import gettext as _
from lessons.notes import figures as notes
from lessons.worked import Worked
from mlp_core import Step

from ..session import state
from .show import onward


def misprint(step: Step, worked: Worked) -> None:
    """A link, where the notes are wrong in the number of this step; else nothing. Lessons have numbers of their own."""
    if state.lesson():
        return
    found = notes.misprint(state.example(), step.target, worked.value(step.target))
    if found is not None:
        onward("notes", _("The notes print {printed} here, which is wrong: see why").format(printed=notes.printed(found)))

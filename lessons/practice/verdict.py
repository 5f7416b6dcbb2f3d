"""The verdict on an answer: its kind, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlp_core import Quantity
from mlp_core.writing.numbers import on_screen, significant

from .. import i18n
from ..i18n import gettext as _
from ..misconceptions import CATALOGUE
from ..problem import Problem
from ..style import Look
from .questions import Question
from .wording import usual_look

MAX_NAMED = 4  # so many slips are named where one number fits several


class VerdictKind(StrEnum):
    """What an answer is."""

    RIGHT = "right"
    CARRIED = "carried"
    """Right from the person's own earlier numbers."""
    DIGITS = "digits"
    """Right so far, but with too few digits."""
    SLIP = "slip"
    """The number of a misconception."""
    CLOSE = "close"
    """Wrong in the last digit alone."""
    COARSE = "coarse"
    """Wrong, with too few digits to see why."""
    UNKNOWN = "unknown"
    NONSENSE = "nonsense"
    """No number at all."""

    @property
    def counts(self) -> bool:
        """Whether it counts as right."""
        return self in (VerdictKind.RIGHT, VerdictKind.CARRIED)

    @property
    def final(self) -> bool:
        """Whether it is a verdict at all: nonsense and too few digits only ask for another try."""
        return self not in (VerdictKind.NONSENSE, VerdictKind.DIGITS)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is to be said of an answer.

    candidates: the misconceptions that give this number, the likeliest first; value: the number read, None for nonsense; own: the
    earlier numbers of the person that it is built on; problem: what is wrong with nonsense.
    """

    kind: VerdictKind
    question: Question
    value: float | None = None
    candidates: tuple[str, ...] = ()
    own: tuple[Quantity, ...] = ()
    problem: Problem | None = None

    @property
    def correct(self) -> bool:
        """Whether the answer counts."""
        return self.kind.counts

    @property
    def final(self) -> bool:
        """Whether it is a verdict at all."""
        return self.kind.final

    @property
    def misconception(self) -> str | None:
        """The name of the (likeliest) misconception, or None."""
        return self.candidates[0] if self.candidates else None

    @property
    def page(self) -> str:
        """The page that explains what went wrong here; empty without a misconception."""
        return CATALOGUE[self.candidates[0]].page(self.question.step) if self.candidates else ""

    def message(self, lang: str, look: Look | None = None) -> str:
        """What to tell the person, as Markdown with LaTeX."""
        with i18n.using(lang):
            return self._message(look or usual_look(self.question, lang))

    def _message(self, look: Look) -> str:
        target = f"${look.symbol(self.question.target)}$"
        exact = f"{target} = {on_screen(significant(self.question.answer, 10))}"
        match self.kind:
            case VerdictKind.RIGHT:
                return _("Right. Exactly: {exact}").format(exact=exact)
            case VerdictKind.CARRIED:
                names = ", ".join(f"${look.symbol(q)}$" for q in self.own)
                return _("Right, from your own earlier {names}. With the exact numbers: {exact}").format(
                    names=names, exact=exact
                )
            case VerdictKind.DIGITS:
                return _("Good so far. Give at least three significant digits, so that it can be told from other numbers.")
            case VerdictKind.SLIP:
                return _told(self.candidates, target)
            case VerdictKind.CLOSE:
                return _("Very close, but the last digit is off: round only at the end, and round rather than cut off.")
            case VerdictKind.COARSE:
                return _("Not right. With three or more significant digits I can see what happened.")
            case VerdictKind.NONSENSE:
                assert self.problem is not None
                return self.problem.text()
            case VerdictKind.UNKNOWN:
                first = _("Not right, and I do not recognise how this number comes about. A first hint:")
                return f"{first}\n\n{self.question.hint(1, look)}"


def _told(names: tuple[str, ...], target: str) -> str:
    told = []
    for name in names[:MAX_NAMED]:
        title, message = CATALOGUE[name].told(target)
        told.append(_("**{title}.** {message}").format(title=title, message=message))
    if len(told) == 1:
        return told[0]
    return _("More than one slip gives this number:") + "\n" + "\n".join(f"- {one}" for one in told)

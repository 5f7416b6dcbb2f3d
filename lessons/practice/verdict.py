"""The verdict on an answer: its kind, and all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from mlp_core import Quantity
from mlp_core.writing.numbers import on_screen, significant

from .. import i18n
from ..answers import Answer
from ..i18n import gettext as _
from ..misconceptions import CATALOGUE, Candidate
from ..problem import Problem
from ..style import Look, together
from . import size, telling
from .questions import Question
from .wording import usual_look


class VerdictKind(StrEnum):
    """What an answer is."""

    RIGHT = "right"
    CARRIED = "carried"
    """Right from the person's own earlier numbers."""
    DIGITS = "digits"
    """Right as far as it goes, but with too few digits to be told from other numbers."""
    SHORT = "short"
    """The same where no more can be asked for, in an exam."""
    SLIP = "slip"
    """The number of a misconception."""
    CLOSE = "close"
    """Wrong in the last digit alone, or by no more than rounding on the way may do."""
    SIZE = "size"
    """Wrong, and how it stands to the right one can be said: half, twice, the other sign."""
    COARSE = "coarse"
    """Wrong, with too few digits to see why."""
    UNKNOWN = "unknown"
    NONSENSE = "nonsense"
    """No number at all."""

    @property
    def counts(self) -> bool:
        """Whether it counts as right."""
        return self in (VerdictKind.RIGHT, VerdictKind.CARRIED, VerdictKind.SHORT)

    @property
    def final(self) -> bool:
        """Whether it is a verdict at all: nonsense and too few digits only ask for another try."""
        return self not in (VerdictKind.NONSENSE, VerdictKind.DIGITS)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is to be said of an answer.

    explanations: the slips that give this number with the places where they are made, the likeliest first (in one of them two
    slips may be made at once); value: the number read, None for nonsense; own: the earlier numbers of the person that it is
    built on; problem: what is wrong with nonsense; size: how it stands to the right number; confused: the slip that it cannot
    be told from at the digits ``typed``.
    """

    kind: VerdictKind
    question: Question
    value: float | None = None
    explanations: tuple[Candidate, ...] = ()
    own: tuple[Quantity, ...] = ()
    problem: Problem | None = None
    size: size.Size | None = None
    confused: Candidate | None = None
    typed: Answer | None = None

    @property
    def correct(self) -> bool:
        """Whether the answer counts."""
        return self.kind.counts

    @property
    def final(self) -> bool:
        """Whether it is a verdict at all."""
        return self.kind.final

    @property
    def candidates(self) -> tuple[str, ...]:
        """The names of the misconceptions that give this number, the likeliest first."""
        return tuple(dict.fromkeys(made.name for each in self.explanations for made in each.made))

    @property
    def misconception(self) -> str | None:
        """The name of the (likeliest) misconception, or None."""
        return self.candidates[0] if self.explanations else None

    @property
    def origin(self) -> Quantity | None:
        """Where the (likeliest) misconception was made, the target itself where it was made there; None without one."""
        return self.explanations[0].origin if self.explanations else None

    @property
    def form(self) -> int:
        """Which form of the (likeliest) misconception it was, from 0: which of its formulas gives the number."""
        return self.explanations[0].made[0].form if self.explanations else 0

    @property
    def page(self) -> str:
        """The page that explains what went wrong, where it was made; empty without a misconception."""
        if self.origin is None:
            return ""
        return CATALOGUE[self.candidates[0]].page(self.question.worked.step(self.origin))

    def taken(self) -> Verdict:
        """The verdict where no more digits can be asked for: what is right at those typed counts."""
        return replace(self, kind=VerdictKind.SHORT) if self.kind is VerdictKind.DIGITS else self

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
                return telling.too_few(self.question, self.typed, self.confused, look)
            case VerdictKind.SHORT:
                few = telling.too_few(self.question, self.typed, self.confused, look)
                return together(_("Right at its digits, and it counts; but more were wanted."), few)
            case VerdictKind.SLIP:
                return telling.slips(self.question, self.explanations, look)
            case VerdictKind.CLOSE:
                if self.size:
                    return size.told(self.size, target)
                return _("Very close, but the last digit is off: round only at the end, and round rather than cut off.")
            case VerdictKind.SIZE:
                assert self.size
                said = size.told(self.size, target, step=self.question.base is not None)
                return together(_("Not right."), said)
            case VerdictKind.COARSE:
                return _("Not right. With three or more significant digits I can see what happened.")
            case VerdictKind.NONSENSE:
                assert self.problem is not None
                return self.problem.text()
            case VerdictKind.UNKNOWN:
                return telling.unknown(self.question, look)

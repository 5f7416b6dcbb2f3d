"""A lesson as one person has it before them: the screen, the setting, what is worked out, and its texts with the numbers in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from mlp_core import Quantity
from mlp_core.steps import Derivation, Step

from .. import content
from ..example import Example, Model
from ..i18n import gettext as _
from ..practice.questions import Question, questions_about
from ..practice.series import worth_asking
from ..style import Look
from ..worked import Worked
from .lesson import Ask, Beside, Choose, Drawn, Lesson, Part, Paste, Prose, Row, Screen, Slide, Type, Walk
from .setting import Setting


@dataclass(frozen=True, eq=False)
class Case:
    """What a lesson's parts are drawn of. theme: "light" or "dark"."""

    lesson: Lesson
    screen: Screen
    setting: Any
    example: Example
    theme: str = "light"

    @cached_property
    def worked(self) -> Worked | None:
        """What the screen is about; None where it is about nothing that is worked out. Problem where the setting has none."""
        return worked(self.screen, self.setting, self.example)

    @cached_property
    def look(self) -> Look:
        """How its numbers are written; those of the example where there is nothing worked out."""
        return look_of(self.worked or self.example.worked, self.example, self.theme, self.lesson.notation)

    def steps(self, walk: Walk) -> tuple[Step, ...]:
        """The steps that are walked through."""
        return _walked(walk, self.worked.steps) if self.worked else ()

    def text(self, key: str) -> str:
        """A section of the lesson's texts, its numbers put in.

        ``{value:z.1.1}`` is a number by its address, ``{symbol:z.1.1}`` its symbol, ``{is:z.1.1}`` an equation of the two;
        ``{tex:...}`` and ``{num:...}`` are symbol and number inside a formula. Any other name is one of the lesson's facts.
        """
        template = _JOINT.sub("", content.section(f"course/{self.lesson.key}", key))
        facts = self._facts if content.places(template) - set(FORMS) else {}
        return template.format(**{form: _Live(self, form) for form in FORMS}, **facts)

    @cached_property
    def _facts(self) -> Mapping[str, object]:
        return self.lesson.facts(self)

    def title(self) -> str:
        """What the screen is called."""
        return title(self.lesson, self.screen)

    def live(self) -> tuple[Part, ...]:
        """The parts of the screen that follow its setting, and all before them."""
        return self.screen.parts[: len(self.screen.parts) - len(self.still())]

    @cached_property
    def runs(self) -> tuple[tuple[tuple[Part, ...], tuple[Part, ...]], ...]:
        """The live parts in runs, each followed by those that stand apart below it: rows of dials, with the still texts and
        drawings around them, also on one side of two, and questions. A number typed in a picture leaves these as they are,
        unless it is what one of the dials shows, but for the other side and what a question says of its numbers.
        """
        live = self.live()
        apart = [_stands_apart(part) or bool(self.still_sides(part)) for part in live]
        quiet = [self._is_quiet(part) for part in live]
        for way in (range(1, len(live)), range(len(live) - 2, -1, -1)):
            for n in way:
                apart[n] |= quiet[n] and apart[n - way.step]
        ends = [
            n for n in range(1, len(live) + 1)
            if n == len(live) or (apart[n - 1] and not apart[n]) or isinstance(live[n], Ask)
        ]  # fmt: skip
        found = []
        for start, end in zip((0, *ends), ends, strict=False):
            first = next((n for n in range(start, end) if apart[n]), end)
            found.append((live[start:first], live[first:end]))
        return tuple(found) or (((), ()),)

    def still_sides(self, part: Part) -> list[tuple[Part, ...]]:
        """The sides of two beside each other that are dials, with still texts and drawings around them."""
        if not isinstance(part, Beside) or part.of is not None or not self.screen.pictured():
            return []
        sides = [side for side in (part.left, part.right) if any(isinstance(each, Row) for each in side)]
        return [side for side in sides if all(_is_dials(each) or self._is_quiet(each) for each in side)]

    def apart(self) -> list[Part]:
        """All that stand apart among the live parts."""
        found = [part for _live, apart in self.runs for part in apart]
        return [*found, *(each for part in found for side in self.still_sides(part) for each in side)]

    def still(self) -> tuple[Part, ...]:
        """The parts at its end that a number changed above leaves as they are: texts without one, questions about others, and
        what is made of a few fields only, or of none (see ``stays``)."""
        parts = self.screen.parts
        return parts[next((n for n in range(len(parts), 0, -1) if not self._is_still(parts[n - 1])), 0) :]

    def stays(self, setting: Setting, moved: str = "") -> bool:
        """Whether with another setting the still parts and the dials that stand apart are as they were; moved: the field whose
        dial a person has just moved, and which shows it."""
        apart = self.apart()
        if any(isinstance(part, Ask) for part in apart):
            return False
        made_of = {field for part in (*self.still(), *apart) for field in getattr(part, "of", None) or ()}
        shown = {field for row in apart if isinstance(row, Row) for field in row.fields()}
        return not self.moves(setting, made_of | shown - {moved})

    def moves(self, setting: Setting, fields: Iterable[str]) -> bool:
        """Whether in another setting one of these fields is another."""
        return any(getattr(setting, field) != getattr(self.setting, field) for field in fields)

    def _is_quiet(self, part: Part) -> bool:
        return isinstance(part, Prose | Drawn) and self._is_still(part)

    def _is_still(self, part: Part) -> bool:
        if getattr(part, "of", None) is not None:
            return True
        if isinstance(part, Ask):
            return part.redrawn and self.lesson.redraw is not None
        if isinstance(part, Choose) and part.when:
            return False
        if isinstance(part, Prose | Choose):
            filled = content.filled(f"course/{self.lesson.key}")
            return not any(key == part.section or key.startswith(f"{part.section}.") for key in filled)
        return False

    def asks_apart(self) -> bool:
        """Whether the questions below are about other numbers than the pictures above."""
        return self.screen.asks() and self.screen.ask().redrawn and self.lesson.redraw is not None

    def redrawn(self, ask: Ask, seed: int) -> Worked | None:
        """What a question is about: the Worked of the screen, or with other numbers."""
        if not ask.redrawn or self.lesson.redraw is None:
            return self.worked
        of_example = self.screen.enter is None
        example = self.example.remodelled(Model.redrawn, seed) if of_example else self.example
        return worked(self.screen, self.lesson.redraw(self.setting, seed), example)

    def asks_about(self, ask: Ask) -> object:
        """What questions with other numbers follow: equal for two settings that have the same. Problem where one has none."""
        about = self.redrawn(ask, 1)
        return about and (about.key, [about.value(q) for q in about.given], self._targets(ask, about))

    def questions(self, ask: Ask, seed: int = 1) -> tuple[Question, ...]:
        """What is asked, in order."""
        about = self.redrawn(ask, seed)
        if about is None:
            return ()
        targets = self._targets(ask, about)
        asked = _questions(about, self.example.view.decimals, None if targets is None else tuple(targets))
        return worth_asking(asked) if targets is None else asked

    def _targets(self, ask: Ask, about: Worked) -> Sequence[Quantity] | None:
        """What of it is asked for; None for all that is worth asking."""
        return ask.chosen(self.setting, about) if ask.chosen else ask.targets(about) if ask.targets else None


def _stands_apart(part: Part) -> bool:
    """Whether it is a row of dials, a cell to paste into, or a question."""
    return isinstance(part, Paste | Ask) or _is_dials(part)


def _is_dials(part: Part) -> bool:
    """Whether it is a row of dials that show nothing but fields of the setting."""
    return isinstance(part, Row) and not any(
        isinstance(each, Type) or (isinstance(each, Slide) and callable(each.most) and not each.steady) for each in part.parts
    )


# Where a line ends in a Chinese sign, its sentence or the next goes on without a space.
_JOINT = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[^\s\-|>#])")
FORMS = ("value", "symbol", "is", "tex", "num")


@dataclass(frozen=True)
class _Live:
    """A case that a text asks for a number or a symbol by its address."""

    case: Case
    form: str

    def __format__(self, address: str) -> str:
        case, quantity = self.case, Quantity.parse(address)
        assert case.worked is not None, f"a text of {case.screen.key} asks for {address}"
        value, look = case.worked.value(quantity), case.look
        if self.form in ("symbol", "tex"):
            return look.symbol(quantity) if self.form == "tex" else f"${look.symbol(quantity)}$"
        if value is None:
            return "∞"
        match self.form:
            case "value":
                return look.value(quantity, value)
            case "num":
                return look.number(quantity, value)
            case _:
                return f"${look.symbol(quantity)} = {look.number(quantity, value)}$"


@lru_cache(maxsize=256)
def worked(screen: Screen, setting: Setting, example: Example) -> Worked | None:
    """What a screen is about, kept for the next look at it."""
    return screen.work(setting, example) if screen.work else None


@lru_cache(maxsize=64)
def _walked(walk: Walk, steps: Derivation) -> tuple[Step, ...]:
    return tuple(filter(walk.only, steps.phase(*walk.phases)))


@lru_cache(maxsize=64)
def _questions(about: Worked, decimals: int, targets: tuple[Quantity, ...] | None) -> tuple[Question, ...]:
    return questions_about(about, decimals, targets=targets)


def look_of(about: Worked, example: Example, theme: str, notation: str = "") -> Look:
    """How the numbers of something worked out are written, to the decimals of an example, in its notation or another."""
    view = example.view
    return Look.of(
        notation or view.notation, view.language, view.decimals, theme, about.sizes, about.names, about.shared,
        bool(about.batch), about.normalised,
    )


def title(lesson: Lesson, screen: Screen | None = None) -> str:
    """What a lesson, or one of its screens, is called."""
    return content.section(f"course/{lesson.key}", f"title.{screen.key}" if screen else "title")


def heading(lesson: Lesson, screen: Screen | None = None) -> str:
    """Its number and what it, or one of its screens, is called."""
    return _("Lesson {n}: {title}").format(n=lesson.number, title=title(lesson, screen))

"""A lesson: screens of parts, each part a piece of text, a picture, something to operate or to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlp_core import Quantity
from mlp_core.steps import Phase, Step

from ..example import Example
from ..worked import Worked
from .setting import Setting

if TYPE_CHECKING:
    from .case import Case

ENOUGH = 3  # right answers, by which a screen's questions are done

Changed = Callable[..., Any]
"""Takes the setting first, then what a person did, and gives the next setting; raises Problem for what cannot be."""


Of = tuple[str, ...] | None
"""The fields of the setting that a part is made of, where these are few or none: a number typed in the picture above that is none
of them leaves it as it is. None where it follows all there is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prose:
    """A section of the lesson's texts, with live numbers."""

    section: str
    of: Of = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Slide:
    """A number of the setting on a slider. label: a message; most: may follow from the setting; no slider where it is no more
    than ``least``; steady: whether nothing on the screen moves that end."""

    field: str
    label: str
    least: float
    most: float | Callable[[Any], float]
    step: float
    steady: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Pick:
    """One of several choices of the setting: value -> message."""

    field: str
    label: str
    options: Mapping[Any, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tick:
    """Some of several choices, or none: the field is a tuple of those that are on. options: value -> message."""

    field: str
    label: str
    options: Mapping[Any, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Type:
    """A text of the setting, of at most so many characters; ``lines`` high."""

    field: str
    label: str
    most: int = 200
    lines: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Press:
    """A button: ``act`` takes the setting and the example, and gives the next setting."""

    label: str
    act: Callable[[Any, Example], Any]
    main: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """Things to operate beside each other: Slide, Pick, Tick, Type, Press."""

    parts: tuple[Slide | Pick | Tick | Type | Press, ...]

    def fields(self) -> set[str]:
        """What of the setting they show."""
        return {each.field for each in self.parts if not isinstance(each, Press)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """The Worked of the screen, step by step: picture, chain rule, card. phases: of which steps, all unless said; only: which of
    these."""

    phases: tuple[Phase, ...] = tuple(Phase)
    only: Callable[[Step], bool] = lambda step: True


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """The Worked of the screen as a picture, with everything up to a phase known; numbers in it can be changed."""

    phase: Phase = Phase.FORWARD


@dataclass(frozen=True, kw_only=True, eq=False)
class Ask:
    """Questions about the Worked of the screen, one at a time: those worth asking, or about what ``targets`` says.

    redrawn: with other numbers, which the person can draw anew, where the lesson can draw any. chosen: what it is about where
    that follows the setting, too.
    """

    targets: Callable[[Worked], Sequence[Quantity]] | None = None
    redrawn: bool = False
    chosen: Callable[[Any, Worked], Sequence[Quantity]] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Paste:
    """A cell for the numbers that the screen's questions ask for, as a person's own program prints them. of: the fields of the
    setting that say which these are."""

    of: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Choose:
    """One of so many answers is right: section ``<section>`` asks, ``<section>.1`` ... are the answers, ``<section>.told.1``
    ... what is said of each. An error of the notes is found so: the answers are its lines. when: for which settings it is
    asked."""

    section: str
    count: int
    right: int
    when: Callable[[Any], bool] | None = None
    of: Of = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Take:
    """A button that puts an example at the desk, where walk, practice and worksheets find it; undo brings back what was there."""

    label: str
    make: Callable[[Any], Example]


@dataclass(frozen=True, kw_only=True, eq=False)
class Files:
    """The example at the desk to take along: as a notebook, with blanks too, for PyTorch, as a derivation."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """Something of the drawing rooms: ``data`` makes what the component or chart draws, ``changed`` takes what a person did.

    kind: "plane", "curve", "code", "race", "chart", "table", "latex" or "html"; label: a message, what it is called; changed:
    event -> how the setting changes. A plane's events are "line" (id, (w1, w2, c)), "point" (id, (x, y)), "add" ((x, y)) and
    "remove" (id), a curve's "move" (name, x), a race's those of ``lessons/drawing/race.py``.
    """

    kind: str
    data: Callable[[Case], Any]
    label: str = ""
    changed: Mapping[str, Changed] = field(default_factory=dict)
    of: Of = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """Parts in two columns; on a phone below each other."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    widths: tuple[int, int] = (1, 1)
    of: Of = None

    def every(self) -> list[Part]:
        """Its parts, those beside each other one after the other."""
        return _flat(self)


Part = Prose | Row | Walk | Picture | Ask | Paste | Choose | Take | Drawn | Files | Beside


@dataclass(frozen=True, kw_only=True, eq=False)
class Screen:
    """One screenful. key: names it in addresses and texts, where section ``title.<key>`` is its title; work: the Worked that it
    is about, Problem where the setting has none; enter: a number typed in its picture, (setting, quantity, value) -> setting,
    None where its numbers are those of the example."""

    key: str
    parts: tuple[Part, ...]
    work: Callable[[Any, Example], Worked] | None = None
    enter: Callable[[Any, Quantity, float], Any] | None = None

    def every(self) -> list[Part]:
        """Its parts, those beside each other one after the other."""
        return [each for part in self.parts for each in _flat(part)]

    def fields(self) -> set[str]:
        """What of the setting it lets a person operate."""
        return {field for part in self.every() if isinstance(part, Row) for field in part.fields()}

    def walks(self) -> bool:
        """Whether it is gone through step by step."""
        return any(isinstance(part, Walk) for part in self.every())

    def pictured(self) -> bool:
        """Whether it has a picture in which a number can be changed."""
        return any(isinstance(part, (Walk, Picture)) or getattr(part, "kind", "") == "code" for part in self.every())

    def asks(self) -> bool:
        """Whether it has questions about numbers."""
        return any(isinstance(part, Ask) for part in self.every())

    def pastes(self) -> bool:
        """Whether what one's own program printed can be pasted."""
        return any(isinstance(part, Paste) for part in self.every())

    def ask(self) -> Ask:
        """Which they are."""
        return next((part for part in self.every() if isinstance(part, Ask)), Ask())

    def to_solve(self) -> bool:
        """Whether there is something to answer."""
        return any(isinstance(part, Ask | Choose) for part in self.every())

    def solved(self, right: int, asked: int, chosen: Mapping[str, int]) -> bool:
        """Whether enough is answered: of the questions ``ENOUGH``, or all if there are fewer, and every choice."""
        choices = [part for part in self.every() if isinstance(part, Choose)]
        return right >= min(ENOUGH, asked) and all(chosen.get(part.section) == part.right for part in choices)


def _flat(part: Part) -> list[Part]:
    if not isinstance(part, Beside):
        return [part]
    return [each for inner in (*part.left, *part.right) for each in _flat(inner)]


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """A lesson. Its texts stand beside it, ``en.md`` and ``zh.md``: ``title``, ``goal``, ``notes`` (where it stands in the
    notes), and what its screens name.

    number: its place in the course; minutes: how long it takes; setting: what a person can change; redraw: (setting, seed) ->
    the same with another number for each that can be typed in a picture; facts: what the texts may mention beside numbers by
    address; notation: whose letters it is in, those that the person chose if empty; desk: whether the example at the desk has a
    part in it also where a screen has numbers of its own.
    """

    number: int
    minutes: int
    screens: tuple[Screen, ...]
    setting: type[Setting] = Setting
    redraw: Callable[[Any, int], Any] | None = None
    facts: Callable[[Case], Mapping[str, object]] = lambda case: {}
    notation: str = ""
    desk: bool = False
    key: str = ""

    def of_example(self) -> bool:
        """Whether any of its screens is about the example at the desk."""
        return self.desk or any(screen.work is not None and screen.enter is None for screen in self.screens)

    def screen(self, key: str) -> Screen:
        """The screen of that key, the first for any other."""
        return next((screen for screen in self.screens if screen.key == key), self.screens[0])

"""A Worked as a program of NumPy, each line with the Steps that it computes: as text, and as data for a component.

Of a batch the program computes every sample, and a line has the Steps of the sample that is worked out and those of the batch.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any, ClassVar, Literal, NotRequired, TypedDict

import sympy as sp
from sympy.printing.str import StrPrinter

from mlp_core import Quantity, Step
from mlp_core.steps import Phase
from mlp_core.writing.names import Notation

from ..i18n import gettext as _
from ..i18n import language
from ..style import Look, name_of
from ..worked import Plan, Worked
from ..worked.arrays import array_of, kinds_in, line, nested, place_of
from .data import Layer, Name, Picture
from .network import columns, picture
from .scene import Scene

MAX_SHAPES = 32  # kept
BLANK = "..."
REDUCED = ("batch_loss", "batch_weight_gradient", "batch_bias_gradient")


@dataclass(frozen=True, eq=False)
class Coded:
    """A line that computes an array. code: right of the equals sign."""

    array: str
    code: str
    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """The line."""
        return f"{self.array} = {self.code}"

    @property
    def phase(self) -> Phase:
        """The phase of its Steps."""
        return self.steps[-1].phase

    @property
    def layer(self) -> int:
        """The layer of its Steps, 0 for the loss."""
        return self.steps[-1].target.layer


@dataclass(frozen=True, eq=False)
class _Shape:
    """What follows from the shape of something worked alone: the lines, what is told of (no other sample's own), what the lines
    compute, and the families of the arrays."""

    lines: tuple[Coded, ...]
    told: Mapping[Quantity, None]
    computed: frozenset[Quantity]
    kinds: Mapping[str, str]


_SHAPES: dict[Hashable, _Shape] = {}


def program(worked: Worked) -> tuple[Coded, ...]:
    """The lines that compute a network's pass, its gradients and its update from x, y, W, b and the settings, in order."""
    return _shape(worked).lines


def _shape(worked: Worked) -> _Shape:
    if worked.key not in _SHAPES:
        if len(_SHAPES) >= MAX_SHAPES:
            _SHAPES.clear()
        named = dict.fromkeys(q for step in worked.steps for q in (step.target, *step.inputs)) | dict.fromkeys(worked.given)
        kinds = {array_of(q).removesuffix("_each"): q.family for q in named} | {"C_each": "loss"}
        told = dict.fromkeys(q for q in named if not worked.sample or q.sample in (0, worked.sample))
        targets = frozenset(step.target for step in worked.steps)
        _SHAPES[worked.key] = _Shape(tuple(_lines(worked)), told, targets, kinds)
    return _SHAPES[worked.key]


def _lines(worked: Worked) -> Iterable[Coded]:
    groups = {array_of(group[0].target): group for group in kinds_in(worked, *Phase)}
    for array, group in groups.items():
        name, gradient = array.removesuffix("_each"), group[0].target.is_gradient
        if name != array and gradient:
            yield Coded(name, _reduced(group[0], groups[name][0]), (*group, *groups[name]))
        elif array.partition("_")[0] in ("W", "b"):  # W_new: the step goes into the same line
            yield _applied(group, groups[array_of(group[0].inputs[1])], worked)
        elif not (group[0].target.slot == "step" or (gradient and f"{array}_each" in groups)):
            yield Coded(array, _code(group, worked), group)


def _code(group: tuple[Step, ...], worked: Worked) -> str:
    return line(group, worked.sizes).removeprefix(f"{array_of(group[0].target)} = ")


def _applied(group: tuple[Step, ...], step: tuple[Step, ...], worked: Worked) -> Coded:
    """A parameter after the update, with what makes its step put in."""
    made, own = _code(group, worked), _code(step, worked)
    sign, rest = ("-", own[1:]) if own.startswith("-") else ("+", own)
    made = made.replace(f"+ {array_of(step[0].target)}", f"{sign} {rest}", 1)
    return Coded(array_of(group[0].target), made, (*step, *group))


def _reduced(own: Step, together: Step) -> str:
    """The gradient of a batch as a product, without those of its samples."""
    rows = f"{'-' if own.formula.could_extract_minus_sign() else ''}{array_of(own.inputs[0])}"
    divided = f" / {len(together.inputs)}" if together.rule.endswith(".mean") else ""
    if own.law.startswith("weight_gradient"):
        return f"{rows}.T @ {array_of(own.inputs[1])}{divided}"
    shared = own.rule.partition(".")[2].startswith("shared")
    return f"{rows}.{'sum(keepdims=True)[0]' if shared else 'sum(axis=0)'}{divided}"


@dataclass(frozen=True)
class Loop:
    """The training loop around a program of gradient descent, with its three stop conditions: so many epochs, a loss below one
    number, a change of the loss below another."""

    epochs: int
    loss_below: float
    change_below: float

    BEFORE: ClassVar[str] = "losses = []"
    OPEN: ClassVar[str] = "for epoch in range(epochs + 1):"
    STOPS: ClassVar[tuple[str, ...]] = (
        "losses.append(float(C))",
        "if epoch == epochs or C < loss_below: break",
        "if epoch and abs(C - losses[-2]) < change_below: break",
    )
    AFTER: ClassVar[str] = "print(len(losses) - 1, losses[0], losses[-1])"

    def settings(self) -> tuple[str, ...]:
        """The lines that give its numbers."""
        return tuple(f"{name} = {getattr(self, name)!r}" for name in ("epochs", "loss_below", "change_below"))


class Told(TypedDict):
    """A quantity: its name, its number as it is read ("?" where it is not to be told), its family."""

    name: Name
    value: str
    kind: str


class Tied(TypedDict):
    """What a line computes and takes; see ``Line``."""

    phase: str
    sets: list[str]
    uses: list[str]
    steps: list[list[object]]


class Line(TypedDict):
    """A line of a listing. role: "code", or "note" for what is said; text: all of it; sets and uses: the elements of the picture
    that it computes and that it takes; steps: of each the address of its target, the element, and its formula, in which every
    second part is an address; own: the addresses that it gives numbers, without a Step."""

    id: str
    role: Literal["code", "note"]
    text: str
    phase: NotRequired[str]
    blank: NotRequired[bool]
    sets: NotRequired[list[str]]
    uses: NotRequired[list[str]]
    steps: NotRequired[list[list[object]]]
    own: NotRequired[list[list[str]]]


class Backward(TypedDict):
    """The neurons with their rows of the way back."""

    layers: list[Layer]
    direction: Literal["backward"]


class Listing(TypedDict):
    """A program, and beside it the picture of what it computes, and what is other in it on the way back. kinds: the family of
    each array; copied: the text that is copied; words: what stands on the component."""

    label: str
    lines: list[Line]
    told: dict[str, Told]
    kinds: dict[str, str]
    picture: Picture
    backward: Backward
    copied: str
    words: dict[str, str]
    colors: Mapping[str, str]


def listing(
    worked: Worked, look: Look, given: Iterable[Quantity], blanks: Collection[str] = (), loop: Loop | None = None
) -> Listing:
    """The program of a Worked as its component wants it.

    given: every sample's inputs and targets, the parameters, and what the update begins with; blanks: the arrays that are to be
    written by the person and that it prints at its end: their numbers and all that follow from them are not told; loop: where
    the update is made again and again.
    """
    shape = _shape(worked)
    scene = Scene(worked, look, Phase.FORWARD, shape.computed - _following(shape.lines, blanks))
    writer = _Writer(scene, blanks, loop)
    writer.write(shape.lines, tuple(given))
    return {
        "label": _("The program"),
        "lines": writer.lines,
        "told": {
            address: {"name": name, "value": scene.text(q), "kind": q.family}
            for q, address, name in _named(shape, look.notation, look.sizes, look.shared, look.batch, look.normalised)
        },
        "kinds": dict(shape.kinds),
        "picture": picture(scene),
        "backward": {"layers": columns(replace(scene, phase=Phase.BACKWARD)), "direction": "backward"},
        "copied": text_of(writer.lines),
        "words": {
            "copy": _("Copy the program"), "copied": _("Copied"), "marked": _("Marked: copy it with the keyboard"),
            "point": _("Point at a line, or at something in the picture: what belongs together lights up."),
            "steps": _("What belongs to it"),
        },
        "colors": dict(look.colors),
    }  # fmt: skip


def text_of(lines: Iterable[Line]) -> str:
    """The program as a file."""
    return "\n".join(each["text"] for each in lines) + "\n"


def _following(coded: Iterable[Coded], blanks: Collection[str]) -> set[Quantity]:
    """What those arrays hold, and everything computed from it."""
    found: set[Quantity] = set()
    for each in coded if blanks else ():
        for step in each.steps:
            if each.array in blanks or found.intersection(step.inputs):
                found.add(step.target)
    return found


@lru_cache(maxsize=MAX_SHAPES)
def _named(
    shape: _Shape, notation: Notation, sizes: tuple[int, ...], shared: frozenset[int], batch: bool,
    normalised: frozenset[int] | None,
) -> tuple[tuple[Quantity, str, dict[str, Any]], ...]:  # fmt: skip
    """What is told of, its addresses and its names."""
    return tuple((q, str(q), notation.name(q, sizes, shared, batch, normalised).data()) for q in shape.told)


class _Writer:
    """The whole program: what is given, then a part for each phase and layer under a line that says so."""

    def __init__(self, scene: Scene, blanks: Collection[str], loop: Loop | None) -> None:
        self.scene, self.blanks, self.loop = scene, blanks, loop
        self.lines: list[Line] = []
        self.indent = ""

    def add(self, text: str, role: Literal["code", "note"] = "code") -> Line:
        """One line more."""
        self.lines.append({"id": str(len(self.lines) + 1), "role": role, "text": f"{self.indent}{text}".rstrip()})
        return self.lines[-1]

    def head(self, text: str) -> None:
        """A line that says what follows, after an empty one."""
        self.add("", "note")
        self.add(f"# {text}", "note")

    def write(self, coded: Iterable[Coded], given: Iterable[Quantity]) -> None:
        """All of it."""
        self.add("import numpy as np")
        self.head(_("Given"))
        self.given(given)
        if self.loop:
            for each in self.loop.settings():
                self.add(each)
            self.add("", "note")
            self.add(Loop.BEFORE)
            self.add(Loop.OPEN)
            self.indent = "    "
        for (phase, layer), group in groupby(coded, _part_of):
            title = name_of(phase)
            self.head(_("{phase}, layer {n}").format(phase=title, n=layer) if layer else title)
            for one in group:
                self.computed(one)
            if self.loop and phase is Phase.LOSS:
                for stop in Loop.STOPS:
                    self.add(stop)
        self.indent = ""
        printed = [Loop.AFTER] if self.loop else [f'print("{array} =", {array})' for array in self.blanks]
        if printed:
            self.add("", "note")
        for text in printed:
            self.add(text)

    def given(self, given: Iterable[Quantity]) -> None:
        """The lines that make what is given."""
        scene, arrays, told = self.scene, dict[str, list[Quantity]](), _shape(self.scene.worked).told
        for q in given:
            arrays.setdefault(array_of(q), []).append(q)
        for quantities in arrays.values():
            at = self.add(_given_line(scene, quantities))
            at["own"] = [[str(q), scene.worked.plan.element(q)] for q in quantities if q in told]
            at["sets"] = [*dict.fromkeys(filter(None, map(scene.worked.plan.element, quantities)))]

    def computed(self, each: Coded) -> None:
        """A line that computes an array; in a loop a parameter keeps its name."""
        blank = each.array in self.blanks
        text = f"{each.array} = {BLANK}" if blank else each.text
        at = self.add(text.replace("_new", "", 1) if self.loop and each.phase is Phase.UPDATE else text)
        if blank:
            at["blank"] = True
        tied = _tied(each, self.scene.worked.plan, language())
        at["phase"], at["sets"], at["uses"], at["steps"] = tied["phase"], tied["sets"], tied["uses"], tied["steps"]


@lru_cache(maxsize=2048)
def _tied(each: Coded, plan: Plan, lang: str) -> Tied:
    """What a line computes and takes, in the picture and step by step."""
    def elements(quantities: Iterable[Quantity]) -> list[str]:
        return [*dict.fromkeys(filter(None, map(plan.element, quantities)))]

    return {
        "phase": each.phase,
        "sets": elements(step.target for step in each.steps),
        "uses": elements(q for step in each.steps for q in step.inputs),
        "steps": [[str(step.target), plan.element(step.target), _parts(step)] for step in each.steps],
    }


def _part_of(each: Coded) -> tuple[Phase, int]:
    return (each.phase, each.layer if each.phase in (Phase.FORWARD, Phase.BACKWARD) else 0)


def _given_line(scene: Scene, quantities: list[Quantity]) -> str:
    numbers = {q: repr(scene.worked.values[q]) for q in quantities}
    if not quantities[0].index:
        return f"{quantities[0].symbol.name} = {numbers[quantities[0]]}"
    return f"{array_of(quantities[0])} = np.array({nested({place_of(q): number for q, number in numbers.items()})})"


class _Reading(StrPrinter):  # type: ignore[misc]
    """Formulas as they are read; in place of a symbol stands the address of its quantity between two marks."""

    def __init__(self, addresses: Mapping[sp.Symbol, str]) -> None:
        super().__init__({"order": "none"})
        self.addresses = addresses

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return f"\0{self.addresses[expr]}\0"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        *cases, (rest, _always) = expr.args
        told = [
            _("{value} for {condition}").format(value=self._print(value), condition=self._print(condition))
            for value, condition in cases
        ]
        return "; ".join([*told, _("{value} otherwise").format(value=self._print(rest))])


def _parts(step: Step) -> list[str]:
    """The formula of a step as it is read: text, address, text, address, ... in turn; of a batch's gradient in words, since it is
    made of every sample's own."""
    if step.law.removesuffix("_again") in REDUCED:
        return [_("the mean over the samples") if step.rule.endswith("mean") else _("the sum over the samples")]
    told = str(_Reading({q.symbol: str(q) for q in step.inputs}).doprint(step.formula))
    told = re.sub(r"^\(-(\0[^\0]+\0)\)", r"-\1", told)
    for sign, read in (("**2", "²"), ("**", "^"), ("*", " · "), ("log(", "ln("), ("-", "−")):
        told = told.replace(sign, read)
    return told.split("\0")

"""The example at the desk as a program: its pass, its gradients and its next update."""

from __future__ import annotations

from mlp_core import NonFinite, Quantity
from mlp_core.steps import Phase, given

from ...drawing.program import Coded, Listing, Loop, listing, program
from ...example import Example
from ...i18n import mark
from ...walk.updates import worked_update
from ...worked import Worked
from ...worked.arrays import array_of
from ..case import Case
from . import loops
from .setting import Build


def worked(_setting: object, example: Example) -> Worked:
    """The pass and the next update; without the update where that overflows."""
    try:
        return worked_update(example)
    except NonFinite:
        return example.worked


def _starts(example: Example) -> tuple[Quantity, ...]:
    """Every sample, and the parameters."""
    return given(example.network, example.trace.batch)


def _late(about: Worked) -> list[Quantity]:
    """What the update begins with: settings, and what the optimiser remembers."""
    return [q for q in about.given if q.family in ("setting", "optimiser")]


def whole(case: Case) -> Listing:
    """All of it."""
    return _listing(case)


def _listing(case: Case, blanks: tuple[str, ...] = (), loop: Loop | None = None) -> Listing:
    about = case.worked
    assert about is not None
    return listing(about, case.look, (*_starts(case.example), *_late(about)), blanks, loop)


PARTS = {
    "last": mark("the last layer, backward"), "hidden": mark("the layers before it, backward"),
    "forward": mark("the way forward"), "all": mark("everything"),
}  # fmt: skip
MOST = 36  # numbers that are asked


def blanks(part: str, about: Worked) -> tuple[Coded, ...]:
    """The lines of the program that a part of it consists of; where there is no layer before the last, those of the last."""
    last = len(about.sizes) - 1
    lines = [each for each in program(about) if each.phase is not Phase.UPDATE]
    chosen = {
        "last": lambda each: each.phase is Phase.BACKWARD and each.layer == last,
        "hidden": lambda each: each.phase is Phase.BACKWARD and (each.layer < last or last == 1),
        "forward": lambda each: each.phase is not Phase.BACKWARD,
        "all": lambda each: True,
    }[part]
    return tuple(filter(chosen, lines))


def with_blanks(case: Case) -> Listing:
    """The program with the chosen lines to be written, which it prints at its end."""
    assert case.worked is not None
    return _listing(case, tuple(each.array for each in blanks(case.setting.part, case.worked)))


def asked(setting: Build, about: Worked) -> list[Quantity]:
    """The numbers of those lines, of a large array the first."""
    lines = blanks(setting.part, about)
    most = max(2, MOST // len(lines))
    own = ([step.target for step in each.steps if array_of(step.target) == each.array] for each in lines)
    return [target for targets in own for target in targets[:most]]


def in_a_loop(case: Case) -> Listing:
    """The program that trains."""
    return _listing(case, loop=loops.loop_of(case.setting))

"""What the texts of the lesson mention: who leads, how often a path turns, what a first step is like, what was measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from html import escape
from itertools import pairwise

from mlp_core.writing.numbers import number, on_screen, significant

from ...i18n import gettext as _
from ...i18n import ngettext
from ...problem import Problem
from ...style import name_of, plain
from ...worked.descent import WEIGHTS
from ..case import Case
from . import steadier
from .pictures import paths_of, twice
from .racers import known
from .racing import UPDATES, Path
from .setting import MEASURED, SLOWED, Race
from .surfaces import FALLING, RAVINE, field_of

Table = tuple[list[str], list[list[str]]]


def facts(case: Case) -> Mapping[str, object]:
    """Those of a screen."""
    found = _FACTS.get(case.screen.key)
    return found(case) if found else {}


def _race(case: Case) -> dict[str, object]:
    setting: Race = case.setting
    paths: Mapping[str, Path] = {}
    with suppress(Problem):  # the picture says why there is no race
        paths = paths_of(setting, case.example, setting.surface, setting.entries(setting.surface))
    return {"updates": UPDATES, "leader": _leader(paths), "lost": _lost(paths)}


def _leader(paths: Mapping[str, Path]) -> str:
    """Who has the least loss in the end."""
    arrived = {key: path.losses[-1] for key, path in paths.items() if path.losses and not path.lost}
    if not arrived:
        return _("nobody is left")
    best = min(arrived, key=lambda key: arrived[key])
    return _("**{name}** is lowest, with a loss of {loss}").format(name=name_of(best), loss=_few(arrived[best]))


def _lost(paths: Mapping[str, Path]) -> str:
    """Who has diverged, as a sentence; empty where nobody has."""
    lost = [name_of(key) for key, path in paths.items() if path.lost]
    return _("Diverged: {names}.").format(names=_(", ").join(lost)) if lost else ""


def _ravine(case: Case) -> dict[str, object]:
    """How often each crosses the floor of the ravine, and how far along it is."""
    setting: Race = case.setting
    told = []
    paths = paths_of(setting, case.example, RAVINE, setting.entries(RAVINE, MOMENTUMS))
    for key, path in paths.items():
        times = crossings(path)
        crossed = ngettext("crosses the floor {n} time", "crosses the floor {n} times", times).format(n=times)
        told.append(
            _("- **{name}** {crossed} and ends at {symbol} = {value}").format(
                name=name_of(key), crossed=crossed, symbol="$w_1$", value=_few(path.w[-1][0])
            )
        )
    return {"told": "\n".join(told), "updates": UPDATES}


MOMENTUMS = ("SGD", "Momentum", "Nesterov")
OWN = ("SGD", "RMSprop", "Adam")


def crossings(path: Path) -> int:
    """How often w2 changes its sign."""
    return sum(before[1] * after[1] < 0 for before, after in pairwise(path.w))


def _own(case: Case) -> dict[str, object]:
    """How much steeper it is across than along, at the start."""
    setting: Race = case.setting
    along, across = _slope(case)
    ratio = plain(abs(across / along)) if along else "∞"
    return {"ratio": ratio, "start": _place(setting.start(RAVINE, case.example))}


def _slope(case: Case) -> list[float]:
    """The gradient where the race in the ravine begins."""
    setting: Race = case.setting
    _loss, *slopes = field_of(RAVINE, case.example, WEIGHTS).at(setting.start(RAVINE, case.example))
    return [float(each) for each in slopes]


def first_steps(case: Case) -> Table:
    """The first step of each in both weights."""
    setting: Race = case.setting
    paths = paths_of(setting, case.example, RAVINE, setting.entries(RAVINE, OWN))
    rows = [[f'<th scope="row">{_("gradient")}</th>', *map(_even, _slope(case)), ""]]
    for key, path in paths.items():
        if len(path.w) > 1:
            rate = setting.optimiser(RAVINE, key).lr
            step = [b - a for a, b in zip(*path.w[:2], strict=True)]
            rows.append([f'<th scope="row">{escape(name_of(key))}</th>', *map(_even, step), plain(rate)])
    return ["", "<i>w</i><sub>1</sub>", "<i>w</i><sub>2</sub>", _("learning rate")], rows


def _decay(case: Case) -> dict[str, object]:
    """How low it comes with both rates."""
    setting: Race = case.setting
    paths = paths_of(setting, case.example, FALLING, twice(setting))
    key = known(setting.slowed)
    return {"name": name_of(key), "constant": _few(paths[key].losses[-1]), "changing": _few(paths[SLOWED].losses[-1])}


def _steadier(case: Case) -> dict[str, object]:
    first = {name: own[0] for name, own in steadier.lengths().items()}
    setting: Race = case.setting
    told = _("Nothing is measured yet: move the slider.")
    if setting.updates:
        told = _("Measured so far: {n}. Adam’s step is the longer one in **{longer}** of them.").format(
            n=setting.updates, longer=steadier.longer(setting.updates)
        )
    return {
        "lr": plain(steadier.MEASURED_OF["Adam"].lr), "told": told, "all": MEASURED, "longer": steadier.longer(MEASURED),
        "times": plain(round(first["Adam"] / first["SGD"])), "sgd": _percent(steadier.change("SGD")),
        "adam": _percent(steadier.change("Adam")),
    }  # fmt: skip


def _percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):.0f} %"


def _few(value: float) -> str:
    return on_screen(significant(value, 3)) if abs(value) < 1 else on_screen(number(value, 3))


def _even(value: float) -> str:
    """Of numbers that stand below each other."""
    return on_screen(number(value, 4))


def _place(place: tuple[float, float]) -> str:
    return f"({plain(place[0])}, {plain(place[1])})"


_FACTS: Mapping[str, Callable[[Case], Mapping[str, object]]] = {
    "race": _race, "ravine": _ravine, "own": _own, "decay": _decay, "steadier": _steadier,
}  # fmt: skip

"""The races as the component draws them, the curves of the learning rate, and the step that is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any

from mlp_core import Quantity
from mlp_core.optimisers import Setting as About
from mlp_core.writing.names import Name

from ...drawing import charts
from ...drawing import race as drawing
from ...drawing.axes import Axis, axis
from ...drawing.race import Knob, Racer, Relief
from ...example import Example
from ...example.model import Model
from ...i18n import gettext as _
from ...i18n import mark
from ...palette import colors
from ...problem import Problem
from ...style import exact, name_of
from ...walk.card import formula
from ...worked import Worked
from ...worked.descent import in_network, on_surface
from ..case import Case
from .racers import known, racers
from .racing import UPDATES, Entry, Path, race
from .setting import SCHEDULES, SLOWED, Race
from .surfaces import FALLING, NAMES, NETWORK, SURFACES, Pair, extent, field_of, movable

ENDLESS = mark("This update has no numbers: something in it is divided by 0, or grows too large.")
PER = 20  # steps of a start that is put by a click, to 1
SMALL = 1e-6  # what changes by less cannot be seen in a picture
EPOCHS = range(UPDATES + 1)
LOOKS = (("setting", "dot"), ("parameter", "solid"), ("activation", "dash"), ("gradient", "dashdot"), ("input", "longdash"))
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def paths_of(setting: Race, example: Example, surface: str, entries: Sequence[Entry]) -> dict[str, Path]:
    """The paths of those who run on a surface, from where the race begins there."""
    pair = setting.pair(surface, example)
    return race(field_of(surface, example, pair), pair, setting.start(surface, example), entries)


def picture(case: Case, surface: str = "", only: tuple[str, ...] = ()) -> drawing.Race:
    """The race on a surface, the chosen one if none is named, of all or of those only."""
    setting: Race = case.setting
    which = surface or setting.surface
    paths = paths_of(setting, case.example, which, setting.entries(which, only))
    every = [_racer(case, which, key, paths.get(key)) for key in racers() if not only or key in only]
    return _drawn(case, which, every, _opened(setting, paths))


def alone(case: Case) -> drawing.Race:
    """The race of the one whose update is looked at, which the others can take the place of; it stands at that update."""
    setting: Race = case.setting
    at = setting.looked_at()
    paths = paths_of(setting, case.example, setting.surface, [_looked_at(setting)])
    every = [_racer(case, setting.surface, key, paths.get(key), least=0.0 if key == at else inf) for key in racers()]
    opened = _opened(setting, paths)
    return _drawn(case, setting.surface, every, opened, tall=0.5, at=opened[1])


def _looked_at(setting: Race) -> Entry:
    key = setting.looked_at()
    return Entry(key, setting.optimiser(setting.surface, key), setting.by(setting.schedule))


def _opened(setting: Race, paths: Mapping[str, Path]) -> tuple[str, int]:
    """Whose update is looked at, and which, where it is among those that run."""
    key = setting.looked_at()
    return (key, paths[key].stage(setting.step).t) if key in paths else ("", 0)


def slowed(case: Case) -> drawing.Race:
    """One optimiser twice: with the learning rate that it begins with, and with one that changes."""
    setting: Race = case.setting
    key = known(setting.slowed)
    paths = paths_of(setting, case.example, FALLING, twice(setting))
    plain = _racer(case, FALLING, key, paths[key])
    title, ink = _("{name}, changing").format(name=plain["title"]), colors(case.theme)["loss"]
    changed = _runner(paths[SLOWED], SLOWED, title, ink, "", 1, case.look.decimals)
    return _drawn(case, FALLING, [plain, changed])


def twice(setting: Race) -> tuple[Entry, Entry]:
    """That optimiser with both rates."""
    key = known(setting.slowed)
    optimiser = setting.optimiser(FALLING, key)
    return Entry(key, optimiser), Entry(SLOWED, optimiser, setting.by(setting.slowing))


def _drawn(
    case: Case, surface: str, every: list[Racer], opened: tuple[str, int] = ("", 0), **shown: Any
) -> drawing.Race:
    setting, example = case.setting, case.example
    pair = setting.pair(surface, example)
    x, y = _axes(case, surface, pair)
    choices = movable(example) if surface == NETWORK else ()
    names = [case.look.notation.name(q, example.sizes) for q in choices]
    return drawing.race(
        _("Race of optimisers: {surface}").format(surface=_(SURFACES[surface].title)), x, y,
        _relief(surface, example.model, pair, (x["low"], x["high"]), (y["low"], y["high"])), every,
        updates=UPDATES, start=setting.start(surface, example), opened=opened, minima=SURFACES[surface].minima,
        pair=[str(q) for q in pair] if choices else (),
        choices=[{"value": str(q), "text": name.text()} for q, name in zip(choices, names, strict=True)],
        decimals=case.look.decimals, colors=colors(case.theme), **shown,
    )  # fmt: skip


def _axes(case: Case, surface: str, pair: Pair) -> tuple[Axis, Axis]:
    across, up, _start = extent(surface, case.example, pair)
    if surface == NETWORK:
        names = [case.look.notation.name(q, case.example.sizes) for q in pair]
    else:
        names = [Name(name[0], sub=name[1:]) for name in NAMES]
    return axis(names[0], *across, per=PER), axis(names[1], *up, per=PER)


@lru_cache(maxsize=32)
def _relief(surface: str, model: Model, pair: Pair, across: tuple[float, float], up: tuple[float, float]) -> Relief:
    about = SURFACES[surface]
    x, y = axis(Name("x"), *across), axis(Name("y"), *up)
    field = field_of(surface, Example(model), pair)
    return drawing.relief(field.losses, x, y, side=field.side, power=about.power, rise=about.relief)


def _racer(case: Case, surface: str, key: str, path: Path | None, *, least: float = SMALL) -> Racer:
    """least: the smallest step of a setting that can be typed."""
    about = racers()[key]
    optimiser = case.setting.optimiser(surface, key)
    knobs = [_knob(name, each, getattr(optimiser, name)) for name, each in about.knobs().items() if each.step > least]
    look = about.color(case.theme), about.dash, list(racers()).index(key), case.look.decimals
    drawn = _runner(path, key, _(about.key), *look)
    return {**drawn, "knobs": knobs}


@lru_cache(maxsize=128)
def _runner(path: Path | None, key: str, title: str, color: str, dash: str, shape: int, decimals: int) -> Racer:
    return drawing.racer(
        key, title, color=color, dash=dash, shape=shape, places=path.w if path else (), losses=path.losses if path else (),
        lost=bool(path and path.lost), decimals=decimals,
    )  # fmt: skip


def _knob(name: str, about: About, value: float) -> Knob:
    letter, _underscore, index = about.letter.partition("_")
    return {"name": name, "letter": letter + index.translate(_LOWERED), "spoken": name_of(name), "value": exact(value)}


# ---- a step ---------------------------------------------------------------------------------------------------------


def worked_step(setting: Race, example: Example) -> Worked:
    """The update that is looked at, with its gradient; where its racer does not run, as if it did."""
    return _step(setting, example, setting.surface, _looked_at(setting), setting.step)


def worked_slowed(setting: Race, example: Example) -> Worked:
    """The update in the epoch that is looked at, with its learning rate."""
    return _step(setting, example, FALLING, twice(setting)[1], setting.epoch + 1)


def _step(setting: Race, example: Example, surface: str, entry: Entry, step: int) -> Worked:
    at = paths_of(setting, example, surface, [entry])[entry.key].stage(step)
    try:
        if surface != NETWORK:
            return on_surface(SURFACES[surface].text, NAMES, at, entry.optimiser, entry.schedule)
        model, pair = example.model, setting.pair(surface, example)
        return in_network(model.network, *model.data, pair, at, entry.optimiser, entry.schedule, example.view.sample)
    except (ArithmeticError, ValueError):
        raise Problem("step", ENDLESS) from None


# ---- the learning rate ----------------------------------------------------------------------------------------------


def rates(case: Case) -> charts.Figure:
    """The learning rate in every epoch by each schedule, the one that is set thick, and the epoch that is looked at."""
    setting: Race = case.setting
    palette = colors(case.theme)
    start = twice(setting)[0].optimiser.lr
    traces = []
    for name, (family, dash) in zip(SCHEDULES, LOOKS, strict=True):
        own = name == setting.slowing
        schedule = setting.by(name)
        y = [start * (schedule(e) if schedule else 1) for e in EPOCHS]
        width, shape = 4 if own else 1.5, "hv" if name == "step_decay" else "linear"
        traces.append(charts.line(_(SCHEDULES[name]), EPOCHS, y, palette[family], dash, width, "%{y:.4g}", shape=shape))
    return charts.figure(
        traces, 300, _("epoch e"), _("learning rate η"), across={"range": [0, UPDATES]}, up={"rangemode": "tozero"},
        shapes=[{"type": "line", "x0": setting.epoch, "x1": setting.epoch, "yref": "paper", "y0": 0, "y1": 1,
                 "line": {"color": palette["loss"], "width": 1}}],
    )  # fmt: skip


def rate_law(case: Case) -> str:
    """The learning rate of the epoch that is looked at, as an equation with its numbers."""
    about = case.worked
    assert about is not None
    return formula(about.step(Quantity("lr")), about, case.look)


def lr_asked(about: Worked) -> list[Quantity]:
    """What is asked of an update whose learning rate changes."""
    found = [step.target for step in about.steps if step.law == "schedule"]
    return [*found, *(step.target for step in about.steps if step.target.slot or step.target.updated)]


def update_asked(about: Worked) -> list[Quantity]:
    """What is asked of an update: the gradient, then everything of the update."""
    own = [step.target for step in about.steps if step.target.slot or step.target.updated]
    return [*(q.beside(f"d{q.parameter}") for q in own if q.updated), *own]

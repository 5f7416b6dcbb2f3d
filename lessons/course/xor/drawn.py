"""The lesson's planes: that of the inputs, with lines to move, and the folded one of the hidden activations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from math import isfinite

from mlp_core import Network, Quantity
from mlp_core.functions import ACTIVATIONS
from mlp_core.writing.names import Name

from ...drawing.axes import Axis, around, axis
from ...drawing.plane import Plane, Point, line, plane, point, raster, side
from ...i18n import gettext as _
from ...palette import colors
from ...style import Look
from ..case import Case, look_of
from . import nets
from .nets import NAMES, POINTS, TARGETS, Line, Xor

LOW, HIGH = -0.5, 1.5
CLASSES = ("XOR 0", "XOR 1")
TOGETHER, ASIDE = 0.02, 0.02  # parts of an axis: how near two points are taken for one place, how far they are then set apart
AXES: tuple[Axis, Axis] = (axis(Name("x", sub="1"), LOW, HIGH, per=20), axis(Name("x", sub="2"), LOW, HIGH, per=20))


def _colors(case: Case) -> dict[str, str]:
    return colors(case.theme)


def look(case: Case) -> Look:
    """How the network's quantities are written, on every screen of the lesson."""
    return look_of(nets.worked(case.setting, case.example), case.example, case.theme)


def _name(case: Case, kind: str, layer: int, i: int) -> Name:
    return look(case).name(Quantity(kind, layer, (i,)))


def _corners(targets: Sequence[int] = TARGETS, verdicts: Sequence[bool] | None = None) -> list[Point]:
    told: Sequence[bool | None] = verdicts or [None] * len(targets)
    return [
        point(key, x, y, sign=1 if target else -1, name=NAMES[key], fixed=True, verdict=verdict)
        for key, (x, y), target, verdict in zip(NAMES, POINTS, targets, told, strict=True)
    ]


def on_first_side(line: Sequence[float], x: Sequence[float]) -> bool:
    """Whether a step neuron with that line says 1 there; on the line it does."""
    return side(line[:2], line[2], *x) >= 0


def hidden_plane(case: Case, moves: bool = True) -> Plane:
    """The four points, the lines of both hidden neurons, and where the output neuron says 1."""
    setting: Xor = case.setting
    inside = "".join(str(int(on_first_side(setting.output, corner))) for corner in product((0, 1), repeat=2))
    lines = [
        line(name, w[:2], w[2], name=_name(case, "z", 1, k), fixed=not moves)
        for k, (name, w) in enumerate((("first", setting.first), ("second", setting.second)), 1)
    ]
    return plane(
        _("Plane of the inputs"), *AXES, points=_corners(), lines=lines, inside=inside, judge=True, zero=1,
        decimals=2, classes=CLASSES, colors=_colors(case),
    )  # fmt: skip


def moved(setting: Xor, id: str, numbers: tuple[float, float, float]) -> Xor:
    """A line of a neuron has been moved."""
    return setting.put(id, numbers)


def folded(setting: Xor) -> tuple[tuple[float, float], ...]:
    """Where the step neurons put each of the four points: their two activations."""
    lines = (setting.first, setting.second)
    a1, a2 = ([float(on_first_side(each, x)) for x in POINTS] for each in lines)
    return tuple(zip(a1, a2, strict=True))


def folded_plane(case: Case) -> Plane:
    """The same four points in the coordinates a1, a2, with the line of the output neuron."""
    setting: Xor = case.setting
    x, y = (axis(_name(case, "a", 1, k), LOW, HIGH, per=20) for k in (1, 2))
    return plane(
        _("Folded plane"), x, y, points=fallen(folded(setting), x, y), judge=True, zero=1, decimals=2, classes=CLASSES,
        lines=[line("output", setting.output[:2], setting.output[2], name=_name(case, "z", 2, 1))], colors=_colors(case),
    )  # fmt: skip


def fallen(places: Sequence[Sequence[float]], x: Axis, y: Axis, verdicts: Sequence[bool] | None = None) -> list[Point]:
    """The four points at these places. Of those that fall together the first has the names of all; where they are of both
    classes, the classes are drawn side by side, so that both are seen."""
    sizes = x["high"] - x["low"], y["high"] - y["low"]
    near = [[n for n, other in enumerate(places) if _near(at, other, sizes)] for at in places]
    made = []
    for n, (key, (u, v), target) in enumerate(zip(NAMES, places, TARGETS, strict=True)):
        mixed = len({TARGETS[m] for m in near[n]}) > 1
        aside = ASIDE * sizes[0] * (1 if target else -1) if mixed else 0
        names = [name for m, name in enumerate(NAMES.values()) if m in near[n]] if n == near[n][0] else []
        made.append(
            point(
                key, u + aside, v, sign=1 if target else -1, name=_(", ").join(names), fixed=True,
                verdict=verdicts[n] if verdicts else None,
            )
        )  # fmt: skip
    return made


def _near(one: Sequence[float], other: Sequence[float], sizes: Sequence[float]) -> bool:
    return all(abs(a - b) <= TOGETHER * size for a, b, size in zip(one, other, sizes, strict=True))


def gates(case: Case) -> tuple[list[str], list[list[str]]]:
    """The truth table: for each point what both hidden neurons and the output say, and what is wanted."""
    setting: Xor = case.setting
    quantities = map(Quantity.parse, ("x.0.1", "x.0.2", "a.1.1", "a.1.2", "a.2.1"))
    rows = []
    for x, a, target in zip(POINTS, folded(setting), TARGETS, strict=True):
        says = int(on_first_side(setting.output, a))
        verdict = f'<td class="mark">{"✓" if says == target else "✗"}</td>'
        rows.append([*(f"{value:.0f}" for value in (*x, *a)), str(says), str(target), verdict])
    return [*(look(case).html(q) for q in quantities), "XOR", ""], rows


# ---- the trained network, and the one without a nonlinear function -------------------------------------------------


def trained_plane(case: Case) -> Plane:
    """The iteration on show: where the output is at least 1/2, and the lines of the hidden neurons."""
    net = _net(case)
    lines = [line(id, w[:2], w[2], name=name, fixed=True) for id, name, w in _hidden(case, net)]
    return plane(
        _("Plane of the inputs"), *AXES, points=_corners(verdicts=_verdicts(case)), lines=lines,
        raster=raster(partial(nets.says_one, net), *AXES), judge=True, decimals=2, classes=CLASSES, colors=_colors(case),
    )  # fmt: skip


def _hidden(case: Case, net: Network) -> list[tuple[str, Name, Line]]:
    return [(f"h{i + 1}", _name(case, "z", 1, i + 1), nets.line_of(net.layers[0], i)) for i in (0, 1)]


def trained_fold(case: Case) -> Plane:
    """The four points in the coordinates a1, a2 at the iteration on show, with the line on which the output is 1/2."""
    net = _net(case)
    places = nets.passed(net).layers[0].a.tolist()
    least, most = ACTIVATIONS[case.setting.hidden].range
    spread = ([least, most] if isfinite(least) and isfinite(most) else [a[k] for a in places] for k in (0, 1))
    x, y = (around(_name(case, "a", 1, k), values) for k, values in enumerate(spread, 1))
    w1, w2, b = nets.line_of(net.layers[1])
    return plane(
        _("Folded plane"), x, y, points=fallen(places, x, y, _verdicts(case)), judge=True, decimals=2, classes=CLASSES,
        lines=[line("output", (w1, w2), b, name=_name(case, "z", 2, 1), fixed=True)], colors=_colors(case),
    )  # fmt: skip


def _net(case: Case) -> Network:
    return nets.trained(case.setting.hidden, case.setting.start).at(case.setting.at)


def _verdicts(case: Case) -> list[bool]:
    return [bool(one) == bool(target) for one, target in zip(nets.says_one(_net(case), nets.PLACES), TARGETS, strict=True)]


def linear_plane(case: Case) -> Plane:
    """The one line that all three neurons are together when the hidden ones have no activation."""
    w1, w2, b = nets.folded_line(case.setting)
    return plane(
        _("Both layers together"), *AXES, points=_corners(), judge=True, zero=1, decimals=2, classes=CLASSES,
        lines=[line("all", (w1, w2), b, name=_name(case, "z", 2, 1), fixed=True)], colors=_colors(case),
    )  # fmt: skip


# ---- the notes' table ----------------------------------------------------------------------------------------------

RAIN = (0, 0, 1, 0)  # whether an umbrella is needed, by rain and car


def rain_plane(case: Case) -> Plane:
    """The notes' table of rain, car and umbrella, and one line."""
    x, y = (axis(Name(word), LOW, HIGH, per=20) for word in (_("rain"), _("car")))
    rain: Line = case.setting.rain
    return plane(
        _("Rain, car and umbrella"), x, y, points=_corners(RAIN), lines=[line("rain", rain[:2], rain[2], name=Name("z"))],
        judge=True, zero=1, decimals=2, classes=(_("no umbrella"), _("umbrella")), colors=_colors(case),
    )  # fmt: skip

"""The lesson's planes, its truth tables, the inequalities of XOR, and the sixteen gates."""

from __future__ import annotations

from html import escape

from mlp_core.writing.names import Name

from ...drawing import svg
from ...drawing.axes import axis
from ...drawing.plane import Plane, line, plane, point
from ...i18n import gettext as _
from ...palette import colors
from ...style import plain
from ..case import Case
from .neurons import ALL, GATES, NAMES, PER, ROWS, Gates, Neuron, one_neuron_each

LOW, HIGH = -0.5, 1.5
X1, X2, X = "<i>x</i><sub>1</sub>", "<i>x</i><sub>2</sub>", "<i>x</i>"
W1, W2 = "<i>w</i><sub>1</sub>", "<i>w</i><sub>2</sub>"
Table = tuple[list[str], list[list[str]]]


def _plane(case: Case, gate: str, id: str) -> Plane:
    neuron: Neuron = getattr(case.setting, id)
    x, y = (axis(Name("x", sub=str(k)), LOW, HIGH, per=PER) for k in (1, 2))
    points = [
        point(f"p{key}", *row, sign=1 if GATES[gate](*row) else -1, name=NAMES[key], fixed=True)
        for key, row in zip(NAMES, ROWS, strict=True)
    ]
    return plane(
        _("Rows of {gate} in the plane").format(gate=gate), x, y, points=points, judge=True, zero=1, decimals=2,
        lines=[line(id, neuron.w, -neuron.T, per=PER)], classes=(f"{gate} 0", f"{gate} 1"), colors=colors(case.theme),
    )  # fmt: skip


def first_plane(case: Case) -> Plane:
    """Of AND or OR."""
    return _plane(case, case.setting.gate, "neuron")


def own_plane(case: Case) -> Plane:
    """Of a gate to be found by oneself."""
    return _plane(case, case.setting.own, "neuron")


def xor_plane(case: Case) -> Plane:
    """Of XOR."""
    return _plane(case, "XOR", "xor")


def not_line(case: Case) -> Plane:
    """The line of numbers of NOT."""
    neuron: Neuron = case.setting.inverter
    points = [point(f"p{x}", x, sign=-1 if x else 1, name=str(x), fixed=True) for x in (0, 1)]
    return plane(
        _("Rows of {gate} on a line").format(gate="NOT"), axis(Name("x"), LOW, HIGH, per=PER), points=points, judge=True, zero=1,
        lines=[line("inverter", neuron.w, -neuron.T, per=PER)], decimals=2, classes=("NOT 0", "NOT 1"),
        colors=colors(case.theme),
    )  # fmt: skip


# ---- tables ---------------------------------------------------------------------------------------------------------


def _verdict(right: bool) -> str:
    return f'<td class="mark">{"✓" if right else "✗"}</td>'


def _row(neuron: Neuron, x: tuple[int, ...], wanted: bool) -> list[str]:
    total, fires = neuron.sum(x), neuron.fires(x)
    compared = f"{plain(total)} {'≥' if fires else '&lt;'} {plain(neuron.T)}"
    return [*map(str, x), compared, str(int(fires)), str(int(wanted)), _verdict(fires == wanted)]


def _truth(gate: str, neuron: Neuron) -> Table:
    rows = [_row(neuron, row, GATES[gate](*row)) for row in ROWS]
    return [X1, X2, _("Sum and threshold"), _("Neuron"), escape(gate), ""], rows


def first_table(case: Case) -> Table:
    """Of AND or OR, and of the neuron."""
    return _truth(case.setting.gate, case.setting.neuron)


def own_table(case: Case) -> Table:
    """Of a gate to be found by oneself, and of the neuron."""
    return _truth(case.setting.own, case.setting.neuron)


def xor_table(case: Case) -> Table:
    """Of XOR, and of the neuron."""
    return _truth("XOR", case.setting.xor)


def not_table(case: Case) -> Table:
    """Of NOT, and of the neuron."""
    rows = [_row(case.setting.inverter, (x,), not x) for x in (0, 1)]
    return [X, _("Sum and threshold"), _("Neuron"), "NOT", ""], rows


def inequalities(case: Case) -> Table:
    """What each row of XOR wants of weights and threshold, and whether it has it."""
    neuron: Neuron = case.setting.xor
    sums = ("0", W2, W1, f"{W1} + {W2}")
    rows = []
    for row, total in zip(ROWS, sums, strict=True):
        wanted, fires = GATES["XOR"](*row), neuron.fires(row)
        law = f"{total} {'≥' if wanted else '&lt;'} <i>T</i>"
        now = f"{plain(neuron.sum(row))} {'≥' if fires else '&lt;'} {plain(neuron.T)}"
        rows.append([*map(str, row), str(int(wanted)), law, now, _verdict(wanted == fires)])
    return [X1, X2, "XOR", _("so it must be that"), _("and it is"), ""], rows


# ---- the sixteen gates ----------------------------------------------------------------------------------------------

SIZE, NEAR, FAR = 66, 18, 48  # pixels: of a tile, and where its points are


def sixteen(case: Case) -> str:
    """Every gate of two inputs as a small plane, with the line of a neuron that is it, where there is one."""
    found = one_neuron_each()
    tiles = "".join(_tile(name, found[gives], gives, case) for gives, name in ALL.items())
    return f'<div style="display:flex;flex-wrap:wrap;gap:.5rem">{tiles}</div>'


def _tile(name: str, neuron: Neuron | None, gives: tuple[bool, ...], case: Case) -> str:
    palette = colors(case.theme)
    color = palette["activation" if neuron is None else "setting"]
    said = _("{gate}: one neuron") if neuron else _("{gate}: no neuron")
    dots = "".join(
        f'<circle cx="{_at(p)}" cy="{SIZE - _at(q)}" r="6" stroke="{palette["input"]}" stroke-width="2" '
        f'fill="{palette["input"] if one else "none"}"/>'
        for (p, q), one in zip(ROWS, gives, strict=True)
    )
    frame = f'<rect x="1" y="1" width="{SIZE - 2}" height="{SIZE - 2}" rx="6" fill="none" stroke="{color}" stroke-width="1.5"/>'
    drawn = svg.image(frame + _line(neuron, palette["parameter"]) + dots, SIZE, SIZE, said.format(gate=name))
    return (
        f'<figure style="margin:0;text-align:center;font-size:.75rem;line-height:1.3;width:{SIZE}px;white-space:nowrap">{drawn}'
        f'<figcaption style="color:{color}">{"✓" if neuron else "✗"} {escape(name)}</figcaption></figure>'
    )


def _at(x: float) -> float:
    return NEAR + x * (FAR - NEAR)


def _line(neuron: Neuron | None, color: str) -> str:
    """Where the sum is the threshold, within the tile; nothing for a neuron without weights."""
    if neuron is None or not any(neuron.w):
        return ""
    (u, v), T = neuron.w, neuron.T
    ends = (-0.55, 1.55)
    along = [(x, (T - u * x) / v) for x in ends] if v else [(T / u, y) for y in ends]
    if u and v:
        along = sorted({*_inside(along), *_inside([((T - v * y) / u, y) for y in ends])})
    (x1, y1), (x2, y2) = along[0], along[-1]
    return (
        f'<line x1="{_at(x1):.1f}" y1="{SIZE - _at(y1):.1f}" x2="{_at(x2):.1f}" y2="{SIZE - _at(y2):.1f}" '
        f'stroke="{color}" stroke-width="2.5"/>'
    )


def _inside(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in places if max(abs(x - 0.5), abs(y - 0.5)) <= 1.05]


def facts(case: Case) -> dict[str, object]:
    """How far one is with XOR, the row on show, and how many gates one neuron can be."""
    setting: Gates = case.setting
    every = one_neuron_each().values()
    return {
        "now": setting.xor.right("XOR"), "best": setting.best, "rows": len(ROWS), "row": NAMES[setting.row],
        "threshold": plain(setting.T), "gate": setting.gate,
        "gates": len(every), "possible": sum(each is not None for each in every),
    }  # fmt: skip

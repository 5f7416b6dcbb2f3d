"""What the lesson on the perceptron draws: planes and their lines, the history of a run, XOR's inequalities, two slopes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sympy as sp

from mlp_core import Layer, Network, Perceptron, Quantity, perceptron, trace
from mlp_core.writing.names import Name

from ...drawing.axes import around, axis
from ...drawing.plane import Class, Plane, line, plane, point, side
from ...drawing.plot import Plot, graph, height, places, plot
from ...i18n import gettext as _
from ...i18n import mark
from ...style import Look, plain
from ...walk.card import block
from ..case import Case
from . import runs
from .setting import CORNERS, EDGE, ENDS, PER, UMBRELLA, XOR, Perceptrons

ROWS = 8  # of a history
LINE, OWN = mark("The samples, and where the class changes"), mark("Your own points")
CORNERS_OF_XOR, ROWS_OF_TABLE = mark("The four corners of XOR"), mark("The four rows of the table")
SIZE = mark("Size of the gradient")
X, X1, X2, W, C = Name("x"), Name("x", sub="1"), Name("x", sub="2"), Name("w"), Name("c")
Z = Name("z")
Rows = tuple[list[str], list[list[str]]]


def border(case: Case) -> Plane:
    """The notes' samples on their line, and where the class changes, before the first update."""
    return _numbers(case, case.setting.first(), 0)


def several(case: Case) -> Plane:
    """The same at one of several updates."""
    return _numbers(case, case.setting.several(), case.setting.at)


def _numbers(case: Case, made: Perceptron, k: int) -> Plane:
    moment = made.history[k]
    xs = made.X[:, 0].tolist()
    return plane(
        _(LINE), around(X, [*xs, -2.0, 2.0], per=2),
        points=[point(str(i), x, sign=_sign(y), name=str(i)) for i, (x, y) in enumerate(zip(xs, made.labels, strict=True), 1)],
        lines=[line("border", moment.w.tolist(), moment.c, per=16)], judge=True, colors=case.look.colors,
    )  # fmt: skip


def own(case: Case) -> Plane:
    """Points of one's own, and the line after one of the updates."""
    setting, made, edge = case.setting, case.setting.own_run(), axis(X1, -EDGE, EDGE, per=2)
    moment = made.history[setting.own_at] if made else None
    return plane(
        _(OWN), edge, axis(X2, -EDGE, EDGE, per=2),
        points=[
            point(str(id), x1, x2, sign=_sign(y), name=str(n)) for n, (id, x1, x2, y) in enumerate(setting.own, 1)
        ],
        lines=[line("line", moment.w.tolist(), moment.c, fixed=True)] if moment else [],
        judge=True, adds=setting.adds, removes=True, colors=case.look.colors,
    )  # fmt: skip


def xor(case: Case) -> Plane:
    """XOR's corners, and the line after one of the updates."""
    moment = case.setting.xor().history[case.setting.xor_at]
    return _corners(_(CORNERS_OF_XOR), XOR, (*moment.w.tolist(), moment.c), case)


def umbrella(case: Case) -> Plane:
    """The four rows of the umbrella table, and the line set by hand."""
    return _corners(_(ROWS_OF_TABLE), UMBRELLA, case.setting.hand(), case)


def _corners(label: str, labels: Sequence[int], numbers: Sequence[float], case: Case) -> Plane:
    w1, w2, c = numbers
    return plane(
        label, axis(X1, -0.75, 1.75, per=4), axis(X2, -0.75, 1.75, per=4),
        points=[
            point(str(i), *corner, sign=_sign(y), name=str(i), fixed=True)
            for i, (corner, y) in enumerate(zip(CORNERS, labels, strict=True), 1)
        ],
        lines=[line("line", (w1, w2), c, per=4)], judge=True, colors=case.look.colors,
    )  # fmt: skip


def _sign(label: float) -> Class:
    return 1 if label > 0 else -1


def history(made: Perceptron | None, at: int) -> Rows:
    """w and c before each update and at the end, some moments around the one on show, which is set off."""
    if made is None:
        return [_("Updates")], [["–"]]
    names = [W] if made.X.shape[1] == 1 else [Name("w", sub=str(j)) for j in (1, 2)]
    titles = [_("Updates"), *(name.html() for name in (*names, C)), _("Misclassified"), _("Next one uses")]
    end = runs.last(made)
    first = max(0, min(at - ROWS // 2, end + 1 - ROWS))
    return titles, [_row(made, k, k == at) for k in range(first, min(end, first + ROWS - 1) + 1)]


def _row(made: Perceptron, k: int, shown: bool) -> list[str]:
    moment = made.history[k]
    cells = [*map(plain, moment.w.tolist()), plain(moment.c), _listed(moment.misclassified)]
    cells.append(_listed(made.moved[k]) if k < len(made.moved) else "–")
    set_off = ' class="mark"' if shown else ""
    return [f'<th scope="row">{"▸ " if shown else ""}{k}</th>', *(f"<td{set_off}>{cell}</td>" for cell in cells)]


def _listed(samples: Sequence[int]) -> str:
    return ", ".join(map(str, samples)) or _("none")


def umbrella_table(case: Case) -> Rows:
    """The table's rows, and what the perceptron set by hand says of each."""
    w1, w2, c = case.setting.hand()
    titles = ["", *(f"{name.html()}<br>{word}" for name, word in ((X1, _("rain")), (X2, _("car")))), _("umbrella")]
    rows = []
    for i, ((x1, x2), label) in enumerate(zip(CORNERS, UMBRELLA, strict=True), 1):
        z, said = w1 * x1 + w2 * x2 + c, side((w1, w2), c, x1, x2)
        right = "✓" if said == label else "✗"
        rows.append([f'<th scope="row">{i}</th>', plain(x1), plain(x2), plain(label), plain(z), plain(said), right])
    return [*titles, Z.html(), _("class"), ""], rows


def right_rows(setting: Perceptrons) -> int:
    """How many rows of the umbrella table the perceptron set by hand has right."""
    w1, w2, c = setting.hand()
    return sum(side((w1, w2), c, *corner) == label for corner, label in zip(CORNERS, UMBRELLA, strict=True))


def scores() -> list[sp.Expr]:
    """The score of each corner, its inputs put in."""
    weights = [Quantity("weight", 0, (j,)).symbol for j in (1, 2)]
    return [
        sp.Add(*(w for w, x in zip(weights, corner, strict=True) if x), Quantity("offset").symbol) for corner in CORNERS
    ]


def inequalities(look: Look) -> str:
    """What XOR asks of w1, w2 and c, corner by corner."""
    letters = {q.symbol: look.symbol(q) for q in (*(Quantity("weight", 0, (j,)) for j in (1, 2)), Quantity("offset"))}
    rows = []
    for (x1, x2), score, label in zip(CORNERS, scores(), XOR, strict=True):
        terms = [letters[symbol] for symbol in letters if symbol in score.free_symbols]
        rows.append(rf"({x1:g}, {x2:g}): &\quad {' + '.join(terms)} {'>' if label > 0 else '<'} 0")
    return block(rows)


RANGE = axis(Z, *ENDS, per=PER)


def slopes(case: Case) -> Plot:
    """How large the gradient is at each weighted sum, of a sample of class 1: a perceptron's and a sigmoid neuron's."""
    graphs = [
        graph(Name(_("perceptron")), lambda z: -by_perceptron(z), _none, RANGE, kind="parameter"),
        graph(Name(_("sigmoid neuron")), lambda z: -by_sigmoid()[round(z, 2)], _none, RANGE),
    ]
    upright = height(Name(), graphs)
    return plot(_(SIZE), RANGE, upright, graphs, mark=case.setting.z, tangent=False, colors=case.look.colors)


def _none(_z: float) -> float:
    raise ValueError("no tangent is drawn")


@lru_cache(maxsize=256)
def by_perceptron(z: float) -> float:
    """dD/dc of a sample of class 1 at that weighted sum; 0 where it is classified right, and D has no term."""
    made = perceptron([1.0], [1], w=[0.0], c=z, epochs=1).steps[0]
    return made.values[Quantity("slope_offset")] if made.moved else 0.0


@lru_cache(maxsize=1)
def by_sigmoid() -> dict[float, float]:
    """dC/db of a sigmoid neuron with target 1 and the squared error, by its weighted sum on the grid."""
    grid = places(RANGE)
    neuron = Network([Layer([[1.0]], [0.0], "sigmoid")], "squared_error", reduction="sum")
    delta = trace(neuron, [[z] for z in grid], [[1.0]] * len(grid)).layers[0].delta
    return {round(z, 2): float(each[0]) for z, each in zip(grid, delta, strict=True)}

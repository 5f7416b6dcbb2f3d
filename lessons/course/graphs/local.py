"""An operation on its own: its graph over one operand, with the tangent whose slope is its local derivative."""

from __future__ import annotations

from mlp_core import Quantity
from mlp_core.graph.operations import OPERATIONS, Undefined
from mlp_core.graph.parser import parse
from mlp_core.writing.names import Name

from ...drawing.axes import axis
from ...drawing.plot import Function, Plot, graph, plot
from ...i18n import gettext as _
from ...palette import colors
from ...walk.card import card
from ..case import Case
from .ready import REACH, Graphs

PER = 20
LOW, HIGH, AIR = -6.0, 6.0, 1.0  # of the upright axis, where the point does not lie beyond


def moving(setting: Graphs) -> int:
    """Which of its operands moves: an operation of one has no second."""
    return min(setting.by, len(parse(setting.local).names))


def moved(setting: Graphs, _name: str, x: float) -> Graphs:
    """The point on the curve stands elsewhere."""
    return setting.with_operand(moving(setting), x)


def curve(case: Case) -> Plot:
    """The operation over the operand that moves, the other held still."""
    setting: Graphs = case.setting
    operation = OPERATIONS[parse(setting.local).calls[0].operation]
    k, pair = moving(setting), setting.pair()
    count = len(parse(setting.local).names)

    def operands(x: float) -> list[float]:
        return [x if i == k else each for i, each in enumerate(pair[:count], 1)]

    value = _defined(lambda x: operation.f(*operands(x)))
    slope = _defined(lambda x: operation.slopes[k - 1](*operands(x), operation.f(*operands(x))))
    x, at = axis(Name("ab"[k - 1]), -REACH, REACH, PER), pair[k - 1]
    y = axis(Name("z"), min(LOW, value(at) - AIR), max(HIGH, value(at) + AIR))
    return plot(
        _("Curve of {operation}").format(operation=setting.local), x, y, [graph(Name("z"), value, slope, x)], at=at,
        decimals=case.look.decimals, colors=colors(case.theme),
    )  # fmt: skip


def _defined(f: Function) -> Function:
    """The same, with ValueError where there is no number."""

    def found(x: float) -> float:
        try:
            return f(x)
        except Undefined as reason:
            raise ValueError(reason.message) from None

    return found


def facts(case: Case) -> dict[str, object]:
    """rule: the local derivative as an equation with its number; why: why it is that; held: what does not move."""
    about, look = case.worked, case.look
    assert about is not None
    names, k = about.given, moving(case.setting)
    target = Quantity("local", 0, (len(names) + 1, k))
    found = card(about.step(target), about, look)
    others = [f"${look.symbol(q)} = {look.number(q, about.values[q])}$" for q in names if q != names[k - 1]]
    held = _("{other} is held still.").format(other=others[0]) if others else ""
    return {
        "rule": f"$$\n{found.formula}\n$$",
        "why": found.why,
        "held": held,
        "operand": f"${look.symbol(names[k - 1])}$",
    }

"""The picture of a Worked as plain data: what stands where, with which number, lit or not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mlp_core import Quantity
from mlp_core.steps import Phase

from ..i18n import gettext as _
from ..style import exact, name_of
from ..worked import Column, Line, Spot
from .data import Edge, Edit, Layer, Node, Picture, Row, Sign, State
from .scene import Scene


def picture(scene: Scene) -> Picture:
    """The picture as its component wants it."""
    plan = scene.worked.plan
    values = {line.id: scene.worked.value(line.weight) for line in plan.lines if line.weight}
    largest = max((abs(value) for value in values.values() if value is not None), default=0.0) or 1.0
    return {
        "label": plan.label(),
        "graph": plan.graph,
        "layers": columns(scene),
        "loss": _loss(scene, plan.loss) if plan.loss else None,
        "targets": [_spot(scene, spot) for spot in plan.targets],
        "edges": [_edge(scene, line, largest) for line in plan.lines],
        "direction": "backward" if scene.phase is Phase.BACKWARD else "forward",
        "colors": dict(scene.look.colors),
        "decimals": scene.look.decimals,
        "words": {"larger": _("Larger"), "smaller": _("Smaller"), "fit": _("Fit")},
    }


def columns(scene: Scene) -> list[Layer]:
    """Its neurons, column by column."""
    return [_column(scene, column) for column in scene.worked.plan.columns]


def _column(scene: Scene, column: Column) -> Layer:
    title = _(column.title).format(n=column.number) if column.title else ""
    named = f"{title} · {name_of(column.name)}" if column.name else title
    return {"title": named, "nodes": [_spot(scene, spot) for spot in column.spots]}


def _element_state(scene: Scene, id: str, parts: Iterable[Quantity]) -> State:
    """The state of an element that may stand for several quantities; while one is picked, the step steps back."""
    plan = scene.worked.plan
    if scene.picked:
        return "selected" if scene.picked == id else "idle"
    if scene.target is not None and plan.element(scene.target) == id:
        return "target"
    if id in scene.lit:
        return "input"
    return "unknown" if all(scene.state(q) == "unknown" for q in parts) else "idle"


def _row(scene: Scene, quantity: Quantity) -> Row:
    state = scene.state(quantity)
    row: Row = {"name": scene.look.name(quantity).data(), "value": scene.text(quantity), "kind": quantity.family}
    if state in ("target", "input"):
        row["state"] = state
    return row


def _spoken(scene: Scene, quantities: Iterable[Quantity]) -> str:
    return ", ".join(scene.look.spoken(q, scene.value(q)) for q in quantities)


def editable(scene: Scene, quantity: Quantity) -> bool:
    """Whether a person may change it."""
    return quantity in scene.worked.editable


def _edit(scene: Scene, quantity: Quantity) -> Edit | None:
    value = scene.worked.value(quantity)
    if value is None or not editable(scene, quantity):
        return None
    edit: Edit = {"address": str(scene.worked.own.get(quantity, quantity)), "text": exact(value)}
    return edit | {"other": exact(1 - value)} if quantity.kind == "mask" else edit


def _spot(scene: Scene, spot: Spot) -> Node:
    shown = spot.rows_in(scene.phase)
    node: Node = {
        "id": spot.id,
        "kind": spot.family,
        "state": _element_state(scene, spot.id, shown),
        "spoken": _spoken(scene, shown),
        "rows": [_row(scene, q) for q in shown],
    }
    edits = [_edit(scene, q) for q in shown]
    if found := next(filter(None, edits), None):
        node["edit"] = found
        for row, edit in zip(node["rows"], edits, strict=True):
            if edit:
                row["edit"] = edit
    if any(q.kind == "mask" and scene.value(q) == 0 for q in spot.quantities):
        node["off"] = True
    if spot.sign:
        node |= {"sign": spot.sign, "spoken": f"{spot.sign}, {node['spoken']}"}
    if spot.bias:
        b = spot.bias.shown[0]
        node["bias"] = {
            "id": spot.bias.id,
            "state": _element_state(scene, spot.bias.id, [b]),
            "spoken": _spoken(scene, [b]),
            "value": scene.text(b),
            "name": scene.look.name(b).data(),
        }
        if spot.bias.fixed:
            name, word = scene.look.name(b), _("fixed")
            node["bias"]["name"] = replace(name, sup=f"{name.sup} {word}".strip()).data()
            node["bias"]["spoken"] += f", {word}"
            node["bias"]["kind"] = "setting"
        if edit := _edit(scene, b):
            node["bias"]["edit"] = edit
    return node


def _loss(scene: Scene, spot: Spot) -> Node:
    node = _spot(scene, spot)
    node["title"] = _("Loss")
    return node


def _edge(scene: Scene, line: Line, largest: float) -> Edge:
    """A line without a weight is as wide as half the largest; a local derivative is written on it once it is known."""
    own = line.quantities[0] if line.quantities else None
    value = scene.worked.value(line.weight) if line.weight else None
    sign: Sign = 0 if value == 0 else -1 if value is not None and value < 0 else 1
    edge: Edge = {
        "id": line.id,
        "from": list(line.start),
        "to": list(line.end),
        "value": scene.text(own) if own else "",
        "size": 0.5 if value is None else abs(value) / largest,
        "sign": sign,
        "state": _element_state(scene, line.id, [own]) if own else "idle",
        "spoken": _spoken(scene, [own]) if own else "",
    }
    if line.weight is None:
        edge["plain"] = True
        if edge["state"] == "unknown":
            edge |= {"value": "", "state": "idle"}
    elif edit := _edit(scene, line.weight):
        edge["edit"] = edit
    return edge

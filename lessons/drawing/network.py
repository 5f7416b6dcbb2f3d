"""The network picture and the ledger as plain data: what stands where, with which number, lit or not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlp_core import Derivation, Network, Quantity, Step, Trace
from mlp_core.kinds import KINDS
from mlp_core.steps import Phase

from ..i18n import gettext as _
from ..style import Look, name_of
from ..walk.card import known
from .data import Chip, Chips, Edge, Layer, Node, Picture, Row, Sign, State

ROWS = {Phase.FORWARD: ("z", "a"), Phase.LOSS: ("z", "a"), Phase.BACKWARD: ("a", "delta")}
NEURON_KINDS = ("z", "a", "dC_da", "da_dz", "delta")


@dataclass(frozen=True)
class Scene:
    """What a picture or ledger shows: the trace, which quantities are known so far, and what is lit.

    phase: forward, loss or backward; revealed: the targets computed so far (what is given is always known); target and
    inputs: of the step on show; picked: the id of an element that a person picked, or empty.
    """

    trace: Trace
    look: Look
    phase: Phase
    revealed: frozenset[Quantity]
    target: Quantity | None = None
    inputs: tuple[Quantity, ...] = ()
    picked: str = ""

    @classmethod
    def at(cls, trace: Trace, derivation: Derivation, look: Look, step: Step, picked: str = "") -> Scene:
        """The scene of one step: everything up to it is known."""
        done = derivation.steps[: derivation.position(step.target) + 1]
        return cls(trace, look, step.phase, frozenset(s.target for s in done), step.target, step.inputs, picked)

    def value(self, quantity: Quantity) -> float | None:
        """The number, or None while it is not known."""
        return known(self.trace, quantity) if quantity.given or quantity in self.revealed else None

    def text(self, quantity: Quantity) -> str:
        """The number as text, a question mark while it is not known, ∞ where it is not finite."""
        value = self.value(quantity)
        if value is not None:
            return self.look.value(quantity, value)
        return "∞" if quantity in self.revealed else "?"

    def state(self, quantity: Quantity) -> State:
        """target, input, unknown or idle, for a single quantity."""
        if quantity == self.target:
            return "target"
        if quantity in self.inputs:
            return "input"
        return "unknown" if self.value(quantity) is None and quantity not in self.revealed else "idle"


def element(quantity: Quantity) -> str:
    """The id of the picture's element that stands for a quantity: a neuron, an edge, a bias, an input or the loss."""
    kind, layer, index = quantity.kind, quantity.layer, quantity.index
    if quantity.parameter:
        return str(quantity.beside(quantity.parameter))
    if kind in ("C", "y"):
        return "C"
    return f"n.{layer}.{index[-1]}"  # a softmax's da_i/dz_j belongs to the neuron whose z moves


def quantities(id: str, network: Network) -> tuple[Quantity, ...]:
    """What an element stands for, forward and backward; empty for an id that this network does not have."""
    kind, *rest = id.split(".")
    if id == "C":
        return (Quantity("C"), *(Quantity("y", len(network.layers), (i,)) for i in range(1, network.sizes[-1] + 1)))
    try:
        layer, *index = (int(part) for part in rest)
        if not 0 <= layer <= len(network.layers) or not all(1 <= i <= 8 for i in index):
            return ()
        bounds = network.sizes[layer : layer + 1] if kind != "W" else (network.sizes[layer], network.sizes[layer - 1])
        if len(index) != len(bounds) or any(i > n for i, n in zip(index, bounds, strict=True)):
            return ()
        if kind == "n":
            return _neuron(network, layer, index[0])
        if kind in ("W", "b") and layer and (kind == "W" or network.layers[layer - 1].b is not None):
            return (Quantity(kind, layer, tuple(index)), Quantity("d" + kind, layer, tuple(index)))
    except ValueError:
        pass
    return ()


def _neuron(network: Network, layer: int, i: int) -> tuple[Quantity, ...]:
    if layer == 0:
        return (Quantity("x", 0, (i,)),)
    softmax = network.layers[layer - 1].activation == "softmax"
    slopes = [(m, i) for m in range(1, network.sizes[layer] + 1)] if softmax else [(i,)]
    return (
        *(Quantity(kind, layer, (i,)) for kind in ("z", "a", "dC_da")),
        *(Quantity("da_dz", layer, index) for index in slopes),
        Quantity("delta", layer, (i,)),
    )


def picture(scene: Scene) -> Picture:
    """The network as the picture component wants it."""
    network, last = scene.trace.network, len(scene.trace.network.layers)
    largest = max(float(abs(layer.W).max()) for layer in network.layers) or 1.0
    layers: list[Layer] = [{"title": _("Input"), "nodes": [_input(scene, i) for i in _upto(network.sizes[0])]}]
    for k in _upto(last):
        title = _("Output") if k == last else _("Hidden") if last == 2 else _("Hidden {n}").format(n=k)
        name = name_of(network.layers[k - 1].activation)
        layers.append(
            {"title": f"{title} · {name}", "nodes": [_neuron_node(scene, k, i) for i in _upto(network.sizes[k])]}
        )
    return {
        "label": _("Network {sizes}").format(sizes="-".join(map(str, network.sizes))),
        "layers": layers,
        "loss": _loss(scene),
        "edges": [
            _edge(scene, Quantity("W", k, (i, j)), largest)
            for k in _upto(last)
            for i in _upto(network.sizes[k])
            for j in _upto(network.sizes[k - 1])
        ],
        "direction": "backward" if scene.phase is Phase.BACKWARD else "forward",
        "colors": dict(scene.look.colors),
        "decimals": scene.look.decimals,
    }


def _element_state(scene: Scene, id: str, parts: Iterable[Quantity]) -> State:
    """The state of an element that may stand for several quantities; while one is picked, the step steps back."""
    if scene.picked:
        return "selected" if scene.picked == id else "idle"
    if scene.target is not None and element(scene.target) == id:
        return "target"
    if any(element(q) == id for q in scene.inputs):
        return "input"
    return "unknown" if all(scene.state(q) == "unknown" for q in parts) else "idle"


def _row(scene: Scene, quantity: Quantity) -> Row:
    state = scene.state(quantity)
    row: Row = {"name": scene.look.name(quantity).data(), "value": scene.text(quantity), "kind": quantity.family}
    if state in ("target", "input"):
        row["state"] = state
    return row


def _node(scene: Scene, id: str, kind: str, parts: list[Quantity]) -> Node:
    spoken = ", ".join(scene.look.spoken(q, scene.value(q)) for q in parts)
    rows = [_row(scene, q) for q in parts]
    return {"id": id, "kind": kind, "state": _element_state(scene, id, parts), "spoken": spoken, "rows": rows}


def _input(scene: Scene, i: int) -> Node:
    return _node(scene, f"n.0.{i}", "input", [Quantity("x", 0, (i,))])


def _neuron_node(scene: Scene, k: int, i: int) -> Node:
    pair = [Quantity(kind, k, (i,)) for kind in ROWS[scene.phase]]
    node = _node(scene, f"n.{k}.{i}", "activation", pair)
    if scene.trace.network.layers[k - 1].b is not None:
        b = Quantity("b", k, (i,))
        node["bias"] = {
            "id": str(b),
            "state": _element_state(scene, str(b), [b]),
            "spoken": scene.look.spoken(b, scene.value(b)),
            "value": scene.text(b),
            "name": scene.look.name(b).data(),
        }
    return node


def _loss(scene: Scene) -> Node:
    last, n = len(scene.trace.network.layers), scene.trace.network.sizes[-1]
    targets = [Quantity("y", last, (i,)) for i in _upto(n)]
    parts = [targets[0], Quantity("C")] if n == 1 else [Quantity("C")]
    node = _node(scene, "C", "loss", parts)
    node["title"] = _("Loss")
    node["spoken"] = ", ".join(scene.look.spoken(q, scene.value(q)) for q in (*targets, Quantity("C")))
    return node


def _edge(scene: Scene, weight: Quantity, largest: float) -> Edge:
    value, (i, j) = scene.trace[weight], weight.index
    sign: Sign = 1 if value > 0 else -1 if value < 0 else 0
    return {
        "id": str(weight),
        "from": [weight.layer - 1, j],
        "to": [weight.layer, i],
        "value": scene.text(weight),
        "size": abs(value) / largest,
        "sign": sign,
        "state": _element_state(scene, str(weight), [weight]),
        "spoken": scene.look.spoken(weight, value),
    }


def ledger(scene: Scene, derivation: Derivation) -> Chips:
    """Every quantity up to the scene's phase, by layer; what is not computed yet stands with a question mark."""
    phases = tuple(Phase)[: tuple(Phase).index(scene.phase) + 1]
    shown = [*derivation.given, *(step.target for step in derivation.phase(*phases))]
    if scene.phase is Phase.FORWARD:
        shown = [q for q in shown if q.kind != "y"]
    groups: dict[str, list[Quantity]] = {}
    for quantity in sorted(shown, key=lambda q: (q.kind in ("y", "C"), q.layer, list(KINDS).index(q.kind))):
        if quantity.kind in ("y", "C"):
            title = _("Loss")
        else:
            title = _("Layer {n}").format(n=quantity.layer) if quantity.layer else _("Input")
        groups.setdefault(title, []).append(quantity)
    return {
        "label": _("All quantities so far"),
        "layout": "ledger",
        "groups": [{"title": title, "chips": [_chip(scene, q) for q in members]} for title, members in groups.items()],
        "colors": dict(scene.look.colors),
    }


def _chip(scene: Scene, quantity: Quantity) -> Chip:
    return {
        "id": str(quantity),
        "name": scene.look.name(quantity).data(),
        "value": scene.text(quantity),
        "kind": quantity.family,
        "state": scene.state(quantity),
        "spoken": scene.look.spoken(quantity, scene.value(quantity)),
    }


def _upto(n: int) -> range:
    return range(1, n + 1)

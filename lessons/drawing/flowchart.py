"""The flow chart of the training loop, and in words what ended a run."""

from __future__ import annotations

from itertools import pairwise

from mlp_core import Training

from ..i18n import gettext as _
from ..i18n import ngettext
from ..style import plain
from .data import Flow, Shape, Station, Way


def flow(training: Training | None = None) -> Flow:
    """The loop as data for ``flowchart``, the way that ended ``training`` lit; nothing is lit while it runs or without one.

    The questions stand in the order in which ``Training`` asks them: each time the loss is known, before the next step.
    Ids: start, forward, loss, backward, update, and for each way to end "ask.<way>" and "end.<way>".
    """
    by = training.stopped_by if training else ""
    boxes: list[tuple[str, Shape, str]] = [
        ("start", "end", _("Start")),
        ("forward", "box", _("Forward pass")),
        ("loss", "box", _("Loss")),
        *((f"ask.{way}", "decision", text) for way, text in _questions(training).items()),
        ("backward", "box", _("Backward pass")),
        ("update", "box", _("Update of W and b")),
    ]
    rows = {id: row for row, (id, _shape, _text) in enumerate(boxes)}
    ends = {way: ended(training) if training and way == by else text for way, text in _ends().items()}
    nodes = [_node(id, shape, text, row, 0) for row, (id, shape, text) in enumerate(boxes)]
    nodes += [_node(f"end.{way}", "end", _upper(text), rows[f"ask.{way}"], 1, way == by) for way, text in ends.items()]
    edges = [_edge(one, other, _onward(one)) for one, other in pairwise(rows)]
    edges += [_edge(f"ask.{way}", f"end.{way}", _("no") if way == "diverged" else _("yes"), way == by) for way in ends]
    return {"label": _("The training loop"), "nodes": nodes, "edges": [*edges, _edge("update", "forward")]}


def _onward(id: str) -> str:
    """The answer with which the loop goes on from this box."""
    if not id.startswith("ask."):
        return ""
    return _("yes") if id == "ask.diverged" else _("no")


def _questions(training: Training | None) -> dict[str, str]:
    """What is asked before every step, with the limits of this run."""
    below = training.loss_below if training else None
    change = training.change_below if training else None
    return {
        "diverged": _("Is every number finite?"),
        "loss": _("Loss below a limit?") if below is None else _("Loss below {limit}?").format(limit=plain(below)),
        "change": _("Change below a limit?")
        if change is None
        else _("Change below {limit}?").format(limit=plain(change)),
        "epochs": ngettext("The one iteration done?", "All {n} iterations done?", training.epochs).format(
            n=training.epochs
        )
        if training
        else _("All iterations done?"),
        "stopped": _("Stop pressed?"),
    }


def _ends() -> dict[str, str]:
    return {
        "diverged": _("diverged"),
        "loss": _("loss small enough"),
        "change": _("loss settled"),
        "epochs": _("iterations done"),
        "stopped": _("stopped by hand"),
    }


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _node(id: str, shape: Shape, text: str, row: int, col: int, lit: bool = False) -> Station:
    return {"id": id, "shape": shape, "text": text, "row": row, "col": col, "state": "lit" if lit else "idle"}


def _edge(start: str, end: str, text: str = "", lit: bool = False) -> Way:
    return {"from": start, "to": end, "text": text, "state": "lit" if lit else "idle"}


def ended(training: Training) -> str:
    """What ended the run, in a few words."""
    words = {
        "": _("still running, iteration {n}"),
        "epochs": ngettext("the one iteration done", "all {n} iterations done", training.epoch),
        "loss": _("loss below {loss_below}"),
        "change": _("change of the loss below {change_below}"),
        "diverged": _("diverged in iteration {n}"),
        "stopped": _("stopped by hand after iteration {n}"),
    }
    limits = {name: plain(getattr(training, name) or 0) for name in ("loss_below", "change_below")}
    return words[training.stopped_by].format(n=training.epoch, **limits)

"""The figures that the five source notes print, beside what the engine computes; only ``printed`` is data.

``where`` in figures.csv is a run and the addresses of one or more of its quantities, which are multiplied:
``second:W.2.1.1*a.1.1``. The reasons in texts/ ask for numbers the same way: ``{second:W.2.1.1*a.1.1}``.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from math import isclose, prod
from pathlib import Path
from typing import Any

import numpy as np

from mlp_core import Layer, Network, Quantity, Trace, trace
from mlp_core.writing.numbers import number, on_screen

from .. import content
from ..example import WORKED, Example
from ..i18n import gettext as _
from ..i18n import mark
from ..style import Look
from ..worked import Values

VERDICTS = {
    "exact": ("=", mark("exact")),
    "rounded": ("≈", mark("rounded")),
    "drift": ("~", mark("drift")),
    "erratum": ("✗", mark("erratum")),
}
PARTS = {
    "forward": mark("Forward pass"),
    "chain": mark("Chain rule"),
    "sgd": mark("SGD on the output layer"),
    "second": mark("Second forward pass"),
    "adam": mark("Adam"),
    "perceptron": mark("Perceptron"),
    "graph": mark("Computation graph"),
}
SOURCES = {
    "000+004": mark("Worked example"),
    "004": mark("Worked example with Adam"),
    "003": mark("From neuron to MLP"),
}


@dataclass(frozen=True)
class Figure:
    """One printed figure: a row of figures.csv. ``quantity`` names it as the notes do."""

    id: str
    source: str
    section: str
    part: str
    quantity: str
    printed: str
    verdict: str
    where: str
    reason: str

    @property
    def run(self) -> str:
        """The key in ``runs()``."""
        return self.where.partition(":")[0]

    @property
    def factors(self) -> list[Quantity]:
        """The quantities of that run whose product it is; mostly one."""
        return _factors(self.where.partition(":")[2])

    @property
    def exact(self) -> float:
        """Its value as the engine computes it."""
        return _product(runs()[self.run], self.factors)

    @property
    def parameter(self) -> str:
        """The address of the weight or bias it is about, where it is about one."""
        first = self.factors[0]
        return str(first.beside(first.parameter)) if first.parameter else ""


@cache
def figures() -> dict[str, Figure]:
    """Every figure by its id, in the order of the notes."""
    with Path(__file__).with_name("figures.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Figure(**row) for row in csv.DictReader(file)}


def misprint(example: Example, quantity: Quantity, value: float | None) -> Figure | None:
    """The figure that the notes print wrongly where this number of the example stands; None where there is none, or where the
    numbers are no longer those of the notes."""
    if example.model != WORKED.model or value is None:
        return None
    return next((each for each in _wrong().get(quantity, ()) if isclose(each.exact, value, rel_tol=1e-9)), None)


@cache
def _wrong() -> dict[Quantity, list[Figure]]:
    """The wrong figures of single quantities."""
    found: dict[Quantity, list[Figure]] = {}
    for figure in figures().values():
        if figure.verdict == "erratum" and len(figure.factors) == 1:
            found.setdefault(figure.factors[0], []).append(figure)
    return found


def counts() -> Counter[str]:
    """How many figures have each verdict."""
    return Counter(figure.verdict for figure in figures().values())


def parts(verdict: str = "") -> dict[str, list[Figure]]:
    """The figures by part of the notes, all or those of one verdict; a part with none is left out."""
    chosen = [figure for figure in figures().values() if verdict in ("", figure.verdict)]
    found = {part: [figure for figure in chosen if figure.part == part] for part in PARTS}
    return {part: rows for part, rows in found.items() if rows}


@cache
def runs() -> dict[str, Values]:
    """Everything the notes compute, computed by the engine."""
    example = WORKED.with_(scope="output")
    network, first = example.network, example.trace
    sgd = example.settings.named("SGD").step(network, first)
    return {
        "first": first,
        "sgd": sgd,
        "second": trace(sgd.network, example.x, example.y),
        "adam": example.settings.named("Adam").step(network, first),
        "plain": example.with_(bias_correction=False).settings.named("Adam").step(network, first),
        "graph": _graph(),
        **_perceptron(),
    }


def _graph(x: float = 2, y: float = 3, w: float = 4) -> Trace:
    """z = (x + y) w as two linear neurons without bias: q = 1 x + 1 y, then z = w q.

    With a target 1 below z, half the squared error has the slope 1 at z, so that every derivative of it is one of z.
    """
    layers = [Layer([[1, 1]], None, "identity"), Layer([[w]], None, "identity")]
    return trace(Network(layers, "half_squared_error"), [x, y], [(x + y) * w - 1])


def _perceptron() -> dict[str, Trace]:
    """Three samples through one ReLU neuron, before and after one update by the perceptron rule (lr 0.1).

    Every misclassified sample, label (w x + c) <= 0, adds lr label x to w and lr label to c.
    """
    x, label, w, c, lr = np.array([2, -1, 0.5]), np.array([1, -1, -1]), 0.5, -1.0, 0.1
    wrong = label * (w * x + c) <= 0
    pairs = {"before": (w, c), "after": (w + lr * label[wrong] @ x[wrong], c + lr * label[wrong].sum())}
    return {
        f"{when}{k + 1}": trace(Network([Layer([[w]], [c], "relu")]), x[k : k + 1], label[k : k + 1])
        for when, (w, c) in pairs.items()
        for k in range(len(x))
    }


def _factors(addresses: str) -> list[Quantity]:
    return [Quantity.parse(address) for address in addresses.split("*")]


def _product(run: Values, factors: list[Quantity]) -> float:
    return prod(run[quantity] for quantity in factors)


def _text(value: float, look: Look) -> str:
    return on_screen(number(value, look.decimals))


@dataclass(frozen=True)
class _Numbers:
    """A run that a text asks for numbers: one quantity or the product of several."""

    run: Values
    look: Look

    def __format__(self, addresses: str) -> str:
        factors = _factors(addresses)
        value = _product(self.run, factors)
        return self.look.value(factors[0], value) if len(factors) == 1 else _text(value, self.look)


@dataclass(frozen=True)
class _Printed:
    """The notes, asked for what they print: one figure by its id as it stands there, or the product of several."""

    look: Look

    def __format__(self, ids: str) -> str:
        found = [figures()[id] for id in ids.split("*")]
        return printed(found[0]) if len(found) == 1 else _text(prod(float(f.printed) for f in found), self.look)


def told(key: str, look: Look, **more: Any) -> str:
    """One section of the page's text in the language in use, its numbers put in; KeyError for a section there is none of."""
    numbers = {name: _Numbers(run, look) for name, run in runs().items()}
    return content.section("notes", key).format(**numbers, notes=_Printed(look), **more)


def has(key: str) -> bool:
    """Whether the page's text has that section."""
    return key in content.sections("notes", "en")


def printed(figure: Figure) -> str:
    """The figure as the notes print it, with a real minus sign."""
    return on_screen(figure.printed)


def exact(figure: Figure, look: Look) -> str:
    """Its exact value to the decimals of ``look``."""
    if len(figure.factors) == 1:
        return look.value(figure.factors[0], figure.exact)
    return _text(figure.exact, look)


def symbol(figure: Figure, look: Look) -> str:
    """Its symbol as HTML, in the notation and the colours of ``look``."""
    look = replace(look, sizes=(1, 1) if figure.part == "perceptron" else WORKED.sizes)
    if figure.part == "graph":
        return look.html(figure.factors[0], figure.quantity)
    names = [look.name(quantity) for quantity in figure.factors]
    if figure.part == "perceptron":  # a single neuron needs neither layer nor index
        names = [replace(one, sup="", sub="") for one in names]
    return " · ".join(look.html(q, one.html()) for q, one in zip(figure.factors, names, strict=True))


def occasion(figure: Figure) -> str:
    """Of which sample it is, and whether before or after the update, where the symbol does not say so."""
    if figure.part not in ("second", "perceptron"):
        return ""
    when = _("before the update") if figure.run == "first" or figure.run.startswith("before") else _("after the update")
    if figure.part == "second" or (figure.factors[0].parameter and figure.factors[0].given):
        return when
    sample = _("sample {n}").format(n=figure.run[-1])
    return f"{sample} · {when}"


def verdict(figure: Figure) -> str:
    """The verdict with its sign, as text."""
    sign, word = VERDICTS[figure.verdict]
    return f"{sign} {_(word)}"


def reason(figure: Figure, look: Look) -> str:
    """Why a printed figure is off, with the exact working, as HTML text; empty where there is nothing to explain."""
    if not figure.reason:
        return ""
    return told(
        f"reason.{figure.reason}",
        look,
        exact=f"<b>{exact(figure, look)}</b>",
        printed=printed(figure),
        rounded=_as_printed(figure),
        undivided=_undivided(figure, look),
        p=figure.parameter,
        i=figure.factors[0].index[-1] if figure.factors[0].index else "",
        id=figure.id.replace("adam_", ""),
    )


def _as_printed(figure: Figure) -> str:
    """The exact value to as many decimals as the notes print."""
    return on_screen(number(figure.exact, len(figure.printed.partition(".")[2])))


def _undivided(figure: Figure, look: Look) -> str:
    """What Adam's last line gives with the notes' own m when the division by the root of v is left out."""
    if not figure.reason.startswith("adam_step"):
        return ""
    m = float(figures()[figure.id.replace("adam_", "adam_m_")].printed)
    update = runs()["adam"]
    return _text(update[Quantity.parse(figure.parameter)] - update[Quantity("lr")] * m, look)


def source(rows: list[Figure]) -> str:
    """Where in the notes these figures stand."""
    sections = _(", ").join(dict.fromkeys(figure.section for figure in rows))
    return _("{source}, § {sections}").format(source=_(SOURCES[rows[0].source]), sections=sections)

"""Anything worked as a Jupyter notebook that recomputes every step in plain Python and asserts it against the engine."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import sympy as sp

from mlp_core import NonFinite, Quantity, Step
from mlp_core.optimisers import Update
from mlp_core.steps import Phase
from mlp_core.writing.floats import evaluated
from mlp_core.writing.latex import write
from mlp_core.writing.long import shortened
from mlp_core.writing.python import PLAIN, Code

from .. import content
from ..example import View
from ..i18n import gettext as _
from ..i18n import ngettext, using
from ..style import Look, name_of
from ..walk.card import place
from ..walk.updates import impossible, new_of
from ..worked import Values, Worked, known
from ..worked.arrays import array_of, assigned, kinds_in, line, nested, parameters, place_of

RELATIVE, ABSOLUTE = 1e-9, 1e-12  # what the notebook asserts, on any machine
STRICTER = 0.1  # how much closer the numbers must be here, so that another machine's last digits still pass
CHECK = f"""\
{PLAIN}


def check(name, value, engine):
    assert math.isclose(value, engine, rel_tol={RELATIVE}, abs_tol={ABSOLUTE}), f"{{name}} = {{value}}, the engine has {{engine}}"
    print(name, "=", plain(value, decimals))"""


RIGHT = """\
def right(**typed):
    for name, value in typed.items():
        shown, number = hidden[name]
        if value is ...:
            print(shown, "…", {0})
        elif math.isclose(value, number, rel_tol=1e-3, abs_tol=1e-9):
            print(shown, "✓", {1})
        else:
            print(shown, "✗", {2})


def reveal(name):
    print(*hidden[name])"""
RIGHT_ARRAY = """\
def right_array(array, names):
    if array is ...:
        right(**{{name: ... for name in np.ravel(names)}})
    elif np.shape(array) != np.shape(names):
        print(names, "✗", {0})
    else:
        right(**dict(zip(np.ravel(names), np.ravel(array))))"""
SAME = f"""\
def same(array, numbers):
    np.testing.assert_allclose(array, numbers, rtol={RELATIVE}, atol={ABSOLUTE})"""
DIFFERENCES = """\
def differences(name, n, gradient, h=1e-6):
    if gradient is ...:
        return
    numbers = [{names}]
    for place in np.ndindex(numbers[n].shape):
        losses = []
        for sign in (1, -1):
            moved = [array.copy() for array in numbers]
            moved[n][place] += sign * h
            losses.append(loss(*moved))
        number = (losses[0] - losses[1]) / (2 * h)
        print(name, [i + 1 for i in place], f"{{gradient[place]:.8f}}  {{number:.8f}}")"""


def notebook(
    worked: Worked, view: View, opening: str = "", overflow: NonFinite | None = None, blanks: bool = False
) -> str:
    """The text of a notebook (nbformat 4.5) in this language and notation; the same bytes for the same numbers.

    opening: what stands at the top, Markdown; overflow: why it ends before the update, if it does; blanks: whether the student
    writes the steps, and cells check them. Its code needs nothing but Python, and at the end, where a network's pass is done
    again in matrices, NumPy. A number that plain floats cannot reach, at a saturated neuron for example, is taken from the
    engine, and a factor that is not finite left out; a sentence says so where it happens.
    """
    with using(view.language):
        cells = (_Blanks if blanks else _Cells)(worked, view).all(opening, overflow)
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": python, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def decimals_of(view: View) -> str:
    """How many decimals, in words."""
    return ngettext("{n} decimal", "{n} decimals", view.decimals).format(n=view.decimals)


def text(key: str, **parts: object) -> str:
    """A section of the texts of the notebook."""
    return content.text("exports", key, **{name: str(part) for name, part in parts.items()})


@dataclass(frozen=True)
class Coded:
    """A step as code: what it computes, by which formula, how that is printed, the engine's number, and whether plain
    arithmetic reaches it."""

    variable: str
    formula: str
    shown: str
    engine: float
    plain: bool


class _Cells:
    """The cells as they are written, and what their code has computed so far."""

    def __init__(self, worked: Worked, view: View) -> None:
        self.worked, self.view, self.code = worked, view, Code()
        self.cells: list[dict[str, Any]] = []
        self.computed: dict[str, float] = {}
        self.reasons: set[tuple[str, str]] = set()
        self.plain_alone = True  # whether plain arithmetic has reached every number so far
        look = (view.notation, view.language, view.decimals, "light", worked.sizes, worked.names, worked.shared)
        self.look = Look.of(*look, batch=bool(worked.batch), normalised=worked.normalised)
        self.updates = worked.steps.phase(Phase.UPDATE)

    def all(self, opening: str, overflow: NonFinite | None) -> list[dict[str, Any]]:
        """Opening, given numbers, forward, loss, backward, update, and forward again."""
        self.markdown("", f"# {opening or text('opening', decimals=decimals_of(self.view))}")
        self.names()
        self.given()
        for phase in (Phase.FORWARD, Phase.LOSS, Phase.BACKWARD):
            self.phase(phase)
        if self.updates:
            self.update()
        try:
            if overflow:
                raise overflow
            if self.worked.after:
                self.after(self.worked.after())
        except NonFinite as error:
            self.markdown(text("overflow"), impossible(error).plain())
            return self.cells
        if not self.worked.sample and self.worked.sizes and self.worked.steps.phase(Phase.BACKWARD):
            self.arrays()
        return self.cells

    def arrays(self) -> None:
        """The pass once more in matrices, and its gradient by finite differences."""
        if not self.plain_alone:
            self.markdown(text("no_matrices"))
            return
        sizes = self.worked.sizes
        forward = [line(group, sizes) for group in kinds_in(self.worked, Phase.FORWARD, Phase.LOSS)]
        self.markdown(text("matrices"))
        self.python(["import numpy as np", "", *assigned(self.worked.given), "", *forward])
        groups = kinds_in(self.worked, Phase.BACKWARD)
        self.backward_arrays(groups)
        names = parameters(self.worked)
        if not names:
            return
        self.markdown(text("differences"))
        body = "\n".join(f"    {each}" for each in forward if not each.startswith(("R =", "C_decayed =")))
        listed = ", ".join(names)
        self.python([f"def loss({listed}):", body, "    return C", "", "", DIFFERENCES.format(names=listed)])
        self.python([f'differences("d{name}", {n}, d{name})' for n, name in enumerate(names)])

    def backward_arrays(self, groups: Sequence[Sequence[Step]]) -> None:
        """The backward pass in matrices, its gradients asserted."""
        self.python([line(group, self.worked.sizes) for group in groups])
        self.python([SAME, "", "", *(f"same({array_of(g[0].target)}, {of_entries(g)})" for g in groups)])

    def markdown(self, heading: str, *paragraphs: str) -> None:
        """A cell of text; what is empty is left out."""
        body = "\n\n".join(part for part in (f"## {heading}" if heading else "", *paragraphs) if part)
        self.cells.append({"cell_type": "markdown", "id": self._id("text"), "metadata": {}, "source": _source(body)})

    def python(self, lines: Iterable[str]) -> None:
        """A cell of code that has not run yet."""
        source, id = _source("\n".join(lines)), self._id("code")
        self.cells.append(
            {"cell_type": "code", "execution_count": None, "id": id, "metadata": {}, "outputs": [], "source": source}
        )

    def _id(self, kind: str) -> str:
        return f"{kind}-{len(self.cells) + 1}"

    def names(self) -> None:
        """How the code names what the formulas name: of layers the first and the last are enough."""
        steps = [*self.worked.steps.phase(Phase.FORWARD, Phase.LOSS, Phase.BACKWARD)]
        named = [*self.start(), *(step.target for step in steps)]
        if self.worked.sizes:
            ends = (0, len(self.worked.sizes) - 1)
            self.markdown(text("names"), self.legend({q.kind: q for q in named if q.layer in ends}))
        else:
            self.markdown(text("nodes"), self.legend({str(q): q for q in named}))

    def legend(self, quantities: Mapping[str, Quantity]) -> str:
        """A table of the names in the code and in the formulas."""
        rows = (f"| `{q.symbol}` | ${self.name(q)}$ |" for q in quantities.values())
        return text("legend", rows="\n".join(rows))

    def start(self) -> list[Quantity]:
        """What is given before the first step: all but what only the update needs."""
        late = ("setting", "optimiser") if self.updates else ()
        early = {q for step in self.worked.steps.phase(Phase.LOSS) for q in step.inputs}
        return [q for q in self.worked.given if q.family not in late or q in early]

    def given(self) -> None:
        """The numbers to begin with, and the assertion."""
        self.markdown(text("given" if self.worked.sizes else "numbers"))
        lines = self.assigned(self.start())
        self.python(["import math", "", f"decimals = {self.view.decimals}", *lines, "", "", CHECK])

    def assigned(self, quantities: Iterable[Quantity]) -> list[str]:
        """Lines that give these quantities their numbers, a row of a matrix in each."""
        rows: dict[tuple[object, ...], list[Quantity]] = {}
        values = self.worked.values
        for q in quantities:
            rows.setdefault((q.kind, q.layer, q.index[:-1]), []).append(q)
            self.computed[q.symbol.name] = int(values[q]) if q.kind == "t" else values[q]
        names = [[q.symbol.name for q in row] for row in rows.values()]
        return [f"{', '.join(row)} = {', '.join(repr(self.computed[name]) for name in row)}" for row in names]

    def phase(self, phase: Phase) -> None:
        """The steps of a phase; where there are layers, layer by layer."""
        steps = self.worked.steps.phase(phase)
        if not self.worked.sizes:
            if steps:
                self.steps(name_of(phase), steps)
            return
        heading = {Phase.FORWARD: "forward", Phase.LOSS: "loss"}.get(phase)
        for (layer, gradient), group in groupby(steps, lambda s: (s.target.layer, s.target.is_gradient)):
            self.steps(text(heading or ("gradients" if gradient else "signals"), layer=layer), [*group])

    def update(self) -> None:
        """The update, from what the optimiser remembers; where there are layers, of every neuron's weights and bias."""
        made = dict.fromkeys(step.target for step in self.updates)
        start = dict.fromkeys(q for step in self.updates for q in step.inputs if q not in made)
        known = self.start()
        own = [q for family in ("setting", "optimiser") for q in start if q.family == family and q not in known]
        values = self.worked.values
        optimiser = values.optimiser.name if isinstance(values, Update) else ""
        heading = text("settings", optimiser=optimiser) if optimiser else name_of(Phase.UPDATE)
        self.markdown(heading, self.legend({q.kind: q for q in (*own, *made)}))
        if own:
            self.python(self.assigned(own))
        if not self.worked.sizes:
            self.steps("", self.updates)
            return
        order = dict.fromkeys(step.target.layer for step in self.updates)  # the last layer first where it is sequential
        for k in (*order, *(k for k in range(1, len(self.worked.sizes)) if k not in order)):
            steps = [step for step in self.updates if step.target.layer == k]
            if not k:  # the learning rate, which is of no layer
                self.steps("", steps)
                continue
            if optimiser and not any(step.target.updated for step in steps):
                self.markdown("", text("frozen", layer=k))
            for neuron, group in groupby(steps, lambda s: 0 if s.target.again else s.target.index[0]):
                heading = text("neuron", layer=k, neuron=neuron) if neuron else text("again", layer=k)
                self.steps(heading, [*group])

    def after(self, after: Values) -> None:
        """The forward pass with the new parameters, and what became of the loss."""
        steps = self.worked.steps.phase(Phase.FORWARD, Phase.LOSS)
        moved = [q for q in self.worked.given if q.parameter and q.given and new_of(q) in self.worked.steps]
        self.code.renamed = {q.symbol: new_of(q).symbol.name for q in moved}
        others = [q for q in self.worked.given if q.family == "loss"]  # of the other samples, where one is worked out
        for q in (*others, *(step.target for step in steps)):
            self.code.renamed[q.symbol] = q.symbol.name.replace(q.kind, f"{q.kind}_new", 1)
        self.computed |= {self.variable(q.symbol): after[q] for q in others}
        coded, *notes = self.coded(steps, after, self.look.notation.words["new"])
        self.markdown(text("after"), text("after_others") if others else "", *notes)
        if others:
            self.python(f"{name} = {self.computed[name]!r}" for name in (self.variable(q.symbol) for q in others))
        self.write(coded)
        goal = steps[-1].target if steps else Quantity("C")
        if goal.family == "loss":
            self.markdown(text("before_and_after"))
            new = self.code.renamed[goal.symbol]
            self.python([f'print(plain({goal.symbol.name}, decimals), "→", plain({new}, decimals))'])

    def steps(self, heading: str, steps: Sequence[Step]) -> None:
        """Their laws and code, and the reason of each law where it comes for the first time."""
        laws = [rf"{self.name(s.target)} &= {self.law(s)}" for s in steps]
        block = r"$$\begin{aligned}" + "\n" + " \\\\\n".join(laws) + "\n" + r"\end{aligned}$$"
        room = self.worked.texts
        keys = dict.fromkeys(place(step, room) for step in steps)
        new = [key for key in keys if key not in self.reasons]
        self.reasons.update(new)
        reasons = "\n".join("- " + content.text(*key, target="").partition("\n")[2] for key in new)
        coded, *notes = self.coded(steps, self.worked.values)
        self.markdown(heading, reasons, block, *notes)
        self.write(coded)

    def write(self, coded: Sequence[Coded]) -> None:
        """Every step as a line of code and a check, or as the engine's number."""
        lines = []
        for one in coded:
            lines.append(f"{one.variable} = {one.formula if one.plain else repr(one.engine)}")
            if one.plain:
                lines.append(f"check({json.dumps(one.shown, ensure_ascii=False)}, {one.variable}, {one.engine!r})")
        self.python(lines)

    def coded(self, steps: Iterable[Step], values: Values, word: str = "") -> tuple[list[Coded], str, str]:
        """The code of these steps, and what is to be said of factors left out and of numbers taken from the engine.

        ``word`` is added to the names that are printed.
        """
        code: list[Coded] = []
        infinite, taken = [], []
        for step in steps:
            engine, formula = known(values, step.target), self.code.doprint(step.formula)
            if engine is None:
                infinite.append(step.target)
                continue
            variable = self.variable(step.target.symbol)
            value = self.plain(step, engine)
            self.computed[variable] = engine if value is None else value
            name = self.look.name(step.target)
            shown = replace(name, sup=f"{name.sup} {word}".strip()).text() if word else name.text()
            code.append(Coded(variable, formula, shown, engine, value is not None))
            if value is None:
                taken.append(step.target)
        self.plain_alone = self.plain_alone and not infinite and not taken
        told = [text(key, names=self.symbols(q)) if q else "" for key, q in (("infinite", infinite), ("taken", taken))]
        return code, told[0], told[1]

    def variable(self, symbol: sp.Symbol) -> str:
        """What the code calls it."""
        return self.code.renamed.get(symbol) or str(symbol.name)

    def plain(self, step: Step, engine: float) -> float | None:
        """What the code of a step gives; None where that is not the engine's number, or none at all."""
        try:
            names = {q.symbol: self.variable(q.symbol) for q in step.inputs}
            value = evaluated(step.formula, {symbol: self.computed[name] for symbol, name in names.items()})
        except (ArithmeticError, ValueError):
            return None
        close = math.isclose(value, engine, rel_tol=STRICTER * RELATIVE, abs_tol=STRICTER * ABSOLUTE)
        return value if close else None

    def symbols(self, quantities: Iterable[Quantity]) -> str:
        """Their names in formulas, in a sentence."""
        return ", ".join(f"${self.name(q)}$" for q in quantities)

    def name(self, quantity: Quantity) -> str:
        """The name in LaTeX."""
        return self.look.name(quantity).latex()

    def law(self, step: Step) -> str:
        """The right side in LaTeX."""
        return write(shortened(step.formula), {q.symbol: self.name(q) for q in step.inputs}, otherwise=_("otherwise"))


def of_entries(group: Sequence[Step], quoted: bool = False) -> str:
    """The variables of a kind and layer as nested lists, or their names."""
    names = {place_of(step.target): step.target.symbol.name for step in group}
    found = {place: json.dumps(name) if quoted else name for place, name in names.items()}
    return found[()] if () in found else nested(found)


def _source(text: str) -> list[str]:
    return text.splitlines(keepends=True)


class _Blanks(_Cells):
    """The same with blanks for what the steps give, and a cell behind them that says which are right."""

    def all(self, opening: str, overflow: NonFinite | None) -> list[dict[str, Any]]:
        """The opening says what to do; there is no second pass."""
        self.worked = replace(self.worked, after=None)
        first = (opening or text("opening", decimals=decimals_of(self.view))).partition("\n")[0]
        return super().all(f"{first}\n{text('blanks')}", overflow)

    def given(self) -> None:
        """The numbers to begin with, and how the cells tell what is right."""
        self.markdown(text("given_blanks" if self.worked.sizes else "numbers_blanks"))
        self.python(["import base64", "import json", "import math", "", *self.assigned(self.start())])
        steps = [(step.target, self.worked.value(step.target)) for step in self.worked.steps]
        hidden = {q.symbol.name: [self.look.name(q).text(), value] for q, value in steps if value is not None}
        packed = b64encode(json.dumps(hidden).encode()).decode()
        rows = [f'    "{packed[at : at + 100]}"' for at in range(0, len(packed), 100)]
        words = (_("to be filled in"), _("right"), _("not right yet"))
        check = RIGHT.format(*(json.dumps(word, ensure_ascii=False) for word in words))
        self.python(["hidden = json.loads(base64.b64decode(", *rows, "))", "", "", check])

    def write(self, coded: Sequence[Coded]) -> None:
        """A blank for every step, and the cell that checks them."""
        self.python(f"{one.variable} = {'...' if one.plain else repr(one.engine)}" for one in coded)
        asked = [f"{one.variable}={one.variable}" for one in coded if one.plain]
        if asked:
            self.python([f"right({', '.join(asked)})"])

    def backward_arrays(self, groups: Sequence[Sequence[Step]]) -> None:
        """Blanks for the backward pass in matrices, and their check."""
        self.python(f"{array_of(group[0].target)} = ..." for group in groups)
        checks = (f"right_array({array_of(g[0].target)}, {of_entries(g, quoted=True)})" for g in groups)
        self.python([RIGHT_ARRAY.format(json.dumps(_("has another shape"), ensure_ascii=False)), "", "", *checks])

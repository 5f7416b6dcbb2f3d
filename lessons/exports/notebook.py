"""The current example as a Jupyter notebook that recomputes every step in plain Python and asserts it against the engine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mlp_core import NonFinite, Quantity, Step, Update, trace
from mlp_core.steps import Phase
from mlp_core.writing.latex import write
from mlp_core.writing.python import PLAIN, Code

from .. import content
from ..example import Example
from ..i18n import gettext as _
from ..i18n import ngettext, using
from ..style import Look, name_of
from ..walk.card import section
from ..walk.updates import TOO_LONG, is_frozen, new_of, update_of
from ..worked import Values, known

RELATIVE, ABSOLUTE = 1e-9, 1e-12  # what the notebook asserts, on any machine
STRICTER = 0.1  # how much closer the numbers must be here, so that another machine's last digits still pass
CHECK = f'''\
{PLAIN}


def check(name, value, engine):
    assert math.isclose(value, engine, rel_tol={RELATIVE}, abs_tol={ABSOLUTE}), f"{{name}} = {{value}}, the engine has {{engine}}"
    print(name, "=", plain(value, decimals))'''


def notebook(example: Example) -> str:
    """The example as the text of a notebook (nbformat 4.5), in its language and notation; the same bytes for the same example.

    Its code needs nothing but Python. A number that plain floats cannot reach, at a saturated neuron for example, is taken
    from the engine, and a factor that is not finite left out; a sentence says so where it happens.
    """
    with using(example.view.language):
        cells = _Cells(example).all()
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": python, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def file_name(example: Example) -> str:
    """What the notebook of an example is called: after its sizes."""
    return f"backprop-{'-'.join(map(str, example.sizes))}.ipynb"


class _Cells:
    """The cells as they are written, and what their code has computed so far."""

    def __init__(self, example: Example) -> None:
        self.example, self.code = example, Code()
        self.cells: list[dict[str, Any]] = []
        self.computed: dict[str, float] = {}
        self.reasons: set[str] = set()
        self.look = Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)

    def all(self) -> list[dict[str, Any]]:
        """Opening, given numbers, forward, loss, backward, update, and forward again."""
        self.opening()
        self.given()
        derivation, layers = self.example.derivation, range(1, len(self.example.model.W) + 1)
        for k in layers:
            self.steps(_text("forward", layer=k), [s for s in derivation.phase(Phase.FORWARD) if s.target.layer == k])
        self.steps(_text("loss"), derivation.phase(Phase.LOSS))
        for k in reversed(layers):
            backward = [s for s in derivation.phase(Phase.BACKWARD) if s.target.layer == k]
            gradients = [s for s in backward if s.target.is_gradient]
            self.steps(_text("signals", layer=k), [s for s in backward if s not in gradients])
            self.steps(_text("gradients", layer=k), gradients)
        try:
            update = update_of(self.example)
            self.update(update)
            self.after(trace(update.network, self.example.x, self.example.y))
        except NonFinite as error:
            self.markdown(_text("overflow"), _(TOO_LONG).format(n=error.layer))
        return self.cells

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

    def opening(self) -> None:
        """What this is, the structure of the network, and how the code names what the formulas name."""
        example = self.example
        layers = enumerate(zip(example.model.b, example.model.activations, strict=True), 1)
        rows = [f"| {k} | {len(b)} | {name_of(activation)} |" for k, (b, activation) in layers]
        intro = _text(
            "intro", sizes="-".join(map(str, example.sizes)), optimiser=example.settings.optimiser,
            decimals=ngettext("{n} decimal", "{n} decimals", example.view.decimals).format(n=example.view.decimals),
            inputs=len(example.x), rows="\n".join(rows), loss=name_of(example.model.loss), updates=example.updates,
        )  # fmt: skip
        self.markdown("", f"# {intro}")
        named = [*example.derivation.given, *(step.target for step in example.derivation)]
        self.markdown(_text("names"), self.legend(q for q in named if q.layer in (0, len(example.model.W))))

    def legend(self, quantities: Iterable[Quantity]) -> str:
        """A table of the names in the code and in the formulas, with one quantity of each kind."""
        found = {q.kind: q for q in quantities}
        return _text("legend", rows="\n".join(f"| `{q.symbol}` | ${self.name(q)}$ |" for q in found.values()))

    def given(self) -> None:
        """The numbers to begin with, and the assertion."""
        self.markdown(_text("given"))
        lines = self.assigned(self.example.derivation.given, self.example.trace)
        self.python(["import math", "", f"decimals = {self.example.view.decimals}", *lines, "", "", CHECK])

    def assigned(self, quantities: Iterable[Quantity], values: Values) -> list[str]:
        """Lines that give these quantities their numbers, a row of a matrix in each."""
        rows: dict[tuple[object, ...], list[Quantity]] = {}
        for q in quantities:
            rows.setdefault((q.kind, q.layer, q.index[:-1]), []).append(q)
            self.computed[q.symbol.name] = int(values[q]) if q.kind == "t" else values[q]
        names = [[q.symbol.name for q in row] for row in rows.values()]
        return [f"{', '.join(row)} = {', '.join(repr(self.computed[name]) for name in row)}" for row in names]

    def update(self, update: Update) -> None:
        """The update of every neuron's weights and bias, from what the optimiser remembers."""
        made = dict.fromkeys(step.target for step in update.steps)
        start = dict.fromkeys(q for step in update.steps for q in step.inputs if q not in made)
        own = [q for family in ("setting", "optimiser") for q in start if q.family == family]
        self.markdown(_text("settings", optimiser=self.example.settings.optimiser), self.legend([*own, *made]))
        self.python(self.assigned(own, update))
        for k, b in enumerate(self.example.model.b, 1):
            if is_frozen(self.example, Quantity("b", k, (1,))):
                self.markdown("", _text("frozen", layer=k))
                continue
            for i in range(1, len(b) + 1):
                steps = [s for s in update.steps if (s.target.layer, s.target.index[0]) == (k, i)]
                self.steps(_text("neuron", layer=k, neuron=i), steps, update)

    def after(self, after: Values) -> None:
        """The forward pass with the new parameters, and what became of the loss."""
        steps = self.example.derivation.phase(Phase.FORWARD, Phase.LOSS)
        moved = [q for q in self.example.derivation.given if q.parameter and not is_frozen(self.example, q)]
        self.code.renamed = {q.symbol: new_of(q).symbol.name for q in moved}
        for q in (step.target for step in steps):
            self.code.renamed[q.symbol] = q.symbol.name.replace(q.kind, f"{q.kind}_new", 1)
        lines, *notes = self.lines(steps, after, self.look.notation.words["new"])
        self.markdown(_text("after"), *notes)
        self.python(lines)
        loss = Quantity("C").symbol
        self.markdown(_text("before_and_after"))
        self.python([f'print(plain({loss.name}, decimals), "→", plain({self.code.renamed[loss]}, decimals))'])

    def steps(self, heading: str, steps: Sequence[Step], values: Values | None = None) -> None:
        """Their laws and code, and the reason of each law where it comes for the first time."""
        laws = [rf"{self.name(s.target)} &= {self.law(s)}" for s in steps]
        block = r"$$\begin{aligned}" + "\n" + " \\\\\n".join(laws) + "\n" + r"\end{aligned}$$"
        new = [key for key in dict.fromkeys(map(section, steps)) if key not in self.reasons]
        self.reasons.update(new)
        reasons = "\n".join("- " + content.text("walk", key, target="").partition("\n")[2] for key in new)
        lines, *notes = self.lines(steps, values or self.example.trace)
        self.markdown(heading, reasons, block, *notes)
        self.python(lines)

    def lines(self, steps: Iterable[Step], values: Values, word: str = "") -> tuple[list[str], str, str]:
        """The code of these steps, and what is to be said of factors left out and of numbers taken from the engine.

        ``word`` is added to the names that are printed.
        """
        code: list[str] = []
        infinite, taken = [], []
        for step in steps:
            engine, formula = known(values, step.target), self.code.doprint(step.formula)
            if engine is None:
                infinite.append(step.target)
                continue
            variable = self.code.renamed.get(step.target.symbol, step.target.symbol.name)
            value = _plain(formula, self.computed, engine)
            self.computed[variable] = engine if value is None else value
            code.append(f"{variable} = {repr(engine) if value is None else formula}")
            if value is None:
                taken.append(step.target)
            else:
                name = self.look.name(step.target)
                shown = replace(name, sup=f"{name.sup} {word}".strip()).text() if word else name.text()
                code.append(f"check({json.dumps(shown, ensure_ascii=False)}, {variable}, {engine!r})")
        told = [_text(key, names=self.symbols(q)) if q else "" for key, q in (("infinite", infinite), ("taken", taken))]
        return code, told[0], told[1]

    def symbols(self, quantities: Iterable[Quantity]) -> str:
        """Their names in formulas, in a sentence."""
        return ", ".join(f"${self.name(q)}$" for q in quantities)

    def name(self, quantity: Quantity) -> str:
        """The name in LaTeX."""
        return self.look.name(quantity).latex()

    def law(self, step: Step) -> str:
        """The right side in LaTeX."""
        return write(step.formula, {q.symbol: self.name(q) for q in step.inputs}, otherwise=_("otherwise"))


def _text(key: str, **parts: object) -> str:
    return content.text("exports", key, **{name: str(part) for name, part in parts.items()})


def _source(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _plain(formula: str, computed: dict[str, float], engine: float) -> float | None:
    """What a formula gives in plain floats; None where that is not the engine's number, or none at all.

    The text is code that SymPy printed, of formulas without any text that a person typed.
    """
    try:
        value = eval(formula, {"__builtins__": {}, "math": math}, computed)
    except (ArithmeticError, ValueError):
        return None
    close = math.isclose(value, engine, rel_tol=STRICTER * RELATIVE, abs_tol=STRICTER * ABSOLUTE)
    return value if close else None

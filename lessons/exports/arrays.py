"""A network's pass in arrays: lines of NumPy made of its Steps, and the loss as a function of the parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.steps import Phase
from mlp_core.writing.python import Arrays

from ..worked import Worked

SIGNALS = ("delta", "error")


def array_of(quantity: Quantity) -> str:
    """The array that a quantity is an entry of: of the given x and y, or of a kind and a layer."""
    if quantity.kind in ("x", "y"):
        return quantity.kind
    return f"{quantity.kind}{quantity.layer}" if quantity.layer else quantity.kind


def entry_of(quantity: Quantity) -> str:
    """The entry of that array, counted from 0."""
    return f"{array_of(quantity)}[{', '.join(str(i - 1) for i in quantity.index)}]" if quantity.index else array_of(quantity)


def kinds_in(worked: Worked, *phases: Phase) -> list[tuple[Step, ...]]:
    """The steps of these phases in groups of one kind and layer, in order; factors that no step uses are left out."""
    steps = worked.steps.phase(*phases)
    used = {q for step in worked.steps for q in step.inputs}
    groups: dict[tuple[str, int], list[Step]] = {}
    for step in steps:
        if step.target.kind in ("dC_da", "da_dz") and step.target not in used:
            continue
        groups.setdefault((step.target.kind, step.target.layer), []).append(step)
    return [tuple(group) for group in groups.values()]


def line(group: Sequence[Step], sizes: tuple[int, ...]) -> str:
    """One line that computes all steps of a kind and layer at once."""
    return f"{array_of(group[0].target)} = {_matrix(group) or _vector(group) or _entries(group, sizes)}"


def _matrix(group: Sequence[Step]) -> str | None:
    """The product of arrays that these laws are; None where they are another one."""
    step, k = group[0], group[0].target.layer
    before = "x" if k == 1 else f"a{k - 1}"
    if step.law == "affine":
        biased = any(q.kind == "b" for q in step.inputs)
        return f"W{k} @ {before}" + (f" + b{k}" if biased else "")
    if step.rule == "activation.softmax":
        return f"np.exp(z{k}) / np.exp(z{k}).sum()"
    sign = _sign(step.formula)
    if sign is None or any(_sign(other.formula) != sign for other in group):
        return None
    if step.law == "paths" and {q.kind for q in step.inputs} <= {"W", *SIGNALS}:
        return f"{sign}{step.inputs[0].kind}{k + 1} @ W{k + 1}"
    if step.law == "weight_gradient" and step.inputs[0].kind in SIGNALS:
        return f"{sign}np.outer({step.inputs[0].kind}{k}, {before})"
    if step.law == "bias_gradient" and all(len(other.inputs) == 1 for other in group):
        return f"{sign}{array_of(step.inputs[0])}"
    return None


def _sign(formula: sp.Expr) -> str | None:
    """Empty for a sum of products of symbols, a minus where each of them has one; None for anything else."""
    signs = set()
    for term in formula.args if formula.is_Add else (formula,):
        factors = term.args if term.is_Mul else (term,)
        numbers = [factor for factor in factors if not factor.is_Symbol]
        if numbers not in ([], [-1]):
            return None
        signs.add("-" if numbers else "")
    return signs.pop() if len(signs) == 1 else None


def _vector(group: Sequence[Step]) -> str | None:
    """The same formula for every entry, written with whole vectors; None where a step looks at other entries."""
    forms = set()
    for step in group:
        if any(q.index and q.index != step.target.index for q in step.inputs) or len(step.target.index) != 1:
            return None
        forms.add(step.formula.xreplace({q.symbol: sp.Symbol(array_of(q), real=True) for q in step.inputs if q.index}))
    return Arrays().doprint(forms.pop()) if len(forms) == 1 else None


def _entries(group: Sequence[Step], sizes: tuple[int, ...]) -> str:
    """Every entry by its own formula."""
    made = {step.target.index: _entry(step) for step in group}
    if group[0].target.index == ():
        return made[()]
    if len(group[0].target.index) == 1:
        return f"np.array([{', '.join(made.values())}])"
    rows = sorted({index[0] for index in made})
    return "np.array([" + ", ".join(f"[{', '.join(made[i] for i in made if i[0] == row)}]" for row in rows) + "])"


def _entry(step: Step) -> str:
    names = {q.symbol: sp.Symbol(entry_of(q), real=True) for q in step.inputs}
    return str(Arrays().doprint(step.formula.xreplace(names)))


def parameters(worked: Worked) -> list[str]:
    """The arrays of parameters, in order of their layers: W1, b1, W2, ..."""
    return list(dict.fromkeys(array_of(q) for q in worked.given if q.parameter and not q.slot))


def assigned(worked: Worked, name: Mapping[Quantity, str] | None = None) -> Iterator[str]:
    """Lines that make the given arrays; of the given variables, or of what ``name`` calls them."""
    groups: dict[str, dict[tuple[int, ...], str]] = {}
    for q in worked.given:
        if q.given:
            groups.setdefault(array_of(q), {})[q.index] = name[q] if name else q.symbol.name
    for array, entries in groups.items():
        yield f"{array} = np.array({nested(entries)})"


def nested(entries: Mapping[tuple[int, ...], str]) -> str:
    """Entries by their indices as nested lists."""
    if all(len(index) == 1 for index in entries):
        return f"[{', '.join(entries.values())}]"
    rows: dict[int, list[str]] = {}
    for index, text in entries.items():
        rows.setdefault(index[0], []).append(text)
    return f"[{', '.join('[' + ', '.join(row) + ']' for row in rows.values())}]"

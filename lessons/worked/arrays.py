"""A network's pass in arrays: lines of NumPy made of its Steps, and the loss as a function of the parameters.

Of a batch the samples are the rows, of what it has together as well as each sample the arrays end in _each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import sympy as sp

from mlp_core import Quantity, Step
from mlp_core.functions import add
from mlp_core.optimisers.decay import FORMS
from mlp_core.steps import Phase
from mlp_core.writing.python import Arrays

from .worked import Worked

SIGNALS = ("delta", "error")
TOGETHER = ("C", "dW", "db", "dW_new", "db_new")
# What is made of all samples of a batch, one number a neuron.
OVER_SAMPLES = {
    "batch_mean": "z{k}.mean(axis=0)",
    "batch_variance": "((z{k} - mean{k}) ** 2).mean(axis=0)",
    "gamma_gradient": "(dC_dz_bn{k} * z_hat{k}).sum(axis=0)",
    "beta_gradient": "dC_dz_bn{k}.sum(axis=0)",
    "variance_gradient": "(dC_dz_hat{k} * (z{k} - mean{k})).sum(axis=0) * -1/2 * (var{k} + norm_eps{k}) ** (-3/2)",
    "mean_gradient": "-dC_dz_hat{k}.sum(axis=0) / np.sqrt(var{k} + norm_eps{k})",
}


def array_of(quantity: Quantity) -> str:
    """The array that a quantity is an entry of: of the given x and y, or of a kind and a layer."""
    if quantity.kind in ("x", "y"):
        return quantity.kind
    each = "_each" if quantity.sample and quantity.kind in TOGETHER else ""
    return f"{quantity.kind}{quantity.layer or ''}{each}"


def place_of(quantity: Quantity) -> tuple[int, ...]:
    """Where in that array it stands, counted from 1: its sample, where there are several, and its indices."""
    return (quantity.sample, *quantity.index) if quantity.sample else quantity.index


def entry_of(quantity: Quantity) -> str:
    """The entry of that array, counted from 0."""
    place = place_of(quantity)
    return f"{array_of(quantity)}[{', '.join(str(i - 1) for i in place)}]" if place else array_of(quantity)


def kinds_in(worked: Worked, *phases: Phase) -> list[tuple[Step, ...]]:
    """The steps of these phases in groups of one kind and layer, in order; factors that no step uses are left out."""
    steps = worked.steps.phase(*phases)
    used = {q for step in worked.steps for q in step.inputs}
    groups: dict[str, list[Step]] = {}
    for step in steps:
        if step.target.kind in ("dC_da", "da_dz") and step.target not in used:
            continue
        groups.setdefault(array_of(step.target), []).append(step)
    return [tuple(group) for group in groups.values()]


def line(group: Sequence[Step], sizes: tuple[int, ...]) -> str:
    """One line that computes all steps of a kind and layer at once."""
    return f"{array_of(group[0].target)} = {_matrix(group) or _vector(group) or _entries(group, sizes)}"


def _matrix(group: Sequence[Step]) -> str | None:
    """The product of arrays that these laws are; None where they are another one."""
    step, k = group[0], group[0].target.layer
    several = bool(step.target.sample)
    if step.law in OVER_SAMPLES and step.inputs[0].sample:
        return OVER_SAMPLES[step.law].format(k=k)
    if step.law == "affine":
        before = array_of(step.inputs[1])
        biased = any(q.kind == "b" for q in step.inputs)
        return (f"{before} @ W{k}.T" if several else f"W{k} @ {before}") + (f" + b{k}" if biased else "")
    if step.rule == "slope.identity":
        return f"np.ones_like(z{k})"
    if step.rule == "activation.softmax":
        taken = array_of(step.inputs[0])
        return f"np.exp({taken}) / np.exp({taken}).sum({'axis=1, keepdims=True' if several else ''})"
    if step.law == "loss":
        return _over_outputs(step)
    if step.law == "penalty":
        rate, *weights = step.inputs
        share = FORMS[step.rule.partition(".")[2]].share * rate.symbol
        squares = dict.fromkeys(f"np.sum({array_of(q)}**2)" for q in weights)
        return f"{Arrays({rate.symbol: array_of(rate)}).doprint(share)}*({' + '.join(squares)})"
    if step.law == "jacobian":
        row, column = (f"a{k}[:, :, None]", f"a{k}[:, None, :]") if several else (f"a{k}[:, None]", f"a{k}")
        return f"{row} * (np.eye({max(other.target.index[1] for other in group)}) - {column})"
    if step.law.startswith("batch_"):
        return f"{array_of(step.inputs[0])}.{step.rule.partition('.')[2]}(axis=0)"
    sign = _sign(step.formula)
    if sign is None or any(_sign(other.formula) != sign for other in group):
        return None
    law, case = step.law.removesuffix("_again"), step.rule.partition(".")[2]
    first, second = [*map(array_of, step.inputs[:2]), ""][:2]
    signal = step.inputs[0].kind.removesuffix("_new") in SIGNALS
    if law == "delta" and case.startswith("jacobian"):
        return f'{sign}np.einsum("sm,smi->si", {first}, {second})' if several else f"{sign}{first} @ {second}"
    if law == "paths" and {q.kind.removesuffix("_new") for q in step.inputs} <= {"W", *SIGNALS}:
        return f"{sign}{first} @ {second}"
    if law == "weight_gradient" and signal:
        return f"{sign}{first}[:, :, None] * {second}[:, None, :]" if several else f"{sign}np.outer({first}, {second})"
    if law == "bias_gradient" and all(len(other.inputs) == 1 for other in group):
        return f"{sign}{first}"
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


def _over_outputs(step: Step) -> str | None:
    """A loss as the sum over the outputs of what each contributes; None where they do not contribute alike."""
    factor, formula = sp.Integer(1), step.formula
    if formula.is_Mul and len(formula.args) == 2 and formula.args[0].is_number and formula.args[1].is_Add:
        factor, formula = formula.args
    parts: dict[tuple[int, ...], list[sp.Expr]] = {}
    own = {q.symbol: q for q in step.inputs}
    for term in formula.args if formula.is_Add else (formula,):
        parts.setdefault(own[min(term.free_symbols, key=str)].index, []).append(term)
    printer = Arrays({q.symbol: array_of(q) for q in step.inputs})
    forms = {str(printer.doprint(terms[0] if len(terms) == 1 else add(*terms))) for terms in parts.values()}
    if len(forms) > 1:
        return None
    times = "" if factor == 1 else f"{printer.doprint(factor)}*"
    return f"{times}np.sum({forms.pop()}{', axis=1' if step.target.sample else ''})"


def _vector(group: Sequence[Step]) -> str | None:
    """The same formula for every entry, written with whole arrays; None where a step looks at other entries.

    What all samples share is as long as a row."""
    forms = set()
    for step in group:
        place = place_of(step.target)
        if not place or any(q.index and place_of(q) not in (place, step.target.index) for q in step.inputs):
            return None
        made = str(Arrays({q.symbol: array_of(q) for q in step.inputs}).doprint(step.formula))
        forms.add(re.sub(r"^\(-(\w+)\)\*", r"-\1*", made))
    return forms.pop() if len(forms) == 1 else None


def _entries(group: Sequence[Step], sizes: tuple[int, ...]) -> str:
    """Every entry by its own formula."""
    made = {place_of(step.target): _entry(step) for step in group}
    return made[()] if () in made else f"np.array({nested(made)})"


def _entry(step: Step) -> str:
    return str(Arrays({q.symbol: entry_of(q) for q in step.inputs}).doprint(step.formula))


def parameters(worked: Worked) -> list[str]:
    """The arrays of parameters, in order of their layers: W1, b1, W2, ..."""
    return list(dict.fromkeys(array_of(q) for q in worked.given if q.parameter and q.given))


def assigned(given: Iterable[Quantity], name: Mapping[Quantity, str] | None = None) -> Iterator[str]:
    """Lines that make the given arrays; of the given variables, or of what ``name`` calls them."""
    groups: dict[str, dict[tuple[int, ...], str]] = {}
    for q in given:
        if q.given or q.family == "preactivation":  # of an output layer alone
            groups.setdefault(array_of(q), {})[place_of(q)] = name[q] if name else q.symbol.name
    for array, entries in groups.items():
        yield f"{array} = np.array({nested(entries)})"


def nested(entries: Mapping[tuple[int, ...], str]) -> str:
    """Entries by their indices as nested lists."""
    if () in entries:
        return entries[()]
    if all(len(index) == 1 for index in entries):
        return f"[{', '.join(entries.values())}]"
    rows: dict[int, dict[tuple[int, ...], str]] = {}
    for index, text in entries.items():
        rows.setdefault(index[0], {})[index[1:]] = text
    return f"[{', '.join(map(nested, rows.values()))}]"

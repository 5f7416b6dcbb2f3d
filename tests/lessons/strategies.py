"""Hypothesis strategies: random valid examples, and JSON in which something was forged."""

from __future__ import annotations

import copy
import json
import re
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from lessons.example import (
    BIASES,
    ERROR_SIGNS,
    LARGEST,
    MAX_DECIMALS,
    MAX_LAYERS,
    MAX_NEURONS,
    SCOPES,
    Example,
    trainable,
)
from lessons.example.model import biases_of
from lessons.i18n import LANGUAGES
from lessons.problem import Problem
from lessons.walk.updates import update_of
from mlp_core import Momentum
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from mlp_core.writing.names import NOTATIONS

ORDINARY = st.integers(-128, 128).map(lambda k: k / 64)
ANY = st.floats(-LARGEST, LARGEST) | st.sampled_from([0.0, -0.0, 5e-324, float(LARGEST)])


def choices_of() -> dict[str, tuple[str, ...]]:
    """What stands in the fields of an example that are a choice among names."""
    return {
        "loss": tuple(LOSSES), "optimiser": tuple(OPTIMISERS), "scope": SCOPES, "notation": tuple(NOTATIONS),
        "language": tuple(LANGUAGES), "error_sign": tuple(ERROR_SIGNS), "form": tuple(Momentum.settings()["form"].choices),
    }  # fmt: skip


SHARE = st.floats(0, 1, exclude_max=True)
POSITIVE = st.floats(0, LARGEST, exclude_min=True)


@st.composite
def examples(
    draw: st.DrawFn, numbers: st.SearchStrategy[float] = ORDINARY, largest: int = 4, updates: int = 0, **fixed: Any
) -> Example:
    """Any shape, activation, loss, setting and look; ``fixed`` fields are as given. ``updates``: applied at most.

    ``numbers`` are those of x, W, b and of targets that may be anything; ``largest``: neurons in a layer at most.
    """
    loss = fixed.pop("loss", None) or draw(st.sampled_from(list(LOSSES)))
    hidden = draw(st.lists(st.sampled_from(trainable()), max_size=MAX_LAYERS - 1))
    activations = (*hidden, LOSSES[loss].wants or draw(st.sampled_from(trainable())))
    sizes = [draw(st.integers(1, largest))]
    sizes += [draw(st.integers(2 if name == "softmax" else 1, largest)) for name in activations]
    row = lambda n: tuple(draw(st.lists(numbers, min_size=n, max_size=n)))  # noqa: E731
    settings: dict[str, Any] = {name: draw(st.sampled_from(choices)) for name, choices in choices_of().items()}
    settings |= {name: draw(st.booleans()) for name in ("nesterov", "bias_correction", "eps_inside_root")}
    settings |= {name: draw(SHARE) for name in ("momentum", "rho", "beta1", "beta2")}
    settings |= {name: draw(POSITIVE) for name in ("lr", "eps")} if numbers is ANY else {}
    settings |= {"decimals": draw(st.integers(0, MAX_DECIMALS)), "loss": loss}
    settings |= {name: draw(st.booleans()) for name in ("eps_uncorrected", "sequential")}
    settings |= {"decay": draw(st.sampled_from([0.0, 0.0, 0.25])), "decay_form": draw(st.sampled_from(list(FORMS)))}
    kinds = tuple(draw(st.sampled_from(list(BIASES))) for _ in activations)
    settings |= {"biases": draw(st.sampled_from([(), kinds])), "slope": draw(st.sampled_from([0.01, 0.2]))}
    example = Example.of(
        W=tuple(tuple(row(n_in) for _ in range(n_out)) for n_in, n_out in pairwise(sizes)),
        b=tuple(row(biases_of(kind, n)) for kind, n in zip(settings["biases"] or ("own",) * len(kinds), sizes[1:], strict=True)),
        x=row(sizes[0]),
        y=draw(targets(loss, sizes[-1], numbers)),
        activations=activations,
        **(settings | fixed),
    )
    for _ in range(draw(st.integers(0, updates))):
        update = update_of(example)
        try:
            example = example.updated(update.network, update.state)
        except Problem:  # beyond the largest number that an example takes
            break
    return example


@st.composite
def targets(draw: st.DrawFn, loss: str, n: int, numbers: st.SearchStrategy[float]) -> tuple[float, ...]:
    """Targets that the loss allows: probabilities, shares of 1, or any number."""
    if loss == "binary_cross_entropy":
        return tuple(draw(st.lists(st.floats(0, 1), min_size=n, max_size=n)))
    if loss == "cross_entropy":
        parts = draw(st.lists(st.integers(0, 8), min_size=n, max_size=n).filter(any))
        return tuple(part / sum(parts) for part in parts)
    return tuple(draw(st.lists(numbers, min_size=n, max_size=n)))


def shapes(last: int = MAX_NEURONS) -> st.SearchStrategy[tuple[int, ...]]:
    """Layer sizes, the inputs first."""
    return st.lists(st.integers(1, last), min_size=2, max_size=MAX_LAYERS + 1).map(tuple)


JUNK = (
    *("null", "true", "false", "0", "-1", "1", "9", "0.5", "-0.5", "1e7", "-1e308", "1e400", "-1e400"),
    *("NaN", "Infinity", "-Infinity", "1" + "0" * 400, "-1" + "0" * 400, '""', '"1"', '"x"', '"{x}"'),
    *("[]", "[[]]", "[[[]]]", "[1]", "[[1]]", "[[[1]]]", "[null]", '["sigmoid"]', "{}", '{"0": 1}', "[{}]"),
    *("[" * 200 + "]" * 200, "[" * 3000 + "]" * 3000),
)
"""What may stand where something else belongs, as JSON text."""


@st.composite
def forged(draw: st.DrawFn, text: str) -> str:
    """The JSON text with one to three of its parts, at any depth, deleted, doubled, renamed or replaced by junk."""
    data: Any = {"": json.loads(text)}
    for _ in range(draw(st.integers(1, 3))):
        place, key = data, ""
        while isinstance(place[key], (list, dict)) and place[key] and draw(st.integers(0, 4)):
            place = place[key]
            key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        what = draw(st.sampled_from(["replace", "delete", "double", "rename"])) if place is not data else "replace"
        if what == "delete":
            del place[key]
        elif what == "double" and isinstance(place, list):
            place.append(copy.deepcopy(place[key]))
        elif what == "rename" and isinstance(place, dict):
            place[key + "_"] = place.pop(key)
        else:
            place[key] = junk(draw(st.sampled_from(JUNK)))
    return written(data[""])


def junk(text: str) -> str:
    """What stands in data for this text of ``JUNK`` until ``written`` puts it in."""
    return f"junk {JUNK.index(text)}"


def written(data: Any) -> str:
    """Data as JSON, with the junk in it as the text that it is."""
    return re.sub(r'"junk (\d+)"', lambda found: JUNK[int(found[1])], json.dumps(data))


def saturated() -> Example:
    """One neuron so far in saturation, and on the wrong side, that the loss has no finite slope."""
    W = (((5000.0,),),)
    return Example.of(W=W, b=((0.0,),), x=(1.0,), y=(0.0,), activations=("sigmoid",), loss="binary_cross_entropy")


def field_of(example: Example, name: str) -> Any:
    """A field of an example by name, whichever part it belongs to."""
    for part in (example, example.model, example.view, example.settings):
        if name in getattr(type(part), "__dataclass_fields__", {}):
            return getattr(part, name)
    return example.settings[name]

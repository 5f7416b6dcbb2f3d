"""Every page draws for every example, in both languages, and what it draws can be read."""

import re
from collections.abc import Sequence
from itertools import combinations, product
from typing import TypeVar

import pytest

from lessons.example import MAX_LAYERS, MAX_NEURONS, PRESETS, WORKED, Example, Model, trainable
from lessons.i18n import LANGUAGES
from lessons.palette import FAMILIES
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing.names import NOTATIONS
from tests.lessons.strategies import saturated

from .app import PAGES, errors, example_of, formulas, go, opened, run, texts, translated_strings, unfolded

T = TypeVar("T")


def see_every_page(example: Example) -> dict[str, list[str]]:
    """The texts of every page with everything unfolded; none may raise, be empty or show what is no text."""
    at, seen = unfolded(example), {}
    for page in PAGES:
        go(at, page)
        seen[page] = texts(at)
        assert len(at.main) > 1, f"{page} is empty"  # one is the row, or where it stands
        for text in seen[page]:
            bare = re.sub(r"\\[a-zA-Z]+|\$[^$]*\$", " ", text)
            assert not re.search(r"\bnan\b|\bNone\b|\bTrue\b|Quantity\(|Traceback|<bound|&lt;", bare), f"{page}: {text}"
            if "\\" not in text:
                assert not re.search(r"\{[a-z_]*\}", text), f"{page}: a place was not filled: {text}"
    return seen


def huge() -> Example:
    """Identity layers of a million a weight: finite until an update makes it overflow."""
    n, million = 2, 1_000_000.0
    row = (million,) * n
    W, b, names = ((row,) * n,) * MAX_LAYERS, (row,) * MAX_LAYERS, ("identity",) * MAX_LAYERS
    return Example.of(W=W, b=b, x=row, y=(0.0,) * n, activations=names, lr=million)


def sized(*sizes: int) -> Example:
    return WORKED.remodelled(Model.resized, sizes)


FIXED = {
    **{f"preset {name}": example for name, (_title, example) in PRESETS.items()},
    "saturated": saturated(),
    "huge": huge(),
    "dead": WORKED.with_(activations=("relu", "relu"), b=((-90.0,) * 2, (-90.0,))),
}
FREE = {  # each gets a loss and an activation
    "smallest": sized(1, 1),
    "widest": sized(8, 1),
    "thinnest": sized(1, 1, 1, 1, 1),
    "uneven": sized(2, 8, 3),
    "largest": sized(*[MAX_NEURONS] * (MAX_LAYERS + 1)),
    "all zero": WORKED.with_(W=(((0.0,) * 3,) * 2, ((0.0,) * 2,)), b=((0.0,) * 2, (0.0,)), x=(0.0,) * 3, y=(0.0,)),
    "tiny": WORKED.with_(W=(((5e-324,) * 3,) * 2, ((1e-300,) * 2,)), lr=1e-300),
    "two outputs": sized(3, 2, 2),
    "two layers more": sized(2, 2, 3, 2),
}


def fitted(example: Example, loss: str, activation: str) -> Example:
    """With that loss and, in every layer that allows it, that activation."""
    *_hidden, outputs = example.model.sizes
    example = example.remodelled(Model.with_loss, "binary_cross_entropy" if loss == "cross_entropy" and outputs == 1 else loss)
    last = LOSSES[example.model.loss].wants or ("sigmoid" if activation == "softmax" and outputs == 1 else activation)
    inner = "tanh" if activation == "softmax" and 1 in example.model.sizes[1:-1] else activation
    return example.with_(activations=(inner,) * (len(example.model.sizes) - 2) + (last,))


def cycle(items: Sequence[T], k: int) -> T:
    return items[k % len(items)]


EXAMPLES = {
    **FIXED,
    **{
        name: fitted(example, cycle(list(LOSSES), k), cycle(trainable(), k))
        for k, (name, example) in enumerate(FREE.items())
    },
}
# In 16 rows every notation meets four optimisers, and each of both every language and number of decimals.
ROWS = {
    name: {
        "notation": cycle(list(NOTATIONS), k // 4),
        "optimiser": cycle(list(OPTIMISERS), k % 4),
        "language": cycle(list(LANGUAGES), k + k // 8),
        "decimals": (0, 4, 10, 4)[(k % 4 + k // 4) % 4],
    }
    for k, name in enumerate(EXAMPLES)
}


def test_the_rows_hold_every_pair():
    assert {example.model.loss for example in EXAMPLES.values()} == set(LOSSES)
    assert {name for example in EXAMPLES.values() for name in example.model.activations} == set(trainable())
    for one, other in combinations(("notation", "optimiser", "language", "decimals"), 2):
        had = {(row[one], row[other]) for row in ROWS.values()}
        assert had == set(product(*({row[name] for row in ROWS.values()} for name in (one, other)))), (one, other)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.thorough if n % 2 else ()) for n, name in enumerate(ROWS)]
)
def test_every_page_of_every_kind_of_example(name):
    see_every_page(EXAMPLES[name].with_(**ROWS[name]))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_formulas_have_the_colours_of_the_theme(theme):
    at = opened(WORKED)
    at.context["theme"] = theme
    for page in PAGES:
        go(at, page)
        colors = set(re.findall(r"\\textcolor\{(#\w+)\}", " ".join(formulas(at))))
        assert colors <= {pair[theme] for pair in FAMILIES.values()}, page
        assert colors or page not in ("forward", "loss", "backward", "update"), f"{page} has no formula"


def test_no_page_makes_streamlit_complain(caplog):
    """Widgets with two values, empty labels and options on their way out end up in the log of the server."""
    at = unfolded(WORKED)
    for page in PAGES:
        go(at, page)
    assert not [record.getMessage() for record in caplog.records if record.name.startswith("streamlit")]


def test_a_chinese_page_is_chinese():
    """No text that the catalogue translates is left in English, and no English sentence stands anywhere."""
    translated = translated_strings()
    for page, seen in see_every_page(WORKED.with_(language="zh")).items():
        left = [text for text in seen if text in translated]
        assert not left, f"{page}: {left}"
        bare = [re.sub(r"\$[^$]*\$|\\\w+", " ", text) for text in seen]
        english = [text for text in bare if re.search(r"(?:\b[A-Za-z]+ ){3}[a-z]+\b", text)]
        assert not english, f"{page}: {english}"


def test_the_first_visit_shows_the_worked_example():
    at = opened()
    assert example_of(at) == WORKED
    assert not errors(at)


def test_a_page_drawn_again_is_the_same():
    at = opened(WORKED)
    for page in PAGES:
        go(at, page)
        assert texts(run(at)) == texts(run(at)), page

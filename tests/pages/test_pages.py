"""Every page draws for every example, in both languages, and what it draws can be read."""

import re

import pytest

from lessons.example import MAX_LAYERS, MAX_NEURONS, PRESETS, WORKED, Example, Model, trainable
from lessons.i18n import LANGUAGES
from lessons.palette import FAMILIES
from mlp_core.functions import LOSSES
from mlp_core.writing.names import NOTATIONS
from tests.lessons.strategies import saturated

from .app import PAGES, errors, example_of, go, opened, run, texts, translated_strings, unfold_all


def see_every_page(example: Example) -> dict[str, list[str]]:
    """The texts of every page with everything unfolded; none may raise, be empty or show what is no text."""
    at, seen = unfold_all(opened(example)), {}
    for page in PAGES:
        go(at, page)
        seen[page] = texts(at)
        assert len(at.main) > 3, f"{page} is empty"
        for text in seen[page]:
            bare = re.sub(r"\\[a-zA-Z]+|\$[^$]*\$", " ", text)
            assert not re.search(r"\bnan\b|\bNone\b|\bTrue\b|Quantity\(|Traceback|<bound|&lt;", bare), f"{page}: {text}"
            if "\\" not in text:
                assert not re.search(r"\{[a-z_]*\}", text), f"{page}: a place was not filled: {text}"
    return seen


@pytest.mark.parametrize("key", NOTATIONS)
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_in_every_notation(name, key):
    language = list(LANGUAGES)[(list(PRESETS).index(name) + list(NOTATIONS).index(key)) % 2]
    see_every_page(PRESETS[name][1].with_(notation=key, language=language))


PAIRS = [(loss, trainable()[i % len(trainable())]) for i, loss in enumerate(LOSSES)]
PAIRS += [(list(LOSSES)[i % 3], name) for i, name in enumerate(trainable())]


@pytest.mark.parametrize(("loss", "activation"), sorted(set(PAIRS)))
def test_every_loss_and_activation(loss, activation):
    """Each activation in a hidden layer and, where the loss allows it, in the last."""
    example = WORKED.remodelled(Model.resized, (3, 2, 2)).remodelled(Model.with_loss, loss)
    last = LOSSES[loss].wants or activation
    see_every_page(
        example.with_(activations=(activation, last), language="zh" if activation in ("tanh", "relu") else "en")
    )


SIZES = {  # with the decimals and the language that go with it
    "1-1": (0, "zh"),
    "8-1": (10, "en"),
    "1-1-1-1-1": (10, "zh"),
    "2-8-3": (10, "en"),
    "8-8-8-8-8": (0, "en"),
}
assert {(len(size.split("-")) - 1, max(size)) for size in SIZES} >= {(1, "1"), (MAX_LAYERS, str(MAX_NEURONS))}


@pytest.mark.parametrize("size", SIZES)
def test_the_smallest_and_the_largest_network(size):
    decimals, language = SIZES[size]
    sizes = tuple(map(int, size.split("-")))
    see_every_page(WORKED.remodelled(Model.resized, sizes).with_(decimals=decimals, language=language))


def huge() -> Example:
    """Identity layers of a million a weight: finite until an update makes it overflow."""
    n, million = MAX_NEURONS, 1_000_000.0
    row = (million,) * n
    W, b, names = ((row,) * n,) * MAX_LAYERS, (row,) * MAX_LAYERS, ("identity",) * MAX_LAYERS
    return Example.of(W, b, x=row, y=(0.0,) * n, activations=names, lr=million)


EXTREMES = {
    "all zero": WORKED.with_(W=(((0.0,) * 3,) * 2, ((0.0,) * 2,)), b=((0.0,) * 2, (0.0,)), x=(0.0,) * 3, y=(0.0,)),
    "saturated": saturated(),
    "huge": huge(),
    "tiny": WORKED.with_(W=(((5e-324,) * 3,) * 2, ((1e-300,) * 2,)), lr=1e-300),
    "dead": WORKED.with_(activations=("relu", "relu"), b=((-90.0,) * 2, (-90.0,))),
}


@pytest.mark.parametrize("optimiser", ["SGD", "Adam"])
@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_numbers(name, optimiser):
    see_every_page(EXTREMES[name].with_(optimiser=optimiser, decimals=0 if optimiser == "SGD" else 4))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_formulas_have_the_colours_of_the_theme(theme):
    at = opened(WORKED)
    at.context["theme"] = theme
    for page in PAGES:
        go(at, page)
        colors = set(re.findall(r"\\textcolor\{(#\w+)\}", " ".join(part.value for part in at.main.latex)))
        assert colors <= {pair[theme] for pair in FAMILIES.values()}, page
        assert colors or page not in ("forward", "loss", "backward", "update"), f"{page} has no formula"


def test_no_page_makes_streamlit_complain(caplog):
    """Widgets with two values, empty labels and options on their way out end up in the log of the server."""
    at = unfold_all(opened(WORKED))
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

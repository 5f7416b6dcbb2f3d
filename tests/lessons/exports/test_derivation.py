"""The whole derivation in LaTeX: every step once, whole as LaTeX, and in the language of the example."""

import re

import pytest
from hypothesis import given, settings

from lessons import content
from lessons.example import PRESETS, Example, Model
from lessons.exports import derivation
from lessons.exports.derivation import of_markdown
from lessons.walk.updates import update_of
from mlp_core import Quantity
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS

from ..strategies import examples


def assert_whole(source: str) -> None:
    """Brackets and environments are closed, dollars pair up, nothing of Markdown is left outside formulas."""
    depth = 0
    for each in re.sub(r"\\[{}]", "", source):
        depth += (each == "{") - (each == "}")
        assert depth >= 0
    assert depth == 0
    assert source.count("$") % 2 == 0
    for environment in ("document", "align*", "cases"):
        assert source.count(rf"\begin{{{environment}}}") == source.count(rf"\end{{{environment}}}")
    words = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}", "", source.partition(r"\begin{document}")[2], flags=re.DOTALL)
    assert not re.search(r"[_^#~&]|(?<!\\)%|\*\*|`", re.sub(r"\$[^$]*\$", "", words).replace(r"\_", "").replace(r"section*", ""))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("name", PRESETS)
def test_every_step_stands_there_once(name, optimiser, language):
    example = PRESETS[name][1].with_(optimiser=optimiser, language=language)
    source = derivation(example)
    assert_whole(source)
    assert source.count(r"\begin{align*}") == len(example.derivation) + len(update_of(example).steps)
    assert ("ctexart" in source) == (language == "zh")
    loss = f"{example.trace.loss:#.4g}"
    assert rf"\mathbf{{{loss}}}" in source
    assert bool(re.search("[\u4e00-\u9fff]", source)) == (language == "zh")


LETTERS = re.compile("[\u4e00-\u9fff，。：；？、（）“”]")


@pytest.mark.parametrize("changed", [*({"optimiser": name} for name in OPTIMISERS), {"error_sign": "minus"},
                                     *({"decay": 0.1, "decay_form": form} for form in FORMS)], ids=str)  # fmt: skip
def test_every_letter_is_one_that_latex_can_set(changed, language):
    """Of ASCII, and of the fonts of ctex: any other stops pdfLaTeX, or is a gap in the page of XeLaTeX."""
    for _name, example in PRESETS.values():
        source = derivation(example.with_(language=language, **changed))
        assert (LETTERS.sub("", source) if language == "zh" else source).isascii()


@pytest.mark.parametrize(("words", "latex"), [
    ("1 − β₁ᵗ, and λ/2", r"1 $-$ $\beta _{1}^{t}$, and $\lambda / 2$"), ("−∂C/∂z", r"$-\partial C / \partial z$"),
    ("and/or 5 %", r"and/or 5 \%"),
])  # fmt: skip
def test_a_formula_in_words_is_a_formula(words, latex):
    assert re.sub(" +", " ", of_markdown(words)) == latex


@settings(max_examples=10)
@given(examples(largest=3))
def test_any_network(example: Example):
    assert_whole(derivation(example))


def test_what_is_not_finite_is_said_and_an_overflow_ends_before_the_update():
    saturated = PRESETS["deep"][1].remodelled(Model.with_number, Quantity("b", 3, (1,)), 900.0)
    assert content.section("exports", "not_finite") in derivation(saturated)
    four = (((1e6,),),) * 4
    example = Example.of(W=four, b=((0.0,),) * 4, x=(1e6,), y=(0.0,), activations=("identity",) * 4, lr=1e6)
    assert_whole(derivation(example))

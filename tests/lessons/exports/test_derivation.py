"""The whole derivation in LaTeX: every step once, whole as LaTeX, and in the language of the example."""

import re

import pytest
from hypothesis import given, settings

from lessons import content
from lessons.example import PRESETS, Example, Model
from lessons.exports import derivation
from lessons.walk.updates import update_of
from mlp_core import Quantity
from mlp_core.optimisers import OPTIMISERS

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

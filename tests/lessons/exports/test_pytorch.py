"""The script for PyTorch: always valid Python, and where torch is installed, right."""

import ast
import contextlib
import io
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.example import PRESETS, Example, Model, trainable
from lessons.example.model import REDUCTIONS
from lessons.exports import script
from lessons.walk.updates import update_of
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS

from ..strategies import examples
from .test_notebook import after_updates

SETTINGS = [
    (optimiser, {})
    for optimiser in OPTIMISERS
] + [("Momentum", {"nesterov": True}), ("Adam", {"bias_correction": False}), ("Adam", {"eps_inside_root": True, "eps": 0.01})]


def run(example: Example) -> None:
    """Run the script where torch is installed; its own assertions are the test."""
    text = script(example)
    ast.parse(text)
    with contextlib.suppress(ImportError):
        import torch

        before = torch.get_default_dtype()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(text, {})
        finally:
            torch.set_default_dtype(before)


@pytest.mark.parametrize(("optimiser", "changed"), SETTINGS)
@pytest.mark.parametrize("updates", [0, 2])
def test_every_optimiser_makes_the_engines_step(optimiser, changed, updates):
    run(after_updates(PRESETS["classifier"][1].with_(optimiser=optimiser, lr=0.05, **changed), updates))


@pytest.mark.parametrize(("activation", "loss"), list(product(trainable(), LOSSES))[::3])
def test_every_activation_and_every_loss(activation, loss):
    deep = PRESETS["deep"][1].remodelled(Model.resized, (2, 3, 2, 2)).with_(y=(1.0, 0.0)).remodelled(Model.with_loss, loss)
    run(deep.with_(activations=(activation, activation, LOSSES[loss].wants or activation)))


@settings(max_examples=10)
@given(examples(largest=3), st.integers(0, 2))
def test_any_network(example, updates):
    example = after_updates(example, updates)
    if max(abs(float(z)) for layer in example.trace.layers for z in layer.z) < 10:
        run(example)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_batch_with_weights_that_decay(optimiser, reduction, form):
    batch = PRESETS["two_outputs"][1].remodelled(Model.with_one_more).with_(sample=2, x=(-1.0, 0.5), y=(0.9, 0.2))
    for kind in ("own", "none", "shared"):
        example = batch.remodelled(Model.with_biases, kind).with_(reduction=reduction)
        run(after_updates(example.with_(optimiser=optimiser, decay=0.25, decay_form=form), 1))


def test_what_torch_does_otherwise_is_said(language):
    example = PRESETS["worked"][1].with_(language=language, optimiser="Momentum")
    assert "# " in script(example) and "buffer" in script(example)
    own = script(example.with_(optimiser="Adam", bias_correction=False))
    assert "torch.optim" not in own and "m = beta1*m_prev" in own


def test_a_frozen_layer_is_not_given_to_the_optimiser():
    text = script(PRESETS["deep"][1].with_(scope="output"))
    assert "torch.optim.SGD([W3, b3], lr=0.1)" in text
    assert 'same("dW1", W1.grad' in text and 'same("W1", W1,' not in text


def test_the_assertions_can_fail():
    torch = pytest.importorskip("torch")
    example = PRESETS["worked"][1]
    text = script(example).replace(repr(update_of(example).trace.loss), "0.5", 1)
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(AssertionError, match="C: "):
        exec(text, {})
    torch.set_default_dtype(torch.float32)

"""What a change did: the number that was changed, and the loss before, after and the difference, as the engine has them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.example import WORKED, Example, Model
from lessons.i18n import gettext
from lessons.style import Look
from lessons.walk.consequence import Consequence, consequence
from mlp_core import Quantity

from ..strategies import examples

WEIGHT, TARGET = Quantity("W", 1, (1, 1)), Quantity("y", 2, (1,))


def told(before: Example, after: Example) -> Consequence | None:
    view = after.view
    return consequence(before, after, Look.of(view.notation, view.language, view.decimals, "light", after.sizes))


def with_number(example: Example, quantity: Quantity, value: float) -> Example:
    return example.remodelled(Model.with_number, quantity, value)


def losses(found: Consequence) -> list[float]:
    """Before, after and the difference."""
    numbers = re.fullmatch(r"\S+ (\S+) → (\S+) \(([+−]\S+)\)", found.loss)
    assert numbers, found.loss
    return [float(number.replace("−", "-")) for number in numbers.groups()]


@settings(max_examples=30)
@given(examples(largest=3), st.data(), st.sampled_from([-0.75, 0.0, 0.3, 1.0]))
def test_one_number_is_told_with_its_values_and_what_the_loss_did(example, data, value):
    before = example.with_(decimals=8)
    quantity = data.draw(st.sampled_from([q for q in before.derivation.given if q.given and q.kind != "y"]))
    after = with_number(before, quantity, value)
    found = told(before, after)
    if before.trace[quantity] == value:
        assert found is None
        return
    assert found is not None and found.what.endswith(f" → {value:g}".replace("-", "−"))
    goal = before.worked.steps.phase("forward", "loss")[-1].target  # the loss, with its penalty where weights decay
    old, new = before.worked.values[goal], after.worked.values[goal]
    for shown, exact in zip(losses(found), (old, new, new - old), strict=True):
        assert shown == pytest.approx(exact, rel=1e-6, abs=5.1e-9)


def test_the_sign_says_whether_the_loss_grew():
    for value in (0.9, -0.5):
        after = with_number(WORKED, WEIGHT, value)
        grown = after.trace.loss > WORKED.trace.loss
        found = told(WORKED, after)
        assert found is not None and ("(+" in found.loss) == grown and ("(−" in found.loss) == (not grown)


def test_a_change_of_several_numbers_says_how_many(language):
    before = WORKED.with_(language=language)
    found = told(before, with_number(with_number(before, WEIGHT, 0.9), TARGET, 0.5))
    assert found is not None and found.what == {"en": "2 numbers changed", "zh": "修改了 2 个数"}[language]


def test_another_activation_is_a_change_of_the_same_network(language):
    before = WORKED.with_(language=language)
    after = before.with_(activations=("tanh", "sigmoid"))
    found = told(before, after)
    assert found is not None and found.what == gettext("Activation")
    assert losses(found)[:2] == pytest.approx([before.trace.loss, after.trace.loss], abs=5.1e-5)


SAME = {
    "nothing": WORKED,
    "how it is shown": WORKED.with_(decimals=2, notation="matrix"),
    "a setting": WORKED.with_(lr=0.5),
    "another size": WORKED.remodelled(Model.resized, (3, 3, 1)),
    "another loss": WORKED.remodelled(Model.with_loss, "binary_cross_entropy"),
}


@pytest.mark.parametrize("what", SAME)
def test_nothing_is_told_where_no_number_changed_or_the_losses_are_not_to_be_compared(what):
    assert told(WORKED, SAME[what]) is None

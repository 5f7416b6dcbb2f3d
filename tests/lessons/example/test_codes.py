"""Links bring back exactly what they were made of, and nothing else: every bit, whatever is added later, whoever forges them."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.example import PRESETS, WORKED, Example
from lessons.example.codes import _SIGNS, FITS, LIMIT, _in_signs, pack, unpack
from lessons.example.tables import NEWEST, read_more, write_more
from lessons.example.tape import Reader, Writer
from lessons.problem import Problem
from lessons.walk.updates import updated
from mlp_core import State, functions, optimisers
from mlp_core.optimisers import OPTIMISERS
from tests.mlp_core.test_entering import SOFTSIGN, Damped

from ..strategies import ANY, ORDINARY, examples

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


def after(example: Example, count: int) -> Example:
    for _ in range(count):
        example = updated(example)
    return example


def refused(text: object) -> str:
    """The sentence with which a text is refused."""
    with pytest.raises(Problem) as found:
        unpack(text)
    assert found.value.where == "link"
    return found.value.text()


def drawn(sizes: tuple[int, ...], seed: int, **settings_of: object) -> Example:
    """A network whose numbers all have 16 or 17 digits."""
    random = np.random.default_rng(seed)
    rows = lambda *shape: tuple(map(tuple, random.uniform(-1, 1, shape).tolist()))  # noqa: E731
    layers = range(1, len(sizes))
    return Example.of(
        W=tuple(rows(sizes[k], sizes[k - 1]) for k in layers),
        b=tuple(rows(1, sizes[k])[0] for k in layers),
        x=rows(1, sizes[0])[0],
        y=rows(1, sizes[-1])[0],
        activations=("tanh",) * len(layers),
        **settings_of,
    )


# --- there and back ---


@settings(max_examples=30, deadline=None)
@given(examples(updates=3), st.text(alphabet="abcxyz_-", max_size=20), st.integers(0, 10**6))
def test_a_link_brings_back_the_example_the_page_and_the_step(example, page, step):
    text = pack(example, page, step)
    opened = unpack(text)
    assert UNRESERVED.fullmatch(text)
    assert (opened.example, opened.page, opened.step) == (example, page, step)
    assert opened.example.to_json() == example.to_json(), (
        "every sign and every bit, -0.0 and the order of the memory too"
    )
    assert pack(opened.example, page, step) == text


@settings(max_examples=40, deadline=None)
@given(examples(numbers=ANY | ORDINARY, largest=3))
def test_any_float_comes_back_bit_for_bit(example):
    assert unpack(pack(example)).example.to_json() == example.to_json()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=6))
def test_every_finite_float_can_be_written(values):
    tape = Writer()
    tape.floats(values)
    found = Reader(tape.number()).floats(len(values))
    assert list(map(repr, found)) == list(map(repr, values))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False), min_size=1, max_size=6))
def test_a_float_of_fewer_bits_has_twelve_digits_and_keeps_them(values):
    tape = Writer()
    tape.floats(values, 40)
    found = Reader(tape.number()).floats(len(values), 40)
    again = Writer()
    again.floats(found, 40)
    assert again.number() == tape.number()
    assert found == pytest.approx(values, rel=5e-13, abs=1e-300)


def test_the_count_of_updates_is_kept_apart_from_the_memory():
    example = replace(after(WORKED.with_(optimiser="Adam"), 2), updates=10**9)
    assert unpack(pack(example)).example == example
    forgotten = replace(example, memory="")
    assert unpack(pack(forgotten)).example == forgotten


@pytest.mark.parametrize("name", PRESETS)
def test_settings_of_other_optimisers_and_the_view_come_too(name, language):
    example = PRESETS[name][1].with_(
        optimiser="RMSprop", beta1=1 / 3, nesterov=True, lr=1e-7, language=language, decimals=0
    )
    assert unpack(pack(example, "update", 3)).example == example


# --- how long it is ---


@pytest.mark.parametrize("seed", range(20))
def test_the_worked_example_takes_340_signs_in_the_middle_of_adam(seed):
    full = drawn((3, 2, 1), seed, optimiser="Adam").with_(x=WORKED.x, y=WORKED.y)
    example = after(full, 7)
    text = pack(example, "backward", 19)
    assert len(text) <= 340
    assert unpack(text).example == example


def test_what_has_few_digits_is_short():
    assert len(pack(WORKED, "backward", 7)) <= 40


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_largest_network_fits(optimiser):
    """Exactly, but for Adam's two memories: these keep 12 digits."""
    example = after(drawn((8,) * 5, 1, optimiser=optimiser), 3)
    text = pack(example, "practice", 100)
    found = unpack(text).example
    assert len(text) <= FITS
    assert pack(found, "practice", 100) == text
    assert replace(found, memory="") == replace(example, memory="")
    if optimiser not in ("Adam", "AdamW"):
        assert found == example
    for kept, own in zip(found.state.layers, example.state.layers, strict=True):
        for parameter, slots in own.items():
            for slot, values in slots.items():
                assert kept[parameter][slot] == pytest.approx(values, rel=5e-13, abs=0)


def test_the_most_awkward_numbers_still_fit():
    """Exponents all over the range: the memory loses more digits, the weights none."""
    random = np.random.default_rng(3)
    awkward = lambda *shape: (random.uniform(1, 2, shape) * 2.0 ** random.integers(-1000, -30, shape)).tolist()  # noqa: E731
    example = Example.of(
        W=tuple(tuple(map(tuple, awkward(8, 8))) for _ in range(4)),
        b=tuple(tuple(awkward(8)) for _ in range(4)),
        x=tuple(awkward(8)),
        y=tuple(awkward(8)),
        activations=("tanh",) * 4,
        optimiser="Adam",
    )
    layers = tuple(
        {"W": {s: np.array(awkward(8, 8)) for s in "mv"}, "b": {s: np.array(awkward(8)) for s in "mv"}}
        for _ in range(4)
    )
    example = replace(example, memory=State("Adam", 5, layers).to_json(), updates=5)
    text = pack(example)
    assert len(text) <= FITS
    assert unpack(text).example.model == example.model


# --- what is wrong is refused ---

LINK = pack(after(WORKED.with_(optimiser="Momentum"), 1), "update", 2)


def test_one_wrong_missing_or_further_sign_is_refused_wherever_it_is():
    for k in range(len(LINK)):
        refused(LINK[:k] + LINK[k + 1 :])
        for sign in _SIGNS + "._~":
            refused(LINK[:k] + sign + LINK[k:])
            if sign != LINK[k]:
                refused(LINK[:k] + sign + LINK[k + 1 :])


def test_two_swapped_neighbours_are_refused():
    for k in range(len(LINK) - 1):
        if LINK[k] != LINK[k + 1]:
            refused(LINK[:k] + LINK[k + 1] + LINK[k] + LINK[k + 2 :])


def test_a_truncated_link_is_refused(language):
    assert {refused(LINK[:k]) for k in range(len(LINK))} == {refused("")}
    assert "{" not in refused("")


def test_a_link_that_is_too_long_is_refused_unread(language):
    assert "8" in refused("1" * (LIMIT + 1))
    assert "8" in refused("é" * 10**7)


def test_a_link_of_a_newer_version_says_so(language):
    newer = refused(_in_signs(12345, NEWEST + 1))
    assert newer != refused("")
    assert refused(_in_signs(1, 0)) == refused("")
    assert refused(_in_signs(12345, 63)) == newer


@pytest.mark.parametrize(
    "wrong", [None, 7, b"12", ["1"], "1", ".", "1.1", "\x00" * 99, "１" * 50, "1" * 8000, "-" * 300 + ".5"]
)
def test_what_is_no_link_is_refused(wrong):
    refused(wrong)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet=_SIGNS + ".", max_size=300))
def test_random_text_is_refused(text):
    refused(text)


def opens(text: str) -> None:
    """It is an example that can be shown, or one sentence."""
    try:
        opened = unpack(text)
    except Problem as problem:
        assert problem.where == "link"
    else:
        assert Example.from_json(opened.example.to_json()) == opened.example
        assert opened.step >= 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**400) | st.integers(1, 40).map(lambda k: (1 << 6000 * 8) // k), st.integers(1, 3))
def test_a_forger_who_knows_the_check_gets_an_example_or_a_sentence(total, version):
    opens(_in_signs(total, version)[:LIMIT])


@settings(max_examples=40, deadline=None)
@given(examples(updates=1, largest=2), st.data())
def test_a_link_with_forged_digits_is_an_example_or_a_sentence(example, data):
    tape = Writer()
    for value, radix in digits_of(example):
        forged = data.draw(st.integers(0, radix - 1)) if data.draw(st.integers(0, 9)) == 0 else value
        tape.digit(forged, radix)
    opens(_in_signs(tape.number(), NEWEST))


def digits_of(example: Example) -> list[tuple[int, int]]:
    """The digits of its link."""
    found: list[tuple[int, int]] = []

    class Spy(Writer):
        def digit(self, value: int, radix: int) -> None:
            found.append((value, radix))
            super().digit(value, radix)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lessons.example.codes.Writer", Spy)
        pack(example)
    return found


# --- what comes later ---

SENT = {
    "WORKED": "1q71-QhES8RrsvaJxek2bWrTuCA.T",
    "ADAM": "1plr8ztyZ8e3vOwL6JDg4JXBygwGT6-UgvEz8khunLRafZdJnZ9x5Kayrx9niY_OqZRu7hbEUwMRkKdwlZOseM0mBtU.V",
}
"""These were sent once: whoever changes what they open breaks links that students keep."""


def test_links_of_today_open_the_same_in_years():
    first, second = unpack(SENT["WORKED"]), unpack(SENT["ADAM"])
    assert (first.example, first.page, first.step) == (WORKED, "backward", 7)
    assert (second.page, second.step) == ("update", 2)
    model = second.example.model
    assert model.W == (((0.25, -0.125), (0.1, 1 / 3)),)
    assert (model.b, model.activations, model.loss) == (((-0.0, 7.0),), ("softmax",), "cross_entropy")
    assert (second.example.x, second.example.y) == ((3.0, -1e-9), (0.0, 1.0))
    chosen = second.example.settings
    assert (chosen.optimiser, chosen.scope) == ("Adam", "output")
    assert dict(chosen.changed) == {"lr": 0.3, "beta2": 0.99, "eps_inside_root": True, "momentum": 0.7}
    view = second.example.view
    assert (view.decimals, view.notation, view.language) == (6, "matrix", "zh")
    state = second.example.state
    assert (second.example.updates, state.t) == (1, 1)
    assert state.layers[0]["W"]["m"].tolist() == [[0.5, -1 / 7], [0.0, 2.0]]
    assert state.layers[0]["b"]["v"].tolist() == [1e-20, 0.1]


def test_what_is_added_later_has_links_at_once(tomorrow):
    for example in (tomorrow, after(tomorrow, 3), tomorrow.with_(optimiser="Adam")):
        assert unpack(pack(example, "a page of tomorrow", 1)).example == example
    assert unpack(SENT["WORKED"]).example == WORKED
    assert pack(WORKED, "backward", 7) == SENT["WORKED"]


def test_where_it_is_not_known_the_link_is_called_newer(tomorrow):
    links = [pack(tomorrow.with_(**{"optimiser": "SGD", "notation": "notes", "language": "en", **each})) for each in (
        {"language": "xx"}, {"notation": "mine"}, {"optimiser": "Damped"}, {},
    )]  # fmt: skip
    optimisers.leave(Damped)
    functions.leave(SOFTSIGN)
    try:
        for link in links:
            assert refused(link) == refused(_in_signs(12345, NEWEST + 1))
    finally:
        functions.enter(SOFTSIGN)
        optimisers.enter(Damped)


def test_other_defaults_and_another_order_of_names_change_no_link(turned):
    """What a link left out was the default when it was sent; what it numbers was in the order of then."""
    assert WORKED.settings["lr"] == 0.25
    assert unpack(SENT["WORKED"]).example == WORKED.with_(lr=0.1)
    later = unpack(SENT["ADAM"]).example
    assert (later.model.activations, later.model.loss) == (("softmax",), "cross_entropy")
    assert (later.settings.optimiser, later.view.notation, later.view.language) == ("Adam", "matrix", "zh")
    assert pack(WORKED.with_(lr=0.1), "backward", 7) == SENT["WORKED"]


@pytest.mark.parametrize("value", [True, False, 0.25, -1e-300, 7.0, "outside", "外", ""])
def test_settings_that_come_later_may_be_switches_numbers_or_words(value):
    tape = Writer()
    write_more(tape, {"form": value, "other": 1.0})
    found = read_more(Reader(tape.number()))
    assert found == {"form": value, "other": 1.0}
    assert type(found["form"]) is type(value)

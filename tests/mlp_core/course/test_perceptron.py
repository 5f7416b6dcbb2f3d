"""The perceptron: the notes' three samples, a loop written out beside it, Novikoff's bound, XOR, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp_core import Quantity, perceptron
from mlp_core.perceptron import UPDATES
from tests.mlp_core.reference import evaluate_steps

AND = [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, -1, -1, 1]
XOR = AND[0], [-1, 1, 1, -1]
UMBRELLA = AND[0], [-1, -1, 1, -1]  # the table that note 003 offers as XOR: x1 and not x2


def loop(X, labels, w, c, lr, epochs, update):
    """w, c and M before each update and at the end, by the definition; M holds numbers from 1."""

    def missed():
        return [
            i for i, (x, y) in enumerate(zip(X, labels, strict=True), 1) if y * (sum(map(float.__mul__, w, x)) + c) <= 0
        ]

    history = []
    for _ in range(epochs):
        if not missed():
            break
        for i in [0] if update == "batch" else range(1, len(X) + 1):
            group = missed() if update == "batch" else [i] if i in missed() else []
            if group:
                history.append((list(w), c, missed()))
                w = [each + lr * sum(labels[k - 1] * X[k - 1][j] for k in group) for j, each in enumerate(w)]
                c += lr * sum(labels[k - 1] for k in group)
    return [*history, (list(w), c, missed())]


@st.composite
def samples(draw):
    """Quarters, so that every sum is exact and no rounding decides on which side a sample lies."""
    n, d = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    quarters = st.integers(-12, 12).map(lambda k: k / 4)
    X = draw(st.lists(st.lists(quarters, min_size=d, max_size=d), min_size=n, max_size=n))
    labels = draw(st.lists(st.sampled_from((1.0, -1.0)), min_size=n, max_size=n))
    return (
        X,
        labels,
        draw(st.lists(quarters, min_size=d, max_size=d)),
        draw(quarters),
        draw(st.sampled_from((1.0, 0.5))),
    )


@given(samples(), st.sampled_from(UPDATES), st.integers(0, 12))
def test_it_does_what_the_loop_does(case, update, epochs):
    X, labels, w, c, lr = case
    found = perceptron(X, labels, w, c, lr, epochs, update)
    assert [(list(w), c, list(missed)) for w, c, missed in found.history] == loop(X, labels, w, c, lr, epochs, update)
    assert found.converged == (not found.history[-1].misclassified) and found.epochs <= epochs
    assert (list(found.w), found.c) == (list(found.history[-1].w), found.history[-1].c)
    assert len(found.steps) == len(found.history) == len(found.moved) + 1


@given(samples(), st.sampled_from(UPDATES))
def test_the_steps_of_every_pass_give_its_numbers_and_lead_to_the_next(case, update):
    found = perceptron(*case, 3, update)
    for k, each in enumerate(found.steps):
        exact = evaluate_steps(each.steps, {q: each.values[q] for q in each.given})
        assert {q: each.values[q] for q in exact} == pytest.approx(exact, rel=1e-12, abs=1e-12)
        assert {q.index[0] for q in exact if q.kind == "missed" and exact[q]} == set(found.history[k].misclassified)
        known = set(each.given)
        for step in each.steps:
            assert set(step.inputs) <= known and step.formula.free_symbols == {q.symbol for q in step.inputs}
            known.add(step.target)
        if each.moved:
            after = found.history[k + 1]
            assert [each.values[q] for q in exact if q.updated] == [*after.w, after.c]


def test_the_three_samples_of_the_notes():
    """Note 003, 1.3.2.2: z = (0, -1.5, -0.75), M = {1}; after one update w = 0.7, c = -0.9, z = (0.5, -1.6, -0.55)."""
    found = perceptron([2, -1, 0.5], [1, -1, -1], w=0.5, c=-1, lr=0.1)
    first, last = found.steps
    z = [Quantity("score", 0, (i,)) for i in (1, 2, 3)]
    assert [first.values[q] for q in z] == [0, -1.5, -0.75]
    assert (first.moved, found.history[0].misclassified) == ((1,), (1,))
    assert first.values[Quantity("D")] == 0 and first.values[Quantity("slope_weight")] == -2
    assert (found.w[0], found.c) == pytest.approx((0.7, -0.9))
    assert [last.values[q] for q in z] == pytest.approx([0.5, -1.6, -0.55])
    assert found.converged and not last.moved and found.epochs == 1


@given(samples(), st.lists(st.integers(-4, 4), min_size=4, max_size=4))
def test_separable_samples_are_separated_within_novikoffs_bound(case, line):
    X = np.array(case[0])
    score = X @ line[: X.shape[1]] + line[-1]
    keep = score != 0
    if not keep.any():
        return
    X, labels = X[keep], np.sign(score[keep])
    rows = np.column_stack([X, np.ones(len(X))])
    unit = np.array([*line[: X.shape[1]], line[-1]]) / np.linalg.norm([*line[: X.shape[1]], line[-1]])
    bound = (np.linalg.norm(rows, axis=1).max() / (labels * (rows @ unit)).min()) ** 2
    found = perceptron(X, labels, epochs=int(bound) + 1)
    assert found.converged
    assert len(found.moved) <= bound * (1 + 1e-9)
    assert len(found.moved) <= found.bound * (1 + 1e-9), "the line that was found bounds it, too"


@pytest.mark.parametrize("update", UPDATES)
def test_gates_are_learnt_and_xor_goes_round_in_a_circle(update):
    for X, labels in (AND, UMBRELLA):
        found = perceptron(X, labels, update=update)
        assert found.converged and found.bound is not None
        assert all(np.sign(np.array(X) @ found.w + found.c) == labels)
    found = perceptron(*XOR, update=update)
    seen = [(*w, c) for w, c, _missed in found.history]
    assert not found.converged and found.epochs == 100 and found.bound is None
    assert len(set(seen)) <= 4 < len(seen), "it comes back to where it was"


def test_a_sample_on_the_line_is_of_no_class_and_misclassified():
    passed = perceptron([[1.0]], [-1]).steps[0]
    assert [passed.values[Quantity(kind, 0, (1,))] for kind in ("score", "class", "missed")] == [0, 0, 1]


def test_a_run_is_read_only_and_shows_itself():
    found = perceptron(*AND)
    with pytest.raises(ValueError):
        found.w[0] = 1
    assert "converged" in found._repr_html_() and found.steps[-1].moved == () and len(found.steps[:2]) == 2
    with pytest.raises(IndexError):
        found.steps[len(found.steps)]


BAD = {
    "no samples": {"X": []}, "three axes": {"X": np.zeros((2, 2, 2))}, "not numbers": {"X": "no"},
    "nan": {"X": [[np.nan, 0]] * 4},
    "labels missing": {"labels": [1]}, "labels 0": {"labels": [0, 1, 1, 1]}, "labels as text": {"labels": ["1"] * 4},
    "w of another length": {"w": [1]}, "c as text": {"c": "1"}, "c is nan": {"c": np.nan},
    "lr 0": {"lr": 0}, "lr below": {"lr": -1},
    "no lr": {"lr": None}, "half an epoch": {"epochs": 0.5}, "epochs below": {"epochs": -1}, "another update": {"update": "all"},
    "no update": {"update": None}, "overflow": {"X": [[1e308, 1e308]] * 4, "w": [1e10, 1]},
    "update overflows": {"X": [[1e200, 1e200]] * 4, "lr": 1e200},
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_used_is_refused(name):
    with pytest.raises(ValueError):
        perceptron(**({"X": AND[0], "labels": AND[1]} | BAD[name]))


def test_a_loss_that_overflows_is_refused_when_its_pass_is_asked_for():
    found = perceptron([[1e308], [1e308]], [-1, -1], w=1, epochs=0)
    with pytest.raises(ValueError, match="D is too large"):
        _ = found.steps[0]


def test_a_sample_on_the_line_lies_on_it_whatever_the_last_bits_say():
    before = perceptron([[0.1, 0.2]], [1], w=[1, 1], c=-0.3).steps[0]
    assert [before.values[Quantity(kind, 0, (1,))] for kind in ("score", "class", "missed")] == [0, 0, 1]

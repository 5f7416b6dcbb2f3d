"""The desk: undo and redo go through every change, JSON brings it back, nothing forged gets in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.desk import KEPT_EARLIER, MOST_EARLIER, Desk
from lessons.example import PRESETS, WORKED, Model
from lessons.practice.exercise import Exercise
from lessons.problem import Problem

from .strategies import examples, forged

DEEP = PRESETS["deep"][1]


def changed(count: int) -> Desk:
    """A desk at which so many changes were made, one learning rate after the other."""
    desk = Desk()
    for k in range(1, count + 1):
        desk = desk.with_example(WORKED.with_(lr=k / 1000))
    return desk


def test_undo_and_redo_go_through_every_change_and_back():
    desk, rates = changed(5), []
    while desk.past:
        desk = desk.undone()
        rates.append(desk.example.lr)
    assert rates == [0.004, 0.003, 0.002, 0.001, WORKED.lr]
    assert desk.undone() is desk
    while desk.future:
        desk = desk.redone()
    assert desk == changed(5)
    assert desk.redone() is desk


def test_a_change_after_undo_takes_what_was_undone_away():
    desk = changed(3).undone().with_example(DEEP)
    assert desk.future == ()
    assert desk.undone().example.lr == 0.002


def test_what_changes_nothing_is_no_change():
    assert changed(3).with_example(WORKED.with_(lr=0.003)) == changed(3)


def test_undo_brings_back_what_reset_goes_to_and_keeps_the_language():
    desk = Desk().with_example(DEEP, DEEP).with_language("zh")
    undone = desk.undone()
    assert (undone.example.model, undone.start) == (WORKED.model, WORKED)
    assert undone.example.view.language == "zh"
    assert undone.redone().example == desk.example


def test_only_so_many_changes_are_kept():
    assert len(changed(MOST_EARLIER + 20).past) == MOST_EARLIER


@settings(max_examples=20, deadline=None)
@given(examples(updates=2), examples(largest=8), st.integers(0, 5))
def test_json_and_back(one, other, step):
    desk = Desk().with_example(one).with_example(other, other).with_step("backward", step)
    desk = replace(desk.with_choice("train.below", None).with_choice("train.optimisers", ("SGD",)), exercise=Exercise(at=step))
    again = Desk.from_json(desk.to_json())
    assert replace(again, past=()) == replace(desk, past=())
    assert again.past == desk.past[len(desk.past) - len(again.past) :], "the latest are kept"


def test_what_the_browser_keeps_of_earlier_values_has_an_end():
    assert len(changed(MOST_EARLIER).to_json()) < KEPT_EARLIER * 1.3 + 3000
    largest = WORKED.remodelled(Model.resized, (8,) * 5)
    desk = Desk().with_example(largest).with_example(largest.remodelled(Model.randomised, 1))
    assert Desk.from_json(desk.to_json()).example == desk.example


@settings(max_examples=80, deadline=None)
@given(forged(changed(2).with_choice("sheet.seed", 3).with_step("loss", 0).to_json()))
def test_a_forged_desk_is_refused_or_sound(text):
    try:
        desk = Desk.from_json(text)
    except Problem as problem:
        assert problem.where == "kept"
        assert problem.text()
        return
    assert desk.example.trace.loss >= 0
    assert Desk.from_json(desk.to_json()).example == desk.example


NO_DESKS = [None, 5, "", "{}", "[]", "null", "[" * 100_000, "x" * 400_000, "\ud800"]


@pytest.mark.parametrize("text", NO_DESKS, ids=lambda text: repr(text)[:9])
def test_what_is_no_desk_is_refused(text):
    with pytest.raises(Problem):
        Desk.from_json(text)


def test_every_truncation_is_refused():
    text = changed(1).to_json()
    for end in range(0, len(text), 7):
        with pytest.raises(Problem):
            Desk.from_json(text[:end])

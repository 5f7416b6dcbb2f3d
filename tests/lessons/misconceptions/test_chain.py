"""All candidates in one pass give what each gives by itself, step by step; a formula is the same in NumPy and in SymPy."""

import numpy as np
import pytest
import sympy as sp

from benchmarks.networks import instances
from lessons import Question, questions
from lessons.misconceptions import Candidate, frame_of
from lessons.misconceptions.numeric import numeric
from mlp_core import Quantity, Step


def asked(seed: int, shapes: int = 6, each: int = 3) -> list[Question]:
    """Some questions of random networks."""
    rng, found = np.random.default_rng(seed), []
    for _shape in range(shapes):
        for one in instances(rng, 1):
            every = questions(one.network, one.x, one.y, one.optimiser, state=one.state)
            found += [every[i] for i in rng.permutation(len(every))[:each]]
    return found


def worked_out(question: Question, candidate: Candidate) -> float:
    """What a candidate has at the number asked: every step by itself, the wrong formula at the places where it is made."""
    frame, values = frame_of(question.worked), {}
    names = {place: made.name for made in candidate.made for place in made.places}
    for step in question.chain.steps:
        target, inputs = step.step.target, {q: values.get(q, question.exact[q]) for q in step.inputs}
        if target in names:
            n = next(n for n, slip in enumerate(frame.compiled(target).slips) if slip.name == names[target])
            values[target] = step.numbers(inputs)[1 + n]
        elif values.keys() & set(step.step.inputs):
            values[target] = step.numbers(inputs)[0]
    return values[question.target]


@pytest.mark.parametrize("seed", range(2))
def test_one_pass_gives_what_each_candidate_gives_by_itself(seed):
    rng, kinds = np.random.default_rng(seed), set()
    for question in asked(seed):
        numbers, candidates = question.chain.numbers(question.exact), question.chain.candidates
        assert len(numbers) == len(candidates) == len(question.chain.priors)
        for i in rng.permutation(len(candidates))[:40]:
            one = candidates[i]
            places = [place for made in one.made for place in made.places]
            if one.later or len(set(places)) < len(places):
                continue
            expected = worked_out(question, one)
            if np.isfinite(expected):
                scale = max(abs(expected), abs(question.answer))
                assert numbers[i] == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale), (question.target, one)
            kinds.add((len(one.made), len(places) > len(one.made)))
    assert kinds == {(1, False), (1, True), (2, False), (2, True)}, "alone and in pairs, at one place and alike"


def test_what_is_not_on_the_way_has_no_candidates():
    for question in asked(7, 3):
        on_the_way = {step.step.target for step in question.chain.steps}
        assert {place for one in question.chain.candidates for made in one.made for place in made.places} <= on_the_way
        assert question.chain.before([question.target]) == on_the_way


def test_formulas_give_in_numpy_what_they_give_in_sympy():
    rng, seen = np.random.default_rng(0), set()
    for question in asked(11, 6, 10):
        compiled = question.compiled
        for formula in (question.step.formula, *(slip.formula for slip in compiled.slips)):
            symbols = sorted(formula.free_symbols, key=str)
            at = rng.uniform(0.2, 0.8, (3, len(symbols)))
            made = numeric(formula, {symbol: i for i, symbol in enumerate(symbols)})
            found = np.broadcast_to(made(list(at.T)), 3)
            for row, value in zip(at, found, strict=True):
                numbers = {symbol: sp.Float(number, 30) for symbol, number in zip(symbols, row, strict=True)}
                exact = complex(formula.xreplace(numbers).evalf(20))
                if not exact.imag:
                    assert value == pytest.approx(exact.real, rel=1e-9, abs=1e-12), formula
            seen.add(formula.func)
    assert len(seen) >= 5


def test_a_function_that_numpy_is_not_told_of_is_made():
    x = Quantity("x", 0, (1,)).symbol
    step = Step(Quantity("z", 1, (1,)), "affine", sp.atan(x) + sp.Max(x, 0), (Quantity("x", 0, (1,)),))
    assert numeric(step.formula, {x: 0})([np.float64(2.0)]) == pytest.approx(np.arctan(2.0) + 2)

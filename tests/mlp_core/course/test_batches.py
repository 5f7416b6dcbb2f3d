"""Several samples in the Steps: each with its own numbers, and of these the mean or the sum, as autodiff has it."""

import numpy as np
import pytest
import typst
from hypothesis import given, settings

from mlp_core import SGD, Layer, Network, Quantity, derive, trace
from mlp_core.kinds import KINDS
from mlp_core.unfolding import unfold
from mlp_core.writing.names import NOTATIONS
from mlp_core.writing.typst import name

from ..reference import Case, assert_close, autodiff, evaluate_steps, given_numbers
from ..strategies import build, cases


def every_given(case: Case) -> dict[Quantity, float]:
    rows = range(len(case.x))
    return {q.of_sample(row + 1): value for row in rows for q, value in given_numbers(case, row).items()}


def gradients_of(values: dict[Quantity, float], sample: int) -> dict[Quantity, float]:
    return {q.of_sample(0): value for q, value in values.items() if q.is_gradient and q.sample == sample}


def by_autodiff(case: Case) -> dict[Quantity, float]:
    found = enumerate(autodiff(case), 1)
    return {
        Quantity(f"d{name}", k, tuple(i + 1 for i in index)): float(array[index])
        for k, layer in found
        for name, array in layer.items()
        for index in np.ndindex(array.shape)
    }


@settings(max_examples=15)
@given(cases(max_depth=3, max_width=3))
def test_formulas_alone_give_what_autodiff_gives_for_every_sample_and_for_the_batch(case):
    network, n = build(case), len(case.x)
    steps = derive(network, batch=n).steps
    passed, known = trace(network, case.x, case.y), set(every_given(case))
    for step in steps:
        assert known.issuperset(step.inputs), f"{step.target} uses what no earlier step gives"
        assert step.formula.free_symbols <= {q.symbol for q in step.inputs}
        known.add(step.target)
    values = evaluate_steps(steps, every_given(case))
    for quantity, number in values.items():
        assert_close(passed[quantity], number, str(quantity))
    for sample in range(n + 1):
        rows = slice(None) if sample == 0 else slice(sample - 1, sample)
        own = Case(case.parameters, case.activations, case.loss, case.reduction, case.x[rows], case.y[rows])
        expected = by_autodiff(own)
        found = gradients_of(values, sample)
        assert found.keys() == expected.keys()
        for quantity, number in expected.items():
            assert_close(found[quantity], number, f"{quantity} of sample {sample}")


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_sequential_update_goes_backward_once_more_for_every_sample(reduction, sign):
    shapes = [(3, 2), (2, 3), (1, 2)]
    random = np.random.default_rng(0)
    layers = [Layer(random.normal(size=shape), random.normal(size=shape[:1]), "tanh") for shape in shapes]
    network = Network(layers, reduction=reduction, error_sign=sign)
    x, y = random.normal(size=(3, 2)), random.normal(size=(3, 1))
    update = SGD(lr=0.3).step(network, trace(network, x, y), sequential=True)
    steps = (*derive(network, batch=3), *update.steps)
    parameters = [{"W": layer.W, "b": layer.b} for layer in layers]
    case = Case(parameters, ["tanh"] * 3, network.loss, reduction, x, y)
    values = evaluate_steps(steps, every_given(case) | {Quantity("lr"): 0.3})
    assert Quantity("dW_new", 1, (3, 2)) in values and Quantity("dW_new", 1, (3, 2), 3) in values
    for quantity, number in values.items():
        assert_close(update[quantity], number, str(quantity))


def test_of_one_sample_and_the_batch_the_steps_are_some_of_all():
    every = {step.target: step for step in derive(small(), batch=3)}
    for sample in (1, 3):
        some = derive(small(), batch=3, sample=sample)
        assert [step.target for step in some] == [q for q in every if q.sample in (0, sample)]
        assert all(step == every[step.target] for step in some)
        known = {*some.given, *(step.target for step in some)}
        assert all(known.issuperset(step.inputs) for step in some) and len(set(some.given)) == len(some.given)
    for wrong in (0, 4, True, 1.0):
        with pytest.raises(ValueError, match="no sample"):
            derive(small(), batch=3, sample=wrong)


def small() -> Network:
    return Network([Layer([[0.2, -0.5], [0.3, 0.4]], [0.3, -0.1], "sigmoid"), Layer([[0.5, 0.2]], [0.1], "tanh")])


def test_sympy_evaluates_a_batch_and_unfolds_its_steps():
    network, x, y = small(), [[1.0, 2.0], [0.5, -1.0]], [[1.0], [0.0]]
    derivation = derive(network, batch=2)
    passed = trace(network, x, y)
    for quantity, value in derivation.evaluate(network, x, y).items():
        assert_close(passed[quantity], float(value), str(quantity))
    with pytest.raises(ValueError, match=r"batch of 2.*\(2, 2\)"):
        derivation.evaluate(network, x[0], y[0])
    one = {step.target: unfold(network, step) for step in derive(network)}
    for step in derivation:
        own = unfold(network, step)
        assert (own is None) == (not step.target.sample or one[step.target.of_sample(0)] is None)
        assert own is None or own[2] in own[0].free_symbols


def test_a_batch_of_one_has_nothing_to_divide_by():
    network = small()
    step = derive(network, batch=1)[Quantity("dW", 1, (1, 1))]
    assert step.formula == Quantity("dW", 1, (1, 1), 1).symbol
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(ValueError, match="one sample or more"):
            derive(network, batch=wrong)


def test_the_address_of_a_sample_is_read_back_and_has_a_symbol_of_its_own():
    places = {"da_dz": [(1,), (1, 1), (1, 12)]}
    quantities = [
        Quantity(kind, int(KINDS[kind].layered and kind != "x"), index, sample)
        for kind in KINDS
        for arity in KINDS[kind].arity
        for index in places.get(kind, [(1,) * arity, (11,) * arity])
        if len(index) == arity
        for sample in ((0, 1, 11) if KINDS[kind].sampled else (0,))
    ]
    assert all(Quantity.parse(str(q)) == q for q in quantities)
    assert len({q.symbol for q in quantities}) == len({q.symbol.name for q in quantities}) == len(set(quantities))
    assert all(q.symbol.name.isidentifier() for q in quantities)
    for wrong in ("z.1.2@", "z.1.2@0", "z.1.2@-1", "z.1.2@1@1", "z@1.1.2", "W.1.1.1@1", "lr@1", "z.1.2@٣"):
        with pytest.raises(ValueError):
            Quantity.parse(wrong)
    with pytest.raises(ValueError, match="no W of sample 1"):
        Quantity("W", 1, (1, 1), 1)
    with pytest.raises(ValueError, match="no sample 3"):
        _ = trace(small(), [[1, 2], [3, 4]], [[0], [0]])[Quantity("C", sample=3)]


def test_no_two_quantities_of_a_batch_are_called_alike():
    steps = derive(small(), batch=2)
    every, written = [*steps.given, *(step.target for step in steps)], []
    for notation in NOTATIONS.values():
        names = [notation.name(q, (2, 2, 1), batch=True) for q in every]
        for spell in (lambda n: n.latex(), lambda n: n.text(), lambda n: n.html(), name):
            assert len({spell(each) for each in names}) == len(every), f"in {notation.key}"
        written += map(name, names)
    typst.compile("\n\n".join(f"${each}$" for each in written).encode(), ignore_system_fonts=True, format="pdf")

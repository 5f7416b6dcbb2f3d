"""Wrong formulas of a computation graph: operations, local derivatives, the chain rule. The docstring of each is the formula.

a and b are the operands, v is the value of the operation, z the result.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from mlp_core import Quantity
from mlp_core.functions import add, mul
from mlp_core.graph.operations import cases, power

from ..rule import Place, minus, one_reversed, spoils

# Operations


@spoils("operation.sub", "operation.div", "operation.pow")
def operands_exchanged(p: Place) -> Iterator[sp.Expr]:
    """b - a, b / a, b^a"""
    formula = p.formula
    if formula.is_Pow and formula.exp != -1:
        yield power(formula.exp, formula.base)
    elif p.step.rule == "operation.div":
        above = [part for part in sp.Mul.make_args(formula) if not part.is_Pow]
        below = [part.base for part in sp.Mul.make_args(formula) if part.is_Pow]
        yield mul(*below, *(power(part, -1) for part in above))
    elif formula.is_Add:
        yield add(*(minus(term) for term in reversed(formula.args)))


@spoils("operation.sigmoid")
def exponent_sign(p: Place) -> Iterator[sp.Expr]:
    """1 / (1 + exp(a))"""
    yield power(add(sp.Integer(1), sp.exp(_operand(p))), -1)


@spoils("operation.log", "local.log")
def log_base_ten(p: Place) -> Iterator[sp.Expr]:
    """log10 a and 1 / (a ln 10), or with log2"""
    yield p.formula / sp.log(10)
    yield p.formula / sp.log(2)


@spoils("operation.sin", "operation.cos", "local.sin", "local.cos")
def degrees(p: Place) -> Iterator[sp.Expr]:
    """sin(a pi / 180), a read as degrees"""
    a = _operand(p)
    yield p.formula.xreplace({a: sp.pi * a / 180})


@spoils("operation.max", "operation.min")
def other_extreme(p: Place) -> Iterator[sp.Expr]:
    """max(a, b) = b where a is larger"""
    if isinstance(p.formula, sp.Piecewise):
        (one, condition), (other, _always) = p.formula.args
        yield cases((other, condition), (one, True))


@spoils("operation.neg", "operation.sub", "local.neg", "local.sub", "local.div", "local.log", "local.sin", "local.cos",
        "derivative")  # fmt: skip
def sign_slip(p: Place) -> Iterator[sp.Expr]:
    """-(a - b) and the like, or a term of a sum with the other sign"""
    terms = p.terms()
    if p.step.law == "derivative" and len(terms) > 1:
        yield from one_reversed(p)
    elif p.step.rule == "operation.sub":
        yield add(*terms[:-1], minus(terms[-1]))
    elif p.step.rule != "derivative.seed":
        yield -p.formula


# Local derivatives


@spoils("local.mul", "local.div", "local.pow")
def wrong_operand(p: Place) -> Iterator[sp.Expr]:
    """d(a b)/da = a: the derivative by the other operand"""
    n, k = p.step.target.index
    other = p.frame.steps.get(Quantity("local", 0, (n, 3 - k)))
    if p.step.rule == "local.pow" and k == 2:
        return  # that is the rule of a power, for an exponential
    if other:
        yield other.formula
    elif p.step.rule == "local.mul":
        yield _operand(p)


@spoils("local.add", "local.sub")
def product_rule_for_sum(p: Place) -> Iterator[sp.Expr]:
    """d(a + b)/da = b, as if it were a product"""
    terms = _forward(p).args
    if len(terms) == 2 and _forward(p).is_Add:
        one, other = terms if p.step.rule == "local.add" else (terms[0], _positive(terms[1]))
        yield other if p.step.target.index[1] == 1 else one


@spoils("local.div")
def square_left_out(p: Place) -> Iterator[sp.Expr]:
    """d(a / b)/db = -a / b"""
    for part in _powers(p.formula):
        if part.exp == -2:
            yield p.formula.xreplace({part: power(part.base, -1)})


@spoils("local.div")
def numerator_left_out(p: Place) -> Iterator[sp.Expr]:
    """d(a / b)/db = -1 / b^2"""
    for part in _powers(p.formula):
        if part.exp == -2:
            yield minus(part)


@spoils("local.pow", "local.sqrt")
def exponent_not_reduced(p: Place) -> Iterator[sp.Expr]:
    """d(a^b)/da = b a^b"""
    raised = _forward(p)
    if raised.is_Pow and p.step.target.index[1] == 1 and not p.formula.is_Number:
        yield mul(raised.exp, _value(p))


@spoils("local.pow")
def exponent_left_out(p: Place) -> Iterator[sp.Expr]:
    """d(a^b)/da = a^(b - 1)"""
    raised = _forward(p)
    if raised.is_Pow and p.step.target.index[1] == 1 and not p.formula.is_Number:
        yield raised.base if raised.exp == 2 else power(raised.base, _less_one(raised.exp))


@spoils("local.exp", "local.pow")
def power_rule_for_exponential(p: Place) -> Iterator[sp.Expr]:
    """d(b^a)/da = a b^(a - 1)"""
    if p.step.rule == "local.exp":
        yield mul(_operand(p), sp.exp(_less_one(_operand(p)), evaluate=False))
    elif p.step.target.index[1] == 2:
        yield mul(_forward(p).exp, power(_forward(p).base, _less_one(_forward(p).exp)))


@spoils("local.pow")
def log_left_out(p: Place) -> Iterator[sp.Expr]:
    """d(b^a)/da = b^a"""
    if p.step.target.index[1] == 2:
        yield _value(p)


@spoils("local.add", "local.sub", "local.mul", "local.div", "local.pow", "local.log", "local.sqrt", "local.sin", "local.cos",
        "local.tanh", "local.relu", "local.abs", "local.max", "local.min", "derivative.seed")  # fmt: skip
def function_instead(p: Place) -> Iterator[sp.Expr]:
    """df(a)/da = f(a), and d(a + b)/da = a"""
    of_exponent = p.step.rule == "local.pow" and p.step.target.index[1] == 2
    if not of_exponent and _node(p) in p.frame.steps:  # a name alone is no operation
        yield _value(p)
    if p.step.rule in ("local.add", "local.sub"):
        terms, k = _forward(p).args, p.step.target.index[1]
        yield terms[0] if k == 1 else terms[-1] if p.step.rule == "local.add" else _positive(terms[-1])


@spoils("local.add", "local.sub")
def taken_for_constant(p: Place) -> Iterator[sp.Expr]:
    """d(a + b)/db = 0"""
    yield sp.Integer(0)


@spoils("local.sqrt")
def factor_two_lost(p: Place) -> Iterator[sp.Expr]:
    """d(sqrt a)/da = 1 / sqrt a"""
    yield power(_value(p), -1)


@spoils("local.sigmoid")
def factor_dropped(p: Place) -> Iterator[sp.Expr]:
    """d(sigma)/da = v, or 1 - v"""
    yield _value(p)
    yield 1 - _value(p)


@spoils("local.tanh")
def square_of_tanh_left_out(p: Place) -> Iterator[sp.Expr]:
    """d(tanh a)/da = 1 - v"""
    yield 1 - _value(p)


@spoils("local.sigmoid", "local.tanh")
def wrong_activation(p: Place) -> Iterator[sp.Expr]:
    """d(tanh a)/da = v (1 - v), as for the sigmoid, and for that 1 - v^2"""
    v = _value(p)
    yield v * (1 - v) if p.step.rule == "local.tanh" else 1 - v**2


@spoils("local.sigmoid", "local.tanh")
def slope_plus(p: Place) -> Iterator[sp.Expr]:
    """d(sigma)/da = v (1 + v); for tanh 1 + v^2"""
    v = _value(p)
    yield 1 + v**2 if p.step.rule == "local.tanh" else v * (1 + v)


@spoils("local.sigmoid", "local.tanh", "local.exp")
def operand_instead_of_value(p: Place) -> Iterator[sp.Expr]:
    """d(sigma)/da = a (1 - a), with the operand where the value belongs"""
    yield p.formula.xreplace({_value(p): _operand(p)})


@spoils("local.relu", "local.max", "local.min")
def let_through(p: Place) -> Iterator[sp.Expr]:
    """d(max(a, b))/da = 1 in any case"""
    yield sp.Integer(1)


@spoils("local.relu", "local.max", "local.min")
def wrong_way_round(p: Place) -> Iterator[sp.Expr]:
    """d(max(a, b))/da = 0 where a is larger, else 1"""
    if isinstance(p.formula, sp.Piecewise):
        yield cases(*((1 - value, condition) for value, condition in p.formula.args))


@spoils("local.abs")
def sign_of_size_left_out(p: Place) -> Iterator[sp.Expr]:
    """d|a|/da = 1 in any case"""
    yield sp.Integer(1)


# The chain rule


@spoils("derivative")
def one_path(p: Place) -> Iterator[sp.Expr]:
    """dz/da = dz/dv dv/da for one v alone: for the first, the last or another"""
    first, *others = p.terms()
    if others:
        yield from (first, *reversed(others))


@spoils("derivative")
def local_left_out(p: Place) -> Iterator[sp.Expr]:
    """dz/da = dz/dv"""
    if pairs := _pairs(p):
        yield add(*(upstream for upstream, _local in pairs))


@spoils("derivative")
def upstream_left_out(p: Place) -> Iterator[sp.Expr]:
    """dz/da = dv/da"""
    if pairs := _pairs(p):
        yield add(*(local for _upstream, local in pairs))


@spoils("derivative")
def factors_added(p: Place) -> Iterator[sp.Expr]:
    """dz/da = dz/dv + dv/da"""
    if pairs := _pairs(p):
        yield add(*(part for pair in pairs for part in pair))


def _pairs(p: Place) -> list[tuple[sp.Expr, sp.Expr]]:
    """Of every use of the node, what comes from above and the local derivative; none for the result itself."""
    return [term.args for term in p.terms() if term.is_Mul]


def _value(p: Place) -> sp.Symbol:
    """The value of the operation that a local derivative is of, or of the node that a derivative is by."""
    return _node(p).symbol


def _node(p: Place) -> Quantity:
    return Quantity("operation", 0, (p.step.target.index[0],))


def _forward(p: Place) -> sp.Expr:
    """The formula of the operation that a local derivative is of."""
    return p.frame.steps[_node(p)].formula


def _operand(p: Place) -> sp.Symbol:
    """The only node that an operation takes, or, of a product, the factor that its derivative is by."""
    nodes = [q.symbol for q in p.frame.steps[_node(p)].inputs]
    return next((symbol for symbol in nodes if symbol != p.formula), nodes[0]) if len(nodes) > 1 else nodes[0]


def _less_one(exponent: sp.Expr) -> sp.Expr:
    """The exponent minus 1, in the order in which that is written."""
    return exponent - 1 if exponent.is_Number else add(exponent, sp.Integer(-1))


def _positive(term: sp.Expr) -> sp.Expr:
    """What is subtracted where ``term`` is added."""
    return -term if term.is_Number else term.args[1]


def _powers(formula: sp.Expr) -> list[sp.Expr]:
    return [part for part in sp.preorder_traversal(formula) if part.is_Pow]

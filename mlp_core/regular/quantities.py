"""The kinds of quantities and the laws of batch normalisation and dropout."""

from __future__ import annotations

from ..kinds import KINDS, Kind, enter_kind
from ..writing.names import enter_derivative

_BEFORE = set(KINDS)
for _name, _kind in {
    "gamma": Kind(family="parameter", parameter="gamma", given=True, letter="γ"),
    "beta": Kind(family="parameter", parameter="beta", given=True, letter="β"),
    "gamma_new": Kind(family="parameter", parameter="gamma", updated=True),
    "beta_new": Kind(family="parameter", parameter="beta", updated=True),
    "norm_eps": Kind(family="parameter", arity=(0,), given=True, letter="ε"),
    "norm_momentum": Kind(family="parameter", arity=(0,), given=True, letter="m"),
    "p": Kind(family="parameter", arity=(0,), given=True),  # the probability of dropping a neuron
    "running_mean": Kind(family="parameter", given=True, letter="M"),
    "running_var": Kind(family="parameter", given=True, letter="S"),
    "running_mean_new": Kind(family="parameter", parameter="running_mean", updated=True),
    "running_var_new": Kind(family="parameter", parameter="running_var", updated=True),
    "mask": Kind(family="input", sampled=True, given=True, letter="r"),
    "mean": Kind(family="preactivation", letter="μ"),
    "var": Kind(family="preactivation", letter="V"),
    "z_hat": Kind(family="preactivation", sampled=True, letter="ẑ"),
    "z_bn": Kind(family="preactivation", sampled=True, letter="u"),
    "a_drop": Kind(family="activation", sampled=True, letter="h"),
    "dC_da_drop": Kind(family="gradient", sampled=True),
    "dC_dz_bn": Kind(family="gradient", sampled=True),
    "dC_dz_hat": Kind(family="gradient", sampled=True),
    "dC_dvar": Kind(family="gradient"),
    "dC_dmean": Kind(family="gradient"),
    "dgamma": Kind(family="gradient", parameter="gamma", is_gradient=True),
    "dbeta": Kind(family="gradient", parameter="beta", is_gradient=True),
}.items():
    enter_kind(_name, _kind)
for _name in ("dC_da_drop", "dC_dz_bn", "dC_dz_hat", "dC_dvar", "dC_dmean"):
    enter_derivative(_name, "C", _name.removeprefix("dC_d"))
enter_derivative("dgamma", "C", "gamma")
enter_derivative("dbeta", "C", "beta")
ENTERED = frozenset(KINDS.keys() - _BEFORE)

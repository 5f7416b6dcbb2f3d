"""The optimisers: SGD, Momentum, RMSprop, Adam and AdamW."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .decay import Decay, Law
from .optimiser import Optimiser
from .settings import choice, setting, switch
from .table import enter


@dataclass(frozen=True)
class SGD(Optimiser):
    """W_new = W - lr g. Source: Robbins and Monro 1951; here with the gradient of the batch it is given."""

    name: ClassVar[str] = "SGD"
    title: ClassVar[str] = "SGD"
    colors: ClassVar[Mapping[str, str]] = {"light": "#0059a8", "dark": "#74b9ff"}

    @property
    def laws(self) -> dict[str, Law]:
        return {"step": lambda q, sqrt: -q.lr * q.g}


@dataclass(frozen=True)
class Momentum(Optimiser):
    """v = momentum v_old - lr g; the step is v, or momentum v - lr g with ``nesterov``. Source: Polyak 1964; Sutskever 2013.

    form "lr_outside": v = momentum v_old + g, the step -lr v, or -lr (momentum v + g), as in PyTorch; "average":
    v = momentum v_old + (1 - momentum) g, the step -lr v, or -lr (momentum v + (1 - momentum) g), which is Dozat's form (2016)
    before its corrections.
    """

    momentum: float = setting(0.9, title="momentum", letter="μ", step=0.05, at_least=0, below=1)
    nesterov: bool = switch(False, title="Nesterov form")
    form: str = choice(
        "lr_inside",
        title="form of momentum",
        choices={
            "lr_inside": "learning rate inside: v = μv − ηg, W + v",
            "lr_outside": "learning rate outside: v = μv + g, W − ηv",
            "average": "average: v = μv + (1 − μ)g, W − ηv",
        },
    )

    name: ClassVar[str] = "Momentum"
    title: ClassVar[str] = "Momentum"
    colors: ClassVar[Mapping[str, str]] = {"light": "#b23a00", "dark": "#ff9a6e"}
    dash: ClassVar[str] = "9px,5px"
    letters: ClassVar[Mapping[str, str]] = {"v": "v"}
    slots: ClassVar[tuple[str, ...]] = ("v",)

    @property
    def laws(self) -> dict[str, Law]:
        ahead = self.nesterov
        match self.form:
            case "lr_inside":
                return {
                    "v": lambda q, sqrt: q.momentum * q.v_prev - q.lr * q.g,
                    "step": lambda q, sqrt: q.momentum * q.v - q.lr * q.g if ahead else +q.v,
                }
            case "lr_outside":
                return {
                    "v": lambda q, sqrt: q.momentum * q.v_prev + q.g,
                    "step": lambda q, sqrt: -q.lr * (q.momentum * q.v + q.g if ahead else q.v),
                }
            case _:
                return {
                    "v": lambda q, sqrt: q.momentum * q.v_prev + (1 - q.momentum) * q.g,
                    "step": lambda q, sqrt: -q.lr * (q.momentum * q.v + (1 - q.momentum) * q.g if ahead else q.v),
                }


@dataclass(frozen=True)
class RMSprop(Optimiser):
    """v = rho v_old + (1 - rho) g^2; step = -lr g / (sqrt(v) + eps). Source: Hinton, lecture 6e, 2012.

    With eps = 0, a v that is 0 is a ValueError.
    """

    rho: float = setting(0.9, title="rho (decay)", letter="ρ", step=0.05, at_least=0, below=1)
    eps: float = setting(1e-8, title="epsilon", letter="ε", step=1e-8, at_least=0)

    name: ClassVar[str] = "RMSprop"
    title: ClassVar[str] = "RMSprop"
    colors: ClassVar[Mapping[str, str]] = {"light": "#00664f", "dark": "#4fd1a5"}
    dash: ClassVar[str] = "2px,4px"
    letters: ClassVar[Mapping[str, str]] = {"v": "v"}
    slots: ClassVar[tuple[str, ...]] = ("v",)

    @property
    def laws(self) -> dict[str, Law]:
        return {
            "v": lambda q, sqrt: q.rho * q.v_prev + (1 - q.rho) * q.g**2,
            "step": lambda q, sqrt: -q.lr * q.g / (sqrt(q.v) + q.eps),
        }


@dataclass(frozen=True)
class Adam(Optimiser):
    """Momentum m and squared-gradient average v, each corrected for starting at 0 unless ``bias_correction`` is off.

    step = -lr m_hat / (sqrt(v_hat) + eps), or with eps inside the root. Without the correction there are no hats. With
    ``eps_uncorrected`` eps comes before the correction, which stands in front (and is not there where it is off):
    step = -lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps). With eps = 0, a v that is 0 is a ValueError.
    Source: Kingma and Ba 2015, algorithm 1 and the end of section 2.
    """

    beta1: float = setting(0.9, title="beta 1", letter="β_1", step=0.01, at_least=0, below=1)
    beta2: float = setting(0.999, title="beta 2", letter="β_2", step=0.001, at_least=0, below=1)
    eps: float = setting(1e-8, title="epsilon", letter="ε", step=1e-8, at_least=0)
    bias_correction: bool = switch(True, title="bias correction")
    eps_inside_root: bool = switch(False, title="epsilon inside the root")
    eps_uncorrected: bool = switch(False, title="epsilon before the correction")

    name: ClassVar[str] = "Adam"
    title: ClassVar[str] = "Adam"
    colors: ClassVar[Mapping[str, str]] = {"light": "#97286f", "dark": "#ee9fcf"}
    dash: ClassVar[str] = "9px,4px,2px,4px"
    letters: ClassVar[Mapping[str, str]] = {"m": "m", "v": "v", "m_hat": "m̂", "v_hat": "v̂"}
    slots: ClassVar[tuple[str, ...]] = ("m", "v")
    compared: ClassVar[str] = "bias_correction"

    @property
    def laws(self) -> dict[str, Law]:
        laws: dict[str, Law] = {
            "m": lambda q, sqrt: q.beta1 * q.m_prev + (1 - q.beta1) * q.g,
            "v": lambda q, sqrt: q.beta2 * q.v_prev + (1 - q.beta2) * q.g**2,
        }
        top, bottom, inside = "m", "v", self.eps_inside_root
        in_front = self.bias_correction and self.eps_uncorrected
        if self.bias_correction and not in_front:
            laws["m_hat"] = lambda q, sqrt: q.m / (1 - q.beta1**q.t)
            laws["v_hat"] = lambda q, sqrt: q.v / (1 - q.beta2**q.t)
            top, bottom = "m_hat", "v_hat"

        def step(q: Any, sqrt: Callable[[Any], Any]) -> Any:
            m, v = getattr(q, top), getattr(q, bottom)
            rate = -q.lr * sqrt(1 - q.beta2**q.t) / (1 - q.beta1**q.t) if in_front else -q.lr
            return rate * m / (sqrt(v + q.eps) if inside else sqrt(v) + q.eps)

        return laws | {"step": step}


@dataclass(frozen=True)
class AdamW(Optimiser):
    """Adam, as published, with weights that decay beside its step and not through its averages.

    W_new = W - lr m_hat / (sqrt(v_hat) + eps) - lr weight_decay W; biases do not decay. Source: Loshchilov and Hutter,
    Decoupled Weight Decay Regularization, 2019, algorithm 2, with lr for what a schedule multiplies there: as PyTorch, and as
    everybody who trains with it, has it.
    """

    beta1: float = setting(0.9, title="beta 1", letter="β_1", step=0.01, at_least=0, below=1)
    beta2: float = setting(0.999, title="beta 2", letter="β_2", step=0.001, at_least=0, below=1)
    eps: float = setting(1e-8, title="epsilon", letter="ε", step=1e-8, at_least=0)
    weight_decay: float = setting(0.01, title="weight decay", letter="λ", step=0.01, at_least=0)

    name: ClassVar[str] = "AdamW"
    title: ClassVar[str] = "AdamW"
    colors: ClassVar[Mapping[str, str]] = {"light": "#8a4b00", "dark": "#f0b35f"}
    dash: ClassVar[str] = "12px,3px,2px,3px,2px,3px"
    letters: ClassVar[Mapping[str, str]] = Adam.letters
    slots: ClassVar[tuple[str, ...]] = Adam.slots
    kin: ClassVar[str] = Adam.name

    @property
    def laws(self) -> dict[str, Law]:
        return Adam(1.0, self.beta1, self.beta2, self.eps).laws  # as a schedule may have made lr 0

    @property
    def decay(self) -> Decay:
        return Decay(self.weight_decay, "decoupled")


for _record in (SGD, Momentum, RMSprop, Adam, AdamW):
    enter(_record)

"""What a person sets in the lesson, and the networks that are made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from mlp_core import Layer, Network, Quantity
from mlp_core.functions import ACTIVATIONS, Activation
from mlp_core.initialisation import SCHEMES

from ...i18n import mark
from ...problem import Problem
from ...worked import Worked, mlp
from ..depth import DEEPEST
from ..setting import Setting, drawn_again, number, one_of, whole
from ..typed import Typed, addresses, array, by_address, with_number

LARGEST, LONGEST, DRAWS, ITERATIONS, EVERY = 100.0, 6, 999, 300, 10
BIASES, RATES = (-4.0, 2.0), (0.05, 1.2)
OUTCOMES = {"vanish": mark("It vanishes"), "stay": mark("It keeps its size"), "explode": mark("It explodes")}
RECTIFIERS = ("relu", "leaky_relu")
LEAK = 0.1  # of the leaky neurons that are trained here
SAMPLES = mark("The samples are fixed here; change a weight or a bias.")
Guess = tuple[str, str, str]


class Kinds(Mapping[str, str]):
    """The activations that ``fits`` takes, with what they are called; one that is entered later is among them."""

    def __init__(self, fits: Callable[[Activation], bool] = lambda record: True) -> None:
        self._fits = fits

    def __iter__(self) -> Iterator[str]:
        return (name for name, record in ACTIVATIONS.items() if self._fits(record))

    def __len__(self) -> int:
        return sum(1 for _name in self)

    def __getitem__(self, name: str) -> str:
        return ACTIVATIONS[name].title


EVERY_KIND = Kinds()
SLOPED = Kinds(lambda record: record.elementwise and record.slope is not None)

# What the networks begin with, by address; all are binary fractions, so that sums of 0 are 0.
FIRST = {
    "x.0.1": 2.0, "x.0.2": -1.0, "y.2.1": 1.0, "W.1.1.1": 0.5, "W.1.1.2": -0.5, "W.1.2.1": -1.5, "W.1.2.2": 1.5, "W.1.3.1": 0.5,
    "W.1.3.2": 1.0, "b.1.1": -0.5, "b.1.2": 0.5, "b.1.3": 0.0, "W.2.1.1": 1.0, "W.2.1.2": -0.5, "W.2.1.3": 2.0, "b.2.1": -0.5,
}  # fmt: skip
FOLD = {"W.1.1.1": 1.0, "W.1.2.1": -1.0, "b.1.1": 0.0, "W.2.1.1": 0.5, "W.2.1.2": 1.0, "b.2.1": 0.0}
ONE = {"W": (1, 1), "b": (1,), "y": (1,)}
CHAIN = addresses(("x", 0, (1,)), *((kind, k, ONE[kind]) for k in range(1, LONGEST + 1) for kind in ONE))
STEEP = {"W.1.1.1": 2.0, "b.1.1": 0.0, "W.2.1.1": 1.0, "b.2.1": 0.0}


@dataclass(frozen=True)
class Activations(Setting):
    """hidden, through: activations of the hidden layer on the screens that show them and go through them; seed, own: the numbers
    of that network, drawn (0: those it begins with), and typed by address. links, linked, chain: how many neurons the chain
    has, their activation, and numbers typed there. deep, scheme, depth, draw, guesses: of the random networks, and what was
    guessed of which. bias, kind, fold, start, at: of the neuron that is inactive, its layer's activation, typed numbers, the seed
    of drawn ones, and the iteration on show. rate, killed, steep: the learning rate of the large step, the activation that it
    meets, and numbers typed there."""

    hidden: str = "sigmoid"
    through: str = "relu"
    seed: int = 0
    own: Typed = ()
    links: int = 4
    linked: str = "sigmoid"
    chain: Typed = ()
    deep: str = "sigmoid"
    scheme: str = "xavier_normal"
    depth: int = DEEPEST
    draw: int = 1
    guesses: tuple[Guess, ...] = ()
    bias: float = -3.0
    kind: str = "relu"
    fold: Typed = ()
    start: int = 0
    at: int = 0
    rate: float = 0.1
    killed: str = "relu"
    steep: Typed = ()

    def __post_init__(self) -> None:
        self.check("hidden", one_of, tuple(EVERY_KIND))
        self.check("through linked deep", one_of, tuple(SLOPED))
        self.check("scheme", one_of, tuple(SCHEMES))
        self.check("kind killed", one_of, RECTIFIERS)
        self.check("seed", whole, 0, 10**6)
        self.check("links", whole, 2, LONGEST)
        self.check("depth", whole, 1, DEEPEST)
        self.check("draw", whole, 1, DRAWS)
        self.check("start", whole, 0, DRAWS)
        self.check("at", whole, 0, ITERATIONS)
        self.check("bias", number, *BIASES)
        self.check("rate", number, *RATES)
        for name, known in {"own": FIRST, "chain": CHAIN, "fold": FOLD, "steep": STEEP}.items():
            self.check(name, by_address, known, LARGEST)
        self.check("guesses", _guesses)

    @property
    def guess(self) -> str:
        """What was guessed of the random networks on show, empty where nothing was."""
        return next((said for deep, scheme, said in self.guesses if (deep, scheme) == (self.deep, self.scheme)), "")


def _guesses(where: str, given: tuple[Guess, ...]) -> tuple[Guess, ...]:
    """The last guess of each kind of networks."""
    tables = (tuple(SLOPED), tuple(SCHEMES), tuple(OUTCOMES))
    made = {}
    for guess in given:
        deep, scheme, said = (one_of(where, each, table) for each, table in zip(guess, tables, strict=True))
        made[deep, scheme] = said
    return tuple((*about, said) for about, said in made.items())


# ---- the network with a hidden layer --------------------------------------------------------------------------------


def shown(setting: Activations, _example: object) -> Worked:
    """The 2-3-1 network with the activation whose curve is on show."""
    return _network(setting, setting.hidden)


def gone_through(setting: Activations, _example: object) -> Worked:
    """The same with the activation whose slope is followed."""
    return _network(setting, setting.through)


def _network(setting: Activations, activation: str) -> Worked:
    at = (_drawn(setting.seed) if setting.seed else FIRST) | dict(setting.own)
    layers = [Layer(*parameters(at, 1, 3, 2), activation), Layer(*parameters(at, 2, 1, 3), "identity")]
    return mlp(Network(layers, "half_squared_error"), array(at, "x", 0, np.zeros(2)), array(at, "y", 2, np.zeros(1)))


def parameters(at: Mapping[str, float], k: int, n_out: int, n_in: int) -> tuple[np.ndarray, np.ndarray]:
    """W (n_out, n_in) and b (n_out,) of layer k."""
    return array(at, "W", k, np.zeros((n_out, n_in))), array(at, "b", k, np.zeros(n_out))


def _drawn(seed: int) -> dict[str, float]:
    """Halves, none of them 0; for every other seed the weighted sum of hidden neuron 3 is exactly 0."""
    draw = np.random.default_rng(seed)
    halves = [k / 2 for k in range(-4, 5) if k]
    found = {address: float(draw.choice(halves)) for address in FIRST}
    if seed % 2:
        found["b.1.3"] = -(found["W.1.3.1"] * found["x.0.1"] + found["W.1.3.2"] * found["x.0.2"])
    return found


def redrawn(setting: Activations, seed: int) -> Activations:
    """Other numbers in the networks whose numbers can be typed."""
    draw = np.random.default_rng(seed)
    chain = {f"W.{k}.1.1": float(draw.choice((-1.5, -1, 0.5, 1, 1.5, 2))) for k in range(1, LONGEST + 1)}
    chain |= {f"b.{k}.1": float(draw.choice((-0.5, 0, 0.5))) for k in range(1, LONGEST + 1)}
    chain |= {"x.0.1": float(draw.choice((-1, 0.5, 1, 2))), f"y.{setting.links}.1": float(draw.choice((-1, 0, 1)))}
    w, far = float(draw.choice((-1.5, -1, -0.5, 0.5, 1, 1.5))), float(draw.choice((0.5, 1)))
    fold = {address: float(draw.choice((-1.5, -1, -0.5, 0.5, 1, 1.5))) for address in FOLD} | {"W.1.2.1": w}
    steep = {address: float(draw.choice((0.5, 1, 1.5, 2))) for address in STEEP}
    return replace(
        setting, seed=seed, own=(), chain=tuple(chain.items()), fold=tuple(fold.items()), bias=-2 * abs(w) - far,
        steep=tuple(steep.items()), rate=float(draw.choice((0.1, 0.2, 0.3))),
    )  # fmt: skip


# ---- one neuron a layer ---------------------------------------------------------------------------------------------


def linked(setting: Activations, _example: object) -> Worked:
    """A chain of layers of one neuron each, all with the same activation."""
    own = dict(setting.chain)
    places = range(1, setting.links + 1)
    layers = [Layer([[own.get(f"W.{k}.1.1", 1.0)]], [own.get(f"b.{k}.1", 0.0)], setting.linked) for k in places]
    x, y = own.get("x.0.1", 1.0), own.get(f"y.{setting.links}.1", 0.0)
    return mlp(Network(layers, "half_squared_error"), [x], [y])


# ---- guessing what random networks do -------------------------------------------------------------------------------


def guessed(outcome: str, setting: Activations, _example: object) -> Activations:
    """What a person expects of the random networks that are chosen."""
    return replace(setting, guesses=(*setting.guesses, (setting.deep, setting.scheme, outcome)))


next_draw = drawn_again("draw", DRAWS)


# ---- the neuron that is inactive ------------------------------------------------------------------------------------


def folded(setting: Activations, quantity: Quantity, value: float) -> Activations:
    """Another weight or bias of the fold; Problem for what belongs to the samples."""
    if quantity.family != "parameter":
        raise Problem(str(quantity), SAMPLES)
    if str(quantity) == "b.1.2":
        return replace(setting, bias=number("b.1.2", value, *BIASES))
    return with_number(setting, quantity, value, "fold")


def other_start(setting: Activations, _example: object) -> Activations:
    """Other first weights and biases of the fold."""
    start = setting.start % DRAWS + 1
    draw = np.random.default_rng(start)
    put = {address: float(np.round(draw.uniform(-1.5, 1.5), 1)) for address in FOLD}
    return replace(setting, start=start, fold=tuple(put.items()), bias=float(np.round(draw.uniform(-1, 1), 1)))


def as_begun(setting: Activations, _example: object) -> Activations:
    """The fold as it begins, with its inactive neuron."""
    begun = Activations()
    return replace(setting, fold=begun.fold, bias=begun.bias, kind=begun.kind, start=begun.start)


def fold_network(setting: Activations) -> Network:
    """The 1-2-1 network of the fold before its training."""
    return _folded(setting.bias, setting.kind, setting.fold)


@lru_cache(maxsize=64)
def _folded(bias: float, kind: str, fold: Typed) -> Network:
    at = FOLD | {"b.1.2": bias} | dict(fold)
    layers = [rectified(*parameters(at, 1, 2, 1), kind), Layer(*parameters(at, 2, 1, 2), "identity")]
    return Network(layers, "half_squared_error")


def stepped(setting: Activations, quantity: Quantity, value: float) -> Activations:
    """Another weight or bias of the network that makes one step; the learning rate, too; Problem for a sample's number."""
    if quantity.kind == "lr":
        return replace(setting, rate=number("rate", value, *RATES))
    if quantity.family != "parameter":
        raise Problem(str(quantity), SAMPLES)
    return with_number(setting, quantity, value, "steep")


def rectified(W: Any, b: Any, kind: str) -> Layer:
    """A layer of ReLU, or of leaky ReLU with the slope used here."""
    return Layer(W, b, kind, slope=LEAK) if kind == "leaky_relu" else Layer(W, b, kind)



"""What worksheets hold, as plain data: settings, the instance of every variant, its lines, and the code that brings it back.

A code is the instance's settings and its seed as one number in mixed radix, written in Crockford's 32 digits. The number is a
multiple of a prime, so that one wrong digit, or two swapped ones, always show.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from mlp_core import NonFinite, Quantity, Step, Trace
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS, Setting
from mlp_core.steps import Phase
from mlp_core.writing.names import NOTATIONS

from ..example import (
    MAX_DECIMALS,
    MAX_LAYERS,
    MAX_NEURONS,
    NO_LAYERS,
    NO_NEURONS,
    SCOPES,
    Example,
    Model,
    Sample,
    View,
    options,
    trainable,
)
from ..example import Settings as UpdateSettings
from ..i18n import LANGUAGES, mark
from ..problem import Problem
from ..walk.updates import update_of
from ..worked import Values

MAX_VARIANTS, MAX_SEED, MAX_VALUES = 100, 99_999, 20_000
PAPERS = ("A4", "Letter")
NONE = "none"
PARTS: dict[Phase, tuple[str, ...]] = {
    Phase.FORWARD: ("z", "a"),
    Phase.LOSS: ("C",),
    Phase.BACKWARD: ("dC_da", "da_dz", "delta", "dW", "db"),
    Phase.UPDATE: ("m", "v", "m_hat", "v_hat", "step", "new"),
}
"""Phase to the kinds of values in it, each of which can be left blank; those of an update are its slots, and the new values."""

BLANKS = {
    "z": mark("pre-activations"), "a": mark("activations"), "C": mark("loss"), "dC_da": mark("slopes of the loss"),
    "da_dz": mark("slopes of the activations"), "delta": mark("deltas"), "dW": mark("weight gradients"),
    "db": mark("bias gradients"), "m": mark("averages m"), "v": mark("averages or velocities v"),
    "m_hat": mark("corrected m"), "v_hat": mark("corrected v"), "step": mark("steps"), "new": mark("new parameters"),
}  # fmt: skip
"""What each kind is called where it is chosen."""


@dataclass(frozen=True)
class Settings:
    """A set of worksheets. The fields of the same name are those of Example; raises Problem for what cannot be worked out.

    sizes: (n_0, ..., n_L). optimiser: one of them, or "none" for sheets without an update. blank: the kinds (see PARTS) that a
    student fills in; a sheet ends with the last phase that has one. laws: whether a sheet states them.
    """

    sizes: tuple[int, ...] = (3, 2, 1)
    activations: tuple[str, ...] = ("sigmoid", "sigmoid")
    loss: str = "squared_error"
    optimiser: str = "SGD"
    lr: float = 0.1
    momentum: float = 0.9
    nesterov: bool = False
    rho: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    bias_correction: bool = True
    eps_inside_root: bool = False
    scope: str = "all"
    decimals: int = 4
    notation: str = "notes"
    language: str = "en"
    blank: tuple[str, ...] = tuple(part for parts in PARTS.values() for part in parts)
    laws: bool = True
    variants: int = 30
    seed: int = 1
    paper: str = "A4"

    def __post_init__(self) -> None:
        _check_sizes(self.sizes)
        for name, most, least, template in (
            ("variants", MAX_VARIANTS, 1, mark("The number of variants goes from 1 to {most}.")),
            ("seed", MAX_SEED, 0, mark("A seed is a whole number from 0 to {most}.")),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise Problem(name, template, most=most)
        if self.paper not in PAPERS:
            raise Problem("paper", mark("{value} is not one of: {choices}."), value=self.paper, choices=PAPERS)
        known = {part for parts in PARTS.values() for part in parts}
        if not isinstance(self.blank, tuple) or not known.issuperset(self.blank):
            raise Problem("blank", mark("{value} cannot stand here."), value=str(self.blank)[:20])
        _ = self.pattern
        for name in _numbers(self.optimiser):
            _decimal(name, getattr(self, name))
        if not self.sections:
            raise Problem("blank", mark("Nothing is left to fill in: choose at least one kind of value."))
        values = sum(len(steps) for _phase, steps in self.sections) * self.variants
        if values > MAX_VALUES:
            raise Problem(
                "variants",
                mark("That makes {n} values to set, and {most} is the limit: take fewer variants or a smaller network."),
                n=values,
                most=MAX_VALUES,
            )

    @classmethod
    def of(cls, example: Example, **chosen: Any) -> Settings:
        """Settings for a network like the example's, written and updated as it is; ``chosen`` are those of the sheets."""
        own = {f.name for f in fields(cls)}
        given = {"sizes": example.sizes, "activations": example.model.activations, "loss": example.model.loss}
        given |= {"optimiser": example.settings.optimiser, "scope": example.settings.scope}
        given |= {name: example.settings[name] for name in options() if name in own} | vars(example.view)
        return cls(**given | chosen)

    @cached_property
    def pattern(self) -> Example:
        """An example of this kind with no numbers in it yet."""
        n = self.sizes[-1]
        target = (1.0,) + (0.0,) * (n - 1) if self.loss == "cross_entropy" else (0.0,) * n
        model = Model(
            W=tuple(((0.0,) * before,) * after for before, after in pairwise(self.sizes)),
            b=tuple((0.0,) * size for size in self.sizes[1:]),
            activations=self.activations,
            samples=(Sample((0.0,) * self.sizes[0], target),),
            loss=self.loss,
        )
        changed = {name: getattr(self, name) for name in options() if hasattr(self, name)}
        optimiser = "SGD" if self.optimiser == NONE else self.optimiser
        update = UpdateSettings.of(optimiser, self.scope, **changed)
        return Example(model, update, View(self.decimals, self.notation, self.language))

    @cached_property
    def sections(self) -> tuple[tuple[Phase, tuple[Step, ...]], ...]:
        """Phase and Steps of what is on a sheet: up to the last phase in which something is blank."""
        pattern = self.pattern
        found = [(phase, pattern.derivation.phase(phase)) for phase in (Phase.FORWARD, Phase.LOSS, Phase.BACKWARD)]
        if self.optimiser != NONE:
            found.append((Phase.UPDATE, update_of(pattern).steps))
        while found and not any(part(step.target) in self.blank for step in found[-1][1]):
            found.pop()
        return tuple(found)


def _check_sizes(sizes: Any) -> None:
    if not isinstance(sizes, tuple) or not 2 <= len(sizes) <= MAX_LAYERS + 1:
        raise Problem("network", NO_LAYERS, most=MAX_LAYERS)
    if not all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= MAX_NEURONS for n in sizes):
        raise Problem("network", NO_NEURONS, most=MAX_NEURONS)


@dataclass(frozen=True)
class Line:
    """One Step on a sheet: its value is printed, or left blank for the student."""

    step: Step
    value: float
    blank: bool


@dataclass(frozen=True, eq=False)
class Sheet:
    """One variant: ``number`` from 1, ``code``, the numbers, and per phase the lines in the order they are worked out.

    ``values`` has every number by its address, those of the update included.
    """

    settings: Settings
    number: int
    code: str
    example: Example
    values: Values
    sections: tuple[tuple[Phase, tuple[Line, ...]], ...]


def sheet(settings: Settings, number: int) -> Sheet:
    """The sheet of one variant (from 1). Raises Problem for a variant that is not there."""
    example = instance(settings, number)
    try:
        values: Values = example.trace if settings.optimiser == NONE else update_of(example)
        sections = tuple(
            (phase, tuple(Line(s, steady(s.target, values[s.target]), part(s.target) in settings.blank) for s in steps))
            for phase, steps in settings.sections
        )
    except NonFinite:
        raise Problem("lr", mark("With these settings the update overflows.")) from None
    return Sheet(settings, number, code_of(settings, number), example, values, sections)


def part(quantity: Quantity) -> str:
    """Under which kind of PARTS a quantity can be left blank."""
    return "new" if quantity.updated else quantity.slot or quantity.kind


def steady(quantity: Quantity, value: float) -> float:
    """The value without the last bits, in which processors differ: 12 significant digits, and of a sum of small given
    numbers 12 decimals, so that what cancels is 0."""
    if quantity.kind == "z" or quantity.updated:
        value = round(value, 12)
    return float(f"{value:.11e}")


# --- variants ---

ATTEMPT = (MAX_SEED + 1) * MAX_VARIANTS  # so far apart are the seeds of two attempts at one variant
ATTEMPTS = 200
NEAR = 1e-6


def instance(settings: Settings, number: int) -> Example:
    """The example of variant ``number`` (from 1), the same whatever the number of variants. Raises Problem beyond the last."""
    if not 1 <= number <= MAX_VARIANTS:
        raise Problem("variants", mark("The number of variants goes from 1 to {most}."), most=MAX_VARIANTS)
    return _instances(settings.pattern, settings.seed, -(-number // 10) * 10)[number - 1]


@lru_cache(maxsize=64)
def _instances(pattern: Example, seed: int, count: int) -> tuple[Example, ...]:
    """The first ``count`` variants of a seed, no two alike: what does not suit, or was there already, is drawn again."""
    found: dict[tuple[object, ...], Example] = {}
    for variant in range(count):
        for attempt in range(ATTEMPTS):
            drawn = pattern.remodelled(Model.redrawn, seed * MAX_VARIANTS + variant + attempt * ATTEMPT)
            key = (drawn.model.W, drawn.model.b, drawn.x, drawn.y)
            if key not in found and suits(drawn):
                found[key] = drawn
                break
        else:
            raise Problem(
                "network",
                mark("No sheet with numbers to work out by hand came of this network; take fewer neurons or layers."),
            )
    return tuple(found.values())


def suits(example: Example) -> bool:
    """Whether these numbers make a sheet: every value is finite, the gradient reaches the first layer, and nothing is decided
    by the last bit of a sum that cancels (a ReLU at 0, an output equal to its target)."""
    t, y = example.trace, np.array(example.y)
    try:
        if not all(np.isfinite(t[step.target]) for step in example.derivation):
            return False
    except NonFinite:
        return False
    sums = [layer.z for layer in t.layers] + [t.layers[-1].a - y] + _passed_back(t)
    return min(float(np.abs(each).min()) for each in sums if each.size) > NEAR and bool(t.layers[0].dW.any())


def _passed_back(t: Trace) -> list[np.ndarray]:
    """Of each hidden layer the dC/da that are sums of something."""
    pairs = [(layer.delta, weights.W) for layer, weights in zip(t.layers[1:], t.network.layers[1:], strict=True)]
    return [(delta @ W)[np.abs(delta) @ np.abs(W) > 0] / (np.abs(delta).max() or 1) for delta, W in pairs]


# --- codes ---

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRIME, GROUP, LONGEST = 1021, 5, 64
FIGURES, SMALLEST, LARGEST = 6, -12, 6  # a setting in a code: so many digits, times 10 to a power from ... to ...
WRONG = mark("This is not the code of a worksheet. Compare it with the sheet, sign by sign.")
_SWITCHES = ("nesterov", "bias_correction", "eps_inside_root")
Tape = Callable[[str, int], int]


def code_of(settings: Settings, variant: int) -> str:
    """The code of a variant (from 1): groups of up to five signs that ``example_of`` reads."""
    given = _as_numbers(settings, variant)
    written: list[tuple[int, int]] = []

    def write(name: str, radix: int) -> int:
        written.append((given[name], radix))
        return given[name]

    _walk(write)
    total = 1  # so that no code begins with a 0
    for value, radix in reversed(written):
        total = total * radix + value
    return _spelled(total)


def example_of(code: str) -> Example:
    """The example of a sheet's code, capitals or not, with or without its dashes; Problem for anything else."""
    total = _read(code)
    found: dict[str, int] = {}

    def read(name: str, radix: int) -> int:
        nonlocal total
        total, found[name] = divmod(total, radix)
        return found[name]

    _walk(read)
    if total != 1:
        raise Problem("code", WRONG)
    try:
        return instance(_from_numbers(found), found["variant"] + 1)
    except (Problem, ValueError):
        raise Problem("code", WRONG) from None


def _walk(tape: Tape) -> None:
    """What a code holds, in order: ``tape(name, radix)`` writes or reads one number below its radix."""
    tape("variant", MAX_VARIANTS)
    tape("seed", MAX_SEED + 1)
    layers = tape("layers", MAX_LAYERS) + 1
    for k in range(layers + 1):
        tape(f"size.{k}", MAX_NEURONS)
    for k in range(layers):
        tape(f"activation.{k}", len(trainable()))
    tape("loss", len(LOSSES))
    tape("notation", len(NOTATIONS))
    tape("decimals", MAX_DECIMALS + 1)
    tape("language", len(LANGUAGES))
    chosen = _optimisers()[tape("optimiser", len(_optimisers()))]
    if chosen == NONE:
        return
    tape("scope", 2)
    for name in _switches(chosen):
        tape(name, 2)
    if tape("changed", 2):
        for name in _numbers(chosen):
            if tape(f"{name}.changed", 2):
                tape(f"{name}.power", LARGEST - SMALLEST + 1)
                tape(f"{name}.figures", 10 ** (1 + tape(f"{name}.length", FIGURES)))


def _as_numbers(settings: Settings, variant: int) -> dict[str, int]:
    found = {"variant": variant - 1, "seed": settings.seed, "layers": len(settings.activations) - 1}
    found |= {f"size.{k}": size - 1 for k, size in enumerate(settings.sizes)}
    found |= {f"activation.{k}": trainable().index(name) for k, name in enumerate(settings.activations)}
    for name, choices in (("loss", LOSSES), ("notation", NOTATIONS), ("language", LANGUAGES)):
        found[name] = list(choices).index(getattr(settings, name))
    found |= {"decimals": settings.decimals, "optimiser": _optimisers().index(settings.optimiser)}
    found["scope"] = SCOPES.index(settings.scope)
    found |= {name: int(getattr(settings, name)) for name in _SWITCHES}
    found["changed"] = 0
    for name in _numbers(settings.optimiser):
        value = getattr(settings, name)
        found[f"{name}.changed"] = int(value != getattr(Settings, name))
        found["changed"] |= found[f"{name}.changed"]
        figures, power = _decimal(name, value)
        found |= {f"{name}.figures": figures, f"{name}.length": len(str(figures)) - 1, f"{name}.power": power - SMALLEST}
    return found


def _from_numbers(found: dict[str, int]) -> Settings:
    layers = found["layers"] + 1
    optimiser = _optimisers()[found["optimiser"]]
    chosen: dict[str, Any] = {name: bool(found[name]) for name in _SWITCHES if name in found}
    for name in _numbers(optimiser):
        if found.get(f"{name}.changed"):
            chosen[name] = float(f"{found[f'{name}.figures']}e{found[f'{name}.power'] + SMALLEST}")
    if "scope" in found:
        chosen["scope"] = SCOPES[found["scope"]]
    return Settings(
        sizes=tuple(found[f"size.{k}"] + 1 for k in range(layers + 1)),
        activations=tuple(trainable()[found[f"activation.{k}"]] for k in range(layers)),
        loss=list(LOSSES)[found["loss"]],
        notation=list(NOTATIONS)[found["notation"]],
        language=list(LANGUAGES)[found["language"]],
        decimals=found["decimals"],
        optimiser=optimiser,
        blank=("z",),
        variants=1,
        seed=found["seed"],
        **chosen,
    )


def _optimisers() -> tuple[str, ...]:
    return (NONE, *OPTIMISERS)


def _numbers(optimiser: str) -> list[str]:
    """The settings of an optimiser that are numbers."""
    return [name for name, about in _settings(optimiser) if not about.switch]


def _switches(optimiser: str) -> list[str]:
    return [name for name, about in _settings(optimiser) if about.switch]


def _settings(optimiser: str) -> list[tuple[str, Setting]]:
    return list(OPTIMISERS[optimiser].settings().items()) if optimiser in OPTIMISERS else []


def _decimal(name: str, value: float) -> tuple[int, int]:
    """A setting as digits and power of ten; Problem where a code has no room for it."""
    _sign, digits, power = Decimal(repr(float(value))).normalize().as_tuple()
    if len(digits) > FIGURES or not isinstance(power, int) or not SMALLEST <= power <= LARGEST:
        raise Problem(name, mark("On a worksheet {name} has up to {most} digits."), name=name, most=FIGURES)
    return int("".join(map(str, digits))), power


def _spelled(total: int) -> str:
    """The number with its check, in digits and dashes."""
    total = total * 1024 + -(total * 1024) % PRIME
    signs = ""
    while total:
        total, digit = divmod(total, 32)
        signs = DIGITS[digit] + signs
    groups = -(-len(signs) // GROUP)
    cuts = [len(signs) * k // groups for k in range(groups + 1)]
    return "-".join(signs[start:end] for start, end in pairwise(cuts))


def _read(code: str) -> int:
    """The number of a code without its check. Capital or not, O for 0 and I or L for 1 are what Crockford's digits allow."""
    plain = unicodedata.normalize("NFKC", code[:LONGEST]) if isinstance(code, str) else ""
    signs = "".join(sign for sign in plain.upper() if not sign.isspace() and unicodedata.category(sign) not in ("Pd", "Sm"))
    signs = signs.translate(str.maketrans("OIL", "011"))
    if signs.startswith("0") or not signs or len(plain) == LONGEST or not set(DIGITS).issuperset(signs):
        raise Problem("code", WRONG)
    total = 0
    for sign in signs:
        total = total * 32 + DIGITS.index(sign)
    if total % PRIME or total % 1024 >= PRIME:
        raise Problem("code", WRONG)
    return total >> 10

"""One layer, two layers, L layers: the same law in indices and in matrices, forward and backward, and what it saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from mlp_core import Layer, Network, Quantity
from mlp_core.steps import Phase

from ...i18n import gettext as _
from ...i18n import mark
from ...worked import Worked, mlp
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from ..setting import Setting, one_of, whole
from ..typed import Typed, addresses, array, by_address, with_number
from . import counting, forms

WIDEST, DEEPEST, LARGEST = 4, 5, 100.0
ORDERS = {"WX": "W X", "XW": "X W", "WT": "Wᵀ X"}
WIDE = {"W": (WIDEST, WIDEST), "y": (WIDEST,)}
PLACES = addresses(("x", 0, (WIDEST,)), *((kind, k, WIDE[kind]) for k in range(1, DEEPEST + 1) for kind in WIDE))


@dataclass(frozen=True)
class Layers(Setting):
    """depth: layers of weights; inputs, hidden, outputs: neurons of a layer; half: whether the loss has its 1/2; order: of the
    product that is tried; seed: draws the numbers; own: those that a person typed, by address."""

    depth: int = 2
    inputs: int = 2
    hidden: int = 3
    outputs: int = 1
    half: bool = True
    order: str = "WX"
    seed: int = 1
    own: Typed = ()

    def __post_init__(self) -> None:
        self.check("depth", whole, 1, DEEPEST)
        self.check("inputs hidden outputs", whole, 1, WIDEST)
        self.check("half", one_of, (True, False))
        self.check("order", one_of, tuple(ORDERS))
        self.check("seed", whole, 0, 10**6)
        self.check("own", by_address, PLACES, LARGEST)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons per layer, the input first."""
        return (self.inputs, *[self.hidden] * (self.depth - 1), self.outputs)


def worked(setting: Layers, _example: object) -> Worked:
    """The network of these sizes, with no biases and a linear output, as the handout has it."""
    draw = np.random.default_rng(setting.seed)
    own = dict(setting.own)

    def drawn(kind: str, layer: int, shape: tuple[int, ...], reach: float) -> np.ndarray:
        return array(own, kind, layer, np.round(draw.uniform(-reach, reach, shape), 1))

    sizes = setting.sizes
    x, y = drawn("x", 0, sizes[:1], 2), drawn("y", setting.depth, sizes[-1:], 1)
    layers = [
        Layer(drawn("W", k, (after, before), 1), None, "sigmoid" if k < setting.depth else "identity")
        for k, (before, after) in enumerate(pairwise(sizes), 1)
    ]
    return mlp(Network(layers, "half_squared_error" if setting.half else "squared_error"), x, y)


def redrawn(setting: Layers, seed: int) -> Layers:
    """Other numbers in the same network."""
    return replace(setting, seed=seed, own=())


def _other_numbers(setting: Layers, _example: object) -> Layers:
    return redrawn(setting, setting.seed + 1)


def facts(case: Case) -> Mapping[str, object]:
    """Counts of multiplications, or a gradient with either loss."""
    match case.screen.key:
        case "count":
            steps = worked(case.setting, None).steps
            return {
                "counted": counting.of_steps(steps.phase(Phase.BACKWARD)),
                "backward": counting.backpropagation(case.setting.sizes),
                "weights": counting.forward(case.setting.sizes),
            }
        case "losses":
            return _with_either_loss(case)
        case _:
            return {}


def _with_either_loss(case: Case) -> dict[str, object]:
    half, look, gradient = case.setting.half, case.look, Quantity("dW", case.setting.depth, (1, 1))
    both = {half: case.worked, not half: worked(replace(case.setting, half=not half), None)}
    one, two = (look.value(gradient, about.values[gradient]) for about in (both[True], both[False]) if about)
    return {"gradient_half": one, "gradient_whole": two, "gradient": f"${look.symbol(gradient)}$"}


def _product(case: Case) -> str:
    """The first layer's product in the order that is tried."""
    look, (n_in, n_out) = case.look, case.setting.sizes[:2]
    W, Wt, X = ("W", n_out, n_in, "parameter"), ("Wᵀ", n_in, n_out, "parameter"), ("X", n_in, 1, "input")
    pair = {"WX": (W, X), "XW": (X, W), "WT": (Wt, X)}[case.setting.order]
    return forms.boxes(*pair, look)


def _counts(case: Case) -> tuple[list[str], list[list[str]]]:
    sizes = case.setting.sizes
    rows = [[f'<th scope="row">{name}</th>', f"{count(sizes):,}"] for name, count in counting.ways().items()]
    return [_("Way"), _("Multiplications")], rows


SIZES = Row(
    parts=(
        Slide(field="depth", label=mark("Layers of weights"), least=1, most=DEEPEST, step=1),
        Slide(field="inputs", label=mark("Inputs"), least=1, most=WIDEST, step=1),
        Slide(field="hidden", label=mark("Neurons in a hidden layer"), least=1, most=WIDEST, step=1),
        Slide(field="outputs", label=mark("Outputs"), least=1, most=WIDEST, step=1),
    )
)
HALF = Pick(field="half", label=mark("The loss"), options={True: mark("with 1/2"), False: mark("without 1/2")})


def _kinds(*kinds: str) -> Callable[[Worked], list[Quantity]]:
    return lambda about: [step.target for step in about.steps if step.target.kind in kinds]


LESSON = Lesson(
    number=5,
    minutes=40,
    setting=Layers,
    redraw=redrawn,
    facts=facts,
    notation="handout",
    screens=(
        Screen(
            key="forward",
            parts=(
                Prose(section="forward"),
                SIZES,
                Drawn(kind="latex", data=lambda case: forms.forward_forms(case.setting.depth)),
                Choose(section="forward.ask", count=3, right=2),
                Choose(section="forward.count", count=3, right=2),
            ),
        ),
        Screen(
            key="numbers",
            parts=(
                Prose(section="numbers"),
                Walk(phases=(Phase.FORWARD,)),
                Ask(targets=_kinds("z", "a"), redrawn=True),
            ),
            work=worked,
            enter=with_number,
        ),
        Screen(
            key="shapes",
            parts=(
                Prose(section="shapes"),
                Row(parts=(Pick(field="order", label=mark("The product"), options=ORDERS), *SIZES.parts[1:3])),
                Drawn(kind="html", data=_product),
                Choose(section="shapes.ask", count=3, right=3),
            ),
        ),
        Screen(
            key="delta",
            parts=(
                Prose(section="delta"),
                Row(parts=(SIZES.parts[0], HALF)),
                Beside(
                    left=(Drawn(kind="latex", data=lambda case: forms.delta_rows(case.setting.depth, case.setting.half)),),
                    right=(Drawn(kind="latex", data=lambda case: forms.gradient_rows(case.setting.depth)),),
                ),
                Prose(section="unrolled"),
                Drawn(kind="latex", data=lambda case: forms.unrolled(case.setting.depth, case.setting.half)),
                Choose(section="delta.ask", count=3, right=1),
            ),
        ),
        Screen(
            key="signals",
            parts=(
                Prose(section="signals"),
                Walk(phases=(Phase.BACKWARD,)),
                Ask(targets=_kinds("delta", "dW"), redrawn=True),
            ),
            work=worked,
            enter=with_number,
        ),
        Screen(
            key="count",
            parts=(
                Prose(section="count"),
                SIZES,
                Beside(
                    left=(
                        Drawn(kind="table", data=_counts, label=mark("Multiplications for all gradients")),
                        Prose(section="counted"),
                    ),
                    right=(
                        Drawn(
                            kind="chart", data=lambda case: counting.figure(case.setting.sizes, case.theme),
                            label=mark("Multiplications against the number of layers"),
                        ),
                    ),
                    widths=(2, 3),
                ),
                Choose(section="count.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="losses",
            parts=(
                Prose(section="losses"),
                Row(parts=(HALF,)),
                Walk(phases=(Phase.LOSS, Phase.BACKWARD)),
                Prose(section="losses.after"),
                Choose(section="losses.ask", count=3, right=3),
            ),
            work=worked,
            enter=with_number,
        ),
        Screen(
            key="inference",
            parts=(
                Prose(section="inference"),
                Row(parts=(Press(label=mark("Other numbers"), act=_other_numbers),)),
                Walk(phases=(Phase.FORWARD,)),
                Choose(section="inference.ask", count=3, right=1),
            ),
            work=worked,
            enter=with_number,
        ),
    ),
)  # fmt: skip

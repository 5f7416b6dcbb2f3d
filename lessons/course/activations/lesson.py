"""Activation functions: their curves and slopes, gradients that vanish and explode through many layers, and dead ReLU neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from mlp_core import Quantity
from mlp_core.initialisation import SCHEMES
from mlp_core.steps import Phase

from ...i18n import mark
from ...style import plain
from ...worked import Worked
from ..case import Case
from ..depth import DEEPEST
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Picture, Press, Prose, Row, Screen, Slide, Walk
from ..typed import with_number
from . import chain, curves, dead, deep, setting
from .setting import (
    BIASES,
    EVERY,
    EVERY_KIND,
    ITERATIONS,
    LEAK,
    LONGEST,
    OUTCOMES,
    RATES,
    RECTIFIERS,
    SLOPED,
    Activations,
    Kinds,
)


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the setting on a screen."""
    match case.screen.key:
        case "curves":
            return {"flat": curves.FLAT}
        case "chain":
            return chain.slopes(case)
        case "deep":
            return {"told": deep.told(case), "networks": deep.NETWORKS, "width": deep.WIDTH, "depth": case.setting.depth}
        case "dead":
            return {"state": dead.state(case), "rate": plain(dead.RATE), "leak": plain(LEAK), "n": dead.DEAD}
        case "unmoved":
            return {"n": dead.DEAD}
        case "killed":
            return {"begun": dead.begun_said(case), "deadly": dead.deadly_said(case), "state": dead.killed_state(case)}
        case _:
            return {}


def _hidden(*kinds: str) -> Callable[[Worked], list[Quantity]]:
    """The targets of these kinds in the hidden layer; of gradients those of the first input."""
    return lambda about: [
        step.target for step in about.steps
        if step.target.kind in kinds and step.target.layer == 1 and step.target.index[-1:] != (2,) * (len(step.target.index) > 1)
    ]  # fmt: skip


def _in_chain(about: Worked) -> list[Quantity]:
    """Error signals, the first layer's before the others, and the slopes."""
    own = [step.target for step in about.steps.phase(Phase.BACKWARD)]
    return [target for kind in ("delta", "dC_da", "da_dz") for target in reversed(own) if target.kind == kind]


TWO = Kinds(lambda record: record.name in RECTIFIERS)
GUESS = Row(parts=tuple(Press(label=label, act=partial(setting.guessed, name)) for name, label in OUTCOMES.items()))
KILLING = Row(
    parts=(
        Slide(field="rate", label=mark("Learning rate"), least=RATES[0], most=RATES[1], step=0.05),
        Pick(field="killed", label=mark("Hidden neurons"), options=TWO),
    )
)

LESSON = Lesson(
    number=8,
    minutes=40,
    setting=Activations,
    redraw=setting.redrawn,
    facts=facts,
    screens=(
        Screen(
            key="curves",
            parts=(
                Prose(section="curves"),
                Row(parts=(Pick(field="hidden", label=mark("Activation of the hidden layer"), options=EVERY_KIND),)),
                Beside(
                    left=(Picture(),),
                    right=(
                        Drawn(kind="chart", data=curves.figure, label=mark("The activation, its slope, and the neurons")),
                        Drawn(kind="latex", data=curves.law),
                        Drawn(kind="table", data=curves.table, label=mark("The hidden neurons")),
                    ),
                ),
                Prose(section="all"),
                Drawn(kind="html", data=curves.gallery),
                Choose(section="curves.ask", count=3, right=2),
                Choose(section="curves.scale", count=3, right=2),
                Choose(section="curves.either", count=3, right=2),
            ),
            work=setting.shown,
            enter=with_number,
        ),
        Screen(
            key="slope",
            parts=(
                Prose(section="slope"),
                Row(parts=(Pick(field="through", label=mark("Activation of the hidden layer"), options=SLOPED),)),
                Walk(phases=(Phase.BACKWARD,)),
                Ask(targets=_hidden("da_dz", "delta", "dW"), redrawn=True),
                Choose(section="slope.ask", count=3, right=1),
            ),
            work=setting.gone_through,
            enter=with_number,
        ),
        Screen(
            key="output",
            parts=(
                Beside(
                    left=(Prose(section="output"), Picture()),
                    right=(Drawn(kind="table", data=chain.handed_the_output, label=mark("Slope at z → the same formula at a")),),
                ),
                Choose(section="output.ask", count=4, right=3),
            ),
            work=setting.gone_through,
            enter=with_number,
        ),
        Screen(
            key="chain",
            parts=(
                Prose(section="chain"),
                Row(
                    parts=(
                        Slide(field="links", label=mark("Number of layers"), least=2, most=LONGEST, step=1),
                        Pick(field="linked", label=mark("Activation"), options=SLOPED),
                    )
                ),
                Drawn(kind="latex", data=chain.product),
                Prose(section="bound"),
                Walk(phases=(Phase.BACKWARD,)),
                Ask(targets=_in_chain, redrawn=True),
            ),
            work=setting.linked,
            enter=partial(with_number, field="chain"),
        ),
        Screen(
            key="deep",
            parts=(
                Prose(section="deep"),
                Row(
                    parts=(
                        Pick(field="deep", label=mark("Activation"), options=SLOPED),
                        Pick(field="scheme", label=mark("First weights"), options={k: each.title for k, each in SCHEMES.items()}),
                    )
                ),
                Beside(
                    left=(
                        GUESS,
                        Prose(section="told"),
                        Drawn(kind="table", data=deep.guesses, label=mark("Your guesses")),
                    ),
                    right=(
                        Drawn(kind="chart", data=deep.figure, label=mark("Gradient of each layer")),
                        Row(
                            parts=(
                                Slide(field="depth", label=mark("Number of layers"), least=1, most=DEEPEST, step=1),
                                Press(label=mark("Other networks"), act=setting.next_draw),
                            )
                        ),
                    ),
                ),
                Choose(section="cause.ask", count=3, right=2),
                Choose(section="relu.ask", count=3, right=3),
            ),
        ),
        Screen(
            key="dead",
            parts=(
                Prose(section="dead"),
                Row(
                    parts=(
                        Slide(field="at", label=mark("Iteration"), least=0, most=ITERATIONS, step=EVERY),
                        Slide(field="bias", label=mark("Bias of neuron 2"), least=BIASES[0], most=BIASES[1], step=0.25),
                        Pick(field="kind", label=mark("Hidden neurons"), options=TWO),
                        Press(label=mark("Other first weights"), act=setting.other_start),
                        Press(label=mark("As at first"), act=setting.as_begun),
                    )
                ),
                Beside(
                    left=(
                        Picture(phase=Phase.LOSS),
                        Prose(section="state"),
                        Drawn(kind="table", data=dead.neuron_table, label=mark("The neuron at every sample")),
                    ),
                    right=(
                        Drawn(kind="chart", data=dead.fold_figure, label=mark("Output, its parts, and the samples")),
                        Drawn(kind="chart", data=dead.loss_figure, label=mark("Loss over the iterations")),
                    ),
                ),
                Choose(section="dead.ask", count=4, right=2),
            ),
            work=dead.folded,
            enter=setting.folded,
        ),
        Screen(
            key="unmoved",
            parts=(
                Prose(section="unmoved"),
                Row(parts=(Pick(field="kind", label=mark("Hidden neurons"), options=TWO),)),
                Walk(only=dead.of_neuron),
                Ask(targets=dead.asked, redrawn=True),
            ),
            work=dead.folded,
            enter=setting.folded,
        ),
        Screen(
            key="killed",
            parts=(
                Prose(section="killed"),
                KILLING,
                Beside(
                    left=(Picture(phase=Phase.LOSS), Prose(section="after")),
                    right=(
                        Drawn(kind="chart", data=dead.step_figure, label=mark("z after one step, against the learning rate")),
                        Drawn(kind="chart", data=dead.both_losses, label=mark("Loss with this learning rate")),
                    ),
                ),
                Choose(section="killed.ask", count=3, right=2),
            ),
            work=dead.stepped,
            enter=setting.stepped,
        ),
        Screen(
            key="step",
            parts=(
                Prose(section="step"),
                KILLING,
                Walk(phases=(Phase.BACKWARD, Phase.UPDATE), only=dead.of_step),
                Ask(targets=dead.asked_of_step, redrawn=True),
            ),
            work=dead.stepped,
            enter=setting.stepped,
        ),
    ),
)  # fmt: skip



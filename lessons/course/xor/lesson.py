"""XOR solved by a hidden layer: two lines folded into one, set by hand, then trained, and what the notes say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from itertools import combinations
from typing import Any

import numpy as np

from mlp_core import Network, Quantity, perceptron
from mlp_core.steps import Phase

from ...i18n import gettext as _
from ...i18n import mark, ngettext
from ...style import together
from ...worked import Worked
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from ..setting import drawn_again
from . import drawn, figures, nets
from .nets import NAMES, SOLVED, TARGETS, Xor

BEGUN: dict[str, Any] = {name: getattr(Xor(), name) for name in SOLVED}


def _turned(name: str, setting: Xor, _example: object) -> Xor:
    """The same line, its other side."""
    w1, w2, b = (-each + 0.0 for each in getattr(setting, name))
    return drawn.moved(setting, name, (w1, w2, b))


def _set(values: Mapping[str, Any], setting: Xor, _example: object) -> Xor:
    return replace(setting, **values)


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the setting on a screen."""
    match case.screen.key:
        case "fold":
            look = drawn.look(case)
            a1, a2 = (f"${look.symbol(Quantity('a', 1, (i,)))}$" for i in (1, 2))
            return {"fallen": fallen(case.setting), "a1": a1, "a2": a2}
        case "sees":
            soft = nets.network(case.setting, "sigmoid", case.setting.steep)
            return {"right": nets.right(soft), "all": len(TARGETS)}
        case "trained":
            return {"state": state_of(case), "most": nets.ITERATIONS}
        case _:
            return {"best": best_line()}


def fallen(setting: Xor) -> str:
    """Which points fall together in the folded plane, and whether one line can separate what is there."""
    places = drawn.folded(setting)
    pairs = [
        _("{one} and {other}").format(one=one, other=other)
        for (one, at), (other, there) in combinations(zip(NAMES.values(), places, strict=True), 2)
        if at == there
    ]
    if not pairs:
        first = _("No two points fall together.")
    else:
        first = _("These fall together: {pairs}.").format(pairs=_("; ").join(pairs))
    if separable(places):
        return together(first, _("One line can separate the two classes here."))
    return together(first, _("No single line can separate the two classes here."))


@lru_cache(maxsize=256)
def separable(places: tuple[tuple[float, float], ...]) -> bool:
    """Whether one line has the points of each class on a side of its own, for places with coordinates 0 and 1: there a
    perceptron finds one in at most 51 updates (Novikoff's bound for a corner against the others), if there is any."""
    labels = [1 if target else -1 for target in TARGETS]
    return perceptron(places, labels, epochs=51).converged


def best_line() -> int:
    """How many of the four points of XOR one line classifies, at best: counted over lines of every direction."""
    lines = [(np.cos(t), np.sin(t), c) for t in np.linspace(0, 2 * np.pi, 64) for c in np.linspace(-2, 2, 65)]
    rows = np.column_stack([nets.PLACES, np.ones(len(TARGETS))])
    says = np.array(lines) @ rows.T > 0
    return int((says == np.array(TARGETS, dtype=bool)).sum(axis=1).max())


def state_of(case: Case) -> str:
    """The training at the iteration on show: loss, points, and where it is stuck, why."""
    setting: Xor = case.setting
    run = nets.trained(setting.hidden, setting.start)
    now, last = run.at(setting.at), run.networks[-1]
    passed, right = nets.passed(now), nets.right(now)
    gradient = max(float(np.abs(layer.dW).max()) for layer in passed.layers)
    text = _("Start {start}, iteration {at}: loss {loss}, largest gradient {gradient}, points that are right: {right} of {all}.")
    said = text.format(
        start=setting.start, at=setting.at, loss=f"{passed.loss:.4f}", gradient=f"{gradient:.1g}", right=right, all=len(TARGETS)
    )  # fmt: skip
    if nets.right(last) == len(TARGETS):
        return said
    return together(said, _why(setting, last))


def _why(setting: Xor, last: Network) -> str:
    """Why a run does not end with all four points right."""
    if setting.hidden == "identity":
        return _("No start helps here: with linear hidden neurons the output is one line, and no line does it.")
    passed = nets.passed(last)
    hidden, said = passed.layers[0], passed.layers[1].a[:, 0]
    far = np.abs(said - np.array(TARGETS)) > nets.FAR
    points = _(", ").join(name for name, each in zip(NAMES.values(), far, strict=True) if each)
    if np.ptp(hidden.a[far], axis=0).max() <= drawn.TOGETHER * np.ptp(hidden.a):
        text = _(
            "**This start gets stuck.** At the end {points} are folded onto one place, though their targets differ. The output "
            "can say only one number there, {value}, the mean of their targets; their pulls cancel, and the ground is level."
        )
    else:
        text = _(
            "**This start gets stuck.** At the end {points} are still far from their targets, and the ground is level: gradient "
            "descent does not know that there is a valley elsewhere."
        )
    text = text.format(points=points, value=f"{said[far].mean():.2f}")
    dead = [k for k in range(2) if not hidden.da_dz[:, k].any()]
    if not dead:
        return text
    lost = ngettext(
        "Hidden neuron {which} is 0 at all four points: the slope of ReLU is 0 there, and nothing flows back to it any more.",
        "Hidden neurons {which} are 0 at all four points: the slope of ReLU is 0 there, and nothing flows back to them any more.",
        len(dead),
    )
    return together(text, lost.format(which=_(" and ").join(str(k + 1) for k in dead)))


def _asked(about: Worked) -> list[Any]:
    return [step.target for step in about.steps.phase(Phase.FORWARD)]


LINES = Drawn(kind="plane", data=drawn.hidden_plane, label=mark("Plane of the inputs"), changed={"line": drawn.moved})
FOLD = Drawn(kind="plane", data=drawn.folded_plane, label=mark("Folded plane"), changed={"line": drawn.moved})
RAIN = Drawn(
    kind="plane", data=drawn.rain_plane, label=mark("Rain, car and umbrella"), changed={"line": drawn.moved}
)
MAPS = [
    Drawn(kind="chart", data=partial(figures.activations, layer=layer, i=i), label=label)
    for layer, i, label in (
        (1, 1, mark("What hidden neuron 1 says")),
        (1, 2, mark("What hidden neuron 2 says")),
        (2, 1, mark("What the output says")),
    )
]
SOLVE = Row(
    parts=(
        Press(label=mark("Turn line 1 round"), act=partial(_turned, "first")),
        Press(label=mark("Turn line 2 round"), act=partial(_turned, "second")),
        Press(label=mark("Show a solution"), act=partial(_set, SOLVED)),
        Press(label=mark("Begin again"), act=partial(_set, BEGUN)),
    )
)

LESSON = Lesson(
    number=3,
    minutes=30,
    setting=Xor,
    redraw=nets.redrawn,
    facts=facts,
    screens=(
        Screen(
            key="lines",
            parts=(
                Beside(
                    left=(
                        Prose(section="lines"),
                        Drawn(kind="table", data=drawn.gates, label=mark("What the three neurons say")),
                        SOLVE,
                    ),
                    right=(LINES,),
                    widths=(2, 1),
                ),
                Choose(section="lines.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="fold",
            parts=(
                Beside(
                    left=(Prose(section="fold"), SOLVE, Prose(section="fallen")),
                    right=(Beside(left=(LINES,), right=(FOLD,)),),
                    widths=(2, 3),
                ),
                Choose(section="fold.ask", count=3, right=1),
            ),
        ),
        Screen(
            key="sees",
            parts=(
                Prose(section="sees"),
                Row(
                    parts=(
                        Slide(field="steep", label=mark("All weights and biases times"), least=1, most=nets.STEEPEST, step=1),
                        *SOLVE.parts[2:],
                    )
                ),
                Beside(left=(Beside(left=(MAPS[0],), right=(MAPS[1],)),), right=(MAPS[2],), widths=(2, 1)),
                Choose(section="sees.ask", count=3, right=3),
            ),
        ),
        Screen(
            key="point",
            parts=(
                Prose(section="point"),
                Row(
                    parts=(
                        Pick(field="point", label=mark("The point"), options=NAMES),
                        Pick(field="activation", label=mark("Activation"), options=nets.WAYS),
                        SOLVE.parts[2],
                    )
                ),
                Walk(phases=(Phase.FORWARD,)),
                Ask(targets=_asked, redrawn=True),
            ),
            work=nets.worked,
            enter=nets.entered,
        ),
        Screen(
            key="trained",
            parts=(
                Prose(section="trained"),
                Row(
                    parts=(
                        Slide(field="at", label=mark("Iteration"), least=0, most=nets.ITERATIONS, step=nets.EVERY),
                        Pick(field="hidden", label=mark("Hidden neurons"), options=nets.HIDDEN),
                        Press(label=mark("Other first weights"), act=drawn_again("start", nets.STARTS), main=True),
                    )
                ),
                Beside(
                    left=(
                        Beside(
                            left=(Drawn(kind="plane", data=drawn.trained_plane, label=mark("Plane of the inputs")),),
                            right=(Drawn(kind="plane", data=drawn.trained_fold, label=mark("Folded plane")),),
                        ),
                    ),
                    right=(
                        Drawn(kind="chart", data=figures.loss, label=mark("Loss over the iterations")),
                        Prose(section="state"),
                    ),
                    widths=(3, 2),
                ),
                Choose(section="trained.ask", count=3, right=3),
                Choose(section="trained.note", count=3, right=2),
            ),
        ),
        Screen(
            key="any",
            parts=(
                Beside(
                    left=(Prose(section="any"), Drawn(kind="latex", data=figures.product)),
                    right=(
                        Beside(
                            left=(LINES,),
                            right=(Drawn(kind="plane", data=drawn.linear_plane, label=mark("Both layers together")),),
                        ),
                    ),
                    widths=(2, 3),
                ),
                Choose(section="any.ask", count=3, right=2),
                Prose(section="smooth"),
                Beside(
                    left=(Drawn(kind="table", data=figures.slopes, label=mark("Slopes of activations")),),
                    right=(Choose(section="smooth.ask", count=3, right=3),),
                ),
                Choose(section="every.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="rain",
            parts=(
                Prose(section="rain"),
                Beside(left=(RAIN,), right=(Choose(section="rain.ask", count=4, right=2),), widths=(1, 2)),
            ),
        ),
    ),
)  # fmt: skip

"""Initialisation: weights that begin alike stay alike, how wide they are drawn and why, what becomes of a deep network, and note
002's table and code."""

from __future__ import annotations

from collections.abc import Mapping

from mlp_core.functions import ACTIVATIONS

from ...i18n import mark
from ...style import plain
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from . import deep, notes, setting, sums, twins
from .setting import DEEPEST, ITERATIONS, NARROWEST, STRIDE, TERMS, TITLES, WIDEST, Initial


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the setting on a screen."""
    own: Initial = case.setting
    match case.screen.key:
        case "twins":
            return {"state": twins.state(case)}
        case "broken":
            return {"told": twins.told(case), "iterations": ITERATIONS, "start": plain(own.start), "apart": plain(own.apart)}
        case "sum":
            return sums.facts(own)
        case "scale":
            return {"inputs": sums.inputs(own.n_in), "neurons": sums.neurons(own.n_out)}
        case "deep":
            return {"network": deep.network_of(own), "found": deep.found(deep.chosen(own))}
        case "table":
            return {"found": deep.tried_found(case), "layers": deep.TABLE_DEPTH, "width": deep.TABLE_WIDTH}
        case _:
            return notes.facts(own)


LIMITS = {1: "±√(6 / (n_in + n_out))", 4: "±4√(6 / (n_in + n_out))"}
SCHEME = Pick(field="scheme", label=mark("Scheme"), options=TITLES)
DRAW = Press(label=mark("Draw again"), act=setting.drawn_anew)
START = Slide(field="start", label=mark("Every weight begins with"), least=-1.0, most=1.0, step=0.1)
HIDDEN = Pick(
    field="twins", label=mark("Hidden neurons"), options={name: ACTIVATIONS[name].title for name in setting.TWINS}
)

LESSON = Lesson(
    number=9,
    minutes=35,
    setting=Initial,
    redraw=setting.redrawn,
    facts=facts,
    notation="notes",
    screens=(
        Screen(
            key="twins",
            parts=(
                Prose(section="twins"),
                Row(parts=(START, HIDDEN, Press(label=mark("All alike again"), act=setting.again))),
                Walk(),
                Choose(section="twins.ask", count=3, right=2),
            ),
            work=twins.worked,
            enter=setting.typed,
        ),
        Screen(
            key="broken",
            parts=(
                Prose(section="broken"),
                Row(
                    parts=(
                        Slide(field="apart", label=mark("Random difference, up to"), least=0.0, most=0.5, step=0.01),
                        START,
                        HIDDEN,
                    )
                ),
                Beside(
                    left=(
                        Drawn(kind="chart", data=twins.fit, label=mark("The points, and what the network says")),
                        Row(
                            parts=(
                                Slide(
                                    field="at", label=mark("Iteration"), least=0, most=ITERATIONS, step=setting.EVERY
                                ),
                            )
                        ),
                    ),
                    right=(
                        Drawn(kind="chart", data=twins.paths, label=mark("Weights of both neurons")),
                        Prose(section="told"),
                    ),
                ),
                Choose(section="broken.ask", count=3, right=1),
            ),
        ),
        Screen(
            key="sum",
            parts=(
                Beside(
                    left=(
                        Prose(section="sum"),
                        Row(parts=(Slide(field="terms", label=mark("Inputs"), least=1, most=TERMS, step=1),)),
                        Drawn(kind="html", data=sums.shown),
                    ),
                    right=(
                        Drawn(kind="chart", data=sums.measured, label=mark("Variance of z against the number of inputs")),
                        Drawn(kind="latex", data=sums.law),
                    ),
                ),
                Choose(section="sum.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="scale",
            parts=(
                Prose(section="scale"),
                Row(parts=(SCHEME,)),
                Walk(),
                Prose(section="kept"),
                Drawn(kind="latex", data=sums.table),
                Ask(redrawn=True),
                Choose(section="scale.ask", count=3, right=3),
            ),
            work=setting.one_layer,
            enter=setting.entered,
        ),
        Screen(
            key="deep",
            parts=(
                Prose(section="deep"),
                Row(parts=(SCHEME,)),
                Row(
                    parts=(
                        Pick(
                            field="activation", label=mark("Activation"),
                            options={name: ACTIVATIONS[name].title for name in setting.DEEP},
                        ),
                        Slide(field="depth", label=mark("Number of layers"), least=2, most=DEEPEST, step=1),
                        Slide(field="width", label=mark("Neurons a layer"), least=NARROWEST, most=WIDEST, step=STRIDE),
                        DRAW,
                    )
                ),
                Beside(
                    left=(
                        Drawn(
                            kind="html",
                            data=lambda case: deep.activations(case, deep.chosen(case.setting), case.setting.activation),
                        ),
                    ),
                    right=(Drawn(kind="html", data=lambda case: deep.gradients(case, deep.chosen(case.setting))),),
                ),
                Prose(section="found"),
                Choose(section="deep.ask", count=3, right=3),
            ),
        ),
        Screen(
            key="table",
            parts=(
                Beside(
                    left=(
                        Prose(section="table"),
                        Drawn(kind="latex", data=notes.table),
                        Row(
                            parts=(
                                Pick(
                                    field="trial", label=mark("Network of"),
                                    options={name: ACTIVATIONS[name].title for name in setting.TWINS},
                                ),
                                Pick(field="factor", label=mark("Limit"), options=LIMITS),
                                DRAW,
                            )
                        ),
                        Prose(section="tried"),
                    ),
                    right=(
                        Drawn(
                            kind="html",
                            data=lambda case: deep.activations(case, deep.tried(case.setting), case.setting.trial),
                        ),
                        Drawn(kind="html", data=lambda case: deep.gradients(case, deep.tried(case.setting))),
                    ),
                    widths=(3, 2),
                ),
                Choose(section="table.ask", count=4, right=3),
            ),
        ),
        Screen(
            key="code",
            parts=(
                Beside(
                    left=(
                        Prose(section="code"),
                        Drawn(kind="html", data=notes.code),
                        Drawn(kind="html", data=notes.drawn),
                    ),
                    right=(
                        Row(
                            parts=(
                                Pick(
                                    field="trained", label=mark("Hidden neurons"),
                                    options={name: ACTIVATIONS[name].title for name in setting.TABLE},
                                ),
                                DRAW,
                            )
                        ),
                        Drawn(kind="chart", data=notes.curves, label=mark("Loss over the epochs")),
                        Prose(section="ends"),
                    ),
                ),
                Choose(section="draws.ask", count=3, right=2),
                Choose(section="column.ask", count=3, right=1),
            ),
        ),
    ),
)  # fmt: skip

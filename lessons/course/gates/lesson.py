"""A neuron of weights and a threshold as a gate: AND, OR, NOT, others, and XOR, which none is."""

from __future__ import annotations

from functools import partial
from typing import Any

from mlp_core.steps import Phase

from ...i18n import mark
from ...worked import Worked
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from . import neurons, pictures
from .neurons import FARTHEST, FIRST, HEAVIEST, OWN, PER, Gates


def _dials(id: str, *before: Pick) -> Row:
    """A neuron's weights and threshold on sliders, and its other side."""
    one, two, threshold = neurons.FIELDS[id]
    names = ((one, "w₁" if two else "w"), (two, "w₂"))
    weights = [
        Slide(field=field, label=label, least=-HEAVIEST, most=HEAVIEST, step=1 / PER) for field, label in names if field
    ]
    last = Slide(field=threshold, label=mark("Threshold T"), least=-FARTHEST, most=FARTHEST, step=1 / PER)
    turn = Press(label=mark("The other side"), act=partial(neurons.turned, id=id))
    return Row(parts=(*before, *weights, last, turn))


def _forward(about: Worked) -> list[Any]:
    return [step.target for step in about.steps.phase(Phase.FORWARD)]


MOVED = {"line": neurons.moved}
PICK_ROW = Pick(field="row", label=mark("The row"), options=neurons.NAMES)
XOR = Drawn(kind="plane", data=pictures.xor_plane, changed=MOVED)
TABLE = mark("Truth table")
WIDTHS = (2, 3)

LESSON = Lesson(
    number=1,
    minutes=25,
    setting=Gates,
    redraw=neurons.redrawn,
    facts=pictures.facts,
    screens=(
        Screen(
            key="gates",
            parts=(
                Beside(
                    left=(Drawn(kind="plane", data=pictures.first_plane, changed=MOVED),),
                    right=(
                        Prose(section="gates"),
                        _dials("neuron", Pick(field="gate", label=mark("The gate"), options={key: key for key in FIRST})),
                        Drawn(kind="table", data=pictures.first_table, label=TABLE),
                    ),
                    widths=WIDTHS,
                ),
                Choose(section="gates.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="row",
            parts=(
                Prose(section="row"),
                Row(parts=(PICK_ROW,)),
                Walk(phases=(Phase.FORWARD,)),
                Choose(section="row.edge", count=3, right=3),
                Choose(section="row.ask", count=3, right=2, of=()),
                Ask(targets=_forward, redrawn=True),
            ),
            work=neurons.worked,
            enter=neurons.entered,
        ),
        Screen(
            key="not",
            parts=(
                Prose(section="not"),
                Drawn(kind="plane", data=pictures.not_line, changed=MOVED),
                Beside(left=(_dials("inverter"),), right=(Drawn(kind="table", data=pictures.not_table, label=TABLE),)),
                Choose(section="not.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="own",
            parts=(
                Beside(
                    left=(Drawn(kind="plane", data=pictures.own_plane, changed=MOVED),),
                    right=(
                        Prose(section="own"),
                        _dials("neuron", Pick(field="own", label=mark("The gate"), options={key: key for key in OWN})),
                        Drawn(kind="table", data=pictures.own_table, label=TABLE),
                    ),
                    widths=WIDTHS,
                ),
                Choose(section="own.ask", count=3, right=1),
            ),
        ),
        Screen(
            key="xor",
            parts=(
                Beside(
                    left=(XOR,),
                    right=(
                        Prose(section="xor"),
                        Prose(section="best"),
                        _dials("xor"),
                        Drawn(kind="table", data=pictures.xor_table, label=TABLE),
                    ),
                    widths=WIDTHS,
                ),
                Choose(section="xor.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="why",
            parts=(
                Beside(
                    left=(XOR,),
                    right=(
                        Prose(section="why"),
                        Drawn(kind="table", data=pictures.inequalities, label=mark("What XOR wants")),
                        Prose(section="contradiction"),
                        _dials("xor"),
                    ),
                    widths=WIDTHS,
                ),
                Choose(section="why.ask", count=3, right=3),
            ),
        ),
        Screen(
            key="circuit",
            parts=(
                Prose(section="circuit"),
                Drawn(kind="html", data=pictures.sixteen, of=()),
                Prose(section="several"),
                Row(parts=(PICK_ROW,)),
                Walk(phases=(Phase.FORWARD,)),
                Choose(section="circuit.ask", count=3, right=2, of=()),
                Choose(section="circuit.learn", count=3, right=1),
            ),
            work=neurons.circuit,
            enter=neurons.typed_input,
        ),
    ),
)  # fmt: skip

"""Before the course: slopes, partial derivatives, the chain rule, e and ln, the sigmoid, and the words that are used."""

from __future__ import annotations

from functools import partial
from typing import Any

from ...i18n import mark
from ...worked import Worked
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Prose, Row, Screen, Slide, Walk
from . import gears, pictures
from .functions import FUNCTIONS
from .setting import BASES, CHAIN, EXP, LOG, LOGISTIC, PARTIAL, SLOPE, TOOTHIEST, TURNS, Slopes, Sum, redrawn, to


def _derivatives(about: Worked) -> list[Any]:
    """The local ones that depend on numbers, and those with respect to what is given."""
    locals_ = [step.target for step in about.steps if step.target.kind == "local" and step.inputs]
    return [*locals_, *(given.beside("derivative") for given in about.given)]


ASK = Ask(targets=_derivatives, redrawn=True)


def _screen(key: str, about: Sum, *parts: Any) -> Screen:
    return Screen(key=key, parts=parts, work=about.worked, enter=about.entered)


LESSON = Lesson(
    number=0,
    minutes=35,
    setting=Slopes,
    redraw=redrawn,
    facts=pictures.facts,
    screens=(
        _screen(
            "slope",
            SLOPE,
            Beside(
                left=(Drawn(kind="curve", data=pictures.slope_curve, changed=to(at="at", second="second")),),
                right=(
                    Prose(section="slope"),
                    Row(parts=(Pick(field="f", label=mark("The curve"), options={k: f.label for k, f in FUNCTIONS.items()}),)),
                    Drawn(kind="table", data=pictures.secants, label=mark("Secants from the point")),
                    Drawn(kind="latex", data=pictures.law),
                ),
            ),
            ASK,
            Choose(section="slope.ask", count=3, right=2),
        ),
        _screen(
            "partial",
            PARTIAL,
            Prose(section="partial"),
            Beside(
                left=(
                    Prose(section="partial.x"),
                    Drawn(kind="curve", data=pictures.over_x, label="x", changed=to(at="px")),
                    Drawn(kind="latex", data=partial(pictures.partial_law, by="x")),
                ),
                right=(
                    Prose(section="partial.y"),
                    Drawn(kind="curve", data=pictures.over_y, label="y", changed=to(at="py")),
                    Drawn(kind="latex", data=partial(pictures.partial_law, by="y")),
                ),
            ),
            ASK,
            Choose(section="partial.ask", count=3, right=2),
        ),
        Screen(
            key="chain",
            parts=(
                Beside(
                    left=(Drawn(kind="html", data=gears.picture),),
                    right=(
                        Prose(section="chain"),
                        Row(
                            parts=(
                                Slide(field="turn", label=mark("Turns of the first wheel"), least=0.0, most=TURNS, step=0.05),
                                Slide(field="first", label=mark("Turns of u for one of x"), least=1, most=TOOTHIEST, step=1),
                                Slide(field="then", label=mark("Turns of y for one of u"), least=1, most=TOOTHIEST, step=1),
                            )
                        ),
                        Drawn(kind="table", data=pictures.wheels, label=mark("The wheels")),
                    ),
                ),
                Choose(section="chain.ask", count=3, right=2),
            ),
        ),
        _screen("through", CHAIN, Prose(section="through"), Walk(), ASK),
        _screen(
            "e",
            EXP,
            Beside(
                left=(Drawn(kind="curve", data=pictures.power_curve, changed=to(at="ex")),),
                right=(
                    Prose(section="e"),
                    Row(parts=(Slide(field="base", label=mark("Base"), least=BASES[0], most=BASES[1], step=0.01),)),
                    Prose(section="found"),
                    Drawn(kind="table", data=pictures.power_table, label=mark("The power and its derivative")),
                ),
            ),
            Choose(section="e.ask", count=3, right=2),
            Prose(section="e.after"),
            ASK,
        ),
        _screen(
            "ln",
            LOG,
            Beside(
                left=(Drawn(kind="curve", data=pictures.ln_curve, changed=to(at="lx")),),
                right=(
                    Prose(section="ln"),
                    Drawn(kind="table", data=pictures.ln_table, label=mark("The logarithm at the point")),
                ),
            ),
            Choose(section="ln.ask", count=3, right=2),
            Prose(section="ln.after"),
            ASK,
        ),
        _screen(
            "sigmoid",
            LOGISTIC,
            Beside(
                left=(Drawn(kind="curve", data=pictures.sigmoid_curve, changed=to(at="sx")),),
                right=(
                    Prose(section="sigmoid"),
                    Drawn(kind="latex", data=pictures.sigmoid_law),
                    Drawn(kind="table", data=pictures.sigmoid_table, label=mark("The sigmoid at the point")),
                ),
            ),
            ASK,
            Choose(section="sigmoid.ask", count=3, right=3),
        ),
        Screen(
            key="words",
            parts=(
                Prose(section="words"),
                Choose(section="words.ask", count=3, right=1),
                Drawn(kind="table", data=pictures.words, label=mark("Terms of the course")),
            ),
        ),
    ),
)  # fmt: skip

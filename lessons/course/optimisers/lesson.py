"""Optimisers: a race on the loss of two weights, what momentum and a step of each weight's own do, every update as Steps, a
learning rate that changes, and what note 004 says of Adam's steps."""

from __future__ import annotations

from functools import partial

from mlp_core.optimisers import OPTIMISERS, schedules
from mlp_core.steps import Phase

from ...i18n import mark
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from . import pictures, steadier
from .facts import MOMENTUMS, OWN, facts, first_steps
from .racers import FORMS
from .racing import UPDATES
from .setting import MEASURED, SCHEDULES, SLOWINGS, Race, anew, changes, entered, redrawn
from .surfaces import FALLING, RAVINE, SURFACES

SHOWN = {key: each.title for key, each in SURFACES.items() if key != FALLING}
SURFACE = Pick(field="surface", label=mark("The loss"), options=SHOWN)
SCHEDULE = Pick(field="schedule", label=mark("The learning rates"), options=SCHEDULES)


def _slide(name: str, least: float, most: float) -> Slide:
    """A slider for a number that only some schedules have."""

    def end(setting: Race) -> float:
        return most if name in schedules.SCHEDULES[setting.slowing].numbers else -1

    about = schedules.NUMBERS[name]
    return Slide(field=name, label=about.title, least=least, most=end, step=about.step)


SLIDES = (
    _slide("every", 1, UPDATES),
    _slide("factor", 0.05, 1.0),
    _slide("rate", 0.0, 0.5),
    _slide("epochs", 1, UPDATES),
    Slide(field="epoch", label=mark("e, the epoch looked at"), least=0, most=UPDATES - 1, step=1),
)

SELECTING = {name: each for name, each in changes().items() if name != "run"}

LESSON = Lesson(
    number=12,
    minutes=40,
    setting=Race,
    redraw=redrawn,
    facts=facts,
    desk=True,
    screens=(
        Screen(
            key="race",
            parts=(
                Prose(section="race"),
                Row(parts=(SURFACE, SCHEDULE, Press(label=mark("As at first"), act=anew))),
                Drawn(kind="race", data=pictures.picture, label=mark("Race"), changed=changes()),
                Prose(section="leads"),
                Choose(section="race.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="ravine",
            parts=(
                Prose(section="ravine"),
                Row(
                    parts=(
                        Pick(field="form", label=mark("Form of momentum"), options=FORMS),
                        Press(label=mark("As at first"), act=partial(anew, surface=RAVINE)),
                    )
                ),
                Drawn(
                    kind="race", data=partial(pictures.picture, surface=RAVINE, only=MOMENTUMS), label=mark("Race"),
                    changed=changes(RAVINE),
                ),
                Prose(section="turns"),
                Choose(section="ravine.ask", count=3, right=2),
                Choose(section="ravine.note", count=3, right=2),
            ),
        ),
        Screen(
            key="own",
            parts=(
                Prose(section="own"),
                Drawn(
                    kind="race", data=partial(pictures.picture, surface=RAVINE, only=OWN), label=mark("Race"),
                    changed=changes(RAVINE),
                ),
                Beside(
                    left=(Drawn(kind="table", data=first_steps, label=mark("The first step of each")),),
                    right=(Prose(section="each"),),
                ),
                Choose(section="own.ask", count=3, right=2),
                Choose(section="own.rare", count=3, right=2),
            ),
        ),
        Screen(
            key="steps",
            parts=(
                Prose(section="steps"),
                Drawn(kind="race", data=pictures.alone, label=mark("Race"), changed=SELECTING),
                Walk(phases=(Phase.BACKWARD, Phase.UPDATE)),
                Ask(targets=pictures.update_asked, redrawn=True),
            ),
            work=pictures.worked_step,
            enter=entered,
        ),
        Screen(
            key="decay",
            parts=(
                Beside(
                    left=(
                        Prose(section="decay"),
                        Row(
                            parts=(
                                Pick(field="slowing", label=mark("The learning rate falls"), options=SLOWINGS),
                                *SLIDES,
                            )
                        ),
                        Drawn(kind="latex", data=pictures.rate_law),
                    ),
                    right=(Drawn(kind="chart", data=pictures.rates, label=mark("Learning rates")),),
                ),
                Row(parts=(Pick(field="slowed", label=mark("Who"), options={name: name for name in OPTIMISERS}),)),
                Drawn(
                    kind="race", data=pictures.slowed, label=mark("Race"),
                    changed={name: each for name, each in changes(FALLING).items() if name in ("start", "place", "set", "typed")},
                ),
                Prose(section="both"),
                Choose(section="decay.ask", count=3, right=2),
                Ask(targets=pictures.lr_asked, redrawn=True),
            ),
            work=pictures.worked_slowed,
            enter=entered,
        ),
        Screen(
            key="steadier",
            parts=(
                Choose(section="steadier.first", count=3, right=2),
                Beside(
                    left=(
                        Prose(section="steadier"),
                        Row(parts=(Slide(field="updates", label=mark("Updates measured"), least=0, most=MEASURED, step=1),)),
                        Prose(section="measured"),
                    ),
                    right=(Drawn(kind="chart", data=steadier.chart, label=mark("Lengths of the steps")),),
                    widths=(2, 3),
                ),
                Choose(section="steadier.ask", count=3, right=2),
            ),
        ),
    ),
)  # fmt: skip

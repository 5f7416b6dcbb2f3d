"""The perceptron: one pass, many updates, when they end and when they never do, and what one line can and cannot separate."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlp_core import Quantity
from mlp_core.steps import Phase

from ...i18n import mark
from ...worked import Worked, of_pass
from ..case import Case
from ..lesson import Ask, Beside, Changed, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from . import changes, pictures, runs
from .setting import HAND, LEAST_RATE, MOST_RATE, Perceptrons


def first(setting: Perceptrons, _example: object) -> Worked:
    """The pass over the notes' samples, and the update after it."""
    return of_pass(setting.first().steps[0])


def later(setting: Perceptrons, _example: object) -> Worked:
    """The pass at the update on show."""
    return of_pass(setting.several().steps[setting.at])


def facts(case: Case) -> Mapping[str, object]:
    """How the screen's run ends, or the numbers of one that is about nothing worked out."""
    setting: Perceptrons = case.setting
    match case.screen.key:
        case "updates":
            return {"several": runs.told(setting.several())}
        case "own":
            own = setting.own_run()
            return {"own": runs.told_own(own) if own else "", "bound": runs.told_bound(own) if own else ""}
        case "xor":
            return {"xor": runs.told(setting.xor())}
        case "umbrella":
            return {"right": pictures.right_rows(setting), "learning": runs.told(setting.umbrella())}
        case "errors":
            slope, value = Quantity("slope_offset"), case.look.value
            return {
                "slope_perceptron": value(slope, pictures.by_perceptron(setting.z)),
                "slope_sigmoid": value(slope, pictures.by_sigmoid()[round(setting.z, 2)]),
            }
        case _:
            return {}


def _asked(about: Worked) -> list[Quantity]:
    """Of the first sample all, of each whether it is misclassified, then the loss and what the update is made of."""
    wanted = ("missed", "D", "slope_weight", "slope_offset", "weight_new", "offset_new")
    targets = [step.target for step in about.steps]
    return [q for q in targets if q.kind in wanted or (q.kind in ("score", "class") and q.index == (1,))]


def _updated(about: Worked) -> list[Quantity]:
    """The gradient and the update, or the loss where there are none."""
    made = [step.target for step in about.steps.phase(Phase.BACKWARD, Phase.UPDATE)]
    return made or [Quantity("D")]


UPDATE = Pick(
    field="update",
    label=mark("An update is made of"),
    options={"each": mark("one sample"), "batch": mark("all misclassified")},
)


def _slide(field: str, most: Callable[[Perceptrons], int]) -> Slide:
    return Slide(field=field, label=mark("Updates made"), least=0, most=most, step=1)


def _dial(field: str, label: str) -> Slide:
    return Slide(field=field, label=label, least=-HAND, most=HAND, step=0.25)


def _plane(data: Callable[[Case], object], label: str, **changed: Changed) -> Drawn:
    return Drawn(kind="plane", data=data, label=label, changed=changed)


def _history(run: str, at: str) -> Drawn:
    return Drawn(
        kind="table", data=lambda case: pictures.history(getattr(case.setting, run)(), getattr(case.setting, at)),
        label=mark("Before each update, and at the end"),
    )  # fmt: skip


SAMPLES = Screen(
    key="samples",
    parts=(
        Prose(section="samples"),
        Walk(),
        _plane(pictures.border, pictures.LINE, point=changes.sample_moved, line=changes.border_moved),
        Choose(section="samples.ask", count=3, right=2),
        Choose(section="samples.far", count=3, right=2),
        Prose(section="samples.after"),
        Ask(targets=_asked, redrawn=True),
    ),
    work=first,
    enter=changes.entered,
)
UPDATES = Screen(
    key="updates",
    parts=(
        Prose(section="updates"),
        Row(
            parts=(
                Slide(field="rate", label=mark("Learning rate"), least=LEAST_RATE, most=MOST_RATE, step=LEAST_RATE),
                UPDATE,
            )
        ),
        Row(parts=(_slide("at", lambda setting: runs.last(setting.several())),)),
        Beside(
            left=(_plane(pictures.several, pictures.LINE, point=changes.sample_moved, line=changes.begin_moved),),
            right=(_history("several", "at"),),
        ),
        Walk(),
        Choose(section="updates.ask", count=3, right=3),
        Choose(section="updates.stochastic", count=3, right=3),
        Choose(section="updates.fewer", count=3, right=2),
        Ask(targets=_updated, redrawn=True),
    ),
    work=later,
    enter=changes.entered_later,
)
OWN = Screen(
    key="own",
    parts=(
        Prose(section="own"),
        Row(
            parts=(
                Pick(field="adds", label=mark("A click adds"), options={1: mark("class 1"), -1: mark("class −1")}),
                UPDATE,
                _slide("own_at", lambda setting: runs.last(made) if (made := setting.own_run()) else 0),
            )
        ),
        Beside(
            left=(
                _plane(
                    pictures.own,
                    pictures.OWN,
                    add=changes.point_added,
                    point=changes.point_moved,
                    remove=changes.point_removed,
                ),
            ),
            right=(Prose(section="own.found"), _history("own_run", "own_at")),
        ),
        Prose(section="own.why"),
        Choose(section="own.ask", count=3, right=2),
    ),
)
NEVER = Screen(
    key="xor",
    parts=(
        Prose(section="xor"),
        Row(
            parts=(
                _slide("xor_at", lambda setting: runs.last(setting.xor())),
                UPDATE,
                Press(label=mark("Begin at 0"), act=changes.start_anew),
            )
        ),
        Beside(
            left=(_plane(pictures.xor, pictures.CORNERS_OF_XOR, line=changes.start_moved),),
            right=(Prose(section="xor.found"), _history("xor", "xor_at")),
        ),
        Prose(section="xor.why"),
        Drawn(kind="latex", data=lambda case: pictures.inequalities(case.look)),
        Choose(section="xor.ask", count=3, right=1),
    ),
)
RAIN = Screen(
    key="umbrella",
    parts=(
        Prose(section="umbrella"),
        Row(
            parts=(
                _dial("w1", mark("w₁ (rain)")), _dial("w2", mark("w₂ (car)")), _dial("offset", mark("c")),
                Press(label=mark("Let it learn from here"), act=changes.learnt),
            )
        ),
        Beside(
            left=(_plane(pictures.umbrella, pictures.ROWS_OF_TABLE, line=changes.hand_moved),),
            right=(
                Drawn(kind="table", data=pictures.umbrella_table, label=mark("Is an umbrella needed?")),
                Prose(section="umbrella.found"),
            ),
        ),
        Choose(section="umbrella.ask", count=4, right=2),
    ),
)  # fmt: skip
ERRORS = Screen(
    key="errors",
    parts=(
        Prose(section="errors"),
        Beside(
            left=(Drawn(kind="curve", data=pictures.slopes, label=pictures.SIZE, changed={"move": changes.z_moved}),),
            right=(Prose(section="errors.seen"),),
            widths=(3, 2),
        ),
        Choose(section="vanishing.ask", count=4, right=4),
        Choose(section="circuits.ask", count=3, right=3),
    ),
)

LESSON = Lesson(
    number=2,
    minutes=35,
    setting=Perceptrons,
    redraw=changes.redrawn,
    facts=facts,
    notation="notes",
    screens=(SAMPLES, UPDATES, OWN, NEVER, RAIN, ERRORS),
)

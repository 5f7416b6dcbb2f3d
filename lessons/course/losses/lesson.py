"""Losses: the squared error's forms, cross-entropy, softmax with its Jacobian, what is left of both, two errors of note 002."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlp_core import Quantity
from mlp_core.steps import Phase

from ...i18n import mark, ngettext
from ...worked import Worked
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Prose, Row, Screen, Slide, Take, Walk
from . import curves, setting, shares, signs
from .setting import COSTS, FASTEST, MOST_OUTPUTS, OUTPUTS, REACH, RIGHT, SQUARES, TARGETS, Losses


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the outputs, or of the training, on a screen."""
    own: Losses = case.setting
    match case.screen.key:
        case "squares":
            return {"n": ngettext("{n} output", "{n} outputs", own.count).format(n=own.count)}
        case "minus":
            run, right = signs.trained(own.rate, own.slope_sign), signs.trained(own.rate, True)
            return {"hits": run.hits[-1], "best": right.hits[-1], "all": len(signs.data()[0]), "updates": signs.UPDATES}
        case _:
            return {}


def _kinds(*kinds: str) -> Callable[[Worked], list[Quantity]]:
    return lambda about: [step.target for step in about.steps if step.target.kind in kinds]


def _shares(about: Worked) -> list[Quantity]:
    """Two shares and two entries of the Jacobian of each kind."""
    wanted = [Quantity(kind, 1, index) for kind, index in SOFTMAX]
    return [each for each in wanted if each in about.steps]


SOFTMAX = (("a", (1,)), ("da_dz", (1, 1)), ("da_dz", (1, 2)), ("a", (3,)), ("da_dz", (2, 3)), ("da_dz", (2, 2)))


RIGHT_CLASS = Row(parts=(Pick(field="right", label=mark("Right class"), options=RIGHT),))
SUMS = Row(
    parts=tuple(
        Slide(field=f"z{k}", label=label, least=-REACH, most=REACH, step=0.1)
        for k, label in enumerate((mark("First sum"), mark("Second sum"), mark("Third sum")), 1)
    )
)
JUDGED = {"move": setting.judged_at}
SIGNS: Mapping[bool, str] = {False: mark("as printed"), True: mark("with a minus")}

LESSON = Lesson(
    number=7,
    minutes=40,
    setting=Losses,
    redraw=setting.redrawn,
    facts=facts,
    screens=(
        Screen(
            key="squares",
            parts=(
                Beside(
                    left=(Drawn(kind="curve", data=curves.squared, changed={"move": setting.moved}),),
                    right=(
                        Prose(section="squares"),
                        Row(
                            parts=(
                                Pick(field="form", label=mark("The loss"), options=SQUARES),
                                Slide(field="count", label=mark("Outputs"), least=1, most=MOST_OUTPUTS, step=1),
                            )
                        ),
                        Drawn(kind="table", data=curves.squares_table, label=mark("The same outputs in three forms")),
                    ),
                    widths=(4, 5),
                ),
                Ask(targets=_kinds("C", "dC_da"), redrawn=True),
                Choose(section="squares.ask", count=3, right=2),
            ),
            work=setting.squares,
            enter=setting.entered_output,
        ),
        Screen(
            key="wrong",
            parts=(
                Beside(
                    left=(
                        Prose(section="wrong"),
                        Row(parts=(Pick(field="target", label=mark("Target"), options=TARGETS),)),
                    ),
                    right=(
                        Beside(
                            left=(
                                Prose(section="wrong.left"),
                                Drawn(kind="curve", data=curves.judged_squared, label="squared", changed=JUDGED),
                            ),
                            right=(
                                Prose(section="wrong.right"),
                                Drawn(kind="curve", data=curves.judged_entropy, label="entropy", changed=JUDGED),
                            ),
                        ),
                        Drawn(kind="table", data=curves.judged_table, label=mark("Both losses at the point")),
                    ),
                    widths=(2, 3),
                ),
                Ask(targets=_kinds("C", "dC_da", "delta"), redrawn=True),
                Choose(section="wrong.ask", count=3, right=2),
            ),
            work=setting.judged,
            enter=setting.entered_share,
        ),
        Screen(
            key="shares",
            parts=(
                Beside(
                    left=(
                        Prose(section="shares"),
                        SUMS,
                        Drawn(kind="table", data=shares.shares, label=mark("From sums to shares")),
                    ),
                    right=(Drawn(kind="html", data=shares.jacobian_map), Prose(section="rows")),
                ),
                Ask(targets=_shares, redrawn=True),
                Choose(section="shares.ask", count=3, right=2),
            ),
            work=setting.classes,
            enter=setting.entered,
        ),
        Screen(
            key="left",
            parts=(
                Prose(section="left"),
                RIGHT_CLASS,
                Walk(phases=(Phase.BACKWARD,)),
                Prose(section="letters"),
                Drawn(kind="latex", data=shares.left_over, of=()),
                Ask(targets=_kinds("dC_da", "delta"), redrawn=True),
                Choose(section="left.ask", count=3, right=2),
            ),
            work=setting.classes,
            enter=setting.entered,
        ),
        Screen(
            key="minus",
            parts=(
                Beside(
                    left=(
                        Prose(section="minus"),
                        Row(
                            parts=(
                                Pick(field="loss_sign", label=mark("Sign of the loss"), options=SIGNS),
                                Pick(field="slope_sign", label=mark("Sign of its slope"), options=SIGNS),
                                Slide(field="rate", label=mark("Learning rate"), least=0.1, most=FASTEST, step=0.1),
                            )
                        ),
                        Prose(section="hits"),
                    ),
                    right=(Drawn(kind="chart", data=signs.curves, label=mark("Loss after every update")),),
                ),
                Choose(section="minus.ask", count=4, right=3),
                Ask(targets=_kinds("C", "dC_da"), redrawn=True),
            ),
            work=setting.classes,
            enter=setting.entered,
        ),
        Screen(
            key="rule",
            parts=(
                Beside(
                    left=(
                        Prose(section="rule"),
                        Row(
                            parts=(
                                Pick(field="output", label=mark("Output"), options=OUTPUTS),
                                Pick(field="cost", label=mark("Loss"), options=COSTS),
                            )
                        ),
                        Drawn(kind="table", data=shares.rule_table, label=mark("The error signals in two ways")),
                        Prose(section="rule.seen"),
                    ),
                    right=(Drawn(kind="html", data=shares.jacobian_map), SUMS),
                ),
                Choose(section="rule.ask", count=3, right=2),
                Choose(section="rule.h", count=3, right=2),
                Ask(targets=_kinds("delta"), redrawn=True),
            ),
            work=setting.compared,
            enter=setting.entered,
        ),
        Screen(
            key="desk",
            parts=(
                Prose(section="desk"),
                Take(label=mark("Put this classifier into the example"), make=lambda setting: setting.classifier),
                Walk(phases=(Phase.LOSS, Phase.BACKWARD)),
                Ask(targets=_kinds("dC_da", "delta"), redrawn=True),
            ),
            work=setting.classifier,
            enter=setting.entered_classifier,
        ),
    ),
)  # fmt: skip

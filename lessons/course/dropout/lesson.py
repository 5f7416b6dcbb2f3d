"""Dropout and weight decay: learning by heart seen and cured, masks forward and backward, decay in the loss and beside the step,
and the errors of note 002."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from mlp_core.steps import Phase

from ...i18n import mark
from ...style import plain
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Picture, Press, Prose, Row, Screen, Slide, Tick, Walk
from ..typed import with_number
from . import decaying, fitting, masks, setting
from .setting import EPOCHS, EVERY, FORMS, HIDDEN, MOST_DROPPED, OPTIMISERS, RATES, WIDEST, Dropout, redrawn


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the networks on a screen."""
    own = case.setting
    match case.screen.key:
        case "fit":
            return fitting.facts(own, fitting.plain(own))
        case "cure":
            return fitting.facts(own, fitting.cured(own))
        case "mean":
            return masks.mean_facts(own)
        case "test":
            return fitting.noted_facts(own)
        case "adam":
            return {"rate": plain(decaying.RATE)}
        case "many":
            return decaying.race_facts(own)
        case _:
            return {}


NEURONS = Slide(field="neurons", label=mark("Hidden neurons"), least=1, most=WIDEST, step=1)
EPOCH = Slide(field="at", label=mark("Epoch on show"), least=0, most=EPOCHS, step=EVERY)
SAMPLES = Press(label=mark("Other samples"), act=setting.other_samples)
DROPPED = Slide(field="p", label=mark("Probability of dropping, p"), least=masks.LEAST, most=MOST_DROPPED, step=0.1)
WORKING = Tick(
    field="working", label=mark("Hidden neurons that work"), options={i: str(i) for i in range(1, HIDDEN + 1)}
)
SHARE = Slide(field="share", label=mark("Probability of dropping, p"), least=0.0, most=MOST_DROPPED, step=0.1)
WEIGHT = Pick(field="rate", label="λ", options={rate: plain(rate) for rate in RATES})
LAMBDA = Slide(field="decay", label="λ", least=0.0, most=setting.MOST_DECAY, step=0.05)

LESSON = Lesson(
    number=11,
    minutes=45,
    setting=Dropout,
    redraw=redrawn,
    facts=facts,
    screens=(
        Screen(
            key="fit",
            parts=(
                Beside(
                    left=(
                        Prose(section="fit"),
                        Row(parts=(NEURONS, EPOCH, SAMPLES)),
                        Prose(section="fit.found"),
                    ),
                    right=(
                        Drawn(
                            kind="chart", data=lambda case: fitting.curve(case, fitting.plain(case.setting)),
                            label=mark("Samples and what the network makes of them"),
                        ),
                        Drawn(
                            kind="chart", data=lambda case: fitting.losses(case, fitting.plain(case.setting)),
                            label=mark("Loss of training samples and of held-out samples"),
                        ),
                    ),
                    widths=(2, 3),
                ),
                Choose(section="fit.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="mask",
            parts=(
                Prose(section="mask"),
                Row(parts=(WORKING, DROPPED)),
                Walk(phases=(Phase.FORWARD, Phase.LOSS, Phase.BACKWARD)),
                Ask(targets=masks.asked, redrawn=True),
            ),
            work=masks.worked,
            enter=masks.entered,
        ),
        Screen(
            key="back",
            parts=(
                Beside(
                    left=(
                        Prose(section="back"),
                        Row(parts=(WORKING,)),
                        Drawn(kind="table", data=masks.gradients, label=mark("Gradients of weights into and out of a neuron")),
                    ),
                    right=(Picture(phase=Phase.BACKWARD),),
                ),
                Choose(section="back.ask", count=3, right=3),
            ),
            work=masks.worked,
            enter=masks.entered,
        ),
        Screen(
            key="mean",
            parts=(
                Beside(
                    left=(
                        Prose(section="mean"),
                        Row(parts=(DROPPED, Press(label=mark("Other masks"), act=setting.other_masks))),
                        Prose(section="mean.found"),
                    ),
                    right=(Drawn(kind="chart", data=masks.mean_chart, label=mark("Mean of the output over masks")),),
                    widths=(2, 3),
                ),
                Choose(section="mean.note", count=3, right=2),
                Choose(section="mean.seen", count=3, right=1),
            ),
            work=masks.worked,
            enter=masks.entered,
        ),
        Screen(
            key="test",
            parts=(
                Beside(
                    left=(
                        Prose(section="test"),
                        Drawn(kind="html", data=masks.test_code),
                        Row(parts=(DROPPED,)),
                        Choose(section="test.first", count=3, right=2),
                    ),
                    right=(
                        Drawn(kind="table", data=masks.first_layer, label=mark("Weighted sums of the first layer")),
                        Drawn(kind="chart", data=fitting.as_noted, label=mark("Held-out loss measured in two ways")),
                        Prose(section="test.found"),
                    ),
                ),
                Choose(section="test.curve", count=3, right=3),
            ),
            work=masks.worked,
            enter=masks.entered,
        ),
        Screen(
            key="decay",
            parts=(
                Prose(section="decay"),
                Row(parts=(Pick(field="form", label=mark("The penalty"), options=FORMS), LAMBDA)),
                Walk(phases=(Phase.LOSS, Phase.UPDATE), only=decaying.of_penalty),
                Choose(section="decay.batch", count=3, right=2),
                Ask(targets=decaying.asked_of_penalty, redrawn=True),
                Choose(section="decay.code", count=3, right=3),
            ),
            work=decaying.penalised,
            enter=partial(with_number, field="held"),
        ),
        Screen(
            key="adam",
            parts=(
                Prose(section="adam"),
                Row(parts=(Pick(field="optimiser", label=mark("Walk through"), options=OPTIMISERS), LAMBDA)),
                Walk(phases=(Phase.UPDATE,), only=decaying.of_watched),
                Drawn(kind="table", data=decaying.both, label=mark("One weight's first step")),
                Ask(targets=decaying.asked_of_adam, redrawn=True),
            ),
            work=decaying.adam,
            enter=partial(with_number, field="held"),
        ),
        Screen(
            key="many",
            parts=(
                Beside(
                    left=(
                        Prose(section="many"),
                        Row(parts=(Slide(field="strong", label="λ", least=0.0, most=setting.STRONGEST, step=0.25),)),
                    ),
                    right=(Drawn(kind="chart", data=decaying.race_chart, label=mark("What decay leaves of four weights")),),
                    widths=(2, 3),
                ),
                Choose(section="many.ask", count=3, right=1),
            ),
        ),
        Screen(
            key="cure",
            parts=(
                Beside(
                    left=(
                        Prose(section="cure"),
                        Row(parts=(SHARE, WEIGHT, NEURONS, EPOCH, SAMPLES)),
                        Prose(section="cure.found"),
                    ),
                    right=(
                        Drawn(
                            kind="chart", data=lambda case: fitting.curve(case, fitting.cured(case.setting)),
                            label=mark("Samples and what the network makes of them"),
                        ),
                        Drawn(
                            kind="chart",
                            data=lambda case: fitting.losses(
                                case, fitting.cured(case.setting), fitting.untreated(case.setting)
                            ),
                            label=mark("Loss of training samples and of held-out samples"),
                        ),
                    ),
                    widths=(2, 3),
                ),
                Choose(section="cure.ask", count=3, right=3),
            ),
        ),
    ),
)  # fmt: skip

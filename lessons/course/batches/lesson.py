"""Batches: several samples as one matrix, their gradients and the mean or sum of them, mini-batches and epochs, and what note
002 says of them."""

from __future__ import annotations

from collections.abc import Mapping

from mlp_core import Quantity
from mlp_core.steps import Phase, Step

from ...i18n import mark, ngettext
from ...style import plain
from ...worked import Worked
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Take, Type, Walk
from . import epochs, matrices, samples
from .samples import COUNT, LONGEST, Batches


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the samples, or of the training, on a screen."""
    setting = case.setting
    match case.screen.key:
        case "epochs":
            run = epochs.watched(setting.size, setting.rate, setting.order)
            updates = ngettext("{n} update", "{n} updates", run.each).format(n=run.each)
            worse = epochs.shake(setting.size, setting.rate, setting.order)
            all_at_once = epochs.shake(COUNT, setting.rate, setting.order)
            return {"all": COUNT, "size": setting.size, "updates": updates, "worse": worse, "made": len(run.taken),
                    "smooth": all_at_once, "epochs": epochs.EPOCHS}  # fmt: skip
        case "bias":
            return {"why": matrices.wrong_said(case)}
        case "code":
            lr = setting.example.lr
            return {"n": setting.count, "lr": plain(lr), "product": plain(lr * setting.count)}
        case _:
            return {"n": setting.count}


def _of_one(step: Step) -> bool:
    return not step.law.startswith("batch_")


def _of_all(step: Step) -> bool:
    return step.law.startswith("batch_")


def _own(about: Worked) -> list[Quantity]:
    """What is asked of one sample: its error signals and gradients."""
    own = [step.target for step in about.steps.phase(Phase.BACKWARD) if _of_one(step)]
    return [target for target in own if target.kind in ("delta", "dW", "db")]


def _together(about: Worked) -> list[Quantity]:
    """What is asked of the batch, the gradients of the last layer first, its loss at the end."""
    found = [step.target for step in about.steps if _of_all(step)]
    return [*found[1:], *found[:1]]


SIDE = Pick(field="side", label=mark("The samples stand"), options=samples.SIDES)
SAMPLE = Slide(field="sample", label=mark("Sample"), least=1, most=lambda setting: setting.count, step=1, steady=True)
MORE = (
    Press(label=mark("Add a sample"), act=samples.added),
    Press(label=mark("Take the last one away"), act=samples.removed),
)

LESSON = Lesson(
    number=6,
    minutes=35,
    setting=Batches,
    redraw=samples.redrawn,
    facts=facts,
    screens=(
        Screen(
            key="matrix",
            parts=(
                Beside(
                    left=(
                        Prose(section="matrix"),
                        Row(parts=(SIDE,)),
                        Row(parts=(Type(field="typed", label=mark("Samples: inputs | target"), most=LONGEST, lines=4),)),
                        Row(parts=MORE),
                    ),
                    right=(
                        Drawn(kind="html", data=matrices.law),
                        Drawn(kind="html", data=matrices.forward),
                    ),
                    widths=(2, 3),
                ),
                Choose(section="matrix.ask", count=3, right=2),
            ),
            work=samples.worked,
            enter=samples.entered,
        ),
        Screen(
            key="one",
            parts=(
                Prose(section="one"),
                Row(parts=(SAMPLE,)),
                Walk(phases=(Phase.BACKWARD,), only=_of_one),
                Ask(targets=_own, redrawn=True),
                Choose(section="one.ask", count=3, right=2),
                Choose(section="one.turned", count=3, right=1),
            ),
            work=samples.worked,
            enter=samples.entered,
        ),
        Screen(
            key="together",
            parts=(
                Beside(
                    left=(
                        Prose(section="together"),
                        Row(parts=(Pick(field="reduction", label=mark("Loss of the batch"), options=samples.REDUCTIONS), *MORE)),
                    ),
                    right=(Drawn(kind="table", data=matrices.each_gradient, label=mark("Loss and gradients of each sample")),),
                ),
                Walk(phases=(Phase.LOSS, Phase.BACKWARD), only=_of_all),
                Ask(targets=_together, redrawn=True),
                Choose(section="together.ask", count=3, right=2),
            ),
            work=samples.worked_together,
            enter=samples.entered,
        ),
        Screen(
            key="bias",
            parts=(
                Beside(
                    left=(Prose(section="bias"), Row(parts=(SIDE, *MORE))),
                    right=(Drawn(kind="html", data=matrices.summed),),
                ),
                Choose(section="bias.ask", count=3, right=2),
            ),
            work=samples.worked,
            enter=samples.entered,
        ),
        Screen(
            key="code",
            parts=(
                Beside(
                    left=(Prose(section="code"), Row(parts=MORE)),
                    right=(
                        Drawn(kind="table", data=matrices.code_and_loss, label=mark("Gradients of the code and of its loss")),
                    ),
                ),
                Choose(section="code.ask", count=3, right=3),
            ),
            work=samples.worked_together,
            enter=samples.entered,
        ),
        Screen(
            key="epochs",
            parts=(
                Beside(
                    left=(
                        Prose(section="epochs"),
                        Row(
                            parts=(
                                Slide(field="size", label=mark("Samples an update"), least=1, most=COUNT, step=1),
                                Slide(field="rate", label=mark("Learning rate"), least=0.1, most=samples.FASTEST, step=0.1),
                                Press(label=mark("Another order"), act=samples.next_order),
                            )
                        ),
                        Drawn(kind="html", data=epochs.strips),
                    ),
                    right=(
                        Drawn(kind="chart", data=epochs.curves, label=mark("Loss after every update")),
                        Prose(section="shake"),
                    ),
                ),
                Choose(section="shake.ask", count=3, right=2),
                Beside(
                    left=(Prose(section="size"), Drawn(kind="html", data=epochs.note_strip)),
                    right=(Choose(section="size.ask", count=3, right=1),),
                ),
            ),
            work=samples.worked,
            enter=samples.entered,
        ),
        Screen(
            key="desk",
            parts=(
                Prose(section="desk"),
                Take(label=mark("Put these samples into the example"), make=lambda setting: setting.example),
                Row(parts=(SAMPLE,)),
                Walk(),
                Ask(redrawn=True),
            ),
            work=samples.worked,
            enter=samples.entered,
        ),
    ),
)  # fmt: skip

"""Build it yourself: the network at the desk as a program of NumPy, and what note 002's program does otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlp_core import Quantity
from mlp_core.steps import Phase

from ...i18n import gettext as _
from ...i18n import mark, ngettext
from ...style import plain
from ..case import Case
from ..lesson import (
    Ask,
    Beside,
    Choose,
    Drawn,
    Files,
    Lesson,
    Part,
    Paste,
    Pick,
    Picture,
    Press,
    Prose,
    Row,
    Screen,
    Slide,
)
from ..typed import with_number
from . import dropper, flaws, fragments, loops, programs, quotients
from .setting import BELOW, CHANGES, FASTEST, LONGEST, MOST, POWERS, Build, next_seed

FRAGMENTS = (("dW2", 2), ("db2", 3), ("dC_da1", 1))
LINES = (("minus", 2), ("softmax", 3), ("size", 1), ("summed", 2))
CALLS = (("scaled", 1), ("bernoulli", 3), ("noisy", 2))
AGAIN = Press(label=mark("Another run"), act=next_seed)
PLACE = Slide(field="power", label=mark("Decimal place of h"), least=POWERS[0], most=POWERS[1], step=1)
BOTH: tuple[Part, ...] = (
    Beside(
        left=(Drawn(kind="chart", data=flaws.right_curves, label=mark("Losses as they should be")),),
        right=(Drawn(kind="chart", data=flaws.wrong_curves, label=mark("Losses with the flaw")),),
    ),
    Beside(
        left=(Drawn(kind="html", data=flaws.difference, label=mark("The lines that differ")),),
        right=(Drawn(kind="table", data=flaws.measures, label=mark("What both runs come to")),),
    ),
)


def _shown(field: str, flaw: str) -> Callable[[Build], bool]:
    return lambda setting: bool(getattr(setting, field) == flaw)


def _other_numbers(setting: Build, _example: object) -> Build:
    return fragments.redrawn(setting, setting.numbers + 1)


def facts(case: Case) -> Mapping[str, object]:
    """How the run in the loop ends, and what is measured of a flaw."""
    setting = case.setting
    match case.screen.key:
        case "fragments":
            return fragments.facts(case)
        case "loop":
            run, _right_away = loops.runs(setting, case.example)
            epochs = ngettext("{n} epoch", "{n} epochs", run.epoch).format(n=run.epoch)
            loss = case.look.value(Quantity("C"), run.loss[-1])
            return {"epochs": epochs, "why": _(loops.STOPS[run.stopped_by]), "loss": loss}
        case "check":
            return quotients.facts(case)
        case "flaws":
            right, wrong = (flaws.curves_of(setting, "size", each).updates for each in (False, True))
            return {"right": right, "wrong": wrong}
        case "dropped":
            return {"mean": plain(round(dropper.mean_of_mask("bernoulli", setting.p), 2))}
        case _:
            return {}


LESSON = Lesson(
    number=13,
    minutes=45,
    setting=Build,
    redraw=fragments.redrawn,
    facts=facts,
    screens=(
        Screen(
            key="program",
            parts=(
                Prose(section="program"),
                Drawn(kind="code", data=programs.whole, label=mark("The program")),
                Choose(section="program.ask", count=3, right=2),
            ),
            work=programs.worked,
        ),
        Screen(
            key="gaps",
            parts=(
                Prose(section="gaps"),
                Row(parts=(Pick(field="part", label=mark("You write"), options=programs.PARTS),)),
                Drawn(kind="code", data=programs.with_blanks, label=mark("The program with blanks")),
                Paste(of=("part",)),
                Ask(chosen=programs.asked),
            ),
            work=programs.worked,
        ),
        Screen(
            key="fragments",
            parts=(
                Prose(section="fragments"),
                Row(parts=(Press(label=mark("Other numbers"), act=_other_numbers),)),
                Beside(
                    left=(Picture(phase=Phase.BACKWARD),),
                    right=tuple(Choose(section=f"{array}.ask", count=3, right=right) for array, right in FRAGMENTS),
                ),
                Ask(targets=fragments.asked, redrawn=True),
            ),
            work=fragments.worked,
            enter=with_number,
        ),
        Screen(
            key="loop",
            parts=(
                Prose(section="loop"),
                Row(
                    parts=(
                        Slide(field="rate", label=mark("Learning rate"), least=0.1, most=FASTEST, step=0.1),
                        Slide(field="epochs", label=mark("Epochs at most"), least=1, most=LONGEST, step=1),
                        Pick(field="loss_below", label=mark("Stop below a loss of"), options=BELOW),
                        Pick(field="change_below", label=mark("Stop below a change of"), options=CHANGES),
                    )
                ),
                Drawn(kind="code", data=programs.in_a_loop, label=mark("The training loop")),
                Drawn(kind="chart", data=loops.curves, label=mark("Loss after every epoch")),
                Prose(section="loop.end"),
                Choose(section="loop.ask", count=3, right=2),
            ),
            work=loops.worked,
        ),
        Screen(
            key="flaws",
            parts=(
                Prose(section="flaws"),
                Row(
                    parts=(
                        Pick(field="flaw", label=mark("The flaw"), options=flaws.FLAWS),
                        Slide(field="size", label=mark("batch_size"), least=2, most=MOST, step=1),
                        Slide(field="step", label=mark("Learning rate"), least=0.05, most=1.0, step=0.05),
                        AGAIN,
                    )
                ),
                *BOTH,
                *(Choose(section=f"{flaw}.ask", count=3, right=right, when=_shown("flaw", flaw)) for flaw, right in LINES),
            ),
        ),
        Screen(
            key="dropped",
            parts=(
                Prose(section="dropped"),
                Row(
                    parts=(
                        Pick(field="dropped", label=mark("The flaw"), options=flaws.DROPPED),
                        Slide(field="p", label=mark("p, how probable it is to be dropped"), least=0.1, most=0.8, step=0.1),
                        AGAIN,
                    )
                ),
                *BOTH,
                *(Choose(section=f"{flaw}.ask", count=3, right=right, when=_shown("dropped", flaw)) for flaw, right in CALLS),
            ),
        ),
        Screen(
            key="check",
            parts=(
                Beside(
                    left=(
                        Prose(section="check"),
                        Row(parts=(PLACE,)),
                        Prose(section="check.found"),
                        Drawn(kind="html", data=quotients.code, label=mark("Two quotients")),
                    ),
                    right=(Drawn(kind="chart", data=quotients.curves, label=mark("Distance of the quotients")),),
                    widths=(4, 5),
                ),
                Choose(section="check.ask", count=3, right=3),
                Choose(section="torch.ask", count=3, right=2),
                Prose(section="take"),
                Files(),
            ),
            work=programs.worked,
        ),
    ),
)  # fmt: skip

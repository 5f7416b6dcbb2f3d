"""Standardised inputs and batch normalisation: by hand, forward and back, running statistics, and what note 002 says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlp_core import Quantity
from mlp_core.steps import Phase

from ...i18n import gettext as _
from ...i18n import mark, ngettext
from ...style import plain
from ...worked import Worked
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Pick, Press, Prose, Row, Screen, Slide, Walk
from . import hand, paths, running, surfaces, training
from .experiment import RATES, SEEDS
from .setting import ACTIVATIONS, DEEPEST, MOST_SIZE, PATHS, SAMPLES, SHAPES, STARTS, Norm, entered, next_draw, redrawn


def facts(case: Case) -> Mapping[str, object]:
    """What is true of what was measured on a screen."""
    own: Norm = case.setting
    match case.screen.key:
        case "inputs":
            return _inputs(own)
        case "paths":
            assert case.worked is not None
            total = sum(case.worked.values[Quantity("delta", 1, (1,), s)] for s in range(1, SAMPLES + 1))
            return {"sum": plain(round(total, 9) + 0.0)}
        case "running":
            left = (1 - own.share) ** running.BATCHES
            true = {"mean": plain(running.TRUE_MEAN), "var": plain(running.TRUE_VAR)}
            return true | {"batches": running.BATCHES, "left": f"{100 * left:.1f}"}
        case "shape":
            found = running.shaped(own.shape, own.scale, own.shift)
            numbers = {"near": 100 * found.near, "usual": 100 * running.USUAL}
            return {name: f"{value:.0f}" for name, value in numbers.items()} | {
                "lopsided": f"{found.lopsided:.2f}", "mean": f"{found.after.mean() + 0.0:.2f}", "var": f"{found.after.var():.2f}",
            }  # fmt: skip
        case "faster":
            rates = ", ".join(plain(rate) for rate in RATES)
            return {"seeds": SEEDS, "rates": rates, "verdict": training.verdict(own)}
        case _:
            return {}


def _inputs(own: Norm) -> dict[str, object]:
    names = ("as_they_are", "standardised")
    found: dict[str, object] = {}
    for name, one in zip(names, surfaces.both(own), strict=True):
        found[f"ratio_{name}"] = f"{one.curved[1] / one.curved[0]:.1f}"
        found[f"largest_{name}"] = f"{one.largest:.3f}"
        said = ngettext("{n} update", "{n} updates", one.updates or 0).format(n=one.updates)
        found[f"updates_{name}"] = _("no number of updates") if one.updates is None else said
    return found


def _targets(*addresses: str) -> Callable[[Worked], list[Quantity]]:
    return lambda about: [Quantity.parse(each) for each in addresses]


LESSON = Lesson(
    number=10,
    minutes=45,
    setting=Norm,
    redraw=redrawn,
    facts=facts,
    screens=(
        Screen(
            key="inputs",
            parts=(
                Beside(
                    left=(Drawn(kind="chart", data=surfaces.chart, label=mark("The loss over weight and bias")),),
                    right=(Prose(section="inputs"), Prose(section="inputs.found")),
                    widths=(1, 1),
                ),
                Row(
                    parts=(
                        Slide(field="mean", label=mark("Mean of the inputs"), least=-5.0, most=5.0, step=0.5),
                        Slide(field="spread", label=mark("Standard deviation"), least=0.5, most=5.0, step=0.5),
                        Slide(field="rate", label=mark("Learning rate, of the largest"), least=0.05, most=1.1, step=0.05),
                    )
                ),
                Choose(section="inputs.ask", count=3, right=3),
            ),
        ),
        Screen(
            key="forward",
            parts=(
                Prose(section="forward"),
                Walk(phases=(Phase.FORWARD,), only=hand.of_laws(*hand.LAWS)),
                Ask(
                    targets=_targets("mean.1.1", "var.1.1", "z_hat.1.1@1", "z_hat.1.1@3", "z_bn.1.1@2", "z_bn.1.1@4"),
                    redrawn=True,
                ),
            ),
            work=hand.forward,
            enter=entered,
        ),
        Screen(
            key="paths",
            parts=(
                Beside(
                    left=(Drawn(kind="html", data=paths.drawing),),
                    right=(
                        Prose(section="paths"),
                        Row(
                            parts=(
                                Pick(field="path", label=mark("The way through"), options=PATHS),
                                Pick(field="sample", label=mark("Sample"), options={s: str(s) for s in range(1, SAMPLES + 1)}),
                            )
                        ),
                        Drawn(kind="latex", data=paths.terms),
                    ),
                    widths=(6, 5),
                ),
                Prose(section="paths.sum"),
                Choose(section="paths.ask", count=3, right=2),
            ),
            work=hand.backward,
            enter=entered,
        ),
        Screen(
            key="backward",
            parts=(
                Prose(section="backward"),
                Walk(phases=(Phase.BACKWARD,), only=hand.of_laws(*hand.BACK)),
                Ask(
                    targets=_targets("dgamma.1.1", "dbeta.1.1", "dC_dvar.1.1", "dC_dmean.1.1", "delta.1.1@1", "delta.1.1@3"),
                    redrawn=True,
                ),
            ),
            work=hand.backward,
            enter=entered,
        ),
        Screen(
            key="running",
            parts=(
                Prose(section="running"),
                Walk(phases=(Phase.UPDATE,)),
                Beside(
                    left=(Drawn(kind="chart", data=running.chart, label=mark("Running statistics, batch after batch")),),
                    right=(
                        Prose(section="running.many"),
                        Row(
                            parts=(
                                Slide(field="share", label=mark("Share of a batch"), least=0.0, most=1.0, step=0.05),
                                Slide(field="size", label=mark("Samples a batch"), least=2, most=MOST_SIZE, step=1),
                                Press(label=mark("Other batches"), act=next_draw),
                            )
                        ),
                    ),
                    widths=(3, 2),
                    of=("share", "size", "draw"),
                ),
                Ask(targets=_targets("running_mean_new.1.1", "running_var_new.1.1"), redrawn=True),
            ),
            work=hand.running,
            enter=entered,
        ),
        Screen(
            key="after",
            parts=(
                Prose(section="after"),
                Walk(phases=(Phase.FORWARD,), only=hand.of_laws(*hand.LAWS)),
                Choose(section="after.ask", count=3, right=1),
                Ask(targets=_targets("z_hat.1.1", "z_bn.1.1"), redrawn=True),
            ),
            work=hand.alone,
            enter=entered,
        ),
        Screen(
            key="shape",
            parts=(
                Beside(
                    left=(Drawn(kind="chart", data=running.histograms, label=mark("Numbers before and after normalising")),),
                    right=(
                        Prose(section="shape"),
                        Row(
                            parts=(
                                Pick(field="shape", label=mark("The numbers"), options=SHAPES),
                                Slide(field="scale", label="γ", least=-3.0, most=3.0, step=0.1),
                                Slide(field="shift", label="β", least=-3.0, most=3.0, step=0.1),
                            )
                        ),
                    ),
                    widths=(3, 2),
                ),
                Choose(section="shape.ask", count=3, right=2),
            ),
        ),
        Screen(
            key="faster",
            parts=(
                Beside(
                    left=(Drawn(kind="chart", data=training.chart, label=mark("Training with and without batch normalisation")),),
                    right=(
                        Prose(section="faster"),
                        Row(
                            parts=(
                                Pick(field="start", label=mark("First weights"), options=STARTS),
                                Pick(field="activation", label=mark("Activation"), options=ACTIVATIONS),
                                Slide(field="depth", label=mark("Hidden layers"), least=1, most=DEEPEST, step=1),
                            )
                        ),
                        Drawn(kind="table", data=training.table, label=mark("Measured")),
                    ),
                    widths=(1, 1),
                ),
                Choose(section="faster.ask", count=3, right=3),
            ),
        ),
    ),
)  # fmt: skip

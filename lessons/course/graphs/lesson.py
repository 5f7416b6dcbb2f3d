"""Computation graphs: an expression forward, and backward by local derivative times what comes from further on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from mlp_core import Quantity
from mlp_core.steps import Phase
from mlp_core.writing.latex import write
from mlp_core.writing.names import NOTATIONS

from ...example import Example
from ...i18n import gettext as _
from ...i18n import mark, ngettext
from ...walk.card import block
from ...worked import Worked, graph_of_network
from ..case import Case
from ..lesson import Ask, Beside, Choose, Drawn, Lesson, Part, Pick, Picture, Press, Prose, Row, Screen, Type, Walk
from . import counting, local, ready
from .ready import COUNTED, LOCAL, LONGEST, NOTES, READY, TWICE, Graphs

FIXED = [key for key, text in COUNTED.items() if text]
SHORT = {each: each.partition("(")[0] for each in LOCAL}  # what an operation is called among others
FEW, MOST = 12, 70  # operations of all derivatives that are written out together, and of one that is
LARGE = 10**9  # operations that are no longer written with all digits
GRAPH = ("counted", "typed")  # what counts and formulas of names are made of


def of_example(_setting: Graphs, example: Example) -> Worked:
    """The network at the desk with the sample that is shown; its numbers by the addresses that they have there."""
    made = graph_of_network(example.network, example.x, example.y, NOTATIONS[example.view.notation])
    if len(example.model.samples) == 1:
        return made
    return replace(made, own={q: own.of_sample(example.view.sample) for q, own in made.own.items()})


def counted(setting: Graphs, _example: object) -> Worked:
    """The expression whose passes are counted."""
    return ready.worked(setting, None, COUNTED[setting.counted])


def adjoints(about: Worked) -> list[Quantity]:
    """The derivatives of the result by all nodes but itself; of a network's graph by those that are a number of the network."""
    found = [step.target for step in about.steps if step.law == "derivative" and step.inputs]
    return [q for q in found if q in about.own] if about.own else found


ADJOINTS = Ask(targets=adjoints, redrawn=True)


def locals_(about: Worked) -> list[Quantity]:
    """Its local derivatives."""
    return [step.target for step in about.steps if step.law == "local"]


def facts(case: Case) -> Mapping[str, object]:
    """What is true of the setting on a screen."""
    match case.screen.key:
        case "twice":
            return _a_whole_step(case)
        case "local":
            return local.facts(case)
        case "network":
            assert case.worked is not None
            nodes = len([step for step in case.worked.steps if step.law == "operation"]) + len(case.worked.given)
            return {"nodes": nodes, "own": len(case.worked.given)}
        case "why":
            return _counts(case)
        case _:
            return {}


def _a_whole_step(case: Case) -> dict[str, object]:
    """What the result is when the name that is used twice is larger by one."""
    about, look, first = case.worked, case.look, case.worked.given[0] if case.worked else None
    assert about is not None and first is not None
    after = case.screen.work(ready.entered(case.setting, first, about.values[first] + 1, TWICE), case.example)  # type: ignore[misc]
    result = about.steps.phase(Phase.FORWARD)[-1].target
    return {"before": look.value(result, about.values[result]), "after": look.value(result, after.values[result])}


@cache
def _fixed(key: str) -> counting.Counts:
    """Those of an expression of ours, which do not depend on its numbers."""
    return counting.of(counted(Graphs(counted=key), None))


def _counted(case: Case) -> counting.Counts:
    assert case.worked is not None
    return _fixed(case.setting.counted) if case.setting.counted in FIXED else counting.of(case.worked)


def _counts(case: Case) -> dict[str, object]:
    one = _counted(case)
    told = {f"{key}_{what}": getattr(_fixed(key), what) for key in FIXED for what in ("written", "backward")}
    names = ngettext("{n} name", "{n} names", one.names).format(n=one.names)
    return {**told, "names": names}


def _ways(case: Case) -> tuple[list[str], list[list[str]]]:
    """How often one goes through the graph on show, and how many operations that takes."""
    found = _counted(case)
    rows = [
        (_("backward"), "1", found.backward),
        (_("forward, name by name"), str(found.names), found.forward),
        (_("written out, name by name"), "–", found.written),
    ]
    body = [
        [f'<th scope="row">{way}</th>', f"<td>{passes}</td>", f"<td>{_large(count)}</td>"]
        for way, passes, count in rows
    ]
    return [_("Way"), _("Passes"), _("Operations")], body


def _large(count: int) -> str:
    return f"{count:,}" if count < LARGE else f"{count:.0e}"


def _written_out(case: Case) -> str:
    """The derivatives by the names as formulas of the names: all where they are short, else the first, or how long it is."""
    about, look = case.worked, case.look
    assert about is not None
    names = [q for q in about.given if Quantity("derivative", 0, q.index) in about.steps]
    found = _counted(case)
    shown = names if found.written <= FEW else names[:1]
    letters = {q.symbol: look.symbol(q) for q in about.given}
    rows = []
    for q in shown:
        left, n = look.symbol(Quantity("derivative", 0, q.index)), found.apart[about.given.index(q)]
        if n > MOST:
            long = ngettext("one formula of {n} operation", "one formula of {n} operations", n).format(n=_large(n))
            rows.append(rf"{left} &= \text{{{long}}}")
        else:
            formula = counting.by_name(about, q)
            rows.append(rf"{left} &= {write(formula, letters, otherwise=_('otherwise'))}")
    return block(rows) if rows else r"\text{" + _("There is no name.") + "}"


def _screen(key: str, *before: Part, typed: str = "", ask: Ask = ADJOINTS, live: tuple[Part, ...] = ()) -> Screen:
    """live: what stands above the questions, because it has numbers of the picture in it."""
    return Screen(
        key=key,
        parts=(*before, Walk(), *live, Prose(section=f"{key}.after"), ask),
        work=partial(ready.worked, typed=typed),
        enter=partial(ready.entered, typed=typed),
    )


LESSON = Lesson(
    number=4,
    minutes=45,
    setting=Graphs,
    redraw=ready.redrawn,
    facts=facts,
    screens=(
        _screen("forward", Prose(section="forward"), typed=NOTES, ask=Ask(redrawn=True)),
        Screen(
            key="local",
            parts=(
                Row(parts=(Pick(field="local", label=mark("The operation"), options=SHORT),)),
                Beside(
                    left=(
                        Drawn(kind="curve", data=local.curve, label=mark("The curve"), changed={"move": local.moved}),
                    ),
                    right=(
                        Prose(section="local"),
                        Row(parts=(Pick(field="by", label=mark("What moves"), options={1: "a", 2: "b"}),)),
                        Picture(phase=Phase.BACKWARD),
                        Prose(section="local.rule"),
                    ),
                ),
                Ask(targets=locals_, redrawn=True),
                Choose(section="local.ask", count=3, right=2),
            ),
            work=ready.of_operation,
            enter=lambda setting, quantity, value: setting.with_operand(quantity.index[0], value),
        ),
        _screen(
            "twice", Prose(section="twice"), typed=TWICE, live=(Choose(section="twice.ask", count=3, right=3),),
        ),
        _screen(
            "own",
            Prose(section="own"),
            Row(parts=tuple(Press(label=label, act=partial(ready.chosen, *each)) for label, each in READY.items())),
            Row(parts=(Type(field="typed", label=mark("An expression"), most=LONGEST),)),
        ),
        Screen(
            key="network",
            parts=(Prose(section="network"), Walk(), Prose(section="network.after"), ADJOINTS),
            work=of_example,
        ),
        Screen(
            key="why",
            parts=(
                Prose(section="why"),
                Row(
                    parts=(
                        Pick(
                            field="counted",
                            label=mark("Graph"),
                            options={"notes": NOTES, "long": mark("A network of two neurons"), "own": mark("Your own")},
                        ),
                    )
                ),
                Picture(phase=Phase.BACKWARD),
                Beside(
                    left=(Drawn(kind="table", data=_ways, label=mark("All derivatives of this graph")),),
                    right=(Prose(section="why.counted"),),
                    of=GRAPH,
                ),
                Prose(section="why.written"),
                Drawn(kind="latex", data=_written_out, of=GRAPH),
                Choose(section="why.ask", count=3, right=2),
                Choose(section="why.note", count=3, right=2, of=()),
            ),
            work=counted,
            enter=lambda setting, quantity, value: ready.entered(setting, quantity, value, COUNTED[setting.counted]),
        ),
    ),
)  # fmt: skip

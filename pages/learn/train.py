"""Train: many updates in a row, by several optimisers from the same start, and what ended each run."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lessons.drawing.flowchart import ended, flow
from lessons.drawing.losses import Losses, losses, losses_figure, sketch
from lessons.example import Example
from lessons.i18n import gettext as _
from lessons.i18n import mark, ngettext
from lessons.lab import runs as lab
from lessons.lab.remarks import LOSS, divergence, remark, settings
from lessons.lab.runs import Lane
from lessons.lab.schedules import CONSTANT, NUMBERS, SCHEDULES, schedule_of
from lessons.problem import Problem
from lessons.style import name_of, plain, together
from mlp_core.optimisers import OPTIMISERS
from pages.drawn.components import flowchart
from pages.parts import editor
from pages.parts.show import cell, curve, head, onward, table
from pages.session import state, widgets

TURN, REDRAW = 0.1, 3  # seconds between two numbers, turns between two sketches
CHOSEN, SCALE = "train.optimisers", "train.scale"
ITERATIONS, BELOW, CHANGE = "train.iterations", "train.below", "train.change"
SCHEDULE, NUMBER = "train.schedule", "train.schedule.{}"


def controls() -> None:
    """What to run; nothing happens before Start is pressed."""
    example = state.example()
    with st.form("train"):
        _follow(example.settings.optimiser)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.pills(
                _("Optimisers"), tuple(OPTIMISERS), selection_mode="multi", key=CHOSEN, persist_state="session", width="content"
            )
            st.number_input(
                _("Iterations, up to {most}").format(most=f"{lab.MAX_ITERATIONS:,}"),
                value=100, step=100, key=ITERATIONS, persist_state="session", width=170,
            )  # fmt: skip
            for key, label in ((BELOW, _("Stop at a loss below")), (CHANGE, _("Stop at a change of the loss below"))):
                st.number_input(
                    label, value=None, step=0.001, format="%.6g", placeholder=_("no limit"), key=key,
                    persist_state="session", width=230 if key == CHANGE else 160,
                )  # fmt: skip
            st.form_submit_button(_("Start"), type="primary", on_click=start)
        text = _("From the sidebar: learning rate {lr}, {scope}, {loss}. Every optimiser starts from these weights.")
        scope, loss = name_of(example.settings.scope), name_of(example.model.loss)
        st.caption(together(text.format(lr=plain(example.lr), scope=scope, loss=loss), unusual()))
    editor.messages("train")


def more() -> None:
    """What most runs leave as it is, folded: how the learning rate falls, and how weights decay."""
    with st.popover(_("Learning rate, weight decay")):
        falls = st.selectbox(
            _("The learning rate over the iterations"), list(SCHEDULES), format_func=lambda key: _(SCHEDULES[key]),
            **state.choice(SCHEDULE, CONSTANT),
        )  # fmt: skip
        for name, (label, begins, step) in NUMBERS.get(falls, {}).items():
            kept = state.choice(NUMBER.format(name), begins)
            st.number_input(_(label), value=None, step=step, format="%.6g" if isinstance(step, float) else "%d", **kept)
        editor.decay("train")
        st.caption(_("From the next Start on. AdamW has a weight decay of its own, in the sidebar."))


def unusual() -> str:
    """What of that is not as usual, in a sentence; empty for nothing."""
    falls, shrinks = _falls(), state.example().settings.decay
    told = [_("learning rate {how}").format(how=_(SCHEDULES[falls]))] if falls != CONSTANT else []
    told += [f"{name_of('decay')} {plain(shrinks)}"] if shrinks else []
    return _("Beside that: {told}.").format(told=_(", ").join(told)) if told else ""


def _falls() -> str:
    """The chosen schedule."""
    chosen = str(state.desk().choice(SCHEDULE, CONSTANT))
    return chosen if chosen in SCHEDULES else CONSTANT


def _follow(optimiser: str) -> None:
    """Choose the example's optimiser, too, once it has changed; alone where only the earlier one was chosen."""
    before = widgets.seen(CHOSEN, optimiser)
    chosen = widgets.widget(CHOSEN) or []
    if before != optimiser and optimiser not in chosen:
        widgets.bind(CHOSEN, [optimiser] if chosen in ([], [before]) else [*chosen, optimiser])


def start() -> None:
    """The callback of Start: new runs from the example as it is."""
    chosen = [name for name in OPTIMISERS if name in (widgets.widget(CHOSEN) or [])]
    iterations, below, change = (widgets.widget(key) for key in (ITERATIONS, BELOW, CHANGE))
    falls = _falls()
    own = NUMBERS.get(falls, {}).items()
    numbers = {name: state.desk().choice(NUMBER.format(name), begins) for name, (_label, begins, _step) in own}

    def checked(example: Example) -> Example:
        if not chosen:
            raise Problem("train", mark("Choose at least one optimiser."))
        if iterations is None or not 1 <= iterations <= lab.MAX_ITERATIONS:
            raise Problem(
                "train", mark("Iterations go from 1 to {most}, not {value}."), most=lab.MAX_ITERATIONS, value=iterations
            )
        if min(below or 0, change or 0) < 0:
            raise Problem("train", mark("A limit is a number from 0 on."))
        schedule_of(falls, iterations, **numbers)
        return example

    state.remember(CHOSEN, ITERATIONS, BELOW, CHANGE)
    if state.change("train", checked):
        state.runs().clear()
        schedule = schedule_of(falls, iterations, **numbers)
        state.runs().update(lab.begin(state.example(), chosen, iterations, below, change, schedule))


def stop() -> None:
    """The callback of Stop: it interrupts the script that trains, and the runs keep what they have."""
    if runs := list(state.runs().values()):
        lab.stop(runs)


def curves(lanes: dict[str, Lane]) -> Losses:
    """What the chart shows, on the scale that is chosen."""
    trainings = {name: lane.training for name, lane in lanes.items()}
    return losses(
        {name: training.losses for name, training in trainings.items()},
        [name for name, training in trainings.items() if training.stopped_by == "diverged"],
        widgets.widget(SCALE) == "log",
        next(iter(trainings.values())).loss_below,
        any(training.penalties[0] for training in trainings.values()),
    )


def train(lanes: dict[str, Lane], above: DeltaGenerator, picture: DeltaGenerator) -> None:
    """Train to the end; a click on anything interrupts this at the next thing drawn, and the next script goes on here."""
    runs, look = list(lanes.values()), state.look()
    trainings = [lane.training for lane in runs]
    with above.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Stop"), on_click=stop, key="train.stop", type="primary")
        bar = st.empty()
    turn = 0
    while lab.advance(runs, TURN):
        now = " · ".join(f"{each.optimiser.name} {look.value(LOSS, each.losses[-1])}" for each in trainings)
        count = _("Iteration {n} of {all}").format(n=max(each.epoch for each in trainings), all=trainings[0].epochs)
        bar.progress(lab.progress(runs), f"{count}: {now}")
        if turn % REDRAW == 0:
            picture.html(sketch(curves(lanes), look, state.theme()))
        turn += 1
    above.empty()


def chart(lanes: dict[str, Lane]) -> None:
    """What the chosen scale leaves out of the curves, and the curves."""
    data, look, trainings = curves(lanes), state.look(), [lane.training for lane in lanes.values()]
    first, last = ([look.value(LOSS, each.losses[i]) for each in trainings] for i in (0, -1))
    ends = "; ".join(f"{each.optimiser.name}: {a} → {b}" for each, a, b in zip(trainings, first, last, strict=True))
    alt = _("Loss over the iterations. {curves}").format(curves=ends)
    if widgets.widget(SCALE) == "log" and not data.log:
        st.caption(_("A logarithmic scale has no 0, and there is hardly a loss here that is more: this scale is linear."))
    if data.top is not None:
        st.caption(_("A curve leaves the frame upwards: the logarithmic scale shows all of it."))
    if data.hidden:
        left_out = ngettext(
            "A logarithmic scale has no 0: {n} loss that is 0, or as good as 0, is left out.",
            "A logarithmic scale has no 0: {n} losses that are 0, or as good as 0, are left out.",
            data.hidden,
        )
        st.caption(left_out.format(n=data.hidden))
    curve(losses_figure(data, look, state.theme()), "train.chart", alt)


def remarks(lanes: dict[str, Lane]) -> None:
    """What has to be said of a run beside its numbers."""
    look = state.look()
    if not all(lane.fits(state.example()) for lane in lanes.values()):
        st.info(_("These curves belong to earlier numbers. Press Start to train from the numbers as they are now."))
    if diverged := divergence(lanes.values(), look):
        st.error(diverged)
    if others := [f"**{lane.name}**: {text}" for lane in lanes.values() if (text := remark(lane, look))]:
        st.warning("\n\n".join(others))


def results(lanes: dict[str, Lane]) -> None:
    """The numbers of the curves as text, what ended each, and the way to go on from one of the runs."""
    look = state.look()
    first, last = (look.column(LOSS, (lane.training.losses[i] for lane in lanes.values())) for i in (0, -1))
    table(
        _("What the runs came to"),
        [_("Optimiser"), _("Iterations"), _("First loss"), _("Last loss"), _("Ended by")],
        [
            [
                head(name),
                cell(str(len(lane.training.losses) - 1)),
                cell(began),
                cell(came),
                cell(ended(lane.training), "short"),
            ]
            for (name, lane), began, came in zip(lanes.items(), first, last, strict=True)
        ],
    )
    st.caption(_("; ").join(settings(lane.training) for lane in lanes.values()))
    with st.container(horizontal=True):
        for lane in lanes.values():
            if lane.training.stopped_by != "diverged":
                label = _("Go on with the weights of {optimiser}").format(optimiser=lane.name)
                st.button(label, on_click=take_over, args=(lane,), key=f"train.take.{lane.name}")


def take_over(lane: Lane) -> None:
    """The callback of "Go on": the weights of a run become the example's, with its memory if the optimiser is the same."""
    run = lane.training.run()
    state.change("train", lambda example: example.updated(run.network, run.state, run.epoch))


def page() -> None:
    """Everything in its place first: what stands below the curves must not wait for them."""
    st.markdown("## " + _("Again and again, until a condition says stop"))
    controls()
    lanes: dict[str, Lane] = dict(state.runs())
    left, right = st.columns(2, gap="medium")
    with left:
        scales = {"linear": _("linear"), "log": _("logarithmic")}
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_("Scale of the loss"), width="content")
            st.segmented_control(
                _("Scale of the loss"), list(scales), format_func=scales.__getitem__, default="linear", required=True,
                key=SCALE, persist_state="session", label_visibility="collapsed",
            )  # fmt: skip
            more()
        picture = st.empty()
    with right:
        said = st.empty()
        name = next(iter(lanes), None)
        if len(lanes) > 1:
            name = st.selectbox(_("The loop of"), list(lanes), key="train.loop", width=200)
        side = st.empty()
    onward("check", _("Then: the same gradients three ways"))
    chosen = lanes[name].training if name else None
    if not all(lane.fits(state.example()) for lane in lanes.values()):
        stop()
    if any(not lane.training.stopped_by for lane in lanes.values()):
        with side.container():
            flowchart(flow(chosen), key="train.flow.running")
        train(lanes, said, picture)
    with side.container():
        flowchart(flow(chosen), key="train.flow")
    if not lanes:
        picture.info(_("Choose one optimiser or several and press Start."))
        return
    with said.container():
        results(lanes)
        remarks(lanes)
    with picture.container():
        chart(lanes)


page()

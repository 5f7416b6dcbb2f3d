"""Practice: compute the next number by hand, type it, and hear what went wrong."""

from collections.abc import Callable, Sequence

import streamlit as st

from lessons.drawing.scene import Scene
from lessons.example import Example
from lessons.i18n import gettext as _
from lessons.i18n import language, ngettext
from lessons.misconceptions import CATALOGUE
from lessons.practice.exercise import MODES, SOURCES, Exercise, Mode, Source
from lessons.practice.progress import mastery_picture
from lessons.practice.series import asked
from lessons.problem import Problem
from lessons.style import Look
from mlp_core.steps import Phase
from pages.drawn.components import download, network_picture, upload
from pages.parts import asking, editor, examining
from pages.session import practice, state, widgets

MAX_LISTED = 8  # slips listed
LARGEST = 4_000_000  # bytes of a saved progress


def _choose(field: str, label: str, options: dict[str, str], value: str) -> None:
    key, names = widgets.bind(f"practice.{field}", str(value)), [str(name) for name in options]
    st.segmented_control(
        label, names, format_func=lambda name: _(options[name]), key=key, on_change=_chosen, args=(field, key, names),
        required=True,
    )  # fmt: skip


def _chosen(field: str, key: str, names: Sequence[str]) -> None:
    value = widgets.said(key)
    if value in names:
        practice.practise(lambda exercise: exercise.begun(**{field: value}))


def _seeded(key: str) -> None:
    seed = widgets.said(key)
    if seed is not None:
        practice.practise(lambda exercise: exercise.begun(seed=seed))


def _every(key: str) -> None:
    chosen = widgets.said(key)
    if isinstance(chosen, bool):
        practice.practise(lambda exercise: exercise.begun(everything=chosen, typed=exercise.typed))


def choices() -> None:
    """What to practise, on which numbers."""
    exercise = practice.exercise()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose("mode", _("What to practise"), MODES, exercise.mode)
        _choose("source", _("Numbers"), SOURCES, exercise.source)
        if exercise.mode is Mode.NEXT:
            key = widgets.bind("practice.everything", exercise.everything)
            st.toggle(_("Every number"), key=key, on_change=_every, args=(key,))
        if exercise.mode is not Mode.EXAM and (exercise.source is Source.RANDOM or exercise.mode is Mode.ERROR):
            key = widgets.bind("practice.seed", exercise.seed)
            st.number_input(_("Seed"), value=None, step=1, key=key, on_change=_seeded, args=(key,), width=110)
            st.button(_("Another one"), key="again", on_click=practice.practise, args=(Exercise.again,))
    if exercise.source is Source.RANDOM:
        st.caption(_("Sizes, activations, loss and optimiser are those of the sidebar; the seed fixes the numbers."))


def exercise_of() -> tuple[Exercise, Example]:
    """The exercise and its numbers; changed numbers begin it again, since answers to the old ones say nothing."""
    example = practice.exercise().example(state.example())
    bare = (example.model, example.settings)
    before = widgets.seen("practice", bare)
    if before is not None and before != bare and practice.exercise().touched():
        practice.practise(lambda exercise: exercise.begun())
    return practice.exercise(), example


def ask() -> None:
    """The exercise."""
    exercise, example = exercise_of()
    view, shared, batch = example.view, example.model.shared, bool(example.model.several)
    look = Look.of(view.notation, view.language, view.decimals, state.theme(), example.sizes, shared=shared, batch=batch)
    try:
        questions = asked(exercise, example)
        if exercise.mode in (Mode.LAYER, Mode.WEIGHT):
            asking.place(example, look)
        draw: dict[Mode, Callable[[], None]] = {
            Mode.NEXT: lambda: asking.one(questions, look),
            Mode.LAYER: lambda: asking.many(questions, look),
            Mode.WEIGHT: lambda: asking.many(questions, look),
            Mode.ERROR: lambda: asking.mistake(questions, look),
            Mode.EXAM: lambda: examining.exam(questions, look),
        }
        draw[exercise.mode]()
    except Problem as problem:
        st.error(problem.text())


def progress() -> None:
    """How well each part of the network is known, which slips were made, and the file to keep it in."""
    done, example, look = practice.progress(), state.example(), state.look()
    right = sum(attempt.correct for attempt in done.attempts)
    st.markdown("## " + _("Your progress"))
    asked = len(done.attempts)
    counted = ngettext("{right} of {asked} answer right", "{right} of {asked} answers right", asked)
    st.markdown(counted.format(right=right, asked=asked))
    left, rest = st.columns([11, 9], gap="medium")
    with left:
        scene = Scene.of(example.worked, look, Phase.BACKWARD)
        network_picture(mastery_picture(done, scene, look, state.theme()), key="picture.mastery")
        st.caption(_("Correct / attempted, for every neuron, weight and bias. "
                     "Blue: known. Amber: getting there. Red: to practise."))  # fmt: skip
    with rest:
        slips = done.slips()
        if slips:
            st.markdown("**" + _("Your slips, the most frequent first") + "**")
        for name, count in slips[:MAX_LISTED]:
            asking.read_on(done.page(name), f"{count} × {CATALOGUE[name].title} · ")
        download(
            _("Save the progress"), address=f"make/progress?lang={language()}", body=done.to_json(),
            file_name="backprop-progress.json", key="progress.save",
        )  # fmt: skip
        upload(
            _("Go on from a saved progress"), key="progress.file", on_file=_restore, read=widgets.widget, accept=".json",
            most_bytes=LARGEST, too_large=_("This file is too large, or no text."), button=_("Choose a file"),
        )  # fmt: skip
        editor.messages("progress")


def _restore(_name: str, text: str) -> None:
    practice.restore_progress(text)


st.title(_("Practice"))
if not practice.exercise().is_running():
    choices()
editor.messages("practice")
ask()
if not practice.exercise().is_running():
    progress()

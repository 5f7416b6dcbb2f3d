"""Worksheets: sheets with fresh numbers for every seat and their keys, and the way back from a sheet's code."""

from html import escape
from time import sleep
from urllib.parse import quote

import streamlit as st

from lessons.i18n import gettext as _
from lessons.i18n import language, ngettext
from lessons.problem import Problem
from lessons.sheets import FILES, PAPERS, Kind, Settings, example_of, kinds_of, title_of
from lessons.sheets.making import Making, whole
from lessons.style import name_of
from pages.drawn.components import download
from pages.parts import editor, taking
from pages.parts.show import onward
from pages.session import state, widgets

EVERY = 0.25  # seconds between two looks at what is being made
SHAPE = {"A4": "210 / 297", "Letter": "216 / 279"}  # of a page, so that nothing moves when its picture arrives


def chosen() -> Settings:
    """The settings as they stand on the page; Problem for what cannot be made."""
    example = state.example()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variants = st.number_input(_("Variants"), value=None, step=1, width=130, **state.choice("sheet.variants", 30))
        seed = st.number_input(_("Seed"), value=None, step=1, width=130, **state.choice("sheet.seed", 1))
        paper = st.segmented_control(
            _("Paper"), PAPERS, format_func=_, required=True, **state.choice("sheet.paper", "A4")
        )
    with st.container(horizontal=True):
        laws = st.toggle(_("Formulas on the sheets"), **state.choice("sheet.laws", True))
        duplex = st.toggle(
            _("For printing on both sides"), **state.choice("sheet.duplex", False),
            help=_("Every sheet begins on an odd page, so that none ends up on the back of another."),
        )  # fmt: skip
        factors = st.toggle(
            _("Factors of every error signal"), **state.choice("sheet.factors", False),
            help=_("Softmax or sigmoid with its cross-entropy has the error signal a − y, which needs no other factors: "
                   "they stand on a sheet only where you ask for them."),
        )  # fmt: skip
    st.markdown(":small[" + _("To be filled in") + "]")
    with st.container(horizontal=True, gap="small"):
        blank = [
            kind
            for kind in kinds_of(example.settings.optimiser, example.settings.shrinking())
            if st.checkbox(title_of(kind), width="content", **state.choice(f"sheet.blank.{kind}", True))
        ]
    return Settings.of(
        example, variants=variants or 0, seed=-1 if seed is None else seed, paper=paper or "A4", laws=laws, blank=tuple(blank),
        factors=factors, duplex=duplex,
    )  # fmt: skip


def asked(settings: Settings) -> bool:
    """What will be made, the LaTeX source, and whether the button that makes the PDF was pressed."""
    st.caption(
        _("Network {sizes}, {loss}, {optimiser}: sizes, activations, loss, optimiser, notation, decimals and language are "
          "those of the sidebar.").format(
            sizes="-".join(map(str, settings.sizes)), loss=name_of(settings.loss), optimiser=settings.optimiser
        )
    )  # fmt: skip
    label = ngettext("Make {n} sheet with its key", "Make {n} sheets with keys", settings.variants)
    pressed = st.button(label.format(n=settings.variants), type="primary", key="sheet.make")
    offer(_("LaTeX sources"), "latex", settings, "worksheets-latex.zip", _("sheets, keys and answers, to be changed (ZIP)"))
    return pressed


def offer(label: str, kind: str, settings: Settings, file_name: str, about: str) -> None:
    """The button that downloads a set, from any server process, and what it is."""
    button, told = st.columns([1, 2], gap="small", vertical_alignment="center")
    with button:
        download(label, address=address(kind), body=settings.to_json(), file_name=file_name, key=f"sheet.{kind}")
    told.caption(about)


def address(kind: str) -> str:
    """Where a set of that kind, or its preview, is asked for."""
    return f"make/{kind}?lang={language()}"


def make(settings: Settings) -> None:
    """Make the PDFs, telling the place in line and then how much is done; a click on anything stops it."""
    bar = st.progress(0.0)
    st.button(_("Stop"), key="sheet.stop")  # its click ends this run of the script, as any other does
    for n, kind in enumerate(Kind):
        with Making(whole(kind, settings)) as making:
            while making.moves():
                here = making.place
                text = _("You are number {n} in line.").format(n=here) if here else _("Setting the pages")
                bar.progress((n + making.done) / len(Kind), text=text)
                sleep(EVERY)
    state.keep_worksheets(settings)


def made(settings: Settings) -> None:
    """What was made last."""
    last = state.worksheets()
    if last:
        count = last.variants
        offered = {
            Kind.SHEET: (ngettext("{n} sheet", "{n} sheets", count), _("for the students: without any answer")),
            Kind.KEY: (ngettext("{n} key", "{n} keys", count), _("every step with its working")),
            Kind.ANSWERS: (
                ngettext("{n} answer table", "{n} answer tables", count),
                _("for marking: all answers of a sheet on a page"),
            ),
        }
        for kind, (label, about) in offered.items():
            offer(label.format(n=count), kind, last, f"{FILES[kind]}.pdf", _("PDF, {about}").format(about=about))
        if last != settings:
            st.caption(_("These PDFs were made with earlier settings; make them again for the present ones."))


def first_page(settings: Settings) -> None:
    """The first sheet as a picture, which the browser asks for by itself."""
    alt, source = _("The first sheet"), f"{address('preview')}&settings={quote(settings.to_json())}"
    shape = f"width: 100%; height: auto; aspect-ratio: {SHAPE[settings.paper]}; background: white"
    st.html(f'<img src="{escape(source)}" alt="{escape(alt)}" style="{shape}">')
    st.caption(alt)


def other_files(settings: Settings) -> None:
    """The same for a learning platform, and the example itself in other forms."""
    st.markdown("## " + _("For a learning platform"))
    st.markdown(_("Of the kinds to be filled in, one question a layer, with the numbers of every variant."))
    taking.of_settings(settings)
    st.markdown("## " + _("The example as it is now"))
    taking.of_example()


def bring_back() -> None:
    """A sheet's code loads its numbers."""
    st.markdown("## " + _("Back from paper"))
    st.text_input(_("Code from a sheet"), key="sheet.code", max_chars=200, on_change=_load, width=320, autocomplete="off")
    editor.messages("code")
    if widgets.widget("sheet.code") and not state.problems(["code"]):
        st.success(_("These are the numbers of that sheet now."))
        onward("forward", _("See every step"))
        onward("practice", _("Practise with them"))


def _load() -> None:
    code = widgets.widget("sheet.code")
    if code:
        state.bring("code", lambda: example_of(code))


def page() -> None:
    """Everything in its place first: nothing waits for the sheets that are being made."""
    st.title(_("Worksheets"))
    st.markdown(_("A sheet with fresh numbers for every seat, and a key with full working for each."))
    left, right = st.columns([11, 9], gap="large")
    with left:
        top = st.container()
        bring_back()
        elsewhere = st.container()
    with top:
        try:
            settings = chosen()
        except Problem as problem:
            st.error(problem.text())
            return
        with right:
            first_page(settings)
        pressed, place = asked(settings), st.empty()
    if pressed:
        try:
            with place.container():
                make(settings)
        except Problem as problem:
            place.error(problem.text())
            return
    with place.container():
        made(settings)
    with elsewhere:
        other_files(settings)


page()

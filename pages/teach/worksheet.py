"""Worksheets: sheets with fresh numbers for every seat and their keys, and the way back from a sheet's code."""

from functools import lru_cache

import streamlit as st

from lessons.i18n import gettext as _
from lessons.i18n import ngettext
from lessons.problem import Problem
from lessons.sheets.printed import Latex, pdf, preview
from lessons.sheets.worksheet import BLANKS, PAPERS, PARTS, Settings, example_of
from lessons.style import name_of
from mlp_core.optimisers import OPTIMISERS
from mlp_core.steps import Phase
from pages.parts import editor
from pages.parts.show import onward
from pages.session import state

first_page = lru_cache(maxsize=64)(preview)


def kinds(optimiser: str) -> list[str]:
    """What can be left blank with this optimiser."""
    laws = {*OPTIMISERS[optimiser](lr=1.0).laws, "new"}
    return [kind for phase, parts in PARTS.items() for kind in parts if phase is not Phase.UPDATE or kind in laws]


def chosen() -> Settings:
    """The settings as they stand on the page; Problem for what cannot be made."""
    example = state.example()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variants = st.number_input(_("Variants"), value=30, step=1, width=130, key="sheet.variants")
        seed = st.number_input(_("Seed"), value=1, step=1, width=130, key="sheet.seed")
        paper = st.segmented_control(_("Paper"), PAPERS, default="A4", key="sheet.paper", required=True)
        laws = st.toggle(_("Formulas on the sheets"), value=True, key="sheet.laws")
    st.markdown(":small[" + _("To be filled in") + "]")
    with st.container(horizontal=True, gap="small"):
        blank = [
            kind
            for kind in kinds(example.settings.optimiser)
            if st.checkbox(_(BLANKS[kind]), value=True, key=f"sheet.blank.{kind}", width="content")
        ]
    return Settings.of(
        example, variants=variants or 0, seed=-1 if seed is None else seed, paper=paper or "A4", laws=laws, blank=tuple(blank)
    )


def make(settings: Settings) -> None:
    """The button that makes them, progress while it works, and what it made last."""
    st.caption(
        _("Network {sizes}, {loss}, {optimiser}: sizes, activations, loss, optimiser, notation, decimals and language are "
          "those of the sidebar.").format(
            sizes="-".join(map(str, settings.sizes)), loss=name_of(settings.loss), optimiser=settings.optimiser
        )
    )  # fmt: skip
    with st.container(horizontal=True):
        label = ngettext("Make {n} sheet with its key", "Make {n} sheets with keys", settings.variants)
        pressed = st.button(label.format(n=settings.variants), type="primary", key="sheet.make")
        st.download_button(
            _("LaTeX source"), data=Latex(settings).whole, file_name="worksheets.tex", mime="application/x-tex",
            key="sheet.tex", on_click="ignore",
        )  # fmt: skip
    if pressed:
        bar = st.progress(0.0, text=_("Setting the pages"))

        def report(done: float) -> None:
            bar.progress(done, text=_("Setting the pages"))

        state.keep_worksheets(settings, pdf(settings, report))
        bar.empty()
    made = state.worksheets()
    if made:
        count = made[0].variants
        label = ngettext(
            "Download the PDF: {n} sheet, then its key", "Download the PDF: {n} sheets, then {n} keys", count
        ).format(n=count)
        st.download_button(label, made[1], "worksheets.pdf", "application/pdf", key="sheet.pdf", on_click="ignore")
        if made[0] != settings:
            st.caption(_("The PDF was made with earlier settings; make it again for these."))


def bring_back() -> None:
    """A sheet's code loads its numbers."""
    st.markdown("## " + _("Back from paper"))
    st.text_input(_("Code from a sheet"), key="sheet.code", max_chars=64, on_change=_load, width=320, autocomplete="off")
    editor.messages("code")
    if state.widget("sheet.code") and not state.problems(["code"]):
        st.success(_("These are the numbers of that sheet now."))
        onward("forward", _("See every step"))
        onward("practice", _("Practise with them"))


def _load() -> None:
    code = state.widget("sheet.code")
    if code:
        state.bring("code", lambda: example_of(code))


st.title(_("Worksheets"))
st.markdown(_("A sheet with fresh numbers for every seat, and a key with full working for each."))
left, right = st.columns([11, 9], gap="large")
with left:
    try:
        settings = chosen()
        make(settings)
        right.image(first_page(settings), caption=_("The first sheet"), alt=_("The first sheet"), width="stretch")
    except Problem as problem:
        st.error(problem.text())
    bring_back()

"""/notes: every figure that the source notes print, beside its exact value, with a verdict and a reason; and their other errors,
each with the place in the course where it is found."""

import streamlit as st

from lessons.course import LESSONS, heading
from lessons.i18n import gettext as _
from lessons.i18n import mark, ngettext
from lessons.notes import errors
from lessons.notes import figures as notes
from lessons.style import Look
from pages.parts.show import cell, table
from pages.places import PLACES, file_of
from pages.session import state

STYLE = """
<style>
.bt-reasons :not(.scripts) > :is(sub, sup) { line-height: 0; }
.bt-table th:last-child, .bt-table td:last-child { text-align: left; }
.bt-table small { white-space: normal; }
.stMarkdown blockquote { color: inherit; opacity: 1; }
ul.bt-reasons.bt-reasons { list-style: none; margin: 0; padding: 0; }
ul.bt-reasons.bt-reasons li {
  margin: 0 0 .7rem; padding-left: .8rem; border-left: 3px solid color-mix(in srgb, currentColor 25%, transparent);
}
</style>
"""


def legend(look: Look) -> None:
    """What the verdicts mean, and how many figures have each."""
    meanings = [
        notes.told(f"verdict.{key}", look, verdict=f"{sign} {_(word)}", count=notes.counts()[key])
        for key, (sign, word) in notes.VERDICTS.items()
    ]
    st.markdown("\n".join(f"- {meaning}" for meaning in meanings))


def chosen() -> str:
    """The verdict to show, empty for all."""
    names = {"": _("all figures")} | {key: f"{sign} {_(word)}" for key, (sign, word) in notes.VERDICTS.items()}
    return st.segmented_control(
        _("Figures to show"),
        list(names),
        format_func=lambda key: names[key],
        default="",
        required=True,
        key="notes.verdict",
    )


def part(key: str, figures: list[notes.Figure], look: Look) -> None:
    """The table of one part of the notes, and beside it (on a phone below) the reasons."""
    st.header(_(notes.PARTS[key]))
    if notes.has(f"part.{key}"):
        st.markdown(notes.told(f"part.{key}", look))
    explained = [figure for figure in figures if figure.reason]
    left, right = st.columns([4, 5], gap="medium") if explained else (st.container(), None)
    with left:
        head = [_("Quantity"), _("Printed"), _("Exact"), _("Verdict")]
        table(notes.source(figures), head, [row(figure, look) for figure in figures])
    if right:
        items = "".join(f"<li>{named(figure, look)}<br>{notes.reason(figure, look)}</li>" for figure in explained)
        right.html(f'<ul class="bt-reasons">{items}</ul>')


def row(figure: notes.Figure, look: Look) -> list[str]:
    """The cells of one figure."""
    verdict = cell(notes.verdict(figure), "mark" if figure.verdict == "erratum" else "")
    return [named(figure, look, "<br>"), notes.printed(figure), notes.exact(figure, look), verdict]


def named(figure: notes.Figure, look: Look, between: str = " ") -> str:
    """Symbol and occasion, as HTML."""
    occasion = notes.occasion(figure)
    return notes.symbol(figure, look) + (f"{between}<small>{occasion}</small>" if occasion else "")


def figures(look: Look) -> None:
    """All figures, or those of one verdict."""
    places = ngettext("{n} decimal", "{n} decimals", look.decimals).format(n=look.decimals)
    st.markdown(notes.told("intro", look, count=len(notes.figures()), decimals=places))
    legend(look)
    for name, found in notes.parts(chosen()).items():
        part(name, found, look)


def claims(look: Look) -> None:
    """The errors of one note that are no figures."""
    st.markdown(notes.told("claims", look, count=len(errors.ERRORS)))
    names = {note: f"{note} {_(title)} ({len(errors.of_note(note))})" for note, title in errors.NOTES.items()}
    note = st.segmented_control(
        _("Errors to show"), list(names), format_func=names.__getitem__, default=next(iter(names)), required=True,
        key="notes.note", persist_state="session",
    )  # fmt: skip
    with st.container(key="cards"):
        for error in errors.of_note(note):
            with st.container(border=True, height="stretch"):
                claim(error, look)


def claim(error: errors.Error, look: Look) -> None:
    """What a note says, what is right, and where it is found."""
    said, right = error.text(look)
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    st.markdown(f":small[{error.source}]\n\n{quoted}\n\n{right}")
    with st.container(horizontal=True):
        for lesson, screen in error.places:
            if lesson:
                label = heading(LESSONS[lesson], LESSONS[lesson].screen(screen)) + " →"
                asked = {"lesson": lesson, "screen": screen}
                st.page_link(file_of("learn"), label=label, query_params=asked, width="content")
            else:
                st.page_link(file_of(screen), label=_(PLACES[screen][1]) + " →", width="content")


look = state.look()
st.html(STYLE)
st.title(_("Errata of the notes"))
SHOWN = {"figures": mark("Figures"), "claims": mark("Claims, formulas, code")}
shown = st.segmented_control(
    _("What to show"), list(SHOWN), format_func=lambda key: _(SHOWN[key]), default="figures", required=True,
    key="notes.shown", persist_state="session", label_visibility="collapsed",
)  # fmt: skip
(figures if shown == "figures" else claims)(look)

"""/notes: every figure that the source notes print, beside its exact value, with a verdict and a reason."""

import streamlit as st

from lessons.i18n import gettext as _
from lessons.i18n import ngettext
from lessons.notes import figures as notes
from lessons.style import Look
from pages.parts.show import cell, table
from pages.session import state

STYLE = """
<style>
.bt-reasons sub, .bt-reasons sup { line-height: 0; }
.bt-table th:last-child, .bt-table td:last-child { text-align: left; }
.bt-table small { white-space: normal; }
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


look = state.look()
st.html(STYLE)
st.title(_("Errata: the figures of the notes"))
places = ngettext("{n} decimal", "{n} decimals", look.decimals).format(n=look.decimals)
st.markdown(notes.told("intro", look, count=len(notes.figures()), decimals=places))
legend(look)
for name, found in notes.parts(chosen()).items():
    part(name, found, look)
with st.expander(_("Errors of the notes that are not figures")):
    st.markdown(notes.others(look))

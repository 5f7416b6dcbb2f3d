"""Small things that every page shows the same way: style, tables, the way on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from time import sleep

import plotly.graph_objects as go
import streamlit as st

from lessons.i18n import gettext as _
from lessons.style import Look
from pages.places import file_of

from . import beside

FLUSH = 0.015  # seconds; Streamlit sends what a script has drawn every 10 ms
_STYLE = """
.bt-table { overflow-x: auto; }
.bt-table table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.bt-table caption { text-align: left; padding-bottom: .4rem; }
.bt-table th, .bt-table td {
  text-align: right; padding: .3rem .7rem; white-space: nowrap;
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent);
}
.bt-table tbody th { font-weight: 400; }
.bt-table tbody th:has(i) { font-family: KaTeX_Main, serif; font-size: 1.1em; }  /* a name in symbols, not in words */
:is(.bt-table, .bt-heat, .bt-reasons) i { font-family: KaTeX_Math, serif; }
:is(.bt-table, .bt-heat, .bt-reasons) .scripts {
  display: inline-flex; flex-direction: column; vertical-align: middle; line-height: 1.05;
}
:is(.bt-table, .bt-heat, .bt-reasons) .scripts > * { position: static; }
.bt-table th:first-child, .bt-table td:first-child { text-align: left; }
.bt-table td.wide { white-space: normal; min-width: 14rem; text-align: left; }
.bt-table :is(td, th).short { white-space: normal; min-width: 9rem; }
.bt-table td.mark { font-weight: 600; }
/* a heat map: what a cell says stands in one place below, so that nothing moves */
.bt-heat { position: relative; overflow-x: auto; padding-bottom: 5.2rem; }
.bt-heat table { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
.bt-heat caption { text-align: left; padding-bottom: .4rem; }
.bt-heat th { font-weight: 400; font-family: KaTeX_Main, serif; font-size: 1.1em; padding: .2rem .4rem; white-space: nowrap; }
.bt-heat td { text-align: center; padding: .2rem; min-width: 4.4rem; height: 3.1rem; border-radius: 4px; }
.bt-heat td:hover, .bt-heat td:focus { outline: 2px solid currentColor; }
.bt-heat td.aside, .bt-heat thead td { outline: none; min-width: 3.6rem; }
.bt-heat .more, .bt-heat .hint { position: absolute; left: 0; right: 0; bottom: 0; height: 4.6rem; margin: 0; }
.bt-heat .more { text-align: left; font-family: KaTeX_Main, serif; font-size: 1.05em; line-height: 1.9; }
.bt-heat td:not(:hover, :focus) > .more, .bt-heat:has(td:hover) td:not(:hover) > .more {
  clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden;
}
.bt-heat:has(td[tabindex]:hover, td[tabindex]:focus) .hint { display: none; }
[data-testid^="stBaseButton-primary"]:not(:disabled) { color: light-dark(#ffffff, #10161c) !important; }
[data-testid="stButtonGroup"] button { min-height: 2.5rem; }  /* as tall as a cell, so that both stand in line */
[data-testid="stButtonGroup"] > [role] { flex-wrap: wrap; }  /* no choice lies beyond the edge of a column or a phone */
[data-testid="stMain"] h2 { font-size: 1.45rem; line-height: 1.35; padding: .4rem 0 .6rem; }
.katex { font-size: 1.15em; }
.katex-display { padding-right: 2px; }  /* KaTeX overflows itself by as much, which would make every formula a scroll box */
/* Formulas are broken at so many ems (lessons/walk/card.py): in a narrower place they are set smaller, then they scroll. */
[data-testid="stMarkdown"]:has(.katex-display) { container-type: inline-size; }
.katex-display > .katex { font-size: clamp(.84em, calc(100cqi / 21.2), 1.15em); }
.katex-display { overflow-x: auto; overflow-y: hidden; }
[data-testid="stStatusWidget"] { display: none; }  /* its Stop would only pause a training run: the page has its own */
[data-testid="stMainBlockContainer"] { padding: 4.1rem 2rem 3rem; }
[data-testid="InputInstructions"] { display: none; }  /* "Press Enter to submit", in English whatever the language */
[data-testid="stSidebar"] [data-testid="stNumberInputClearButton"],
[class*="st-key-sheet-"] [data-testid="stNumberInputClearButton"] { display: none; }
[data-testid="stSidebar"][data-collapsed="true"] { visibility: hidden; }  /* what is closed is not in the way of Tab */
[data-testid="stSidebarCollapseButton"] { visibility: visible !important; }
/* shown to a room: everything is as large as the window allows, and nothing but the page is there */
html.presenting { font-size: clamp(16px, 1.46vw, 60px); }
html.presenting [data-testid="stHeader"], html.presenting [data-testid="stSidebar"],
html.presenting [data-testid="stPageLink"] { display: none; }
html.presenting .st-key-walked [style*="0.875rem"] { font-size: 1rem !important; }  /* :small[] is prose, too */
html.presenting .st-key-walked :is(p, li) { line-height: 1.4; }
html.presenting .st-key-walked h2 { padding-top: 0; }
html.presenting .st-key-walked [data-testid="stMarkdown"] :is(p, h2) { margin-bottom: .5rem; }
html.presenting [data-testid="stMain"]::before { display: none !important; }  /* the frame of what has the focus, here all */
html.presenting [data-testid="stMainBlockContainer"] { padding: .6rem 1.2rem; }
/* cards: beside each other where there is room, those of a row equally tall */
.st-key-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); }
.st-key-cards > * { align-self: stretch; }
/* The walk: the stage, the buttons in one row, the card below; with room enough the stage at the left of them. */
.st-key-walked { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 2rem; align-items: start; }
.st-key-walked > * { margin-bottom: 1rem; min-width: 0; isolation: isolate; }  /* each is painted for itself */
.st-key-walked > [class*="st-key-stage-"] { grid-row: 1; }
/* What is about to be drawn anew would begin to fade, for which the browser paints all of it twice. */
.st-key-walked [data-stale="true"] { transition: none !important; opacity: 1 !important; }
/* no question mark alone on a line: between formula and sign nothing else holds */
.st-key-walked h2:not(:lang(zh)) { text-wrap: balance; }
.st-key-walked .katex-display { margin: 0 0 .45rem; text-align: left; }
.st-key-walked .katex-display + p { margin-top: .9rem; }
.st-key-walked .katex-display > .katex { text-align: left; }
.st-key-walked > :is([class*="st-key-previous-"], [class*="st-key-next-"], [class*="st-key-page-sample"]) { grid-area: 2 / 1; }
.st-key-walked > [class*="st-key-page-sample"] { justify-self: center; max-width: 35%; }
.st-key-walked > [class*="st-key-next-"] { justify-self: end; }
@media (min-width: 641px) {
  .st-key-walked { grid-template: repeat(99, auto) 1fr / minmax(0, 11fr) minmax(0, 9fr); }
  html.presenting .st-key-walked { grid-template-columns: minmax(0, 13fr) minmax(0, 10fr); }
  .st-key-walked > * { grid-column: 2; }
  .st-key-walked > [class*="st-key-stage-"] { grid-area: 1 / 1 / -1; margin: 0; }
  .st-key-walked > :is([class*="st-key-previous-"], [class*="st-key-next-"], [class*="st-key-page-sample"]) { grid-area: 1 / 2; }
}
@media (max-width: 640px) {
  .bt-table :is(th, td) { padding: .3rem .4rem; }
  .bt-table :is(th, td).short { min-width: 5.5rem; }
  [data-testid="stMainBlockContainer"] { padding: 4.5rem 1rem 3rem; }
  [data-testid="stButtonGroup"] > [role] { gap: .3rem; }
  [data-testid="stButtonGroup"] > [role] > button { border-radius: .5rem; margin: 0; }
  [data-testid="stButtonGroup"] > [role] > button[aria-checked="false"] {
    border: 1px solid color-mix(in srgb, currentColor 25%, transparent) !important;  /* also beside the chosen one */
  }
}
"""


def style() -> None:
    """The few rules beyond the theme."""
    st.html(f"<style>{_STYLE}{beside.STYLE}</style>")


def flush() -> None:
    """Wait until what is drawn so far has gone out."""
    sleep(FLUSH)


def table(caption: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table as text on the page; it scrolls in its own box where it is too wide. Cells are HTML (see ``head`` and ``cell``)."""
    top = "".join(f'<th scope="col">{title}</th>' if title else "<td></td>" for title in titles)
    body = "".join(
        "<tr>" + "".join(c if c.startswith("<t") else f"<td>{c}</td>" for c in row) + "</tr>" for row in rows
    )
    st.html(
        f'<div class="bt-table" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def numbers(caption: str, titles: Sequence[str], rows: Sequence[Sequence[str]], look: Look) -> None:
    """``table`` for cells of ``look.cell``, with a word on those that are nearly 0."""
    table(caption, titles, rows)
    if any(look.nearly_zero in text for row in rows for text in row):
        st.caption(_("{sign} is not 0: only smaller than the decimals show.").format(sign=look.nearly_zero))


def head(html: str) -> str:
    """The cell that names its row: HTML with sup and sub, as names give it."""
    return f'<th scope="row">{html}</th>'


def cell(text: str, kind: str = "") -> str:
    """A cell of plain text, escaped; kind "wide" and "short" let it wrap, "mark" sets it off."""
    return f'<td class="{kind}">{escape(text)}</td>'


def onward(page: str, label: str) -> None:
    """The link to where the walk goes next."""
    st.page_link(file_of(page), label=f"{label} →", width="content")


def curve(figure: go.Figure, key: str, alt: str) -> None:
    """A Plotly figure as wide as its place; ``alt`` is what a screen reader hears."""
    st.plotly_chart(figure, width="stretch", key=key, config={"displaylogo": False, "displayModeBar": False}, alt=alt)


def closed() -> None:
    """What a page says while an exam runs."""
    st.title(_("An exam is running"))
    st.markdown(_("This page is open again when the exam has been handed in or its time is over."))
    onward("practice", _("Back to the exam"))

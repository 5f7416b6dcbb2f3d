"""A matrix as a heat map: a table whose cells are coloured by their number, and say more when pointed at, tapped or focused.

The table is what a screen reader reads; each cell's explanation stands in it, unseen until it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ...palette import BACKGROUND, colors

STRONGEST = 0.42  # of a family's colour in a cell, so that its number can be read


@dataclass(frozen=True)
class Warm:
    """A cell. value: colours it; text: what stands in it; more: HTML, what is said when it is asked."""

    value: float
    text: str
    more: str = ""


def heat(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Warm | str]]],
    *,
    full: float,
    hint: str,
    theme: str,
) -> str:
    """The map in HTML. columns: their heads in HTML; rows: a head each and its cells, text where it is no number of the matrix;
    full: the size of number at which the colour is at its strongest; hint: what can be done, shown until it is."""
    head = "".join(f'<th scope="col">{title}</th>' for title in columns)
    body = "".join(
        f'<tr><th scope="row">{title}</th>{"".join(_cell(each, full, theme) for each in cells)}</tr>' for title, cells in rows
    )
    return (
        f'<div class="bt-heat"><table><caption>{escape(caption)}</caption><thead><tr><td></td>{head}</tr></thead>'
        f'<tbody>{body}</tbody></table><p class="hint" aria-hidden="true">{escape(hint)}</p></div>'
    )


def _cell(cell: Warm | str, full: float, theme: str) -> str:
    if isinstance(cell, str):
        return f'<td class="aside">{escape(cell)}</td>'
    more = f'<span class="more">{cell.more}</span>' if cell.more else ""
    return f'<td tabindex="0" style="background:{shade(cell.value, full, theme)}">{escape(cell.text)}{more}</td>'


def shade(value: float, full: float, theme: str) -> str:
    """The colour of a number: none for 0, of one family where it is positive and of another where it is negative."""
    palette, share = colors(theme), STRONGEST * min(abs(value) / full, 1.0)
    return mixed(palette["parameter" if value > 0 else "activation"], BACKGROUND[theme], share)


def mixed(one: str, other: str, share: float) -> str:
    """Two hex colours, so much of the first."""
    pairs = ((int(each[i : i + 2], 16) for each in (one, other)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)

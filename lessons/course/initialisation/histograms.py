"""Histograms below each other on one axis, as an image that a phone shows as large as a desk."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from mlp_core.writing.numbers import on_screen, significant

from ...drawing import svg
from ...i18n import gettext as _
from ...palette import colors
from ...style import plain

WIDE, HIGH, TALL, TOP, FOOT, LEFT, RIGHT = 400, 30, 48, 26, 24, 34, 66  # pixels; a row is tall where there are few
BARS, FEW = 60, 3
FONT = "font-family='system-ui,sans-serif' font-size='13'"


class Row(NamedTuple):
    """A histogram: what stands at its left, its numbers (any shape), and what stands at its right."""

    label: str
    values: np.ndarray
    note: str


def spread_of(values: np.ndarray) -> str:
    """The standard deviation, as it is written beside a histogram."""
    return small(float(values.std()))


def small(value: float) -> str:
    """A number to two digits, small and large ones in powers of ten."""
    text = significant(value, 2) if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.1e}"
    mantissa, e, exponent = text.partition("e")
    return f"{on_screen(mantissa)} · 10{str(int(exponent)).translate(_RAISED)}" if e else plain(float(mantissa))


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def image(title: str, rows: Sequence[Row], low: float, high: float, family: str, theme: str, heading: str = "") -> str:
    """The histograms between ``low`` and ``high``, what lies beyond in the outermost bars; each is as high as its row.

    family: whose colour they have; heading: what stands above the notes at the right.
    """
    palette = colors(theme)
    ink, color = palette["loss"], palette[family]
    high_row = HIGH if len(rows) > FEW else TALL
    right, bottom = WIDE - RIGHT, TOP + high_row * len(rows)
    drawn = _text(LEFT, 17, title, color) + _text(WIDE, 17, heading, ink, "end")
    for n, row in enumerate(rows):
        base = TOP + high_row * (n + 1)
        drawn += f"<path d='{_outline(row.values, low, high, base, high_row - 4)}' fill='{color}' fill-opacity='.75'/>"
        drawn += f"<line x1='{LEFT}' x2='{right}' y1='{base}' y2='{base}' stroke='{ink}' stroke-opacity='.35'/>"
        drawn += _text(LEFT - 8, base - 6, row.label, ink, "end") + _text(WIDE, base - 6, row.note, ink, "end")
    for share in (0.0, 0.5, 1.0):
        x = LEFT + share * (right - LEFT)
        drawn += f"<line x1='{x}' x2='{x}' y1='{TOP}' y2='{bottom + 4}' stroke='{ink}' stroke-opacity='.2'/>"
        drawn += _text(x, bottom + 18, small(low + share * (high - low)), ink, ("start", "middle", "end")[round(2 * share)])
    said = _("; ").join(f"{row.label}: {row.note}" for row in rows)
    return svg.image(drawn, WIDE, bottom + FOOT, f"{title}. {said}")


def _outline(values: np.ndarray, low: float, high: float, base: float, most: float) -> str:
    """The bars as one shape, ``most`` high."""
    counts, _edges = np.histogram(np.clip(values, low, high), BARS, (low, high))
    heights, width = counts / counts.max() * most, (WIDE - LEFT - RIGHT) / BARS
    steps = " ".join(f"V{base - tall:.1f}h{width:.2f}" for tall in heights.tolist())
    return f"M{LEFT} {base}{steps}V{base}Z"


def _text(x: float, y: float, text: str, color: str, anchor: str = "start") -> str:
    return f"<text x='{x}' y='{y}' fill='{color}' text-anchor='{anchor}' {FONT}>{escape(text)}</text>"

"""The laws of a network of any depth as LaTeX, index by index and in matrices, in the letters of the handout: its input is layer
1, W(l) leads from layer l to layer l + 1, a is what goes into h, z what comes out, the last layer is linear."""

from __future__ import annotations

from html import escape

from ...i18n import gettext as _
from ...style import Look
from ...walk.card import block


def index_form(depth: int) -> str:
    """The output as one nested sum over the neurons of every layer."""
    return rf"y_{{{_i(depth + 1)}}} = {_sum(depth)}"


def _sum(k: int) -> str:
    inner = f"X_{{{_i(1)}}}" if k == 1 else rf"h\Bigl( {_sum(k - 1)} \Bigr)"
    return rf"\sum_{{{_i(k)}=1}}^{{I_{k}}} W^{{({k})}}_{{{_i(k + 1)} {_i(k)}}} \, {inner}"


def _i(k: int) -> str:
    return f"i_{k}"


def matrix_form(depth: int) -> str:
    """The same in matrices."""
    text = r"\boldsymbol{X}"
    for k in range(1, depth + 1):
        text = f"W^{{({k})}} {text}" if k < 2 else rf"W^{{({k})}} \, h\bigl( {text} \bigr)"
    return rf"\boldsymbol{{y}} = {text}"


def forward_forms(depth: int) -> str:
    """Both of them, and layer by layer."""
    return rf"\begin{{gathered}} {index_form(depth)} \\[8pt] {matrix_form(depth)} \\[8pt] {forward_rows(depth)} \end{{gathered}}"


def forward_rows(depth: int) -> str:
    """Layer by layer: what goes in and what comes out, index by index beside in matrices."""
    rows = []
    for k in range(1, depth + 1):
        before = "X" if k == 1 else f"z^{{({k})}}"
        out = "y" if k == depth else f"a^{{({k + 1})}}"
        rows.append(
            rf"{out}_{{{_i(k + 1)}}} &= \sum_{{{_i(k)}}} W^{{({k})}}_{{{_i(k + 1)} {_i(k)}}} \, {before}_{{{_i(k)}}} "
            rf"&\qquad {_bold(out)} &= W^{{({k})}} {_bold(before)}"
        )
        if k < depth:
            z = f"z^{{({k + 1})}}"
            rows.append(rf"{z}_{{{_i(k + 1)}}} &= h({out}_{{{_i(k + 1)}}}) &\qquad {_bold(z)} &= h({_bold(out)})")
    return block(rows)


def _bold(letter: str) -> str:
    base, caret, rest = letter.partition("^")
    return rf"\boldsymbol{{{base}}}{caret}{rest}"


def delta_rows(depth: int, half: bool) -> str:
    """The error signals from the last layer to the first with weights before it, index by index beside in matrices."""
    last = depth + 1
    rows = [
        rf"\delta^{{({last})}}_{{{_i(last)}}} &= {_error(half, f'y_{{{_i(last)}}}', f't_{{{_i(last)}}}')} "
        rf"&\qquad \boldsymbol{{\delta}}^{{({last})}} &= {_error(half, *BOTH)}"
    ]
    rows += [
        rf"\delta^{{({k})}}_{{{_i(k)}}} &= h'(a^{{({k})}}_{{{_i(k)}}}) \sum_{{{_i(k + 1)}}} "
        rf"W^{{({k})}}_{{{_i(k + 1)} {_i(k)}}} \delta^{{({k + 1})}}_{{{_i(k + 1)}}} "
        rf"&\qquad \boldsymbol{{\delta}}^{{({k})}} &= h'(\boldsymbol{{a}}^{{({k})}}) \odot "
        rf"{{W^{{({k})}}}}^{{\top}} \boldsymbol{{\delta}}^{{({k + 1})}}"
        for k in range(depth, 1, -1)
    ]
    return block(rows)


BOTH = (r"\boldsymbol{y}", r"\boldsymbol{t}")


def _error(half: bool, y: str, t: str) -> str:
    return f"{y} - {t}" if half else f"2({y} - {t})"


def unrolled(depth: int, half: bool) -> str:
    """The first error signal with all that it is made of put in."""
    text = _error(half, *BOTH)
    for k in range(depth, 1, -1):
        text = rf"h'(\boldsymbol{{a}}^{{({k})}}) \odot {{W^{{({k})}}}}^{{\top}} \bigl( {text} \bigr)"
    return rf"\boldsymbol{{\delta}}^{{(2)}} = {text}"


def gradient_rows(depth: int) -> str:
    """The gradient of every weight: the error signal behind it times what came in before it."""
    rows = []
    for k in range(depth, 0, -1):
        before = "X" if k == 1 else f"z^{{({k})}}"
        entry = rf"W^{{({k})}}_{{{_i(k + 1)} {_i(k)}}}"
        rows.append(
            rf"\frac{{\partial E}}{{\partial {entry}}} &= \delta^{{({k + 1})}}_{{{_i(k + 1)}}} \, {before}_{{{_i(k)}}} "
            rf"&\qquad \frac{{\partial E}}{{\partial W^{{({k})}}}} &= "
            rf"\boldsymbol{{\delta}}^{{({k + 1})}} \, {{{_bold(before)}}}^{{\top}}"
        )
    return block(rows)


Box = tuple[str, int, int, str]
"""A matrix: its name in HTML, rows, columns, and the family whose colour it has."""
CELL, LEAST = 22, 34  # pixels


def boxes(left: Box, right: Box, look: Look) -> str:
    """Two matrices as boxes as tall as they have rows and as wide as they have columns, and their product where they fit."""
    fits = left[2] == right[1]
    product = _box(("", left[1], right[2], "preactivation"), look) if fits else ""
    sign = _("{inner} = {inner}: they fit").format(inner=left[2])
    if not fits:
        sign = _("{left} columns, but {right} rows: there is no such product").format(left=left[2], right=right[1])
    parts = [_box(left, look), "<b>·</b>", _box(right, look), f"<b>{'=' if fits else '≠'}</b>", product]
    row = "display:flex;align-items:center;gap:.8rem;flex-wrap:wrap;padding:.5rem 0"
    mark = "✓" if fits else "✗"
    return f'<div style="{row}">{"".join(parts)}</div><p>{mark} {escape(sign)}</p>'


def _box(box: Box, look: Look) -> str:
    name, rows, columns, family = box
    color = look.colors[family]
    size = f"width:{max(LEAST, CELL * columns)}px;height:{max(LEAST, CELL * rows)}px"
    style = f"{size};border:2px solid {color};border-radius:4px;display:grid;place-items:center;color:{color}"
    shape = f"{rows} × {columns}"
    return (
        f'<div style="display:grid;justify-items:center;gap:.2rem"><div style="{style}">{name}</div>'
        f'<span style="font-variant-numeric:tabular-nums">{shape}</span></div>'
    )



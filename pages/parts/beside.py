"""Two things beside each other, on a phone below each other: Streamlit's columns cost three messages, this one."""

from __future__ import annotations

from typing import Any

import streamlit as st

WIDEST = 12
# Nothing about what is in such a place: after [class*=...] a browser would look at all there is whenever any class changes.
STYLE = f"""
[class*="st-key-beside-"] {{ display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem 2rem; align-items: start; }}
@media (min-width: 641px) {{
  [class*="st-key-beside-"] {{ grid-template-columns: minmax(0, var(--left)) minmax(0, var(--right)); }}
}}
{"".join(f'[class*="-left{n}-"] {{ --left: {n}fr; }} [class*="-right{n}-"] {{ --right: {n}fr; }}' for n in range(1, WIDEST + 1))}
"""


def beside(key: str, left: int, right: int) -> Any:
    """The place of two elements or containers beside each other, with widths of that ratio, each a whole number to ``WIDEST``.

    key: another one for every two on a page.
    """
    return st.container(key=f"beside-left{left}-right{right}-{key}")

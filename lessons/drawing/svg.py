"""A drawing as an image within HTML: what Streamlit lets stand of it."""

from __future__ import annotations

from html import escape
from urllib.parse import quote


def image(drawn: str, width: int, height: int, spoken: str) -> str:
    """SVG elements in a box of width x height pixels, smaller where there is less room; ``spoken``: what is heard of it."""
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    source = quote(f"<svg {box}>{drawn}</svg>")
    return f'<img src="data:image/svg+xml,{source}" alt="{escape(spoken)}" decoding="sync" style="max-width:100%">'

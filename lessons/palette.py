"""One colour per family of quantities, the same in formulas, picture, ledger and charts, for light and dark."""

from __future__ import annotations

BACKGROUND = {"light": "#ffffff", "dark": "#10151c"}

FAMILIES: dict[str, dict[str, str]] = {
    "input": {"light": "#00664f", "dark": "#4fd1a5"},
    "parameter": {"light": "#0059a8", "dark": "#74b9ff"},
    "preactivation": {"light": "#835600", "dark": "#e6b450"},
    "activation": {"light": "#b23a00", "dark": "#ff9a6e"},
    "loss": {"light": "#303846", "dark": "#e6eaf0"},
    "gradient": {"light": "#97286f", "dark": "#ee9fcf"},
    "optimiser": {"light": "#4b4a9c", "dark": "#b3b1ff"},
    "setting": {"light": "#4a5565", "dark": "#aab4c3"},
}

MASTERY: dict[str, dict[str, str]] = {
    "unasked": {"light": "#6b7480", "dark": "#8d97a3"},
    "weak": {"light": "#b23a00", "dark": "#ff9a6e"},
    "fair": {"light": "#835600", "dark": "#e6b450"},
    "strong": {"light": "#0059a8", "dark": "#74b9ff"},
}


def mastery_colors(theme: str) -> dict[str, str]:
    """How well something is known -> hex colour for "light" or "dark"."""
    return {level: pair[theme] for level, pair in MASTERY.items()}


def colors(theme: str) -> dict[str, str]:
    """family -> hex colour for "light" or "dark"."""
    return {family: pair[theme] for family, pair in FAMILIES.items()}


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two hex colours, 1 to 21."""

    def luminance(color: str) -> float:
        parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)

"""Three wheels that mesh: one turn of the first makes so many of the second, and one of the second so many of the third."""

from __future__ import annotations

from math import cos, pi, sin

from ...drawing import svg
from ...i18n import gettext as _
from ...palette import colors
from ...style import plain
from ..case import Case
from .setting import Slopes

LEAST = 6  # teeth of the last wheel; as many are even in every wheel
WIDE, HIGH, EDGE, TEXT = 560, 250, 8, 26  # pixels: the room of the wheels, and of the letters below them
TIP, ROOT = 0.5, 0.62  # how far a tooth goes out and in, in modules (pixels of diameter for each tooth)
NAMES = {"x": "input", "u": "preactivation", "y": "activation"}


def teeth(setting: Slopes) -> tuple[int, int, int]:
    """Of the three wheels: as often as one has the next one's teeth, so often it turns that one."""
    return LEAST * setting.first * setting.then, LEAST * setting.then, LEAST


def turns(setting: Slopes) -> tuple[float, float, float]:
    """How often each has turned, whichever way."""
    u = setting.first * setting.turn
    return setting.turn, u, setting.then * u


def angles(setting: Slopes) -> tuple[float, float, float]:
    """Where the first tooth of each points, from the right clockwise. A tooth of one wheel meets a gap of the next: the second is
    half a tooth ahead, and turns the other way."""
    x, u, y = (2 * pi * turn for turn in turns(setting))
    return x, pi / teeth(setting)[1] - u, y


def hands(setting: Slopes) -> tuple[float, float, float]:
    """Where the mark of each wheel points: upwards before anything is turned."""
    x, u, y = (2 * pi * turn for turn in turns(setting))
    return x - pi / 2, -u - pi / 2, y - pi / 2


def picture(case: Case) -> str:
    """The wheels, as far turned as the setting says."""
    counts, turned, palette = teeth(case.setting), turns(case.setting), colors(case.theme)
    module = min(WIDE / (sum(counts) + 2), HIGH / (max(counts) + 2))
    middle, left, drawn = HIGH / 2 + EDGE, EDGE + 2 * TIP * module, ""
    for name, count, angle, hand in zip(NAMES, counts, angles(case.setting), hands(case.setting), strict=True):
        radius = count * module / 2
        center = (left + radius, middle)
        drawn += _wheel(center, count, module, angle, palette[NAMES[name]]) + _hand(
            center, count * module / 2, hand, palette["setting"]
        )
        drawn += _letter(name, center[0], palette[NAMES[name]])
        left += 2 * radius
    said = _(", ").join(f"{name} = {plain(turn)}" for name, turn in zip(NAMES, turned, strict=True))
    return svg.image(
        drawn, WIDE + 2 * EDGE, HIGH + 2 * EDGE + TEXT, _("Three wheels, turned by {turns}").format(turns=said)
    )


Point = tuple[float, float]


def outline(center: Point, count: int, module: float, angle: float) -> list[Point]:
    """The corners of a wheel whose first tooth points at this angle, from the right clockwise."""
    inner, outer, pitch = (count / 2 - ROOT) * module, (count / 2 + TIP) * module, 2 * pi / count
    corner = ((inner, -0.32), (outer, -0.15), (outer, 0.15), (inner, 0.32))
    return [
        (center[0] + radius * cos(angle + (k + part) * pitch), center[1] + radius * sin(angle + (k + part) * pitch))
        for k in range(count)
        for radius, part in corner
    ]


def _wheel(center: Point, count: int, module: float, angle: float, color: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in outline(center, count, module, angle))
    return f'<polygon points="{points}" fill="{color}" fill-opacity=".18" stroke="{color}" stroke-width="1.5"/>'


def _hand(center: Point, radius: float, angle: float, ink: str) -> str:
    x, y = center[0] + 0.72 * radius * cos(angle), center[1] + 0.72 * radius * sin(angle)
    return (
        f'<line x1="{center[0]:.1f}" y1="{center[1]:.1f}" x2="{x:.1f}" y2="{y:.1f}" stroke="{ink}" stroke-width="3" '
        f'stroke-linecap="round"/><circle cx="{center[0]:.1f}" cy="{center[1]:.1f}" r="3" fill="{ink}"/>'
    )


def _letter(name: str, x: float, color: str) -> str:
    place = f'x="{x:.1f}" y="{HIGH + 2 * EDGE + 18}" text-anchor="middle"'
    return f'<text {place} fill="{color}" font-family="serif" font-style="italic" font-size="22">{name}</text>'

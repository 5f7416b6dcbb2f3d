"""A race of optimisers on the loss of two weights: the surface as contours or in relief, and the paths, to be played.

The browser moves along the paths between the places given here, and counts none of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import floor, log10
from typing import Any, Literal, NamedTuple, TypedDict

import numpy as np

from mlp_core.writing.numbers import on_screen, significant

from ..i18n import gettext as _
from .axes import Axis, numbers, snapped

SIDE = 41  # places of the surface along an axis
MOST = 0xFFFF  # four hexadecimal digits
LEVELS = 12
ROUND = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)  # how the loss of a contour begins
DIGITS, FEW = 10, 4  # of a number that is shown with so few decimals that it has to be sent with more
MOST_RACERS, MOST_UPDATES = 16, 200


class Relief(TypedDict):
    """side: places along an axis; heights: from the top row by row, four hexadecimal digits each, the lowest 0 and the highest
    ffff, as those are that have no number; levels: contours, each at which part of the height, and its loss; rise: the power of
    a part of the height that it is drawn as in relief."""

    side: int
    heights: str
    levels: list[tuple[float, str]]
    rise: float


class Knob(TypedDict):
    """A setting that can be typed; ``name`` is sent, ``letter`` is read, and ``spoken`` heard; ``value`` as it is typed."""

    name: str
    letter: str
    spoken: str
    value: str


class Racer(TypedDict):
    """places: its path, x and y by turns; losses: at each; lost: whether it has diverged where its path ends; runs: whether it
    races at all; shape: of its mark; knobs: what can be set."""

    id: str
    title: str
    color: str
    dash: str
    shape: int
    runs: bool
    places: list[float]
    losses: list[float]
    lost: bool
    knobs: list[Knob]


class Choice(TypedDict):
    """One of a list: ``value`` is sent, ``text`` is read."""

    value: str
    text: str


class Race(TypedDict):
    """minima: the places of the least loss; updates: how many a path has at most; start; opened: whose update is looked at, and
    which; at: the update that is shown at first; pair: the two weights, each of ``choices``, or empty where there is nothing to
    choose; tall: how high the picture is, in widths of it."""

    label: str
    x: Axis
    y: Axis
    relief: Relief
    minima: list[tuple[float, float]]
    racers: list[Racer]
    updates: int
    start: tuple[float, float]
    opened: tuple[str, int]
    at: int
    pair: list[str]
    choices: list[Choice]
    tall: float
    decimals: int
    words: Mapping[str, str]
    colors: Mapping[str, str]


def relief(
    losses: Callable[[np.ndarray], np.ndarray], x: Axis, y: Axis, *, side: int = SIDE, power: float = 1.0, rise: float = 1.0
) -> Relief:
    """A surface within the axes, at so many places along each. losses: of places (2, n), shape (n,); power: of the share of the
    loss that a height stands for, 1/2 for its root; rise: the same in relief. ``ValueError`` where no place has a loss."""
    across, down = np.linspace(x["low"], x["high"], side), np.linspace(y["high"], y["low"], side)
    found = losses(np.stack([each.ravel() for each in np.meshgrid(across, down)]))
    finite = found[np.isfinite(found)]
    if not finite.size:
        raise ValueError("no place of this surface has a loss")
    low, high = float(finite.min()), float(finite.max())
    span = high - low or 1.0
    shares = np.clip((np.where(np.isfinite(found), found, high) - low) / span, 0, 1) ** power
    heights = np.round(shares * MOST).astype(int)
    return {
        "side": side, "heights": "".join(f"{each:04x}" for each in heights.tolist()), "levels": _levels(low, span, power),
        "rise": rise / power,
    }  # fmt: skip


def _levels(low: float, span: float, power: float) -> list[tuple[float, str]]:
    """Contours at round losses, at about equal distances in height."""
    found: dict[str, float] = {}
    for k in range(1, LEVELS):
        loss = low + span * (k / LEVELS) ** (1 / power)
        power_of_ten = 10.0 ** floor(log10(abs(loss) or span))
        rounded = min(ROUND, key=lambda each: abs(each - abs(loss) / power_of_ten)) * power_of_ten * (1 if loss > 0 else -1)
        if low < rounded < low + span:
            found[on_screen(significant(rounded, 6))] = ((rounded - low) / span) ** power
    return [(round(height, 5), text) for text, height in found.items()]


def racer(
    id: str,
    title: str,
    *,
    color: str,
    dash: str,
    shape: int,
    places: Sequence[tuple[float, float]] = (),
    losses: Sequence[float] = (),
    lost: bool = False,
    knobs: Sequence[Knob] = (),
    decimals: int = 4,
) -> Racer:
    """One that runs where it has places; decimals: those its numbers are shown with. ``ValueError`` for a path that is too long,
    or has another number of losses."""
    if len(places) > MOST_UPDATES + 1 or len(losses) != len(places):
        raise ValueError(f"a path of {len(places)} places and {len(losses)} losses")
    flat = [_sent(each, decimals) for place in places for each in place]
    return {
        "id": id, "title": title, "color": color, "dash": dash, "shape": shape, "runs": bool(places), "places": flat,
        "losses": [_sent(each, decimals) for each in losses], "lost": lost, "knobs": list(knobs),
    }  # fmt: skip


def _sent(value: float, decimals: int) -> float:
    """The number as it is shown: written by the browser, it is rounded only once."""
    if decimals < FEW:
        return float(f"{value:.{DIGITS}g}") + 0.0
    rounded = round(value, decimals) + 0.0
    return rounded if rounded and abs(value) < 1e7 else float(f"{value:.{decimals - 1}e}") + 0.0


def race(
    label: str,
    x: Axis,
    y: Axis,
    relief: Relief,
    racers: Sequence[Racer],
    *,
    updates: int,
    start: tuple[float, float],
    opened: tuple[str, int] = ("", 0),
    at: int | None = None,
    minima: Sequence[tuple[float, float]] = (),
    pair: Sequence[str] = (),
    choices: Sequence[Choice] = (),
    tall: float = 0.6,
    decimals: int = 4,
    colors: Mapping[str, str],
) -> Race:
    """The data for the component ``race``. ``ValueError`` for two racers of one id, too many of them, or a start outside."""
    ids = [each["id"] for each in racers]
    if len(set(ids)) < len(ids) or len(ids) > MOST_RACERS or not _within(start, x, y):
        raise ValueError(f"racers {ids} from {start}")
    return {
        "label": label, "x": x, "y": y, "relief": relief, "minima": list(minima), "racers": list(racers), "updates": updates,
        "start": start, "opened": opened,
        "at": updates if at is None else at, "pair": list(pair), "choices": list(choices), "tall": tall, "decimals": decimals,
        "words": _words(), "colors": colors,
    }  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "play": _("Play"), "pause": _("Pause"), "back": _("One update back"), "on": _("One update on"), "update": _("Update"),
        "nth": _("{name}, update {n}:"), "of": _("{name}: {what}"),
        "speed": _("Speed"), "flat": _("Contours"), "relief": _("In relief"), "turn": _("Turn the surface"),
        "start": _("Starting point"), "start_of": _("Starting point, {name}"), "loss": _("Loss"), "runs": _("races"),
        "outside": _("outside the picture"), "lost": _("diverged at update {n}"),
        "path": _("{name}: open the update at which the race stands"),
        "axes": _("Weights of the axes"), "across": _("across"), "upwards": _("upwards"), "racers": _("Who races"),
        "hint": _("Click or tap a free place to start there."), "away": _("Now outside the picture: {names}"),
        "at": _("Update {n} of {all}"),
    }  # fmt: skip


def _within(place: tuple[float, float], x: Axis, y: Axis) -> bool:
    return x["low"] <= place[0] <= x["high"] and y["low"] <= place[1] <= y["high"]


class Event(NamedTuple):
    """What a person did: "start" (values x, y), "open" (id of a racer, values (update,)), "run" (id, values (1,) or (0,)), "set"
    (id, name of a setting, values (number,)), "typed" (the same with a text that is no number by itself), "place" (values 0 or 1
    for x or y, a text, where it starts now, from where to where it can) or "pair" (id the first weight, name the second)."""

    what: Literal["start", "open", "run", "set", "typed", "place", "pair"]
    id: str = ""
    name: str = ""
    values: tuple[float | str, ...] = ()


def heard(sent: str, data: Race) -> Event | None:
    """What a browser says that a person did in this race; None for what nobody can do in it."""
    match _parsed(sent):
        case ["start", [*values], bool(typed)]:
            place = numbers(values, 2)
            if place is None or not _within((place[0], place[1]), data["x"], data["y"]):
                return None
            grid = (data["x"], data["y"])
            return Event("start", values=place if typed else tuple(map(snapped, place, grid)))
        case ["open", str(id), n] if type(n) is int and (found := _racer(id, data)):
            last = max(1, len(found["losses"]) - 1) if found["runs"] else data["updates"]
            return Event("open", id, values=(float(n),)) if 1 <= n <= last else None
        case ["run", str(id), bool(runs)] if _racer(id, data):
            return Event("run", id, values=(float(runs),))
        case ["set", str(id), str(name), value] if (found := _racer(id, data)) and (number := numbers([value], 1)):
            return Event("set", id, name, number) if any(each["name"] == name for each in found["knobs"]) else None
        case ["typed", str(id), str(name), str(text)]:
            found = _racer(id, data)
            return Event("typed", id, name, (text,)) if found and any(each["name"] == name for each in found["knobs"]) else None
        case ["place", (0 | 1) as n, str(text)] if type(n) is int:
            along = data["x"], data["y"]
            return Event("place", values=(n, text, *data["start"], along[n]["low"], along[n]["high"]))
        case ["pair", str(one), str(other)] if data["pair"] and one != other:
            known = {each["value"] for each in data["choices"]}
            return Event("pair", one, other) if {one, other} <= known else None
    return None


def _racer(id: str, data: Race) -> Racer | None:
    return next((each for each in data["racers"] if each["id"] == id), None)


def _parsed(sent: str) -> Any:
    try:
        return json.loads(sent) if len(sent) < 300 else None
    except (ValueError, RecursionError):
        return None

"""What each thing that a person does in the lesson on the perceptron makes of its setting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mlp_core import Quantity

from .setting import LAST, Perceptrons, label

Place = tuple[float, float]
Line = tuple[float, float, float]


def entered(setting: Perceptrons, quantity: Quantity, value: float) -> Perceptrons:
    """A number typed for the notes' samples or for where they begin."""
    match quantity.kind:
        case "weight":
            return replace(setting, w=value)
        case "offset":
            return replace(setting, c=value)
        case "lr":
            return replace(setting, lr=value)
    return _sample_entered(setting, quantity, value)


def entered_later(setting: Perceptrons, quantity: Quantity, value: float) -> Perceptrons:
    """A number typed at an update: the run begins anew from the w and c that stand there."""
    moment = setting.several().history[setting.at]
    w, c = float(moment.w[0]), moment.c
    match quantity.kind:
        case "weight":
            return _begun(setting, value, c)
        case "offset":
            return _begun(setting, w, value)
        case "lr":
            return replace(setting, rate=value, at=0)
    return _sample_entered(setting, quantity, value)


def _begun(setting: Perceptrons, w: float, c: float) -> Perceptrons:
    return replace(setting, begin=(w, c), at=0)


def _sample_entered(setting: Perceptrons, quantity: Quantity, value: float) -> Perceptrons:
    i = quantity.index[0] - 1
    if quantity.kind == "label":
        return replace(setting, labels=_put(setting.labels, i, label(value)), at=0)
    return replace(setting, x=_put(setting.x, i, value), at=0)


def _put(values: tuple[Any, ...], i: int, value: Any) -> tuple[Any, ...]:
    return (*values[:i], value, *values[i + 1 :])


def sample_moved(setting: Perceptrons, id: str, place: Place) -> Perceptrons:
    """A sample of the notes dragged along its line."""
    return replace(setting, x=_put(setting.x, int(id) - 1, place[0]), at=0)


def border_moved(setting: Perceptrons, _id: str, line: Line) -> Perceptrons:
    """The border dragged: w and c are those of the new one."""
    return replace(setting, w=line[0], c=line[2])


def begin_moved(setting: Perceptrons, _id: str, line: Line) -> Perceptrons:
    """The border dragged: the run begins there."""
    return _begun(setting, line[0], line[2])


def point_added(setting: Perceptrons, place: Place) -> Perceptrons:
    """A point more of one's own."""
    id = max((point[0] for point in setting.own), default=0) + 1
    return replace(setting, own=(*setting.own, (id, *place, setting.adds)), own_at=LAST)


def point_moved(setting: Perceptrons, id: str, place: Place) -> Perceptrons:
    """One of them dragged; one that is gone stays gone."""
    own = tuple((point[0], *place, point[3]) if str(point[0]) == id else point for point in setting.own)
    return replace(setting, own=own, own_at=LAST)


def point_removed(setting: Perceptrons, id: str) -> Perceptrons:
    """One less."""
    return replace(setting, own=tuple(point for point in setting.own if str(point[0]) != id), own_at=LAST)


def start_moved(setting: Perceptrons, _id: str, line: Line) -> Perceptrons:
    """XOR's line dragged: its run begins there."""
    return replace(setting, start=line, xor_at=0)


def start_anew(setting: Perceptrons, _example: object) -> Perceptrons:
    """XOR's run begins at 0."""
    return start_moved(setting, "", (0.0, 0.0, 0.0))


def learnt(setting: Perceptrons, _example: object) -> Perceptrons:
    """The umbrella's w1, w2 and c as learning leaves them."""
    return setting.learnt()


def hand_moved(setting: Perceptrons, _id: str, line: Line) -> Perceptrons:
    """The umbrella's line dragged."""
    return setting.with_hand(*line)


def z_moved(setting: Perceptrons, _name: str, z: float) -> Perceptrons:
    """Slopes compared elsewhere."""
    return replace(setting, z=z)


RATES = (0.25, 0.5, 1.0)


def redrawn(setting: Perceptrons, seed: int) -> Perceptrons:
    """Three other samples and another beginning, on multiples of a half, at least one of them misclassified."""
    draw = np.random.default_rng(seed)
    while True:
        x = draw.choice(np.arange(-6, 7), 3, replace=False) / 2
        labels = draw.permutation([1, -1, int(draw.choice([1, -1]))])
        w, c = draw.choice([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5]), draw.choice([-1.0, -0.5, 0.5, 1.0])
        made = replace(
            setting,
            x=tuple(x.tolist()),
            labels=tuple(labels.tolist()),
            w=float(w),
            c=float(c),
            lr=float(draw.choice(RATES)),
            begin=(float(w), float(c)),
            rate=float(draw.choice(RATES)),
            at=0,
        )
        if made.several().moved:
            return made

"""A plane with two lines and points that can be moved, a threshold, a parabola; under them all that was told, in order."""

import streamlit as st

from lessons.drawing.axes import axis
from lessons.drawing.plane import line, plane, point, verdicts
from lessons.drawing.plot import graph, plot, slopes
from lessons.palette import colors
from mlp_core.writing.names import Name
from pages.drawn import instruments

state = st.session_state
state.setdefault("lines", {"a": ((1.0, 1.0), -1.5)})
state.setdefault("points", {"A": (0.0, 0.0, -1), "B": (1.0, 0.0, -1), "C": (0.0, 1.0, 1), "D": (1.0, 1.0, 1)})
state.setdefault("c", -1.0)
state.setdefault("at", {"at": 0.5, "second": 2.0})
told = state.setdefault("told", [])


def on_line(id: str, numbers: tuple[float, float, float]) -> None:
    told.append(f"line {id} {numbers}")
    state.lines[id] = (numbers[:2], numbers[2])


def on_point(id: str, place: tuple[float, float]) -> None:
    told.append(f"point {id} {place}")
    state.points[id] = (*place, state.points[id][2])


def on_add(place: tuple[float, float]) -> None:
    told.append(f"add {place}")
    state.points[f"P{len(told)}"] = (*place, 1)


def on_remove(id: str) -> None:
    told.append(f"remove {id}")
    state.points.pop(id, None)


def on_threshold(_id: str, numbers: tuple[float, float, float]) -> None:
    told.append(f"threshold {numbers}")
    state.c = numbers[2]


def on_move(name: str, x: float) -> None:
    told.append(f"{name} {x}")
    state.at[name] = x


theme = st.context.theme.type or "light"
x1, x2 = (axis(Name("x", sub=str(k)), -0.5, 1.5, per=20) for k in (1, 2))
data = plane(
    "Gate",
    x1,
    x2,
    points=[point(id, x, y, sign=sign, name=id) for id, (x, y, sign) in state.points.items()],
    lines=[line(id, w, c, name=Name("h")) for id, (w, c) in state.lines.items()],
    judge=True,
    adds=1,
    removes=True,
    colors=colors(theme),
)
instruments.plane(
    data, key="plane", read=state.get, on_line=on_line, on_point=on_point, on_add=on_add, on_remove=on_remove
)
right = verdicts(data)
numbers = plane("Numbers", axis(Name("x"), -3, 3), lines=[line("t", [1.0], state.c)], colors=colors(theme))
instruments.plane(numbers, key="numbers", read=state.get, on_line=on_threshold)
x, y = axis(Name("x"), -3, 3, per=20), axis(Name("y"), -1, 5)
parabola = graph(Name("y"), lambda x: x * x / 2, lambda x: x, x)
shown = plot("Parabola", x, y, [parabola], triangle=True, colors=colors(theme), **state.at)
instruments.curve(shown, key="curve", read=state.get, on_move=on_move)
st.text(f"right: {sum(right.values())} of {len(right)}")
st.text(f"slopes: {slopes(shown)[0]:.4f} {slopes(shown)[1]:.4f}")
for each in told:
    st.text(f"told: {each}")

"""How the learning rate of a run falls: what a person chooses, as a schedule of the engine."""

from __future__ import annotations

from mlp_core.optimisers import schedules
from mlp_core.optimisers.schedules import Schedule

from ..course.optimisers.setting import CONSTANT, SCHEDULES
from ..i18n import gettext as _
from ..i18n import mark
from ..problem import Problem

__all__ = ["CONSTANT", "NUMBERS", "SCHEDULES", "named", "schedule_of"]

_IN_RUNS = {
    "every": (mark("after so many iterations"), 25, 5), "factor": (mark("by the factor"), 0.5, 0.1),
    "rate": (mark("rate k"), 0.02, 0.01),
}  # fmt: skip
NUMBERS: dict[str, dict[str, tuple[str, float, float]]] = {
    name: {each: _IN_RUNS[each] for each in form.numbers if each != form.last} for name, form in schedules.SCHEDULES.items()
}
"""Schedule to its numbers, each with its label, where it begins, and the step of a widget. A cosine falls over the whole run."""
CANNOT = mark(
    "A learning rate falls after so many whole iterations, from 1 on, by a factor above 0 and up to 1; or with a rate from 0 on."
)


def schedule_of(name: str, iterations: int, **numbers: float | None) -> Schedule | None:
    """The schedule of that name; None where the rate stays. Problem at "train" for numbers that are none."""
    form = schedules.SCHEDULES.get(name)
    if not form:
        return None
    given = {each: _whole(value) if schedules.NUMBERS[each].whole else value for each, value in numbers.items()}
    try:
        return Schedule.of(name, **given, **({form.last: iterations} if form.last else {}))
    except ValueError:
        raise Problem("train", CANNOT) from None


def _whole(value: float | None) -> float | None:
    """A count, which a widget or a file may give as 25.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def named(schedule: Schedule) -> str:
    """What it is called, in the language in use."""
    return _(SCHEDULES[schedule.name])

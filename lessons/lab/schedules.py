"""How the learning rate of a run falls: what a person chooses, as a schedule of the engine."""

from __future__ import annotations

from mlp_core import cosine, exponential, inverse_time, step_decay
from mlp_core.optimisers.schedules import Schedule

from ..course.optimisers.setting import CONSTANT, SCHEDULES
from ..i18n import gettext as _
from ..i18n import mark
from ..problem import Problem

__all__ = ["CONSTANT", "NUMBERS", "SCHEDULES", "named", "schedule_of"]

NUMBERS: dict[str, dict[str, tuple[str, float, float]]] = {
    "step_decay": {"every": (mark("after so many iterations"), 25, 5), "factor": (mark("by the factor"), 0.5, 0.1)},
    "exponential": {"rate": (mark("rate k"), 0.02, 0.01)},
    "inverse_time": {"rate": (mark("rate k"), 0.02, 0.01)},
}
"""Schedule to its numbers, each with its label, where it begins, and the step of a widget. A cosine falls over the whole run."""
CANNOT = mark(
    "A learning rate falls after so many whole iterations, from 1 on, by a factor above 0 and up to 1; or with a rate from 0 on."
)


def schedule_of(name: str, iterations: int, **numbers: float | None) -> Schedule | None:
    """The schedule of that name; None where the rate stays. Problem at "train" for numbers that are none."""
    try:
        match name:
            case "step_decay":
                every = numbers["every"]
                whole = int(every) if isinstance(every, (int, float)) and every == int(every) else every
                return step_decay(whole, numbers["factor"])  # type: ignore[arg-type]
            case "exponential":
                return exponential(numbers["rate"])  # type: ignore[arg-type]
            case "inverse_time":
                return inverse_time(numbers["rate"])  # type: ignore[arg-type]
            case "cosine":
                return cosine(iterations)
    except (ValueError, OverflowError, KeyError):
        raise Problem("train", CANNOT) from None
    return None


def named(schedule: Schedule) -> str:
    """What it is called, in the language in use."""
    return _(SCHEDULES[schedule.name])

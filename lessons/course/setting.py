"""What a person can change in a lesson, as one frozen value with its checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from ..i18n import mark
from ..problem import Problem

WHERE = "lesson"
BROKEN = mark("There is no such setting of this lesson.")


@dataclass(frozen=True)
class Setting:
    """What a person can change in a lesson: nothing, until a lesson names fields with what they begin with.

    A lesson's own is a frozen dataclass with this as its base; its ``__post_init__`` has every field checked, with ``check``.
    """

    def check(self, names: str, how: Callable[..., Any], *given: Any) -> None:
        """Each of these fields, between spaces, becomes ``how(its name, its value, *given)``, which raises Problem for what
        cannot be, as ``number`` and the others below do."""
        for name in names.split():
            object.__setattr__(self, name, how(name, getattr(self, name), *given))

    def put(self, name: str, value: Any) -> Self:
        """With another value of the field of that name."""
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)

    def to_data(self) -> dict[str, Any]:
        """As plain data, for JSON; fields are numbers, texts and tuples of such."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of_data(cls, data: Any) -> Self:
        """The setting of ``to_data``; fields that are not there are as they begin. Problem for anything else."""
        if not isinstance(data, dict) or not data.keys() <= {field.name for field in fields(cls)}:
            raise Problem(WHERE, BROKEN)
        try:
            return cls(**{name: _frozen(value) for name, value in data.items()})
        except (TypeError, ValueError, AttributeError) as error:
            raise error if isinstance(error, Problem) else Problem(WHERE, BROKEN) from None


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def drawn_again(name: str, most: int) -> Callable[[Any, object], Any]:
    """For ``Press``: with the next seed in the field of that name, from 1 to ``most`` and round again."""
    return lambda setting, _example: setting.put(name, getattr(setting, name) % most + 1)


def number(where: str, value: Any, least: float, most: float) -> float:
    """A number within these bounds, which are finite; Problem at ``where`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise Problem(where, mark("A number from {least} to {most} is wanted here."), least=least, most=most)
    return float(value)


def whole(where: str, value: Any, least: int, most: int) -> int:
    """A whole number within these bounds; Problem at ``where`` for anything else."""
    if type(value) is not int or not least <= value <= most:
        raise Problem(where, mark("A whole number from {least} to {most} is wanted here."), least=least, most=most)
    return value


def numbers(where: str, values: Any, count: int, least: float, most: float) -> tuple[float, ...]:
    """So many finite numbers within these bounds; Problem at ``where`` for anything else."""
    found = each_of(where, values, number, least, most)
    if len(found) != count:
        raise Problem(where, BROKEN)
    return found


def each_of(where: str, values: Any, how: Callable[..., Any], *given: Any) -> tuple[Any, ...]:
    """``how(where, value, *given)`` of every one; Problem for what is no sequence."""
    if not isinstance(values, (tuple, list)):
        raise Problem(where, BROKEN)
    return tuple(how(where, value, *given) for value in values)


def one_of(where: str, value: Any, choices: Sequence[Any]) -> Any:
    """One of these; Problem at ``where`` for anything else."""
    if value not in choices:
        raise Problem(where, BROKEN)
    return choices[choices.index(value)]


def text(where: str, value: Any, most: int) -> str:
    """A text of at most so many characters; Problem at ``where`` for anything else."""
    if not isinstance(value, str):
        raise Problem(where, BROKEN)
    if len(value) > most:
        raise Problem(where, mark("That is too long: at most {most} characters."), most=most)
    return value

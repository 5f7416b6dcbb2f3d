"""A line in which whoever comes first is served first: so many at once, and a place for everybody else."""

from __future__ import annotations

from threading import Condition
from types import TracebackType

from .i18n import mark
from .problem import Problem


class Queue:
    """At most ``at_once`` tickets have their turn; up to ``longest`` more wait behind them, in the order they came."""

    def __init__(self, at_once: int, longest: int | None = None) -> None:
        self.at_once, self.longest = at_once, longest
        self._line: list[Ticket] = []
        self._moved = Condition()

    def ticket(self) -> Ticket:
        """A place at the end of the line; Problem where the line is too long."""
        with self._moved:
            if self.longest is not None and len(self._line) >= self.at_once + self.longest:
                raise Problem(
                    "queue", mark("{n} people are waiting already. Try again in a few minutes."), n=self.longest
                )
            new = Ticket(self)
            self._line.append(new)
            return new


class Ticket:
    """A place in a queue, from its beginning until ``leave``, or the end of its ``with`` block."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    @property
    def place(self) -> int:
        """The number in line: 0 where it has its turn, 1 for the next one to have it."""
        with self._queue._moved:
            return max(0, self._queue._line.index(self) + 1 - self._queue.at_once)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the turn; False where it has not come after so many seconds."""
        with self._queue._moved:
            return self._queue._moved.wait_for(lambda: self in self._queue._line[: self._queue.at_once], seconds)

    def leave(self) -> None:
        """Make room; a ticket that has left already is none the worse."""
        with self._queue._moved:
            if self in self._queue._line:
                self._queue._line.remove(self)
                self._queue._moved.notify_all()

    def __enter__(self) -> Ticket:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.leave()

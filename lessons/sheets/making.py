"""The making of sheets: in a process of its own, whose memory is free again when it ends, and in a line where many ask."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from time import monotonic
from types import TracebackType

from ..i18n import mark, using
from ..problem import Problem
from ..queue import Queue
from . import shelf
from .sets import compiler, first_page
from .settings import Settings

LONGEST = 40  # people waiting in a line
SECONDS = 300  # that a process may take
SETS, BRIEF = Queue(1, LONGEST), Queue(1, 5 * LONGEST)  # whole sets; what takes a second or a few
LATEX = "latex"
REFUSED = 3  # the exit status with a sentence for the person
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Order:
    """What is to be made: the name it is kept by, the line it waits in, the command that makes it and what that reads."""

    name: str
    line: Queue
    command: tuple[str, ...]
    given: bytes


def whole(kind: str, settings: Settings) -> Order:
    """All sheets, keys or answers as a PDF, by their ``Kind``, or the LaTeX sources of all of them (see ``__main__``)."""
    asked, line = settings.to_json(), BRIEF if kind == LATEX else SETS
    return Order(shelf.name_of(kind, asked), line, (sys.executable, "-m", "lessons.sheets", kind), asked.encode())


def preview(settings: Settings) -> Order:
    """The first page of the first sheet, as a PNG picture."""
    source = first_page(settings)
    return Order(shelf.name_of("preview", source), BRIEF, compiler("png"), source.encode())


def obey(make: Callable[[Settings], bytes]) -> int:
    """What a process of an order does, giving way to all else: settings as JSON in, what is made out, the exit status back."""
    os.nice(10)
    settings = Settings.from_json(sys.stdin.read())
    try:
        sys.stdout.buffer.write(make(settings))
    except Problem as problem:
        with using(settings.view.language):
            print(problem.text(), file=sys.stderr)
        return REFUSED
    return 0


class Making:
    """An order on its way. Call ``moves`` now and then until it is False, then take ``made``; leaving the ``with`` block early
    leaves the line and ends the process."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.made = shelf.read(order.name)
        self._ticket = None if self.made is not None else order.line.ticket()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> int:
        """The number in line; 0 while it is being made."""
        return self._ticket.place if self._ticket else 0

    @property
    def done(self) -> float:
        """How much is made, 0 to 1, as the process says."""
        said = self._said().split() if self._process else []
        with suppress(IndexError, ValueError):
            return min(1.0, max(0.0, float(said[-1])))
        return 0.0

    def moves(self) -> bool:
        """Do what can be done without waiting; True until it is made. Raises Problem where it cannot be made."""
        if self.made is None and self._process is None and self._ticket and self._ticket.place == 0:
            self.made = shelf.read(self.order.name)  # somebody before may have asked for the same
            if self.made is None:
                self._start()
        if self.made is None and self._process is not None:
            self._look()
        return self.made is None

    def _start(self) -> None:
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        with tempfile.TemporaryFile() as given:
            given.write(self.order.given)
            given.seek(0)
            self._process = subprocess.Popen(
                self.order.command, cwd=_ROOT, stdin=given, stdout=self._out, stderr=self._err, start_new_session=True
            )
        self._until = monotonic() + SECONDS

    def _look(self) -> None:
        assert self._process
        status = self._process.poll()
        if status is None and monotonic() > self._until:
            raise Problem("sheets", mark("It took too long and was ended. Take fewer variants or a smaller network."))
        if status == REFUSED:
            raise Problem("sheets", self._said().strip().replace("{", "{{").replace("}", "}}"))
        if status:
            print(self._said()[-2000:], file=sys.stderr)
            raise Problem("sheets", mark("It could not be made. Try again; the server's log says what happened."))
        if status == 0:
            self._out.seek(0)
            self.made = self._out.read()
            shelf.keep(self.order.name, self.made)

    def _said(self) -> str:
        return os.pread(self._err.fileno(), 100_000, 0).decode(errors="replace")

    def __enter__(self) -> Making:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._process:
                if self._process.poll() is None:
                    os.killpg(self._process.pid, SIGKILL)  # with the compiler that it has started
                    self._process.wait()
                self._out.close()
                self._err.close()
        finally:
            if self._ticket:
                self._ticket.leave()

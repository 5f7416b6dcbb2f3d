"""The files that are offered: of an example for whoever learns with it, and of a set of variants for a learning platform."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from mlp_core import NonFinite

from ..example import Example
from ..i18n import mark
from ..sheets import Settings
from ..sheets.making import BRIEF, Order
from ..sheets.shelf import name_of
from ..walk.updates import impossible
from .banks import canvas, moodle
from .derivation import derivation
from .example import of_example
from .pytorch import script


@dataclass(frozen=True)
class Export:
    """A kind of file. title and about: messages, what it is called and one line of what it is; ending: of its name; media: its
    type."""

    title: str
    about: str
    ending: str
    media: str


NOTEBOOK = "application/x-ipynb+json"
EXPORTS: dict[str, Export] = {
    "notebook": Export(
        mark("Notebook"), mark("Jupyter: recomputes and asserts every step, then once more in matrices"), ".ipynb", NOTEBOOK
    ),
    "exercise": Export(
        mark("Notebook with blanks"), mark("Jupyter: every step to be written, and cells that check it"), "-blanks.ipynb",
        NOTEBOOK,
    ),
    "pytorch": Export(
        mark("PyTorch"), mark("a script: the same weights, one step, asserted against these numbers"), ".py", "text/x-python"
    ),
    "derivation": Export(
        mark("Derivation"), mark("a LaTeX document: every step with its law, the numbers and the value"), ".tex",
        "application/x-tex",
    ),
}  # fmt: skip
BANKS: dict[str, Export] = {
    "moodle": Export(
        mark("Moodle"), mark("a question bank (XML); a known slip's number is answered with its message"), "-moodle.xml",
        "application/xml",
    ),
    "canvas": Export(
        mark("Canvas"), mark("a quiz (QTI 1.2) that draws one of each kind; feedback lists the known slips"), "-canvas.zip",
        "application/zip",
    ),
}  # fmt: skip
_MAKERS: dict[str, Callable[[Example], str]] = {
    "notebook": of_example,
    "exercise": lambda example: of_example(example, blanks=True),
    "pytorch": script,
    "derivation": derivation,
}


def exported(kind: str, example: Example) -> bytes:
    """A file of ``EXPORTS``; Problem where there is no update and the file cannot do without."""
    try:
        return _MAKERS[kind](example).encode()
    except NonFinite as error:
        raise impossible(error) from None


def bank(kind: str, settings: Settings) -> bytes:
    """A file of ``BANKS``, the same bytes for the same settings."""
    return moodle(settings) if kind == "moodle" else canvas(settings)


def bank_order(kind: str, settings: Settings) -> Order:
    """The same as an order, for a process of its own (see ``__main__``)."""
    asked = settings.to_json()
    return Order(name_of(kind, asked), BRIEF, (sys.executable, "-m", "lessons.exports", kind), asked.encode())


def file_name(kind: str, sizes: tuple[int, ...]) -> str:
    """What a file is called: after the sizes of the network."""
    return f"backprop-{'-'.join(map(str, sizes))}{(EXPORTS | BANKS)[kind].ending}"

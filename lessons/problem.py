"""What cannot be used, where, and why: the one exception that a person gets to read."""

from __future__ import annotations

import re
from collections.abc import Callable
from numbers import Number

from mlp_core import Quantity

from .i18n import gettext
from .style import exact, is_name, label_of, name_of


def printable(text: str) -> str:
    """What a person typed, on one line, with nothing in it that cannot be seen."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def quoted(text: str) -> str:
    """What a person typed, as Markdown that shows it sign by sign and does nothing else: a code span.

    Escapes would not do, since Streamlit looks for links, emoji, icons and arrows in what they leave.
    """
    plain = printable(text)
    if not plain.strip():
        return plain.strip()
    fence = "`" * (1 + max(map(len, re.findall("`+", plain)), default=0))
    room = " " if plain[0] in "` " or plain[-1] in "` " else ""
    return f"{fence}{room}{plain}{room}{fence}"


class Message(str):
    """A part of a sentence that is a message, too, and is translated with it."""


def _in_words(part: object, quote: Callable[[str], str]) -> object:
    """Names of activations, losses and settings as people read them, and the cell of a quantity; a list of choices with
    commas; numbers, as short as can be; what another Problem says, or a function that is asked for it. Anything else is from
    outside, its beginning is quoted."""
    if callable(part):
        return part()
    if isinstance(part, Message):
        return gettext(part)
    if isinstance(part, Quantity):
        return label_of(part)
    if isinstance(part, Problem):
        return part._said(quote)
    if isinstance(part, tuple):
        return ", ".join(map(name_of, part))
    if isinstance(part, str) and is_name(part):
        return name_of(part)
    if isinstance(part, float):
        return exact(part)
    return part if isinstance(part, Number) else quote(str(part)[:40])


class Problem(ValueError):
    """A value that cannot be used: ``where`` says at which field or quantity, ``text()`` says why, in the language in use."""

    def __init__(self, where: str, template: str, **parts: object) -> None:
        self.where, self.template, self.parts = where, template, parts
        super().__init__(f"{where}: {template.format(**parts)}")

    def text(self) -> str:
        """The sentence for the person, as Markdown."""
        return self._said(quoted)

    def plain(self) -> str:
        """The sentence where it is shown as it stands, and not as Markdown."""
        return self._said(printable)

    def _said(self, quote: Callable[[str], str]) -> str:
        return gettext(self.template).format(**{key: _in_words(part, quote) for key, part in self.parts.items()})

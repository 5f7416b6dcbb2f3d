"""What cannot be used, where, and why: the one exception that a person gets to read."""

from __future__ import annotations

from .i18n import gettext
from .style import name_of


def _in_words(part: object) -> object:
    """Names of activations, losses and settings as people read them; a list of them with commas; numbers as they are."""
    if isinstance(part, tuple):
        return ", ".join(map(name_of, part))
    return name_of(part) if isinstance(part, str) else part


class Problem(ValueError):
    """A value that cannot be used: ``where`` says at which field or quantity, ``text()`` says why, in the language in use."""

    def __init__(self, where: str, template: str, **parts: object) -> None:
        self.where, self.template, self.parts = where, template, parts
        super().__init__(f"{where}: {template.format(**parts)}")

    def text(self) -> str:
        """The sentence for the person."""
        return gettext(self.template).format(**{key: _in_words(part) for key, part in self.parts.items()})

"""Interface strings: ``_("English text")`` in the language in use, by gettext.

A language is its catalogue, whose header says what else is to be known of it, and its texts (see content.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "locale"
_HEADER_LINE = re.compile(r'^"([\w-]+): (.*)\\n"$', re.MULTILINE)
_language: ContextVar[str] = ContextVar("language", default="en")


@dataclass(frozen=True, eq=False)
class Language:
    """One language: the header of its catalogue, and the catalogue.

    name: its own name; tag: as HTML knows it (zh-CN); document: the LaTeX class that sets it.
    """

    key: str
    name: str
    tag: str
    document: str
    translations: GNUTranslations

    @property
    def region(self) -> str:
        """The country whose way of writing it is, as Typst takes it (cn); empty where the tag names none."""
        return self.tag.partition("-")[2].lower()


LANGUAGES: dict[str, Language] = {}


def enter(key: str, catalogue: str) -> Language:
    """Add a language by the text of its .po file, in place of what had that key; ValueError for one that is broken."""
    head = dict(_HEADER_LINE.findall(header(catalogue)))
    missing = {"Language", "Plural-Forms", "X-Name"} - head.keys()
    if missing:
        raise ValueError(f"the header of the catalogue {key} does not say: {', '.join(sorted(missing))}")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(catalogue.encode()), abort_invalid=True))
    compiled.seek(0)
    tag, document = head["Language"].replace("_", "-"), head.get("X-LaTeX-Class", "article")
    LANGUAGES[key] = Language(key, head["X-Name"], tag, document, GNUTranslations(compiled))
    return LANGUAGES[key]


def header(catalogue: str) -> str:
    """What stands in a .po file before its first string."""
    return catalogue.partition("\n\n")[0]


for _key in sorted((path.stem for path in CATALOGUES.glob("*.po")), key=lambda key: (key != "en", key)):
    enter(_key, (CATALOGUES / f"{_key}.po").read_text("utf-8"))


def use(language: str) -> None:
    """Use this language from here on in this thread; ValueError for one there is no catalogue of."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
    _language.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Use this language inside a ``with`` block; ValueError as for ``use``."""
    before = _language.get()
    use(language)
    try:
        yield
    finally:
        use(before)


def language() -> str:
    """The key of the language in use, one of LANGUAGES."""
    return _language.get()


def gettext(text: str) -> str:
    """The text in the language in use, in English where it has no translation."""
    return LANGUAGES[language()].translations.gettext(text) if text else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form that goes with the number ``n``, in the language in use; {n} in it is not filled yet."""
    return LANGUAGES[language()].translations.ngettext(singular, plural, n)


def pgettext(context: str, text: str) -> str:
    """``gettext`` for a word that has several meanings: the context says which."""
    return LANGUAGES[language()].translations.pgettext(context, text)


_ = gettext


def mark(text: str) -> str:
    """The text itself: marks a string for the catalogue that is translated later, where it is shown."""
    return text

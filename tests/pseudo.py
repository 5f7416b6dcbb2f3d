"""A pseudo-language: every string of the interface, and of a room's texts every line, in white brackets.

What stands on a page outside the brackets has not gone through a catalogue.
"""

from __future__ import annotations

from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from lessons import content
from lessons.locale import update

OPEN, CLOSE = "⟦⟧"
_HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: en_XA\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"X-Name: ⟦Pseudo⟧\n"
"""


def wrapped(text: str) -> str:
    """The text in brackets, its {places} as they were."""
    return f"{OPEN}{text}{CLOSE}"


def catalogue(*titles: str) -> str:
    """The .po file of the pseudo-language; ``titles``: of records that no source has."""
    filled, text = Catalog(locale="en"), BytesIO()
    for context, id in (*update.strings(), *(("", title) for title in titles)):
        string = wrapped(id) if isinstance(id, str) else tuple(map(wrapped, id))
        filled.add(id, string, context=context or None)
    write_po(text, filled, width=0, omit_header=True)
    return f"{_HEADER}\n{text.getvalue().decode().strip()}\n"


def texts(room: str, *without: str) -> str:
    """The Markdown of a room in the pseudo-language, some sections left out."""
    sections = {key: body for key, body in content.sections(room, "en").items() if key not in without}
    lines = {key: [wrapped(line) if line else "" for line in body.splitlines()] for key, body in sections.items()}
    return "\n" + "\n".join(f"## {key}\n" + "\n".join(body) + "\n" for key, body in lines.items())


def outside(text: str) -> str:
    """What of a text stands in no bracket; ValueError for brackets that are not pairs."""
    depth, found = 0, []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        if depth < 0:
            raise ValueError(text)
        found.append(sign if not depth and sign != CLOSE else "")
    if depth:
        raise ValueError(text)
    return "".join(found)

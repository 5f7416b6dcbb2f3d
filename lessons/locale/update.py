"""make translations: bring every catalogue up to date with the strings of the program.

What has a translation keeps it, what is new waits for one, what is gone goes; nothing is guessed, nothing marked fuzzy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from ..i18n import CATALOGUES, header

ROOT = CATALOGUES.parents[1]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "lessons").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
CORE = sorted((ROOT / "mlp_core").rglob("*.py"))
# function to how many strings it takes
MARKERS: Final = {"_": 1, "gettext": 1, "mark": 1, "ngettext": 2, "pgettext": 2}
Key = tuple[str, str | tuple[str, str]]  # context (or empty) and string, or both its forms


def calls(source: str) -> Iterator[ast.Call]:
    """The calls of a marker, also those inside an f-string (which Babel finds from Python 3.12 on only)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS and node.args:
            yield node


def marked(source: str) -> Iterator[Key]:
    """The strings that stand in calls of a marker, in the text of a Python file."""
    for call in calls(source):
        assert isinstance(call.func, ast.Name)
        wanted = call.args[: MARKERS[call.func.id]]
        found = [each.value for each in wanted if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        match call.func.id, found:
            case "ngettext", [singular, plural]:
                yield "", (singular, plural)
            case "pgettext", [context, text]:
                yield context, text
            case _, [text]:
                yield "", text


def titles(source: str) -> Iterator[Key]:
    """What the records of the core are called, what they allow, and what its errors say that a person gets to read: the
    strings given as ``title``, ``range``, ``choices`` and ``message``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in ("title", "range", "message") and isinstance(node.value, ast.Constant):
            yield "", str(node.value.value)
        if isinstance(node, ast.keyword) and node.arg == "choices" and isinstance(node.value, ast.Dict):
            yield from (("", str(each.value)) for each in node.value.values if isinstance(each, ast.Constant))


@cache
def strings() -> dict[Key, str]:
    """Every string that a catalogue translates, and where it is from."""
    found = {key: path for path in CORE for key in titles(path.read_text("utf-8"))}
    found |= {key: path for path in SOURCES for key in marked(path.read_text("utf-8"))}
    return {key: path.relative_to(ROOT).as_posix() for key, path in found.items()}


def forms(text: str | Sequence[str]) -> tuple[str, ...]:
    """A string, or all forms of one that depends on a number."""
    return (text,) if isinstance(text, str) else tuple(text)


def updated(catalogue: str) -> str:
    """The text of a .po file with just the strings there are, in the order of the alphabet, each with what it had."""
    old, new = read_po(BytesIO(catalogue.encode()), abort_invalid=True), BytesIO()
    fresh = Catalog(locale=old.locale)
    fresh.mime_headers = old.mime_headers
    for context, id in sorted(strings(), key=lambda key: (forms(key[1]), key[0])):
        before = old.get(id[0] if isinstance(id, tuple) else id, context or None)
        had = forms(before.string) if before and before.string else ("",)
        plural = (*had, *[""] * old.num_plurals)[: old.num_plurals]
        translation = plural if isinstance(id, tuple) else had[0]
        flags = before.flags & {"fuzzy"} if before else set()
        comments = before.user_comments if before else ()
        fresh.add(id, translation, flags=flags, user_comments=comments, context=context or None)
    write_po(new, fresh, width=0, omit_header=True)
    return f"{header(catalogue).rstrip()}\n\n{new.getvalue().decode().strip()}".rstrip() + "\n"


def main() -> None:
    """Rewrite the catalogues, and say of each how much is left to translate."""
    for path in sorted(CATALOGUES.glob("*.po")):
        before = path.read_text("utf-8")
        after = updated(before) if path.stem != "en" else before
        path.write_text(after, "utf-8")
        left = [m.id for m in read_po(BytesIO(after.encode())) if m.id and not all(forms(m.string or ""))]
        print(f"{path.name}: {len(left)} of {len(strings())} strings have no translation yet", *left, sep="\n  ")


if __name__ == "__main__":
    main()

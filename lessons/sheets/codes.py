"""Codes of sheets: settings, seed and variant as one number in mixed radix, written in Crockford's 32 digits.

The number is a multiple of a prime, so that one wrong digit, or two swapped ones, always show. Codes of version 0 have no mark
and never begin with 0; those of later versions, which may hold names that are in no table, begin with 0 and their version.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Any

from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing.names import NOTATIONS

from ..example import Example, View, options, trainable
from ..example import Settings as UpdateSettings
from ..example.model import CONVENTIONS
from ..example.settings import default_of
from ..example.tables import NEWEST, TABLES, Tables, read_more, read_shape, write_more, write_shape
from ..example.tape import Reader, Unwritable, Writer
from ..i18n import LANGUAGES, mark
from ..problem import Problem
from .digits import FIGURES, LARGEST, NONE, SMALLEST, digits_of
from .settings import Settings
from .variants import instance

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PRIME, GROUP, LONGEST = 1021, 5, 200
WRONG = mark("This is not the code of a worksheet. Compare it with the sheet, sign by sign.")
NEWER = mark("This sheet was made by a newer version of the tutor than this one.")
_VARIANTS, _SEEDS, _DECIMALS = 100, 100_000, 11  # radices, as they were in version 0


def code_of(settings: Settings, variant: int) -> str:
    """The code of a variant (from 1): groups of up to five signs that ``example_of`` reads. Of the oldest version that can."""
    for version in range(NEWEST):
        tape = Writer(escapes=version > 0)
        try:
            _write(tape, settings, variant, TABLES[version])
        except Unwritable:
            continue
        return _spelled(tape.number(), version)
    tape = Writer()
    _write(tape, settings, variant, TABLES[NEWEST])
    return _spelled(tape.number(), NEWEST)


def example_of(code: str) -> Example:
    """The example of a sheet's code, capitals or not, with or without its dashes; Problem for anything else."""
    version, total = _read_signs(code)
    tape = Reader(total, escapes=version > 0)
    try:
        settings, variant = _read(tape, TABLES[version])
        tape.end()
        return instance(settings, variant)
    except (Problem, ValueError):
        known = {*trainable(), *LOSSES, *NOTATIONS, *LANGUAGES, *OPTIMISERS, *options(), *CONVENTIONS, "sequential"}
        raise Problem("code", WRONG if known.issuperset(tape.new) else NEWER) from None


def _write(tape: Writer, settings: Settings, variant: int, tables: Tables) -> None:
    view, update = settings.view, settings.update
    tape.digit(variant - 1, _VARIANTS)
    tape.digit(settings.seed, _SEEDS)
    write_shape(tape, settings.sizes, settings.activations, settings.loss, tables)
    tape.choice(view.notation, tables.notations)
    tape.small(view.decimals, _DECIMALS)
    tape.choice(view.language, tables.languages)
    tape.choice(settings.optimiser, (NONE, *tables.optimisers))
    model = {name: "_".join(value) if name == "biases" else value for name, value in settings.conventions.items()}
    if update is None:
        write_more(tape, model)
        return
    tape.choice(update.scope, tables.scopes)
    known = tables.optimisers.get(update.optimiser, {})
    for name in (name for name, value in known.items() if isinstance(value, bool)):
        tape.digit(int(update[name]), 2)
    numbers = {name: value for name, value in known.items() if not isinstance(value, bool)}
    changed = [name for name, value in numbers.items() if update[name] != value]
    tape.digit(int(bool(changed)), 2)
    for name in numbers if changed else ():
        tape.digit(int(name in changed), 2)
        if name in changed:
            digits, power = digits_of(name, update[name])
            length = len(str(digits))
            tape.digit(power - SMALLEST, LARGEST - SMALLEST + 1)
            tape.digit(length - 1, FIGURES)
            tape.digit(digits, 10**length)
    now, own = options(), OPTIMISERS[update.optimiser].settings()
    later = [name for name in own if name not in known and update[name] != default_of(now[name])]
    sequential = {"sequential": True} if update.sequential else {}
    write_more(tape, {name: update[name] for name in later} | sequential | model)


def _read(tape: Reader, tables: Tables) -> tuple[Settings, int]:
    variant, seed = tape.digit(_VARIANTS) + 1, tape.digit(_SEEDS)
    sizes, activations, loss = read_shape(tape, tables)
    notation, decimals = tape.choice(tables.notations), tape.small(_DECIMALS)
    view = View(decimals, notation, tape.choice(tables.languages))
    optimiser = tape.choice((NONE, *tables.optimisers))
    update, more = (None, read_more(tape)) if optimiser == NONE else _read_update(tape, optimiser, tables)
    if "biases" in more:
        more["biases"] = tuple(str(more["biases"]).split("_"))
    return Settings(sizes, activations, loss, update, view, blank=("z",), variants=1, seed=seed, **more), variant


def _read_update(tape: Reader, optimiser: str, tables: Tables) -> tuple[UpdateSettings, dict[str, Any]]:
    """The settings of the update, and what of the model is younger than the tables."""
    scope = tape.choice(tables.scopes)
    chosen: dict[str, Any] = dict(tables.optimisers.get(optimiser, {}))
    switches = [name for name, value in chosen.items() if isinstance(value, bool)]
    for name in switches:
        chosen[name] = bool(tape.digit(2))
    if tape.digit(2):
        for name in (name for name in list(chosen) if name not in switches):
            if tape.digit(2):
                power, length = tape.digit(LARGEST - SMALLEST + 1) + SMALLEST, tape.digit(FIGURES) + 1
                chosen[name] = float(f"{tape.digit(10**length)}e{power}")
    more = read_more(tape)
    model, sequential = {name: more.pop(name) for name in CONVENTIONS if name in more}, more.pop("sequential", False)
    return UpdateSettings(optimiser, scope, sequential=sequential, changed=tuple((chosen | more).items())), model


def _spelled(total: int, version: int) -> str:
    """The number with its version and check, in digits and dashes."""
    if version:
        total = _of_digits(DIGITS[version] + _in_digits(total))
    signs = _in_digits(total * 1024 + -(total * 1024) % PRIME)
    signs = "0" + signs if version else signs
    groups = -(-len(signs) // GROUP)
    cuts = [len(signs) * k // groups for k in range(groups + 1)]
    return "-".join(signs[start:end] for start, end in pairwise(cuts))


def _read_signs(code: object) -> tuple[int, int]:
    """Version and number of a code. Capital or not, O for 0 and I or L for 1 are what Crockford's digits allow."""
    plain = unicodedata.normalize("NFKC", code[:LONGEST]) if isinstance(code, str) else ""
    signs = "".join(
        sign for sign in plain.upper() if not sign.isspace() and unicodedata.category(sign) not in ("Pd", "Sm")
    )
    signs = signs.translate(str.maketrans("OIL", "011"))
    if not signs or len(plain) >= LONGEST or not set(DIGITS).issuperset(signs):
        raise Problem("code", WRONG)
    total = _of_digits(signs)
    if total % PRIME or total % 1024 >= PRIME:
        raise Problem("code", WRONG)
    if not signs.startswith("0"):
        return 0, total >> 10
    version, content = signs[1:2], signs[2:-2]  # the check is the last ten bits: two digits
    if not content or version == "0" or content.startswith("0"):
        raise Problem("code", WRONG)
    if DIGITS.index(version) > NEWEST:
        raise Problem("code", NEWER)
    return DIGITS.index(version), _of_digits(content)


def _in_digits(total: int) -> str:
    signs = ""
    while total:
        total, digit = divmod(total, 32)
        signs = DIGITS[digit] + signs
    return signs


def _of_digits(signs: str) -> int:
    total = 0
    for sign in signs:
        total = total * 32 + DIGITS.index(sign)
    return total

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
from mlp_core.optimisers.decay import FORMS
from mlp_core.writing.names import NOTATIONS

from ..example import Example, View, options, trainable
from ..example import Settings as UpdateSettings
from ..example.settings import default_of
from ..example.tables import FIRST, Tables, read_more, read_shape, write_more, write_shape
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
TABLES = (FIRST, FIRST, FIRST, FIRST)
"""Per version, never to be changed. In version 0 nothing can stand as text; version 2 says the conventions of books by digits,
and version 3 that there are several samples."""
NEWEST = len(TABLES) - 1
BIASES, SIGNS, REDUCTIONS = ("own", "none", "fixed", "shared"), ("plus", "minus"), ("mean", "sum")
_SAMPLES = 8  # the most, in version 3
LATER: dict[str, dict[str, tuple[Any, ...]]] = {
    "Momentum": {"form": ("lr_inside", "lr_outside", "average")}, "Adam": {"eps_uncorrected": (False, True)},
}  # fmt: skip
"""Settings of an optimiser that version 2 says by digits, each with its choices, the usual one first."""
_VARIANTS, _SEEDS, _DECIMALS = 100, 100_000, 11  # radices, as they were in version 0


def code_of(settings: Settings, variant: int) -> str:
    """The code of a variant (from 1): groups of up to five signs that ``example_of`` reads. Of the oldest version that can."""
    for version in range(NEWEST):
        tape = Writer(escapes=version > 0)
        try:
            _write(tape, settings, variant, version)
        except Unwritable:
            continue
        return _spelled(tape.number(), version)
    tape = Writer()
    _write(tape, settings, variant, NEWEST)
    return _spelled(tape.number(), NEWEST)


def example_of(code: str) -> Example:
    """The example of a sheet's code, capitals or not, with or without its dashes; Problem for anything else."""
    version, total = _read_signs(code)
    tape = Reader(total, escapes=version > 0)
    try:
        settings, variant = _read(tape, version)
        tape.end()
        return instance(settings, variant)
    except (Problem, ValueError):
        own = ("sequential", "decay", "decay_form", *FORMS)
        known = {*trainable(), *LOSSES, *NOTATIONS, *LANGUAGES, *OPTIMISERS, *options(), *own}
        raise Problem("code", WRONG if known.issuperset(tape.new) else NEWER) from None


def _write(tape: Writer, settings: Settings, variant: int, version: int) -> None:
    view, update, tables = settings.view, settings.update, TABLES[version]
    tape.digit(variant - 1, _VARIANTS)
    tape.digit(settings.seed, _SEEDS)
    write_shape(tape, settings.sizes, settings.activations, settings.loss, tables)
    tape.choice(view.notation, tables.notations)
    tape.small(view.decimals, _DECIMALS)
    tape.choice(view.language, tables.languages)
    tape.choice(settings.optimiser, (NONE, *tables.optimisers))
    if version >= 3:
        tape.digit(settings.samples - 1, _SAMPLES)
        tape.digit(REDUCTIONS.index(settings.reduction), len(REDUCTIONS))
    elif settings.samples > 1:
        raise Unwritable("several samples came later")
    if version >= 2:
        _write_conventions(tape, settings)
    elif settings.conventions or (update and (update.sequential or _later(update))):
        raise Unwritable("conventions came later")
    if update is None:
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
            _write_decimal(tape, name, update[name])
    now, own = options(), OPTIMISERS[update.optimiser].settings()
    said = {*known, *LATER.get(update.optimiser, ())}
    later = [name for name in own if name not in said and update[name] != default_of(now[name])]
    younger = {name: value for name, value in update.younger.items() if name != "sequential"}
    write_more(tape, younger | {name: update[name] for name in later})


def _write_decimal(tape: Writer, name: str, value: float) -> None:
    digits, power = digits_of(name, value)
    length = len(str(digits))
    tape.digit(power - SMALLEST, LARGEST - SMALLEST + 1)
    tape.digit(length - 1, FIGURES)
    tape.digit(digits, 10**length)


def _read_decimal(tape: Reader) -> float:
    power, length = tape.digit(LARGEST - SMALLEST + 1) + SMALLEST, tape.digit(FIGURES) + 1
    return float(f"{tape.digit(10**length)}e{power}")


def _later(update: UpdateSettings) -> dict[str, int]:
    """Of the settings that version 2 knows by digits, those that are not the first of their choices, with their digit."""
    places = {name: choices.index(update[name]) for name, choices in LATER.get(update.optimiser, {}).items()}
    return {name: place for name, place in places.items() if place}


def _write_conventions(tape: Writer, settings: Settings) -> None:
    """Biases, slope, error term, and how the update is made."""
    tape.digit(int(bool(settings.biases)), 2)
    for kind in settings.biases:
        tape.digit(BIASES.index(kind), len(BIASES))
    tape.digit(SIGNS.index(settings.error_sign), 2)
    own = "slope" in settings.conventions
    tape.digit(int(own), 2)
    if own:
        _write_decimal(tape, "slope", settings.slope)
    update = settings.update
    if update:
        tape.digit(int(update.sequential), 2)
        for name, choices in LATER.get(update.optimiser, {}).items():
            tape.digit(choices.index(update[name]), len(choices))


def _read_conventions(tape: Reader, layers: int, optimiser: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What ``_write_conventions`` wrote: of the model, and of the update."""
    model: dict[str, Any] = {}
    if tape.digit(2):
        model["biases"] = tuple(BIASES[tape.digit(len(BIASES))] for _ in range(layers))
    model["error_sign"] = SIGNS[tape.digit(2)]
    if tape.digit(2):
        model["slope"] = _read_decimal(tape)
    if optimiser == NONE:
        return model, {}
    update: dict[str, Any] = {"sequential": bool(tape.digit(2))}
    return model, update | {n: choices[tape.digit(len(choices))] for n, choices in LATER.get(optimiser, {}).items()}


def _read(tape: Reader, version: int) -> tuple[Settings, int]:
    tables = TABLES[version]
    variant, seed = tape.digit(_VARIANTS) + 1, tape.digit(_SEEDS)
    sizes, activations, loss = read_shape(tape, tables)
    notation, decimals = tape.choice(tables.notations), tape.small(_DECIMALS)
    view = View(decimals, notation, tape.choice(tables.languages))
    optimiser = tape.choice((NONE, *tables.optimisers))
    several: dict[str, Any] = {}
    if version >= 3:
        several = {"samples": tape.digit(_SAMPLES) + 1, "reduction": REDUCTIONS[tape.digit(2)]}
    model, more = _read_conventions(tape, len(activations), optimiser) if version >= 2 else ({}, {})
    update = None if optimiser == NONE else _read_update(tape, optimiser, tables, more)
    return Settings(sizes, activations, loss, update, view, blank=("z",), variants=1, seed=seed, **several, **model), variant


def _read_update(tape: Reader, optimiser: str, tables: Tables, more: dict[str, Any]) -> UpdateSettings:
    """The settings of the update; ``more``: those that were read before."""
    scope = tape.choice(tables.scopes)
    chosen: dict[str, Any] = dict(tables.optimisers.get(optimiser, {}))
    switches = [name for name, value in chosen.items() if isinstance(value, bool)]
    for name in switches:
        chosen[name] = bool(tape.digit(2))
    if tape.digit(2):
        for name in (name for name in list(chosen) if name not in switches):
            if tape.digit(2):
                chosen[name] = _read_decimal(tape)
    chosen |= more | read_more(tape)
    return UpdateSettings.of(optimiser, scope, **chosen)


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

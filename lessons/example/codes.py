"""Links: an example, and where one is in it, as text for an address.

A link is a digit for its version, one number in the 64 signs of base64url, a dot, and a sign for its length. The number is a
multiple of a prime, the version included, so that one wrong sign, or two swapped neighbours, always show; the length shows
a missing one.
"""

from __future__ import annotations

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mlp_core import State

from ..i18n import mark
from ..problem import Problem
from .example import Example
from .model import CONVENTIONS, MAX_SAMPLES, Model, Sample, biases_of
from .settings import Settings, View, options
from .tables import MAX_MORE, NEWEST, TABLES, Tables, bounded, read_more, read_shape, write_more, write_shape
from .tape import EXACT, Reader, Writer


@dataclass(frozen=True)
class Opened:
    """What a link opens: an example, and the page and step (from 0) that it was made on."""

    example: Example
    page: str
    step: int


LIMIT, FITS = 8_000, 7_900  # signs of a link that are read, and that one is made of
PRECISIONS = (EXACT, 40, 32, 24)  # bits of a remembered number after its leading one
BROKEN = mark("This link is incomplete or was changed on its way: copy it again.")
NEWER = mark("This link was made by a newer version of the tutor than this one.")
_SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase + "-_"
_BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_CHECK, _BITS = 262_139, 18  # a prime below 2**18: three signs
_LENGTHS = 62  # the sign of the length is a letter or a digit, which no program takes for the end of a sentence


def pack(example: Example, page: str = "", step: int = 0) -> str:
    """The example as text of letters, digits, "-", "_" and ".", for an address: every number exact, settings, view, memory.

    page: up to 64 signs; step: from 0. At most 7,900 signs: where the memory does not fit beside the weights, what the
    optimiser remembers (m, v) is kept to 12 significant digits, or fewer where even that is too much; the rest stays exact.
    """
    for bits in range(len(PRECISIONS)):
        tape = Writer()
        _write_example(tape, example, TABLES[NEWEST], bits)
        tape.choice(page, TABLES[NEWEST].pages)
        tape.small(step, 32)
        text = _in_signs(tape.number(), NEWEST)
        if len(text) <= FITS or not example.memory:
            break
    return text


def unpack(text: str) -> Opened:
    """What ``pack`` wrote. Problem at "link" for text that is truncated, forged, too long or of a newer version."""
    if not isinstance(text, str):
        raise Problem("link", BROKEN)
    if len(text) > LIMIT:
        raise Problem("link", mark("This link is too long: more than {most} signs."), most=LIMIT)
    version, total = _of_signs(text)
    if version > NEWEST:
        raise Problem("link", NEWER)
    tape = Reader(total)
    try:
        example = _read_example(tape, TABLES[version])
        opened = Opened(example, tape.choice(TABLES[version].pages), tape.small(32))
        tape.end()
    except (Problem, ValueError, ArithmeticError):
        raise Problem("link", NEWER if tape.new else BROKEN) from None
    return opened


def _write_example(tape: Writer, example: Example, tables: Tables, precision: int) -> None:
    model, view = example.model, example.view
    write_shape(tape, model.sizes, model.activations, model.loss, tables)
    tape.small(len(model.samples) - 1, 1)
    tape.floats([value for sample in model.samples for value in (*sample.x, *sample.y)])
    every = model.with_biases("own").b  # of a layer with fewer, the place of each neuron's is filled
    tape.floats([*(value for W in model.W for row in W for value in row), *(value for b in every for value in b)])
    more = {name: "_".join(value) if name == "biases" else value for name, value in model.conventions.items()}
    if view.sample > 1:
        more["sample"] = view.sample
    _write_settings(tape, example.settings, tables, more)
    tape.small(view.decimals, 11)
    tape.choice(view.notation, tables.notations)
    tape.choice(view.language, tables.languages)
    tape.small(example.updates, 16)
    state = example.state
    tape.digit(int(state is not None), 2)
    if state:
        slots = tuple(state.layers[0]["W"])
        tape.digit(int(state.t != example.updates), 2)
        if state.t != example.updates:
            tape.whole(state.t)
        tape.digit(precision, len(PRECISIONS))
        known = slots == tables.slots.get(state.optimiser)
        tape.digit(int(known), 2)
        if not known:
            tape.small(len(slots), 3)
        for slot in slots:
            if not known:
                tape.text(slot)
            arrays = [layer[p][slot] for layer in state.layers for p in ("W", "b") if p in layer]
            tape.floats(np.concatenate([each.ravel() for each in arrays]).tolist(), PRECISIONS[precision])


def _read_example(tape: Reader, tables: Tables) -> Example:
    sizes, activations, loss = read_shape(tape, tables)
    count = bounded(tape.small(1) + 1, MAX_SAMPLES)
    n_in, n_out = sizes[0], sizes[-1]
    given = iter(tape.floats(count * (n_in + n_out)))
    samples = tuple(Sample(_row(given, n_in), _row(given, n_out)) for _ in range(count))
    shapes = list(pairwise(sizes))
    given = iter(tape.floats(sum((before + 1) * after for before, after in shapes)))
    W = tuple(tuple(_row(given, before) for _ in range(after)) for before, after in shapes)
    b = [_row(given, after) for _before, after in shapes]
    settings, more = _read_settings(tape, tables)
    kinds = tuple(str(more.pop("biases", "")).split("_")) if "biases" in more else ()
    counts = [biases_of(kind, len(row)) for kind, row in zip(kinds or ("own",) * len(b), b, strict=True)]
    b = [row[:count] for row, count in zip(b, counts, strict=True)]
    sample = int(more.pop("sample", 1))
    model = Model(W, tuple(b), activations, samples, loss, kinds, **more)
    decimals, notation = tape.small(11), tape.choice(tables.notations)
    view = View(decimals, notation, tape.choice(tables.languages), sample)
    updates = tape.small(16)
    memory = ""
    if tape.digit(2):
        t = tape.whole() if tape.digit(2) else updates
        slots = tables.slots.get(settings.optimiser, ())
        memory = State(settings.optimiser, t, _read_memory(tape, shapes, counts, slots)).to_json()
    return Example(model, settings, view, memory, updates)


def _read_memory(
    tape: Reader, shapes: list[tuple[int, int]], biases: list[int], slots: tuple[str, ...]
) -> tuple[dict[str, dict[str, Any]], ...]:
    """What an optimiser remembers, per layer and parameter; biases: how many each layer has; ``slots``: of the tables."""
    bits = PRECISIONS[tape.digit(len(PRECISIONS))]
    layers: list[dict[str, dict[str, Any]]] = [{"W": {}, "b": {}} if count else {"W": {}} for count in biases]
    known = tape.digit(2)
    for n in range(len(slots) if known else bounded(tape.small(3), MAX_MORE)):
        slot = slots[n] if known else tape.text()
        given = iter(tape.floats(sum(before * after for before, after in shapes) + sum(biases), bits))
        for layer, (before, after), count in zip(layers, shapes, biases, strict=True):
            layer["W"][slot] = np.array([_row(given, before) for _ in range(after)])
            if count:
                layer["b"][slot] = np.array(_row(given, count))
    return tuple(layers)


def _row(numbers: Iterator[float], count: int) -> tuple[float, ...]:
    return tuple(next(numbers) for _ in range(count))


def _write_settings(tape: Writer, settings: Settings, tables: Tables, model: dict[str, Any]) -> None:
    """The settings, and what of the model, and of how it is shown, is younger than the tables."""
    tape.choice(settings.optimiser, tuple(tables.optimisers))
    tape.choice(settings.scope, tables.scopes)
    now = options()
    chosen = {name: settings[name] if name in now else value for name, value in tables.options.items()}
    tape.digit(int(chosen != tables.options), 2)
    for name, value in tables.options.items() if chosen != tables.options else ():
        tape.digit(int(chosen[name] != value), 2)
        if chosen[name] != value and not isinstance(value, bool):
            tape.floats([chosen[name]])
    later = {name: value for name, value in settings.changed if name not in chosen}
    write_more(tape, model | settings.younger | later)


def _read_settings(tape: Reader, tables: Tables) -> tuple[Settings, dict[str, Any]]:
    """The settings, and what of the model, and of how it is shown, is younger than the tables."""
    optimiser, scope = tape.choice(tuple(tables.optimisers)), tape.choice(tables.scopes)
    now = options()
    chosen: dict[str, Any] = {name: value for name, value in tables.options.items() if name in now}
    for name, value in tables.options.items() if tape.digit(2) else ():
        if tape.digit(2):
            chosen[name] = not value if isinstance(value, bool) else tape.floats(1)[0]
    more = read_more(tape)
    own = {name: more.pop(name) for name in ("sequential", "decay", "decay_form") if name in more}
    model = {name: more.pop(name) for name in (*CONVENTIONS, "sample") if name in more}
    return Settings(optimiser, scope, tuple((chosen | more).items()), **own), model


def _in_signs(total: int, version: int) -> str:
    """The number with version, check and length."""
    length = -(-total.bit_length() // 6)
    total |= version << 6 * length
    body = _base64((total << _BITS) + -(total << _BITS) % _CHECK)
    return f"{body}.{_SIGNS[(len(body) + 2) % _LENGTHS]}"


def _of_signs(text: str) -> tuple[int, int]:
    """Version and number of a link; Problem unless version, check and length are right."""
    body, dot, length = text[:-2], text[-2:-1], text[-1:]
    if dot != "." or len(body) < 5 or length != _SIGNS[len(text) % _LENGTHS] or not set(_SIGNS).issuperset(body):
        raise Problem("link", BROKEN)
    total = _from_base64(body)
    version, first = _SIGNS.index(body[0]), body[1]
    if total % _CHECK or not version or first == "0":
        raise Problem("link", BROKEN)
    content = total >> _BITS
    return version, content & ((1 << 6 * (len(body) - 4)) - 1)


def _base64(total: int) -> str:
    signs = -(-total.bit_length() // 6)
    raw = urlsafe_b64encode(total.to_bytes(-(-signs // 4) * 3, "big")).decode()
    return raw[-signs:].translate(str.maketrans(_BASE64, _SIGNS))


def _from_base64(signs: str) -> int:
    padded = signs.translate(str.maketrans(_SIGNS, _BASE64)).rjust(-(-len(signs) // 4) * 4, "A")
    return int.from_bytes(urlsafe_b64decode(padded), "big")

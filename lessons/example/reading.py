"""A whole example as a book or a program prints it: lines such as ``x = 0.05 0.10`` and ``W1 = [[.15, .20], [.25, .30]]``.

What stands after a name is read by ``pasted``; nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS

from ..answers import narrowed
from ..i18n import mark
from ..problem import Problem
from .example import Example
from .model import BIASES, CANNOT_STAND, REDUCTIONS, Matrix, Model, Row, Sample, biases_of, check_choice, trainable
from .pasted import LENGTH, LONG, MAX_LENGTH, TURNED, UNEQUAL, UNKNOWN, rows_of
from .settings import DECAY_FORM, SCOPES, Settings, View, default_of, options

WHERE = "example"
MOST_LINES, MOST_NAMES, MOST_SIGNS = 800, 100, 4_000  # the largest network has 304 numbers, its largest matrix 64
SAMPLE = """\
x = 0.05 0.10
W1 = [[0.15, 0.20], [0.25, 0.30]]
b1 = 0.35 0.35
W2 = [[0.40, 0.45], [0.50, 0.55]]
b2 = 0.60 0.60
y = 0.01 0.99
activation = sigmoid
loss = half squared error
lr = 0.5
biases = fixed
"""

LINE = mark("Line {line}: {reason}")
NOTHING = mark("Nothing was pasted. Write a line for each thing that is given, such as x = 0.05 0.10.")
NO_NAME = mark("“{found}” has no name: write a name, an equals sign and what is given, such as x = 0.05 0.10.")
LINES = mark("There are more than {most} lines in it.")
MANY = mark("There are more than {most} names in it.")
TWICE = mark("{name} stands there twice.")
MISSING = mark("{name} is missing: write a line such as {example}.")
SCALARS = mark(
    "Single weights such as {name} do not say which neurons they connect. Write a matrix for each layer, with a row for each "
    "neuron, such as W1 = [[0.15, 0.20], [0.25, 0.30]]."
)
ROW = mark("The layer takes {inputs}, but a row of {name} holds {n}: write a row for each neuron, with a weight for each input.")
WHICH = mark("{name} does not say of which layer: write {name}1, {name}2 and so on.")
BEYOND = mark("{name} is of no layer: there are weights of {n}.")
NUMBERS = mark("{name} must be one row or column of numbers.")
ONE = mark("{name} must be a single number.")
YES_OR_NO = mark("{value} is neither yes nor no.")
PER_LAYER = mark("The number of names is {n}, that of layers {layers}: give one for all, or one for each layer.")
WITHOUT = mark("{name} is given, but biases = none says that there are none.")
SEVERAL = mark("The layer is to share one bias, but {name} holds different numbers.")
NOT_OF = mark("{name} is no setting of {optimiser}.")
NO_OPTIMISER = mark("The optimiser is missing: write a line such as optimiser = Adam.")

_ALIASES = {
    "x": "x", "input": "x", "inputs": "x", "i": "x", "y": "y", "t": "y", "target": "y", "targets": "y", "label": "y",
    "w": "W", "weight": "W", "weights": "W", "b": "b", "bias": "b", "biases": "biases", "activation": "activation",
    "activations": "activation", "activationfunction": "activation", "f": "activation", "loss": "loss", "cost": "loss",
    "lossfunction": "loss", "costfunction": "loss", "learningrate": "lr", "stepsize": "lr", "eta": "lr", "η": "lr",
    "alpha": "lr", "α": "lr", "optimiser": "optimiser", "optimizer": "optimiser", "mu": "momentum", "μ": "momentum",
    "momentumform": "form", "epsilon": "eps", "ε": "eps", "ρ": "rho", "scope": "scope", "updated": "scope",
    "sequential": "sequential", "hiddendeltas": "sequential", "slope": "slope", "leakyslope": "slope",
    "negativeslope": "slope", "leakyreluslope": "slope", "errorsign": "error_sign", "errorterm": "error_sign",
    "error": "error_sign", "delta": "error_sign", "deltasign": "error_sign", "δ": "error_sign",
    "decimals": "decimals", "输入": "x", "目标": "y", "权重": "W", "偏置": "b", "激活函数": "activation", "损失": "loss",
    "损失函数": "loss", "学习率": "lr", "优化器": "optimiser", "动量": "momentum", "误差项": "error_sign",
    "reduction": "reduction", "batchloss": "reduction", "归约": "reduction", "decay": "decay", "weightdecay": "decay",
    "l2": "decay", "lambda": "decay", "λ": "decay", "权重衰减": "decay", "decayform": "decay_form", "formofdecay": "decay_form",
}  # fmt: skip
_WORDS = {
    "logistic": "sigmoid", "linear": "identity", "mse": "mean_squared_error", "sse": "squared_error",
    "bce": "binary_cross_entropy", "crossentropyloss": "cross_entropy", "gradientdescent": "SGD",
    "absent": "none", "no": "none", "notupdated": "fixed", "frozen": "fixed", "outputlayer": "output", "alllayers": "all",
    "outside": "lr_outside", "inside": "lr_inside", "固定": "fixed", "无": "none", "没有": "none", "共用": "shared",
    "half": "l2_half", "λ/2": "l2_half", "beside": "decoupled", "average": "mean", "平均": "mean", "求和": "sum", "和": "sum",
}  # fmt: skip
_TRUE, _FALSE = ("yes", "true", "on", "1", "updated"), ("no", "false", "off", "0", "old")
_SIGNS = {  # of the error term: in words, as the derivative it is, or by what is taken from what
    "minus": re.compile(r"-|minus|neg|[(]?(?:t|y|d|target|目标)[a-z_0-9]*-"),
    "plus": re.compile(r"[+1]|plus|pos|∂|dc|de|dl|[(]?(?:a|o|output|输出)[a-z_0-9]*-"),
}
_COMMENT = re.compile(r"#[^\n]*|^[ \t]*(?:import|from)[ \t][^\n=]*$", re.MULTILINE)
_INDEXED = re.compile(r"([A-Za-z])[ _]?\^?[\[({]{1,2} ?(\d{1,2}) ?[\])}]{1,2}(?=[ \t]{0,9}(?:=|:))")  # W^{(1)} =, W[1] =
_NAMES = re.compile(
    r"""(?:^|(?<=[\n;,、]))[ \t>*•-]{0,20}["']?(?P<long>[^\W\d_](?:[\w ./-]{0,30}[\w])?)["']?[ \t]{0,20}(?::=|=|:)(?!=)"""
    r"""|(?<=[ \t])(?P<short>[A-Za-zα-ω]{1,12}_?\d{0,3})[ \t]{0,9}=(?!=)"""
)


class Entry(NamedTuple):
    """What stands after a name: the name as it was typed, what it means, its number (or none), its text, and its line."""

    name: str
    key: str
    number: int | None
    text: str
    line: int


def read_example(text: str, view: View | None = None) -> Example:
    """The example that a text describes, a line for each thing, in any order; shown as in ``view``, with the decimals it names.

    Of x, y and the W (W1, W2, ...; a row for each neuron) there must be lines; where x is a matrix, its rows are samples, or its
    columns where that is what W1 takes, and so are those of y. b1, b2, ..., the activations, loss, reduction, lr, optimiser,
    its settings and every convention may follow. A layer without b has no biases; a single number for several neurons is one
    bias that they share, unless ``biases`` says "own" or "fixed". Activations are sigmoid, the loss is the squared error, unless
    they are named. Raises Problem at "example" with a sentence that names the line.
    """
    entries = _entries(text)
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        same = found.setdefault(entry.key, [])
        if any(other.number == entry.number for other in same):
            raise _at(entry, Problem(WHERE, TWICE, name=entry.name))
        same.append(entry)
    samples = _samples(found)
    W = _weights(found, samples[0].x, samples[0].y)
    try:
        model = _model(found, samples, W)
        return Example(model, _settings(found), _view(found, view or View()))
    except Problem as problem:
        if problem.where == WHERE:
            raise
        raise _located(found, problem) from None


# --- lines ---


def _entries(text: str) -> list[Entry]:
    if not isinstance(text, str) or not text.strip():
        raise Problem(WHERE, NOTHING)
    if len(text) > MAX_LENGTH:
        raise Problem(WHERE, LONG, n=len(text), most=MAX_LENGTH)
    if text.count("\n") > MOST_LINES:
        raise Problem(WHERE, LINES, most=MOST_LINES)
    plain = narrowed("\n".join(text.splitlines())).replace("，", ",")
    plain = _INDEXED.sub(r"\1\2", _COMMENT.sub("", plain)).replace("Parameter containing:", " ")
    if plain.strip()[:1] == "{" and plain.strip()[-1:] == "}":  # a dict
        plain = plain.replace("{", " ", 1)
        plain = plain[: plain.rindex("}")]
    places = list(islice(_NAMES.finditer(_masked(plain)), MOST_NAMES + 1))
    if len(places) > MOST_NAMES:
        raise Problem(WHERE, MANY, most=MOST_NAMES)
    before = plain[: places[0].start()] if places else plain
    if before.strip(" \n\t,;>*•-"):
        line = 1 + len(before) - len(before.lstrip("\n"))
        raise Problem(WHERE, LINE, line=line, reason=Problem(WHERE, NO_NAME, found=before.strip()[:40]))
    if not places:
        raise Problem(WHERE, NOTHING)
    ends = [*(place.start() for place in places[1:]), len(plain)]
    return [_entry(plain, place, end) for place, end in zip(places, ends, strict=True)]


def _masked(text: str) -> str:
    """The text with what stands in brackets made unreadable, so that no name is found there."""
    signs, depth = list(text), 0
    for place, sign in enumerate(text):
        if sign in "[({":
            depth += 1
        if depth:
            signs[place] = "."
        if sign in "])}" and depth:
            depth -= 1
    return "".join(signs)


def _entry(text: str, place: re.Match[str], end: int) -> Entry:
    name = (place["long"] or place["short"]).strip()
    line = text.count("\n", 0, place.start("long" if place["long"] else "short")) + 1
    value = text[place.end() : end].strip(" \t\n;,、")
    entry = Entry(name, "", None, value, line)
    with _line(entry):
        key, number = _meaning(name)
        if key == "biases" and not re.search(r"[^\W\d_]", value):
            key = "b"
        if name.lower() == "error" and not _sign(value):  # many books call the loss so
            key = "loss"
        if key == "b" and number is None and re.fullmatch(r"[^\d.]*[^\W\d_][^\d.]*", value):
            key = "biases"
        if not value:
            raise Problem(WHERE, NO_NAME, found=name)
        return entry._replace(key=key, number=number)


def _meaning(name: str) -> tuple[str, int | None]:
    """The key of a name, and its number; Problem where there is no such name."""
    plain = re.sub(r"[\s_/-]+", "", name.rpartition(".")[2].lower())
    known = {re.sub("_", "", each.lower()): each for each in options()} | _ALIASES
    plain = plain.replace("β", "beta")
    if plain in known:
        return known[plain], None
    letters, number = re.fullmatch(r"(.*?)(\d*)", plain).groups()  # type: ignore[union-attr]
    if number and known.get(letters) in ("x", "y", "W", "b", "activation"):
        return known[letters], int(number)
    names = ("x", "y", "W1", "b1", "activation", "biases", "slope", "error_sign", "loss", "reduction", "optimiser", "scope")
    raise Problem(WHERE, UNKNOWN, name=name, names=(*names, "sequential", "decay_form", *options(), "decimals"))


@contextmanager
def _line(entry: Entry) -> Iterator[None]:
    """Whatever is wrong inside is wrong in this line."""
    try:
        yield
    except Problem as problem:
        raise _at(entry, problem) from None


def _at(entry: Entry, problem: Problem) -> Problem:
    return Problem(WHERE, LINE, line=entry.line, reason=problem)


def _located(found: Mapping[str, list[Entry]], problem: Problem) -> Problem:
    """A problem of the model or the settings, at the line that it is about, if there is one."""
    place, _dot, number = problem.where.partition(".")
    entries = found.get({"network": "W", "samples": "x"}.get(place, place), [])
    for entry in sorted(entries, key=lambda each: str(each.number) != number):
        return _at(entry, problem)
    return Problem(WHERE, problem.template, **problem.parts)


# --- numbers ---


def _rows(entry: Entry, fits: Callable[[tuple[int, int]], bool] = lambda shape: True) -> Matrix:
    if len(entry.text) > MOST_SIGNS:
        raise Problem(WHERE, LONG, n=len(entry.text), most=MOST_SIGNS)
    return rows_of(entry.text, fits)


def _single(entry: Entry) -> float:
    rows = _rows(entry, lambda shape: shape == (1, 1))
    if len(rows) != 1 or len(rows[0]) != 1:
        raise Problem(WHERE, ONE, name=entry.name)
    return rows[0][0]


def _numbers(entry: Entry) -> Row:
    rows = _rows(entry, lambda shape: 1 in shape)
    if len(rows) > 1 and len(rows[0]) > 1:
        raise Problem(WHERE, NUMBERS, name=entry.name)
    return sum(rows, ())


def _vector(found: Mapping[str, list[Entry]], key: str, example: str) -> Row:
    """x or y: all of it after its name, or a number each after x1, x2, ..."""
    entries = sorted(found.get(key, []), key=lambda each: each.number or 0)
    if not entries:
        raise Problem(WHERE, MISSING, name=key, example=example)
    if len(entries) == 1 and entries[0].number in (None, 1):
        with _line(entries[0]):
            return _numbers(entries[0])
    values = []
    for place, entry in enumerate(entries, 1):
        with _line(entry):
            if entry.number != place:
                raise Problem(WHERE, MISSING, name=f"{key}{place}", example=example)
            values.append(_single(entry))
    return tuple(values)


def _samples(found: Mapping[str, list[Entry]]) -> tuple[Sample, ...]:
    """The samples: one, or several where x is a matrix."""
    entries = found.get("x", [])
    if len(entries) == 1 and entries[0].number is None and found.get("y"):
        with _line(entries[0]):
            rows = _rows(entries[0])
        if len(rows) > 1 and len(rows[0]) > 1:
            return _several(rows, found)
    return (Sample(_vector(found, "x", "x = 0.05 0.10"), _vector(found, "y", "y = 0.01 0.99")),)


def _several(x: Matrix, found: Mapping[str, list[Entry]]) -> tuple[Sample, ...]:
    """A sample for each row of x, or for each column where the rows are no longer than the columns that W1 has."""
    first = min(found.get("W", []), key=lambda each: each.number or 0, default=None)
    if first is not None:
        with _line(first):
            taken = len(_rows(first)[0])
        if len(x[0]) != taken == len(x):
            x = tuple(zip(*x, strict=True))
    entry = found["y"][0]
    with _line(entry):
        y = _rows(entry, lambda shape: len(x) in shape)
        count = len(y) if len(y) > 1 else len(y[0])
        if len(y) != len(x):
            y = tuple(zip(*y, strict=True))
        if len(y) != len(x):
            raise Problem(WHERE, UNEQUAL, x=len(x), y=count)
    return tuple(map(Sample, x, y))


def _weights(found: Mapping[str, list[Entry]], x: Row, y: Row) -> list[Matrix]:
    """The weights of each layer, a row for each neuron."""
    entries = sorted(found.get("W", []), key=lambda each: each.number or 0)
    if not entries:
        raise Problem(WHERE, MISSING, name="W1", example="W1 = [[0.15, 0.20], [0.25, 0.30]]")
    if len(entries) > 1 and entries[0].number is None:
        raise _at(entries[0], Problem(WHERE, WHICH, name=entries[0].name))
    if len(entries) > 1 and all(re.fullmatch(r"[^\s\[(,;]+", entry.text) for entry in entries):
        return _single_weights(entries, x, y, _layers_named(found))
    W, n_in = [], len(x)
    for place, entry in enumerate(entries, 1):
        with _line(entry):
            if entry.number not in (None, place):
                raise Problem(WHERE, MISSING, name=f"W{place}", example=f"W{place} = [[0.15, 0.20], [0.25, 0.30]]")
            W.append(_matrix(entry, n_in))
            n_in = len(W[-1])
    return W


def _matrix(entry: Entry, n_in: int) -> Matrix:
    """The rows of an entry, each of so many numbers; of a single row or column it does not matter which."""
    rows = _rows(entry, lambda shape: shape[1] == n_in or shape == (n_in, 1) or (n_in == 1 and shape[0] == 1))
    its = (len(rows), len(rows[0]))
    if its[1] == n_in:
        return rows
    if its == (n_in, 1) or (n_in == 1 and its[0] == 1):
        return tuple(zip(*rows, strict=True))
    if its == (1, 1):
        raise Problem(WHERE, SCALARS, name=entry.name)
    if its[0] == n_in:
        given = {"array": entry.name, "its_rows": its[0], "its_columns": its[1]}
        raise Problem(WHERE, TURNED, rows=its[1], columns=n_in, **given)
    raise Problem(WHERE, ROW, name=entry.name, inputs=n_in, n=its[1])


def _single_weights(entries: list[Entry], x: Row, y: Row, layers: int) -> list[Matrix]:
    """Weights given one by one, where it is clear which neurons they connect: those of one neuron, or of a chain of them."""
    values = []
    for place, entry in enumerate(entries, 1):
        with _line(entry):
            values.append(_single(entry))
            if entry.number != place:
                raise Problem(WHERE, MISSING, name=f"W{place}", example=f"W{place} = 0.5")
    if len(x) == len(values) > 1 and len(y) == 1 and layers in (0, 1):
        return [(tuple(values),)]
    if len(x) == len(y) == 1 and (len(values) <= 3 or layers == len(values)):
        return [((value,),) for value in values]
    raise _at(entries[0], Problem(WHERE, SCALARS, name=entries[0].name))


def _layers_named(found: Mapping[str, list[Entry]]) -> int:
    """How many layers the activations name; 0 where they leave it open."""
    entries = found.get("activation", [])
    several = len(_words(entries[0])) if len(entries) == 1 else len(entries)
    return several if several > 1 else 0


# --- words ---


def _words(entry: Entry) -> list[str]:
    """The words of an entry, set apart by commas, brackets or arrows."""
    parts = re.split(r"[,;、\n\[\]()]|->|→", entry.text)
    return [part.strip(" \t\"'") for part in parts if part.strip(" \t\"'")]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _named(word: str, names: Iterable[str], titles: Mapping[str, Any] | None = None) -> str:
    """The one of these names that a word means, by name, title or another common name; else the word, which others refuse."""
    known = {_bare(name): name for name in names}
    known |= {_bare(record.title): name for name, record in (titles or {}).items() if name in known.values()}
    meant = _WORDS.get(_bare(word), word)
    return known.get(_bare(meant)) or known.get(_bare(word)) or word


def _sign(text: str) -> str:
    """The name of a sign of the error term, or empty."""
    plain = re.sub(r"\s", "", text.lower())
    return next((name for name, known in _SIGNS.items() if known.match(plain)), "")


def _per_layer(found: Mapping[str, list[Entry]], key: str, layers: int, meant: Callable[[str], str]) -> list[str]:
    """A word for each layer, from a list, from one for all, or from lines with numbers; empty where there is none."""
    entries = sorted(found.get(key, []), key=lambda each: each.number or 0)
    if not entries:
        return []
    if entries[0].number is not None:
        for place, entry in enumerate(entries, 1):
            if entry.number != place or place > layers:
                raise _at(entry, Problem(WHERE, BEYOND, name=entry.name, n=layers))
        words = [word for entry in entries for word in _words(entry)[:1]]
    else:
        words = _words(entries[0])
    if len(words) not in (1, layers):
        raise _at(entries[0], Problem(WHERE, PER_LAYER, n=len(words), layers=layers))
    return [meant(word) for word in (words * layers if len(words) == 1 else words)]


# --- the parts of an example ---


def _model(found: Mapping[str, list[Entry]], samples: tuple[Sample, ...], W: list[Matrix]) -> Model:
    layers = len(W)
    loss = _choice(found, "loss", LOSSES, LOSSES, "squared_error")
    activations = _per_layer(found, "activation", layers, lambda word: _named(word, trainable(), ACTIVATIONS))
    if not activations:
        activations = [*["sigmoid"] * (layers - 1), LOSSES[loss].wants or "sigmoid"]
    kinds, b = _biases(found, [len(rows) for rows in W])
    sign = "plus"
    for entry in found.get("error_sign", []):
        sign = _sign(entry.text) or entry.text
    more = {"slope": _number(found, "slope")} if "slope" in found else {}
    reduction = _choice(found, "reduction", REDUCTIONS, None, "mean")
    return Model(
        tuple(W), tuple(b), tuple(activations), samples, loss, tuple(kinds), error_sign=sign, reduction=reduction, **more
    )


def _biases(found: Mapping[str, list[Entry]], neurons: list[int]) -> tuple[list[str], list[Row]]:
    """The kind and the numbers of the biases of each layer."""
    layers = len(neurons)
    said = _per_layer(found, "biases", layers, lambda word: _named(word, BIASES))
    for kind in said:
        with _line(found["biases"][0]):
            check_choice("biases", kind, tuple(BIASES))
    given = _bias_numbers(found, neurons)
    kinds, b = [], []
    for k, n in enumerate(neurons, 1):
        entry, row = given.get(k, (None, ()))
        kind = said[k - 1] if said else "none" if not row else "shared" if len(row) == 1 < n else "own"
        if entry is None and kind != "none":
            raise _at(found["biases"][0], Problem(WHERE, MISSING, name=f"b{k}", example=f"b{k} = 0.35"))
        if entry is not None:
            with _line(entry):
                row = _fitting(entry, kind, row, n)
        kinds.append(kind)
        b.append(row)
    return kinds, b


def _bias_numbers(found: Mapping[str, list[Entry]], neurons: list[int]) -> dict[int, tuple[Entry, Row]]:
    """The numbers of each layer for which some are given, with their line; of a single layer they may be given one by one."""
    entries = sorted(found.get("b", []), key=lambda each: each.number or 0)
    if len(neurons) == 1 and len(entries) == neurons[0] > 1:
        row = []
        for entry in entries:
            with _line(entry):
                row.append(_single(entry))
        return {1: (entries[0], tuple(row))}
    given: dict[int, tuple[Entry, Row]] = {}
    for entry in entries:
        with _line(entry):
            if entry.number is None and len(neurons) > 1:
                raise Problem(WHERE, WHICH, name=entry.name)
            if not 1 <= (k := entry.number or 1) <= len(neurons) or k in given:
                raise Problem(WHERE, BEYOND, name=entry.name, n=len(neurons))
            given[k] = (entry, () if entry.text.lower() in ("none", "no") else _numbers(entry))
    return given


def _fitting(entry: Entry, kind: str, row: Row, n: int) -> Row:
    """So many numbers as a layer of n neurons takes: one goes to all, equal ones are one where it is shared."""
    if kind == "none":
        if any(row):
            raise Problem(WHERE, WITHOUT, name=entry.name)
        return ()
    count = biases_of(kind, n)
    if len(row) == 1:
        return row * count
    if count == 1 < len(row) == n:
        if len(set(row)) > 1:
            raise Problem(WHERE, SEVERAL, name=entry.name)
        return row[:1]
    if len(row) != count:
        raise Problem(WHERE, LENGTH, array=entry.name, n=n, its_rows=len(row), its_columns=1)
    return row


def _settings(found: Mapping[str, list[Entry]]) -> Settings:
    known = options()
    given = {name: found[name][0] for name in known if name in found}
    optimiser = _choice(found, "optimiser", OPTIMISERS, OPTIMISERS, "") or _with_settings(given)
    own = OPTIMISERS[optimiser].settings() if optimiser in OPTIMISERS else {}
    changed: dict[str, Any] = {}
    for name, entry in given.items():
        with _line(entry):
            if optimiser in OPTIMISERS and name not in own:
                raise Problem(WHERE, NOT_OF, name=entry.name, optimiser=optimiser)
            about = known[name].metadata["setting"]
            if about.choices:
                changed[name] = _named(entry.text, about.choices)
            else:
                changed[name] = _flag(entry) if isinstance(default_of(known[name]), bool) else _single(entry)
    scope = _choice(found, "scope", SCOPES, None, "all")
    sequential = False
    for entry in found.get("sequential", []):
        with _line(entry):
            sequential = _flag(entry)
    return Settings.of(optimiser, scope, sequential, **_decay(found, optimiser, own), **changed)


def _decay(found: Mapping[str, list[Entry]], optimiser: str, own: Iterable[str]) -> dict[str, Any]:
    """The rate of weight decay, of an optimiser that has one its own, and the form of that beside one."""
    beside = "weight_decay" not in own
    given: dict[str, Any] = {}
    for entry in found.get("decay", []):
        with _line(entry):
            given["decay" if beside else "weight_decay"] = _single(entry)
    for entry in found.get("decay_form", []):
        with _line(entry):
            if not beside:
                raise Problem(WHERE, NOT_OF, name=entry.name, optimiser=optimiser)
            given["decay_form"] = _choice(found, "decay_form", FORMS, FORMS, DECAY_FORM)
    return given


def _with_settings(given: Mapping[str, Entry]) -> str:
    """The optimiser that has these settings, where none is named: SGD if there is only a learning rate."""
    names = [name for name, record in OPTIMISERS.items() if given.keys() <= record.settings().keys()]
    if not given.keys() - {"lr"}:
        return names[0]
    if len(names) != 1:
        raise _at(next(entry for name, entry in given.items() if name != "lr"), Problem(WHERE, NO_OPTIMISER))
    return names[0]


def _view(found: Mapping[str, list[Entry]], view: View) -> View:
    if "decimals" not in found:
        return view
    decimals = _number(found, "decimals")
    if not decimals.is_integer():
        raise Problem("decimals", CANNOT_STAND, value=f"{decimals:g}")
    return replace(view, decimals=int(decimals))


def _choice(
    found: Mapping[str, list[Entry]], key: str, names: Iterable[str], titles: Mapping[str, Any] | None, default: str
) -> str:
    """The one of the names that an entry means, as it stands where it means none; the default where there is no entry."""
    for entry in found.get(key, []):
        word = _named(entry.text.strip("\"'"), names, titles)
        with _line(entry):
            check_choice(key, word, tuple(names))
        return word
    return default


def _number(found: Mapping[str, list[Entry]], key: str) -> float:
    [entry] = found[key]
    with _line(entry):
        return _single(entry)


def _flag(entry: Entry) -> bool:
    """Yes or no."""
    word = entry.text.lower().strip("\"' ").removesuffix(" weights")
    if word not in (*_TRUE, *_FALSE):
        raise Problem(WHERE, YES_OR_NO, value=entry.text)
    return word in _TRUE

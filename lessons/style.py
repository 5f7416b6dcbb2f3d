"""How things are written for people: names of choices, and the look of quantities and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from mlp_core.steps import Phase
from mlp_core.writing import latex as math
from mlp_core.writing.names import NOTATIONS, Name, Notation
from mlp_core.writing.numbers import on_screen, shown, significant
from mlp_core.writing.numbers import plain as written

from .i18n import LANGUAGES, Language, gettext, language, mark, pgettext, using
from .i18n import gettext as _
from .palette import colors

_NAMES = {
    Phase.FORWARD: mark("Forward"),
    Phase.LOSS: mark("Loss"),
    Phase.BACKWARD: mark("Backward"),
    Phase.UPDATE: mark("Update"),
    "all": mark("all layers"),
    "output": mark("output layer only"),
    "decay": mark("weight decay"),
    "decay_form": mark("form of weight decay"),
}


def _title(key: str) -> str | None:
    """What an activation, a loss, an optimiser, a setting, a phase or a scope is called, in English; None for anything else."""
    for table in (ACTIVATIONS, LOSSES, OPTIMISERS, FORMS):
        if key in table:
            return table[key].title
    for optimiser in OPTIMISERS.values():
        if key in optimiser.settings():
            return optimiser.settings()[key].title
    return _NAMES.get(key)


def is_name(key: str) -> bool:
    """Whether ``name_of`` knows a name for it; other text it hands back."""
    return _title(key) is not None


def name_of(key: str) -> str:
    """The name in the language in use."""
    return gettext(_title(key) or key)


def notation(key: str, language: str = "en") -> Notation:
    """The notation of that name, its words "new" and "old" in the language."""
    return _worded(NOTATIONS[key], LANGUAGES[language])


@cache
def _worded(plain: Notation, language: Language) -> Notation:
    with using(language.key):
        words = {"new": pgettext("beside a symbol", "new"), "old": pgettext("beside a symbol", "old")}
    return replace(plain, words=words)


def label_of(quantity: Quantity, letters: str = "") -> str:
    """What a screen reader calls a quantity: its letters (its kind if none are given) and its place in words."""
    return _label_in(language(), quantity, letters or quantity.kind)


@lru_cache(maxsize=5_000)  # every element of a picture has one, and none of them changes with a number
def _label_in(language: str, quantity: Quantity, letters: str) -> str:
    k, index = quantity.layer, quantity.index
    if quantity.sample:
        return _("{name} of sample {n}").format(name=label_of(quantity.of_sample(0), letters), n=quantity.sample)
    if quantity.kind in ("x", "y") or not k:
        return " ".join([letters, *map(str, index)])
    if not index:
        return _("{name} layer {layer}").format(name=letters, layer=k)
    if len(index) == 2:
        return _("{name} layer {layer} neuron {i} from {j}").format(name=letters, layer=k, i=index[0], j=index[1])
    return _("{name} layer {layer} neuron {i}").format(name=letters, layer=k, i=index[0])


def plain(value: float) -> str:
    """A number that a person gave, as short as can be."""
    return on_screen(significant(value, 6))


def together(*sentences: str) -> str:
    """One after the other, with a space between them where the language has one."""
    return ("" if sentences[0].endswith("。") else " ").join(sentences)


def exact(value: float) -> str:
    """The shortest text that is just this number, for a person to change."""
    return repr(float(value)).removesuffix(".0")


@dataclass(frozen=True)
class Look:
    """How things are written: the notation, the decimals, a colour per family, the sizes (n_0, ..., n_L), and own names.

    names: of what no notation has a letter for, such as the nodes of an expression; shared: the layers whose neurons share one
    bias; batch: whether there are several samples; normalised: as for ``Notation.name``.
    """

    notation: Notation
    decimals: int
    colors: Mapping[str, str]
    sizes: tuple[int, ...]
    names: Mapping[Quantity, Name] = field(default_factory=dict)
    shared: frozenset[int] = frozenset()
    batch: bool = False
    normalised: frozenset[int] | None = None

    @classmethod
    def of(
        cls,
        key: str,
        language: str,
        decimals: int,
        theme: str,
        sizes: tuple[int, ...],
        names: Mapping[Quantity, Name] | None = None,
        shared: frozenset[int] = frozenset(),
        batch: bool = False,
        normalised: frozenset[int] | None = None,
    ) -> Look:
        """The look for a notation's key, a language and a theme ("light" or "dark")."""
        return cls(notation(key, language), decimals, colors(theme), sizes, names or {}, shared, batch, normalised)

    def name(self, quantity: Quantity) -> Name:
        """The quantity's name."""
        return self.names.get(quantity) or self.notation.name(
            quantity, self.sizes, self.shared, self.batch, self.normalised
        )

    def words(self, quantity: Quantity) -> str:
        """The name for a screen reader, its place in words."""
        name = self.name(quantity)
        if quantity in self.names or not (quantity.index or quantity.sample):
            return name.text()
        return label_of(quantity, name.letters())

    def symbol(self, quantity: Quantity) -> str:
        """The name in LaTeX, in the colour of its family."""
        return self.paint(quantity.family, self.name(quantity).latex())

    def html(self, quantity: Quantity, name: str = "") -> str:
        """The name (or another given for it) in HTML, in the colour of its family."""
        return f'<span style="color: {self.colors[quantity.family]}">{name or self.name(quantity).html()}</span>'

    def paint(self, family: str, latex: str) -> str:
        """LaTeX in the colour of a family."""
        return rf"\textcolor{{{self.colors[family]}}}{{{latex}}}"

    def value(self, quantity: Quantity, value: float) -> str:
        """The number as plain text."""
        return on_screen(shown(quantity, value, self.decimals))

    def cell(self, quantity: Quantity, value: float) -> str:
        """The number as plain text among others of a table: one that its decimals would show as 0 though it is not says so."""
        text = self.value(quantity, value)
        return self.nearly_zero if "e" in text and abs(value) < 1 else text

    @property
    def nearly_zero(self) -> str:
        """What stands for a number that is smaller than the decimals show, and yet not 0."""
        return f"≈ {0:.{self.decimals}f}"

    def column(self, quantity: Quantity, values: Iterable[float]) -> list[str]:
        """Numbers to be compared, as plain text in one notation: all in powers of ten where one of them needs it."""
        values = list(values)
        texts = [self.value(quantity, value) for value in values]
        if not any("e" in text for text in texts):
            return texts
        return [on_screen(written(value, self.decimals, powers=True)) for value in values]

    def number(self, quantity: Quantity, value: float) -> str:
        """The number in LaTeX, standing alone."""
        return self.paint(quantity.family, math.number(quantity, value, self.decimals))

    def factor(self, quantity: Quantity, value: float) -> str:
        """The number in LaTeX as a part of a formula, in brackets where it needs them."""
        return self.paint(quantity.family, math.factor(quantity, value, self.decimals))

    def spoken(self, quantity: Quantity, value: float | None) -> str:
        """Name and value for a screen reader; None stands for a number that is not shown yet."""
        text = _("unknown") if value is None else self.value(quantity, value)
        return f"{self.words(quantity)} = {text}"

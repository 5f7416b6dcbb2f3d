"""The language of a test, and what is added at run time: every test leaves English, and nothing else, behind it."""

from contextlib import ExitStack

import pytest

from lessons import i18n
from lessons.example import WORKED
from mlp_core import functions, optimisers
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.writing import names
from tests.lessons.worked.graph import graph
from tests.mlp_core.test_entering import SOFTSIGN, Damped


@pytest.fixture(params=i18n.LANGUAGES)
def language(request):
    """Runs the test in each language; its key is the fixture's value."""
    i18n.use(request.param)
    yield request.param
    i18n.use("en")


@pytest.fixture
def tomorrow():
    """An activation, an optimiser, a notation and a language that are in no table."""
    with ExitStack() as undo:
        functions.enter(SOFTSIGN)
        undo.callback(functions.leave, SOFTSIGN)
        optimisers.enter(Damped)
        undo.callback(optimisers.leave, Damped)
        names.enter(names.Notation(key="mine", title="Mine", letters={"W": "θ"}))
        undo.callback(names.NOTATIONS.pop, "mine")
        i18n.enter("xx", (i18n.CATALOGUES / "zh.po").read_text("utf-8"))
        undo.callback(i18n.LANGUAGES.pop, "xx")
        yield WORKED.with_(
            activations=("softsign", "sigmoid"),
            optimiser="Damped",
            notation="mine",
            language="xx",
            damping=0.125,
            halved=True,
        )


@pytest.fixture
def turned(monkeypatch):
    """Another default, and every table in another order."""
    monkeypatch.setattr("lessons.example.settings.LEARNING_RATE", 0.25)
    for table in (ACTIVATIONS, LOSSES, OPTIMISERS, names.NOTATIONS, i18n.LANGUAGES):
        records = dict(reversed(table.items()))
        for key in records:  # in this order, so that they come back in the first
            monkeypatch.delitem(table, key)
        for key, record in records.items():
            monkeypatch.setitem(table, key, record)


@pytest.fixture
def expression():
    """z = (x + y) w and its derivatives, as nodes with names of their own; no network."""
    with graph() as worked:
        yield worked

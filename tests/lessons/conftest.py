"""The language of a test, and what is added at run time: every test leaves English, and nothing else, behind it."""

import pytest

from lessons import i18n
from lessons.example import WORKED
from mlp_core import functions, optimisers
from mlp_core.writing import names
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
    functions.enter(SOFTSIGN)
    optimisers.enter(Damped)
    names.enter(names.Notation(key="mine", title="Mine", letters={"W": "θ"}))
    i18n.enter("xx", (i18n.CATALOGUES / "zh.po").read_text("utf-8"))
    yield WORKED.with_(
        activations=("softsign", "sigmoid"),
        optimiser="Damped",
        notation="mine",
        language="xx",
        gamma=0.125,
        halved=True,
    )
    functions.leave(SOFTSIGN)
    optimisers.leave(Damped)
    del names.NOTATIONS["mine"], i18n.LANGUAGES["xx"]

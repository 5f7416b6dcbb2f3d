"""The language of a test: every test leaves English behind it."""

import pytest

from lessons import i18n


@pytest.fixture(params=i18n.LANGUAGES)
def language(request):
    """Runs the test in each language; its key is the fixture's value."""
    i18n.use(request.param)
    yield request.param
    i18n.use("en")

"""The notebook at the foot of /check: what the button asks the server for is the notebook of the example as it is now."""

import pytest

from lessons import i18n
from lessons.example import PRESETS, WORKED, Example
from lessons.exports import file_name

from .app import component, example_of, opened, type_in


def is_offered(at, example):
    asked = component(at, "check.notebook")
    assert example_of(at) == example
    assert (asked["address"], asked["file_name"]) == (f"make/notebook?lang={example.view.language}", file_name(example))
    assert Example.from_json(asked["body"]) == example


@pytest.mark.parametrize("name", PRESETS)
def test_the_button_asks_for_the_notebook_of_the_example(name):
    example = PRESETS[name][1].with_(optimiser="Adam", decimals=6)
    is_offered(opened(example, "check"), example)


def test_the_notebook_follows_an_edit():
    at = opened(WORKED, "check")
    type_in(at, "x.0.1", "5")
    is_offered(at, WORKED.with_(x=(5.0, 3.0, -1.0)))


def test_the_button_speaks_the_language_of_the_session():
    example = WORKED.with_(language="zh")
    at = opened(example, "check", {"lang": "zh"})
    is_offered(at, example)
    with i18n.using("zh"):
        assert component(at, "check.notebook")["label"] == i18n.gettext("Download the notebook")

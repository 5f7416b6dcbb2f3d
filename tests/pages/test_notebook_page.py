"""The files at the foot of /check: what each button asks the server for is that of the example as it is now."""

import pytest

from lessons import i18n
from lessons.example import PRESETS, WORKED, Example
from lessons.exports import EXPORTS, file_name

from .app import component, example_of, opened, type_in


def is_offered(at, example):
    assert example_of(at) == example
    for kind in EXPORTS:
        asked = component(at, f"take.{kind}")
        assert asked["address"] == f"make/{kind}?lang={example.view.language}"
        assert asked["file_name"] == file_name(kind, example.sizes)
        assert Example.from_json(asked["body"]) == example


@pytest.mark.parametrize("name", PRESETS)
def test_the_buttons_ask_for_the_files_of_the_example(name):
    example = PRESETS[name][1].with_(optimiser="Adam", decimals=6)
    is_offered(opened(example, "check"), example)


def test_the_files_follow_an_edit():
    at = opened(WORKED, "check")
    type_in(at, "x.0.1", "5")
    is_offered(at, WORKED.with_(x=(5.0, 3.0, -1.0)))


def test_the_buttons_speak_the_language_of_the_session():
    example = WORKED.with_(language="zh")
    at = opened(example, "check", {"lang": "zh"})
    is_offered(at, example)
    with i18n.using("zh"):
        for kind, export in EXPORTS.items():
            assert component(at, f"take.{kind}")["label"] == i18n.gettext(export.title)

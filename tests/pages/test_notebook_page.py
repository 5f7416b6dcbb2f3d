"""The notebook at the foot of /check: the button gives the notebook of the example as it is now."""

import threading
from typing import Any

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

from lessons import i18n
from lessons.example import PRESETS, WORKED, Example
from lessons.exports.notebook import file_name, notebook

from .app import enter, example_of, opened, widget


@pytest.fixture
def offered(monkeypatch) -> list[dict[str, Any]]:
    """What each drawing of the page leaves to be made when a person clicks."""
    found: list[dict[str, Any]] = []
    add = MediaFileManager.add_deferred

    def kept(self: MediaFileManager, make: Any, mime: str, *rest: Any, file_name: str, **named: Any) -> str:
        found.append({"make": make, "mime": mime, "name": file_name})
        return add(self, make, mime, *rest, file_name=file_name, **named)

    monkeypatch.setattr(MediaFileManager, "add_deferred", kept)
    return found


def downloaded(offered: list[dict[str, Any]]) -> str:
    """What a click gives: it is made in a thread of its own, where no language was set."""
    made: list[str] = []
    thread = threading.Thread(target=lambda: made.append(offered[-1]["make"]()))
    thread.start()
    thread.join()
    return made[0]


def is_offered(at: AppTest, offered: list[dict[str, Any]], example: Example) -> None:
    assert example_of(at) == example
    assert not widget(at, "download_button", "check.notebook").disabled
    assert (offered[-1]["mime"], offered[-1]["name"]) == ("application/x-ipynb+json", file_name(example))
    assert downloaded(offered) == notebook(example)


@pytest.mark.parametrize("name", PRESETS)
def test_the_button_gives_the_notebook_of_the_example(name, offered):
    example = PRESETS[name][1].with_(optimiser="Adam", decimals=6)
    is_offered(opened(example, "check"), offered, example)


def test_the_notebook_follows_an_edit(offered):
    at = opened(WORKED, "check")
    enter(at, "number_input", "edit.x.0.1", 5.0)
    is_offered(at, offered, WORKED.with_(x=(5.0, 3.0, -1.0)))


def test_page_and_notebook_speak_the_language_of_the_session(offered):
    example = WORKED.with_(language="zh")
    at = opened(example, "check", {"lang": "zh"})
    is_offered(at, offered, example)
    with i18n.using("zh"):
        assert widget(at, "download_button", "check.notebook").label == i18n.gettext("Download the notebook")
    assert "前向传播" in downloaded(offered)

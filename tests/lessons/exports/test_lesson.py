"""What a lesson works out, taken along as a notebook: it runs, and filled in by its own lines nothing in it is wrong."""

from dataclasses import replace

import nbformat
import pytest

from lessons import content
from lessons.course import LESSONS, Case, Stand
from lessons.course.codes import to_json
from lessons.example import WORKED
from lessons.exports import taken

from ..course.test_build import EXAMPLES
from .test_notebook import code, executed, filled

SCREENS = [
    (lesson, screen) for lesson in LESSONS.values() for screen in lesson.screens
    if Case(lesson, screen, lesson.setting(), WORKED).worked
]  # fmt: skip
AT_THE_DESK = ("identity in a batch", "softmax in a batch", "the same in a batch", "the same for a batch", "shared biases")


def notebooks(lesson, screen, example):
    """Without blanks and with them."""
    text = to_json(lesson, replace(Stand.of(lesson), screen=screen.key), example, whole=True)
    return [taken(f"lesson-{kind}", text).decode() for kind in ("notebook", "exercise")]


def assert_all_right(plain: str, blank: str) -> None:
    executed(code(plain))
    asked = "\n".join(executed(code(blank))[1]).count("… to be filled in")
    told = "\n".join(executed(code(nbformat.writes(filled(blank, plain))))[1])
    assert asked and (told.count("✓ right"), told.count("✗"), told.count("…")) == (asked, 0, 0), told


@pytest.mark.parametrize(("lesson", "screen"), SCREENS, ids=[f"{lesson.key}-{screen.key}" for lesson, screen in SCREENS])
def test_every_screen_that_works_something_out(lesson, screen):
    assert_all_right(*notebooks(lesson, screen, WORKED))


@pytest.mark.parametrize("name", AT_THE_DESK)
def test_with_another_network_at_the_desk(name):
    assert_all_right(*notebooks(LESSONS["build"], LESSONS["build"].screen("program"), EXAMPLES[name]))


@pytest.mark.parametrize("name", ["a batch", "the same for a batch"])
def test_after_the_update_the_batch_has_the_new_losses_of_all_its_samples(name):
    lesson, example = LESSONS["build"], EXAMPLES[name]
    plain, _blank = notebooks(lesson, lesson.screen("program"), example)
    assert 'check("C new", C_new, ' in code(plain)
    assert content.section("exports", "taken").partition("\n")[0] not in plain
    names, _printed = executed(code(plain))
    after = Case(lesson, lesson.screen("program"), lesson.setting(), example).worked.after()
    assert names["C_new"] == pytest.approx(after.loss, rel=1e-12) and names["C_new"] != names["C"]

"""Every lesson of the course: its texts with their numbers, what it works out and asks, its state, and a lesson that is added."""

import contextlib
import itertools
import json
import re
import zlib
from base64 import urlsafe_b64encode
from dataclasses import fields, replace

import pytest
from plotly.graph_objects import Figure

from lessons import content, course
from lessons.course import LESSONS, Case, Lesson, Stand
from lessons.course.codes import SIGN, from_json, pack, to_json, unpack
from lessons.course.lesson import Ask, Beside, Choose, Drawn, Pick, Picture, Prose, Row, Slide, Walk
from lessons.example import WORKED
from lessons.practice.exercise import Exercise
from lessons.practice.grading import grade
from lessons.problem import Problem
from lessons.style import label_of

SCREENS = [(lesson, screen) for lesson in LESSONS.values() for screen in lesson.screens]
NAMES = [f"{lesson.key}-{screen.key}" for lesson, screen in SCREENS]
LINK, LARGEST = 400, 8_000
PLACES = re.compile(r"{[^}]*}|section [\d.]+|[\d.]+ 节")  # live numbers, and sections of the notes


@pytest.fixture(params=SCREENS, ids=NAMES)
def case(request):
    lesson, screen = request.param
    return Case(lesson, screen, lesson.setting(), WORKED)


def test_every_text_of_a_screen_is_there_with_its_numbers(case, language):
    assert case.title() and course.title(case.lesson) and content.section(f"course/{case.lesson.key}", "goal")
    keys = [part.section for part in case.screen.every() if isinstance(part, Prose)]
    for part in case.screen.every():
        if isinstance(part, Choose):
            answers = range(1, part.count + 1)
            assert part.right in answers
            keys += [part.section, *(f"{part.section}.{n}" for n in answers), *(f"{part.section}.told.{n}" for n in answers)]
    for key in keys:
        assert case.text(key), key


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_no_text_of_a_lesson_is_left_over_or_typed_with_a_result(lesson, language):
    sections = content.sections(f"course/{lesson.key}", language)
    told = {"title", "goal", "notes"} | {f"title.{screen.key}" for screen in lesson.screens}
    for part in (part for screen in lesson.screens for part in screen.every()):
        if isinstance(part, Prose):
            told.add(part.section)
        if isinstance(part, Choose):
            told |= {key for key in sections if re.fullmatch(re.escape(part.section) + r"(\.told)?(\.\d+)?", key)}
    assert set(sections) == told
    typed = {key: re.findall(r"\d+\.\d+", PLACES.sub("", text)) for key, text in sections.items() if key != "notes"}
    assert {key: found for key, found in typed.items() if found} == {}, "numbers come from the engine"


def test_what_a_screen_works_out_can_be_walked_asked_and_answered(case, language):
    for part in case.screen.every():
        if isinstance(part, Walk):
            assert case.steps(part)
        if isinstance(part, Ask):
            for seed in (1, 2, 3):
                questions = case.questions(part, seed)
                assert questions, "there is something to ask"
                assert all(grade(each, repr(each.answer)).correct for each in questions)
        if isinstance(part, Drawn):
            data = part.data(case)
            assert data
            if part.kind == "chart":
                Figure(**data.to_dict())  # ValueError for what Plotly does not know


def test_questions_with_other_numbers_do_not_follow_those_typed_in_the_picture(case):
    ask = case.screen.ask()
    if not (case.screen.asks() and ask.redrawn and case.screen.enter):
        return
    before = case.redrawn(ask, 3)
    for quantity in case.worked.editable:
        value = case.worked.values[quantity]
        with contextlib.suppress(Problem):  # what cannot be typed here
            typed = case.screen.enter(case.setting, quantity, 1.0 if value != 1 else 0.5)
            after = replace(case, setting=typed).redrawn(ask, 3)
            assert [after.value(q) for q in after.given] == [before.value(q) for q in before.given], quantity


def test_a_number_typed_in_the_picture_is_that_number_in_what_is_worked_out(case):
    if not case.screen.enter or not any(isinstance(part, (Walk, Picture)) for part in case.screen.every()):
        return
    for quantity in case.worked.editable:
        value = 0.5 if case.worked.values[quantity] != 0.5 else 1.0
        with contextlib.suppress(Problem):  # what cannot be typed here
            own = case.worked.own.get(quantity, quantity)
            typed = replace(case, setting=case.screen.enter(case.setting, own, value))
            assert typed.worked.values[quantity] == pytest.approx(value), quantity


def test_every_given_number_can_be_named_in_words_as_where_it_is_refused(case, language):
    for quantity in case.worked.given if case.worked else ():
        assert case.look.words(quantity) and label_of(quantity)


def test_a_number_typed_in_the_picture_leaves_the_end_of_a_steady_slider_where_it_is(case):
    dials = [dial for row in case.screen.every() if isinstance(row, Row) for dial in row.parts]
    for slide in [dial for dial in dials if isinstance(dial, Slide) and dial.steady]:
        for quantity in case.worked.editable:
            with contextlib.suppress(Problem):  # what cannot be typed here
                assert slide.most(case.screen.enter(case.setting, quantity, 0.5)) == slide.most(case.setting), quantity


def test_what_stands_apart_is_made_of_the_fields_it_names(case):
    apart = [part for part in case.screen.parts if getattr(part, "of", None) is not None]
    shown = [each for part in apart for each in (part.every() if isinstance(part, Beside) else [part])]
    texts = content.sections(f"course/{case.lesson.key}", "en")

    def made(case):
        sections = [each.section for each in shown if isinstance(each, Prose | Choose)]
        told = [case.text(key) for key in texts for section in sections if key == section or key.startswith(f"{section}.")]
        return told + [each.data(case) for each in shown if isinstance(each, Drawn)]

    picked = [pick for row in case.screen.parts if isinstance(row, Row) for pick in row.parts if isinstance(pick, Pick)]
    settings = [case.setting.put(pick.field, value) for pick in picked for value in pick.options] or [case.setting]
    for before in (replace(case, setting=setting) for setting in settings) if apart and case.screen.enter else ():
        for quantity in before.worked.editable:
            own = before.worked.own.get(quantity, quantity)
            with contextlib.suppress(Problem):  # what cannot be typed here
                after = replace(before, setting=case.screen.enter(before.setting, own, 0.5))
                assert made(after) == made(before) or not before.stays(after.setting), quantity


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_stand_comes_back_from_what_is_kept_from_a_file_and_from_a_link(lesson):
    last = lesson.screens[-1]
    stand = replace(Stand.of(lesson), screen=last.key).with_done(last).with_exercise(Exercise(seed=4))
    assert Stand.of_data(lesson, stand.to_data()) == stand
    for opened in (from_json(to_json(lesson, stand, WORKED)), unpack(pack(lesson, stand, WORKED))):
        assert (opened.lesson, opened.stand.setting, opened.stand.screen) == (lesson, stand.setting, last.key)
        assert opened.example == (WORKED if lesson.of_example() else None)
    assert len(pack(lesson, stand, WORKED)) <= (LARGEST if lesson.of_example() else LINK)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
@pytest.mark.parametrize("data", [None, [], 1, "x", {"no such field": 1}], ids=repr)
def test_a_forged_setting_is_a_problem(lesson, data):
    with pytest.raises(Problem):
        lesson.setting.of_data(data)
    with pytest.raises(Problem):
        Stand.of_data(lesson, Stand.of(lesson).to_data() | {"setting": data})


FORGED = [
    None, True, -1, 10**400, float("nan"), float("inf"), "", "x" * 5000, {}, {"ab": 1},
    [[]], ["ab"], [["a"]], [["a", 1, 2]], [[{}, 1]], [["W.1.1.1", 1, 1]], [["W.9.9.9", 1]],
    [["W.1.1.1", 10**400]], [["W.1.1.1", None]], [["W.1.1.1", 1], ["W.1.1.1", 2]],
]  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_whatever_stands_in_a_field_is_a_problem_or_a_setting_that_comes_back(lesson):
    for field, value in itertools.product(fields(lesson.setting), FORGED):
        with contextlib.suppress(Problem):
            made = lesson.setting.of_data({field.name: value})
            assert hash(made) == hash(lesson.setting.of_data(made.to_data())), (field.name, value)
            assert isinstance(getattr(made, field.name), type(getattr(lesson.setting(), field.name))), (field.name, value)


def test_a_file_or_link_with_a_setting_out_of_its_bounds_is_a_problem():
    lesson = LESSONS["graphs"]
    text = to_json(lesson, Stand.of(lesson), WORKED).replace(json.dumps(lesson.setting().typed), json.dumps("x" * 5000))
    with pytest.raises(Problem):
        from_json(text)
    with pytest.raises(Problem):
        unpack(SIGN + urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("="))


def test_a_code_that_is_truncated_or_changed_is_a_problem():
    lesson = next(iter(LESSONS.values()))
    code = pack(lesson, Stand.of(lesson), WORKED)
    for broken in (code[:-1], code[:-3], code[:20], "L", "L" + "A" * 50, code[:5] + ("A" if code[5] != "A" else "B") + code[6:]):
        with pytest.raises(Problem):
            unpack(broken)


LESSON = """
from lessons.course.lesson import Choose, Lesson, Prose, Screen
PARTS = (Prose(section="one"), Choose(section="ask", count=2, right=1))
LESSON = Lesson(number=99, minutes=5, screens=(Screen(key="one", parts=PARTS),))
"""
TEXT = "\n## ".join(["", "title\nAdded", "goal\nadd", "notes\nnone", "title.one\nOne", "one\nText", "ask\nWhich?", "ask.1\nThis"])


def test_a_lesson_is_a_folder(tmp_path, monkeypatch):
    folder = tmp_path / "course" / "added"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "lesson.py").write_text(LESSON, "utf-8")
    (folder / "en.md").write_text(TEXT, "utf-8")
    monkeypatch.setattr(course, "__path__", [*course.__path__, str(tmp_path / "course")])
    content.enter(tmp_path)
    try:
        lesson = course.enter("lessons.course.added", "added")
        assert isinstance(lesson, Lesson)
        assert [*LESSONS][-1] == "added"
        case = Case(lesson, lesson.screens[0], lesson.setting(), WORKED)
        assert (case.title(), case.text("one"), case.text("ask.1")) == ("One", "Text", "This")
        assert unpack(pack(lesson, Stand.of(lesson), WORKED)).lesson is lesson
    finally:
        LESSONS.pop("added", None)
        content.leave(tmp_path)

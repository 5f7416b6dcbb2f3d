"""The sheet of an exam: what was asked, typed, right and why."""

import re
from dataclasses import replace
from html import unescape

import pytest

from lessons.example import PRESETS, WORKED
from lessons.exports import exam_sheet, of_posted, posted
from lessons.i18n import using
from lessons.misconceptions import CATALOGUE
from lessons.practice.exercise import Exercise, handed_in
from lessons.practice.grading import grade, judged
from lessons.practice.series import asked
from lessons.problem import Problem


def taken(example=WORKED, **answers):
    """An exam that has ended, each question answered rightly but for these; its questions."""
    exam = Exercise(mode="exam", seed=4711, started=1.7e9, ended=True)
    series = asked(exam, example)
    right = {str(question.target): f"{question.answer:.6g}" for question in series}
    return exam.with_typed(right | answers), series


def plain(html):
    return unescape(re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize(("name", "language"), [("worked", "en"), ("classifier", "zh"), ("deep", "en")])
def test_it_says_of_every_question_what_was_typed_and_what_is_right(name, language):
    example = PRESETS[name][1].with_(optimiser="Adam", language=language)
    exam, series = taken(example)
    with using(language):
        sections = exam_sheet(exam, example).split("<section>")[1:]
    assert len(sections) == len(series) == 10
    for section, question in zip(sections, series, strict=True):
        assert dict(exam.typed)[str(question.target)] in plain(section), question.target
        assert f"{abs(question.answer):.10g}"[:8] in plain(section).replace(" ", ""), question.target
        assert "<math" in section and "\\" not in section and "$" not in section, "a formula that is none"


def test_a_slip_is_told_and_a_question_left_out_is_marked():
    exam, series = taken()
    slipped = next(question for question in series if question.misconceptions)
    name = slipped.misconceptions[0]
    left_out = next(question for question in series if question is not slipped)
    exam = exam.with_typed({str(slipped.target): f"{slipped.wrong(name):.8g}", str(left_out.target): ""})
    html = exam_sheet(exam, WORKED)
    verdict = judged(series, dict(exam.typed))[str(slipped.target)]
    assert all(CATALOGUE[each].title in plain(html) for each in verdict.candidates)
    assert "8 of 10 right" in html and "<dd>–</dd>" in html


def test_few_digits_count_where_they_are_right_and_more_are_asked_for():
    exam, series = taken()
    short = next(question for question in series if grade(question, f"{question.answer:.1e}").kind == "digits")
    address, text = str(short.target), f"{short.answer:.1e}"
    html = exam_sheet(exam.with_typed({address: text}), WORKED)
    assert "10 of 10 right" in html and "more were wanted" in plain(html)
    running = replace(exam.with_typed({address: text}), ended=False)
    _after, attempts = handed_in(running, series)
    assert {attempt.target: attempt.kind for attempt in attempts}[address] == "short"
    assert not grade(short, text).correct, "outside an exam it is asked for"


def test_what_a_person_typed_is_text_and_what_was_forged_is_a_sentence():
    exam, series = taken()
    address = str(series[0].target)
    html = of_posted(posted(exam.with_typed({address: "<script>alert(1)</script>"}), WORKED))
    assert "<script" not in html and "&lt;script&gt;" in html
    for text in ("", "[]", "{}", '{"exercise": 1, "example": 2}', posted(Exercise(), WORKED), posted(exam, WORKED)[:-40]):
        with pytest.raises(Problem):
            of_posted(text)

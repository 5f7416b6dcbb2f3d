"""Progress: to JSON and back, forged files, mastery in the picture, slips by frequency."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons import grade, questions
from lessons.drawing.scene import Scene
from lessons.example import PRESETS, WORKED
from lessons.misconceptions import CATALOGUE
from lessons.palette import BACKGROUND, MASTERY, contrast
from lessons.practice.progress import KEPT, KINDS, MAX_ATTEMPTS, Attempt, Progress, level, mastery_picture
from lessons.problem import Problem
from lessons.style import Look
from mlp_core import Adam
from mlp_core.kinds import KINDS as KINDS_OF
from mlp_core.steps import Phase

from ..strategies import forged

RIGHT, WRONG = Attempt("z.1.1", "-0.9", "right"), Attempt("z.1.1", "-1.2", "slip", ("bias_left_out",))
ATTEMPTS = st.builds(
    Attempt,
    st.sampled_from(["z.1.1", "dW.2.1.1", "C", "W_new.1.2.3", "m_hat_b.2.1"]),
    st.text(max_size=40),
    st.sampled_from(KINDS),
    st.lists(st.sampled_from(list(CATALOGUE)), max_size=3).map(tuple),
    st.integers(0, 3),
)


@given(st.lists(ATTEMPTS, max_size=8))
def test_json_and_back(attempts):
    progress = Progress(tuple(attempts))
    assert Progress.from_json(progress.to_json()) == progress


FORGED = [
    "", "{", "null", "[]", "1", '"text"', "{}", '{"attempts": 1}', '{"attempts": {}}', '{"attempts": [], "more": 1}',
    '{"attempts": [1]}', '{"attempts": [{}]}', "[" * 100_000, '{"attempts": [null]}', '{"version": 2, "attempts": []}',
    '{"version": 2, "words": {}, "attempts": []}', '{"version": 3, "words": [], "attempts": []}',
    '{"version": 2, "words": ["z.1.1"], "attempts": [[0, "1", 0, 0]]}',
    '{"version": 2, "words": ["z.1.1", "right"], "attempts": [[0, "1", 2, 0]]}',
    '{"version": 2, "words": ["z.1.1", "right"], "attempts": [[0, "1", -1, 0]]}',
    '{"version": 2, "words": ["z.1.1", "right"], "attempts": [[0, "1", true, 0]]}',
    '{"version": 2, "words": ["z.1.1", ["right"]], "attempts": [[0, "1", 1, 0]]}',
    '{"version": 2, "words": ["z.1.1", "right"], "attempts": [[0, "1", 1]]}',
]  # fmt: skip


@pytest.mark.parametrize("text", FORGED, ids=range(len(FORGED)))
def test_what_is_no_progress_is_refused(text):
    with pytest.raises(Problem) as caught:
        Progress.from_json(text)
    assert caught.value.where == "progress"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target", "z.1"),
        ("target", "__import__('os')"),
        ("target", 3),
        ("target", None),
        ("answer", 5),
        ("answer", "9" * 201),
        ("kind", "great"),
        ("kind", ["right"]),
        ("slips", "bias_left_out"),
        ("slips", ["no_such_slip"]),
        ("slips", [1]),
        ("hints", -1),
        ("hints", True),
        ("hints", 4),
        ("hints", "1"),
    ],
)
def test_one_forged_field_refuses_the_file(field, value):
    with pytest.raises(Problem):
        Progress.from_json(earlier(RIGHT, **{field: value}))


def earlier(attempt, **changes):
    """A file as it was saved before there were versions."""
    row = {"target": attempt.target, "answer": attempt.answer, "kind": attempt.kind, "slips": attempt.slips}
    return json.dumps({"attempts": [row | {"hints": attempt.hints} | changes]})


def test_a_file_saved_before_there_were_versions_still_loads():
    assert Progress.from_json(earlier(WRONG)) == Progress((WRONG,))


@pytest.mark.parametrize("target", ["x.0.1", "y.2.1", "W.1.1.1", "b.1.1", "lr", "t", "eps", "beta1", "m_prev_W.1.1.1"])
def test_what_no_step_computes_was_never_asked(target):
    with pytest.raises(Problem):
        Progress.from_json(earlier(RIGHT, target=target))


ADDRESSES = st.builds(
    lambda kind, layer, index: ".".join(map(str, [kind, *([layer] if KINDS_OF[kind].layered else []), *index])),
    st.sampled_from(list(KINDS_OF)),
    st.integers(0, 6),
    st.lists(st.integers(0, 9), max_size=2),
)


@given(st.lists(st.tuples(ADDRESSES, st.text(max_size=9), st.sampled_from(KINDS), st.sampled_from(list(CATALOGUE))), max_size=6))
def test_a_file_of_any_addresses_is_refused_or_all_of_the_page_works_with_it(rows):
    """Also one about another network: it counts there."""
    text = json.dumps({"attempts": [
        {"target": target, "answer": answer, "kind": kind, "slips": [name], "hints": 0} for target, answer, kind, name in rows
    ]})  # fmt: skip
    try:
        progress = Progress.from_json(text)
    except Problem as problem:
        assert problem.where == "progress"
        return
    assert len(progress.attempts) == len(rows)
    for example in (WORKED, PRESETS["deep"][1]):
        assert drawn(progress, example)["edges"]
        found = progress.by_element(example.worked)
        assert sum(map(len, found.values())) <= len(rows)
    pages = {progress.page(name) for name, _count in progress.slips()}
    assert pages <= {"start", "forward", "loss", "backward", "update"}


def test_a_full_progress_stays_small():
    """Long answers about every number of a network with the largest update."""
    example = PRESETS["deep"][1]
    every = questions(example.network, example.x, example.y, Adam(0.1))
    names = list(CATALOGUE)
    attempts = [
        Attempt(str(every[n % len(every)].target), "0.5-0.1*(-0.0575)/(sqrt(0.0001)+1e-8)", "slip", (names[n % len(names)],), 3)
        for n in range(MAX_ATTEMPTS)
    ]
    text = Progress(tuple(attempts)).to_json()
    assert len(text) < 120_000
    assert Progress.from_json(text).attempts == tuple(attempts)


def test_of_a_very_long_answer_the_beginning_is_kept():
    question = questions(WORKED.network, WORKED.x, WORKED.y)[0]
    text = "-0.9" + "+0" * 90
    assert text.startswith(Attempt.of(grade(question, text), text, 0).answer)
    assert len(Attempt.of(grade(question, text), text, 0).answer) == KEPT


def test_a_slip_leads_to_the_page_where_it_was_made_last():
    made = [Attempt(target, "1", "slip", ("square_left_out",)) for target in ("C", "v_W.1.1.1")]
    assert Progress(tuple(made)).page("square_left_out") == "update"
    assert Progress(tuple(reversed(made))).page("square_left_out") == "loss"
    assert Progress((Attempt("dW.1.1.1", "1", "slip", ("neighbour",)),)).page("neighbour") == "start"


@given(st.lists(ATTEMPTS, min_size=1, max_size=3).map(lambda kept: Progress(tuple(kept)).to_json()).flatmap(forged))
def test_a_forged_file_is_refused_or_is_a_progress_like_any_other(text):
    try:
        progress = Progress.from_json(text)
    except Problem as problem:
        assert problem.where == "progress"
        assert problem.text()
    else:
        assert Progress.from_json(progress.to_json()) == progress
        assert drawn(progress)["edges"]


def test_every_beginning_of_a_file_is_refused():
    text = Progress((RIGHT, WRONG)).to_json()
    for end in range(len(text)):
        with pytest.raises(Problem):
            Progress.from_json(text[:end])


def test_a_saved_progress_can_be_written_to_a_file_whatever_was_in_it():
    odd = Progress.from_json(earlier(WRONG, answer="\ud800 ０．９", slips=[]))
    assert Progress.from_json(odd.to_json().encode().decode()) == odd


def test_too_long_a_file_is_refused_and_the_oldest_answers_go_first():
    full = Progress((WRONG, *[RIGHT] * (MAX_ATTEMPTS - 1)))
    assert full.with_(RIGHT).attempts == (RIGHT,) * MAX_ATTEMPTS
    data = json.loads(full.to_json())
    data["attempts"].append(data["attempts"][0])
    with pytest.raises(Problem):
        Progress.from_json(json.dumps(data))


def test_levels_follow_the_latest_answers():
    hinted = Attempt("z.1.1", "-0.9", "right", (), 2)
    assert level([]) == "unasked"
    assert level([WRONG]) == "weak"
    assert level([WRONG, RIGHT]) == "fair"
    assert level([hinted]) == "fair"
    assert level([WRONG] * 5 + [RIGHT] * 5) == "strong"


def test_slips_by_frequency():
    other = Attempt("C", "1", "slip", ("square_left_out", "one_output"))
    assert Progress((other, WRONG, RIGHT, WRONG)).slips() == [("bias_left_out", 2), ("square_left_out", 1)]


def drawn(progress, example=WORKED, theme="light"):
    look = Look.of("notes", "en", 4, theme, example.sizes)
    scene = Scene(example.worked, look, Phase.BACKWARD, frozenset())
    return mastery_picture(progress, scene, look, theme)


def test_the_picture_counts_on_the_element_that_was_asked():
    weight = Attempt("dW.2.1.1", "-0.0575", "right")
    bias = Attempt("b_new.1.2", "0", "unknown")
    picture = drawn(Progress((RIGHT, WRONG, weight, bias)))
    neuron = picture["layers"][1]["nodes"][0]
    assert (neuron["rows"][0]["value"], neuron["kind"]) == ("1/2", "fair")
    [edge] = [edge for edge in picture["edges"] if edge["id"] == "W.2.1.1"]
    assert (edge["value"], edge["kind"]) == ("1/1", "strong")
    other = picture["layers"][1]["nodes"][1]
    assert (other["bias"]["value"], other["kind"]) == ("0/1", "unasked")
    assert {other["kind"] for other in picture["edges"] if other["value"] == "–"} == {"unasked"}


def test_each_element_tells_its_own_name():
    picture = drawn(Progress((RIGHT, WRONG)))
    nodes = [*(node for layer in picture["layers"] for node in layer["nodes"]), picture["loss"]]
    parts = [*nodes, *(node["bias"] for node in nodes if "bias" in node), *picture["edges"]]
    spoken = {part["id"]: part["spoken"] for part in parts}
    assert len(set(spoken.values())) == len(spoken) == 18
    assert spoken["n.1.1"] == "a layer 1 neuron 1: 1 of 2 right"
    assert spoken["C"].endswith(": 0 of 0 right")


@pytest.mark.parametrize("theme", BACKGROUND)
def test_the_colours_are_those_of_the_theme(theme):
    assert drawn(Progress(), theme=theme)["colors"] == {name: pair[theme] for name, pair in MASTERY.items()}


def test_what_is_about_another_network_stays_in_the_list_alone():
    progress = Progress((Attempt("z.3.1", "1", "right"), Attempt("dW.2.3.3", "1", "right")))
    picture = drawn(progress)
    assert all(row["value"] == "–" for layer in picture["layers"] for node in layer["nodes"] for row in node["rows"])
    assert len(progress.attempts) == 2
    assert drawn(progress, PRESETS["deep"][1])["layers"][3]["nodes"][0]["rows"][0]["value"] == "1/1"


def test_every_level_can_be_read_on_the_page():
    for theme, background in BACKGROUND.items():
        assert all(contrast(pair[theme], background) >= 4.5 for pair in MASTERY.values()), theme


def test_an_attempt_is_what_its_verdict_says():
    question = questions(WORKED.network, WORKED.x, WORKED.y)[0]
    attempt = Attempt.of(grade(question, "-1.2"), "-1.2", 1)
    assert attempt == Attempt("z.1.1", "-1.2", "slip", ("bias_left_out",), 1)
    assert attempt.score == 0

"""Every text in both languages: the sections of the walk, and the interface strings of app.py, lessons and pages."""

import ast
import re
import threading
from itertools import product
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po

from lessons import content, i18n
from lessons.content import places
from lessons.example import TRAINABLE, WORKED
from lessons.walk.card import section
from mlp_core import Adam, Layer, Momentum, Network, Step, derive, trace
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS

ROOT = Path(__file__).parents[2]
CJK = re.compile(r"[\u4e00-\u9fff]")
LESSONS = sorted(path.parents[1].name for path in (ROOT / "lessons").glob("*/texts/en.md"))


# --- the walk ---


def all_steps() -> list[Step]:
    """Steps by every rule: any hidden activation, any pair of output and loss, with or without bias, any optimiser."""
    steps: list[Step] = []
    for hidden, loss, bias in product(TRAINABLE, LOSSES, (True, False)):
        b = [0.0, 0.0] if bias else None
        for output in [LOSSES[loss].wants] if LOSSES[loss].wants else TRAINABLE:
            layers = [Layer([[1.0], [2.0]], b, hidden), Layer([[1.0, 0.0], [0.0, 1.0]], b, output)]
            steps += derive(Network(layers, loss=loss)).steps
    steps += derive(WORKED.network).steps  # one output: a single path
    t = trace(WORKED.network, WORKED.x, WORKED.y)
    optimisers = [record(lr=0.1) for record in OPTIMISERS.values()]
    optimisers += [
        Momentum(lr=0.1, nesterov=True),
        Adam(lr=0.1, bias_correction=False),
        Adam(lr=0.1, eps_inside_root=True),
    ]
    return steps + [step for optimiser in optimisers for step in optimiser.step(WORKED.network, t).steps]


STEPS = {step.rule: step for step in all_steps()}


@pytest.mark.parametrize("rule", STEPS)
def test_every_rule_has_a_section(rule, language):
    key = section(STEPS[rule])
    assert key in content.sections("walk", language), f"no section for the rule {rule}"
    text = content.text("walk", key, target="THE NAME")
    question, _newline, why = text.partition("\n")
    assert "THE NAME" in question
    assert question.endswith("?" if language == "en" else "？"), question
    assert why.endswith("." if language == "en" else "。"), why
    assert bool(CJK.search(question + why)) == (language == "zh")


def test_no_section_is_left_without_a_rule(language):
    used = {section(step) for step in STEPS.values()}
    assert set(content.sections("walk", language)) == used


def test_activations_and_losses_have_sections_of_their_own():
    """The section of a law alone would do for the test above, and would say the same of every activation."""
    own = content.sections("walk", "en")
    assert {f"activation.{name}" for name in TRAINABLE} <= own.keys()
    assert {f"loss.{name}" for name in LOSSES} <= own.keys()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_the_same_sections_and_places_in_both_languages(lesson):
    en, zh = (content.sections(lesson, language) for language in ("en", "zh"))
    assert en
    assert list(en) == list(zh)
    assert {key: places(text) for key, text in en.items()} == {key: places(text) for key, text in zh.items()}


def test_the_walk_states_no_result(language):
    """0, 1 and 2 belong to laws; any other number, or one with decimals, could only be a result typed by hand."""
    for key, text in content.sections("walk", language).items():
        assert places(text) == {"target"}, key
        assert set(re.findall(r"\d+(?:\.\d+)?", text)) <= {"0", "1", "2"}, key


def test_a_section_or_place_that_is_missing_raises():
    with pytest.raises(KeyError):
        content.text("walk", "no such section")
    with pytest.raises(KeyError):
        content.text("walk", "affine")


# --- interface strings ---

SOURCES = [ROOT / "app.py", *sorted((ROOT / "lessons").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
MARKERS = ("_", "gettext", "mark")
PO = ROOT / "lessons" / "locale" / "zh.po"


def calls(source: str) -> list[ast.Call]:
    """The calls of a marker, also those inside an f-string (which Babel finds from Python 3.12 on only)."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id in MARKERS]


def strings(path: Path) -> set[str]:
    """The marked strings of one file."""
    texts = (call.args[0] for call in calls(path.read_text("utf-8")))
    return {text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)}


MARKED = {text: path.relative_to(ROOT).as_posix() for path in SOURCES for text in strings(path)}


@pytest.fixture(scope="module")
def catalogue():
    with PO.open("rb") as file:
        return read_po(file, abort_invalid=True)


def test_babel_finds_no_string_that_is_not_held_here():
    for path in SOURCES:
        with path.open("rb") as file:
            found = {message for _line, _marker, message, _notes in extract_python(file, MARKERS, [], {})}
        assert {text for text in found if isinstance(text, str)} <= strings(path), path.name


def test_every_string_has_a_translation(catalogue):
    """The catalogue is extracted last; this fails until it is."""
    translated = {message.id: message.string for message in catalogue if message.id}
    missing = [f"{text!r} of {MARKED[text]}" for text in MARKED if not str(translated.get(text, "")).strip()]
    assert not missing, "\n".join(missing)


def test_a_translation_has_the_places_of_its_string(catalogue):
    differ = {m.id: m.string for m in catalogue if m.id and m.string and places(m.id) != places(m.string)}
    assert not differ


def test_the_catalogue_holds_nothing_obsolete_or_doubtful(catalogue):
    assert not catalogue.obsolete
    assert not [message.id for message in catalogue if message.id and message.fuzzy]
    assert not [message.id for message in catalogue if message.id and message.id not in MARKED]


def test_a_sentence_is_translated_into_chinese(catalogue):
    """What ends in a full stop is a sentence, and none of ours is the same in both languages."""
    left = [m.id for m in catalogue if m.id and m.id.endswith(".") and m.string and not CJK.search(m.string)]
    assert not left


def test_no_string_is_put_together_before_it_is_looked_up():
    """_(f"...") and _("..." + x) can be in no catalogue."""
    wrong = [
        f"{path.name}:{call.lineno}"
        for path in SOURCES
        for call in calls(path.read_text("utf-8"))
        if isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
    ]
    assert not wrong


def test_the_language_of_one_thread_is_not_that_of_another():
    seen = {}

    def use(language: str, ready: threading.Barrier) -> None:
        i18n.use(language)
        ready.wait(10)
        seen[language] = i18n.language()

    ready = threading.Barrier(2)
    threads = [threading.Thread(target=use, args=(language, ready)) for language in i18n.LANGUAGES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == {"en": "en", "zh": "zh"}
    assert i18n.language() == "en"


def test_a_string_without_translation_stays_english():
    i18n.use("zh")
    try:
        assert i18n.gettext("no such string") == "no such string"
    finally:
        i18n.use("en")

"""Every text in both languages: the sections of the walk, and the interface strings of app.py, lessons and pages."""

import ast
import re
import threading
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po

from lessons import content, i18n
from lessons.content import places
from lessons.example import REDUCTIONS, WORKED, trainable
from lessons.locale.update import MARKERS, SOURCES, calls, forms, marked, strings, updated
from lessons.style import notation
from lessons.walk import card
from lessons.walk.card import section
from mlp_core import SGD, Adam, BatchNorm, Decay, Layer, Momentum, Network, Step, derive, trace
from mlp_core.functions import LOSSES
from mlp_core.optimisers import OPTIMISERS
from mlp_core.optimisers.decay import FORMS
from mlp_core.optimisers.schedules import cosine, exponential, inverse_time, step_decay
from mlp_core.steps import Phase

ROOT = Path(__file__).parents[2]
CJK = re.compile(r"[\u4e00-\u9fff]")
LESSONS = sorted(path.parents[1].name for path in (ROOT / "lessons").glob("*/texts/en.md"))


# --- the walk ---


def all_steps() -> list[Step]:
    """Steps by every rule: any activation, hidden and in the output, any loss, with or without bias, any optimiser."""
    steps: list[Step] = []
    ways = zip(trainable(), reversed(trainable()), strict=True)
    for (hidden, output), loss, b in product(ways, LOSSES, ([0.0, 0.0], None)):
        last = LOSSES[loss].wants or output
        layers = [Layer([[1.0], [2.0]], b, hidden), Layer([[1.0, 0.0], [0.0, 1.0]], b, last)]
        for sign in (1, -1):
            steps += derive(Network(layers, loss=loss, error_sign=sign)).steps
    shared = [Layer([[1.0], [2.0]], [0.0], "softmax"), Layer([[1.0, 2.0]], [0.0], "tanh")]
    for sign in (1, -1):
        network = Network(shared, error_sign=sign)
        steps += (*derive(network), *SGD(0.1).derive(network, sequential=True))
    for reduction in REDUCTIONS:
        several = Network(shared, reduction=reduction)
        steps += (*derive(several, batch=2), *SGD(0.1).derive(several, sequential=True, batch=2))
    norm = {"batch_norm": BatchNorm([1.0, 1.0], [0.0, 0.0])}
    for last, loss in (("sigmoid", "squared_error"), ("softmax", "cross_entropy")):
        layers = [Layer([[1.0], [2.0]], None, "tanh", **norm, dropout=0.5), Layer([[1.0, 0.0], [0.0, 1.0]], None, last, **norm)]
        steps += [step for mode in ("train", "eval") for step in derive(Network(layers, loss), batch=2, mode=mode)]
    steps += derive(WORKED.network).steps  # one output: a single path
    t = trace(WORKED.network, WORKED.x, WORKED.y)
    optimisers = [record(lr=0.1) for record in OPTIMISERS.values()]
    optimisers += [
        *(Momentum(lr=0.1, nesterov=True, form=form) for form in Momentum.settings()["form"].choices),
        Adam(lr=0.1, bias_correction=False),
        Adam(lr=0.1, eps_inside_root=True),
    ]
    for decay in map(partial(Decay, 0.1), FORMS):
        steps += (*decay.derive(WORKED.network), *SGD(0.1).step(WORKED.network, t, decay=decay).steps)
    steps += (each.step for each in (step_decay(3, 0.5), exponential(0.1), inverse_time(0.1), cosine(9)))
    return steps + [step for optimiser in optimisers for step in optimiser.step(WORKED.network, t).steps]


STEPS = {step.rule: step for step in all_steps()}


def test_every_rule_has_a_section(language):
    for rule, step in STEPS.items():
        key = section(step)
        assert key in content.sections("walk", language), f"no section for the rule {rule}"
        question, _newline, why = content.text("walk", key, target="THE NAME").partition("\n")
        assert "THE NAME" in question, rule
        assert question.endswith("?" if language == "en" else "？"), question
        assert why.endswith("." if language == "en" else "。"), why
        assert bool(CJK.search(question + why)) == (language == "zh"), rule


def test_no_section_is_left_without_a_rule(language):
    used = {section(step) for step in STEPS.values()}
    framed = {f"{part}.{page}" for part in ("goal", "remember") for page in (*Phase, "evaluate")}
    assert set(content.sections("walk", language)) == used | {card.ANY} | framed


def test_activations_and_losses_have_sections_of_their_own():
    """The section of a law alone would do for the test above, and would say the same of every activation."""
    own = content.sections("walk", "en")
    assert {f"activation.{name}" for name in trainable()} <= own.keys()
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
        assert places(text) == (set() if key.startswith(("goal.", "remember.")) else {"target"}), key
        assert set(re.findall(r"\d+(?:\.\d+)?", text)) <= {"0", "1", "2"}, key


def test_a_section_or_place_that_is_missing_raises():
    with pytest.raises(KeyError):
        content.text("walk", "no such section")
    with pytest.raises(KeyError):
        content.text("walk", "affine")


# --- interface strings ---


@pytest.fixture(scope="module")
def catalogue():
    with (i18n.CATALOGUES / "zh.po").open("rb") as file:
        return [message for message in read_po(file, abort_invalid=True) if message.id]


def test_babel_finds_no_string_that_is_not_held_here():
    for path in SOURCES:
        with path.open("rb") as file:
            keywords = dict.fromkeys(MARKERS) | {"ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
            found = {message for _line, _marker, message, _notes in extract_python(file, keywords, [], {})}
        held = {text for _context, text in marked(path.read_text("utf-8"))}
        assert {text for text in found if isinstance(text, str) and text} <= held | {"beside a symbol"}, path.name


@pytest.mark.parametrize("path", [path for path in i18n.CATALOGUES.glob("*.po") if path.stem != "en"], ids=lambda path: path.stem)
def test_the_catalogue_is_what_make_translations_makes_of_it(path):
    text = path.read_text("utf-8")
    assert updated(text) == text, f"{path.name} is not up to date: make translations"
    assert updated(updated(text)) == updated(text)


def test_every_string_has_a_translation(catalogue):
    missing = [m.id for m in catalogue if not all(form.strip() for form in forms(m.string))]
    assert not missing, "\n".join(map(str, missing))


def test_a_translation_has_the_places_of_its_string(catalogue):
    """Of two forms the second counts: the first may say "one"."""
    assert not [m.id for m in catalogue for form in forms(m.string) if places(form) != places(forms(m.id)[-1])]


COUNTED = re.compile(r"\{(n|all|asked|count|decimals|iterations|updates)\} (?!is |does |has )[a-z]+s\b")
NEVER_ONE = {"That makes {n} values to set, and {most} is the limit: take fewer variants or a smaller network."}


def test_where_a_number_stands_before_a_noun_there_are_two_forms():
    """As in "all 1 iterations"; a noun in a Markdown section comes with its number, by ngettext."""
    assert {text for _context, text in strings() if isinstance(text, str) and COUNTED.search(text)} <= NEVER_ONE
    sections = {key: text for lesson in LESSONS for key, text in content.sections(lesson, "en").items()}
    assert not [key for key, text in sections.items() if COUNTED.search(text)]


def test_nothing_in_the_catalogue_is_doubtful(catalogue):
    assert not [message.id for message in catalogue if message.fuzzy]


def test_a_sentence_is_translated_into_chinese(catalogue):
    """What ends in a full stop is a sentence, and none of ours is the same in both languages."""
    left = [m.id for m in catalogue if forms(m.id)[0].endswith(".") and not CJK.search(forms(m.string)[0])]
    assert not left


def test_no_string_is_put_together_before_it_is_looked_up():
    """_(f"...") and _("..." + x) can be in no catalogue."""
    wrong = [
        f"{path.name}:{call.lineno}"
        for path in SOURCES
        for call in calls(path.read_text("utf-8"))
        if any(isinstance(text, (ast.JoinedStr, ast.BinOp)) for text in call.args[: MARKERS[call.func.id]])
    ]
    assert not wrong


def test_make_translations_keeps_what_is_there_drops_what_is_gone_and_guesses_nothing():
    kept = HEADER + 'msgid "Layer {n}"\nmsgstr "Schicht {n}"\n\n'
    text = updated(kept + 'msgid "Gone"\nmsgstr "Fort"\n\nmsgid "Layer {n}, then"\nmsgstr "nichts"\n')
    assert text.startswith(HEADER)
    found = {m.id: m.string for m in read_po(BytesIO(text.encode())) if m.id and any(forms(m.string))}
    assert found == {"Layer {n}": "Schicht {n}"}
    assert "fuzzy" not in text and "#~" not in text
    assert updated(text) == text


# --- a language ---

HEADER = """# Any language
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: pl_PL\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"
"X-Name: polski\\n"

"""
SOME = """msgid "Loss"
msgstr "Strata"

msgctxt "beside a symbol"
msgid "new"
msgstr "nowe"

msgid "{n} step"
msgid_plural "{n} steps"
msgstr[0] "{n} krok"
msgstr[1] "{n} kroki"
msgstr[2] "{n} kroków"
"""


@pytest.fixture
def polish(tmp_path):
    """A language entered at run time: part of a catalogue, and one section of one text."""
    (tmp_path / "walk" / "texts").mkdir(parents=True)
    (tmp_path / "walk" / "texts" / "pl.md").write_text("# po polsku\n\n## affine\nIle wynosi {target}?\nSuma.\n", "utf-8")
    i18n.enter("pl", HEADER + SOME)
    content.enter(tmp_path)
    with i18n.using("pl"):
        yield i18n.LANGUAGES["pl"]
    content.leave(tmp_path)
    del i18n.LANGUAGES["pl"]


def test_a_language_is_its_catalogue_and_its_texts(polish):
    assert (polish.name, polish.tag, polish.region, polish.document) == ("polski", "pl-PL", "pl", "article")
    assert i18n.gettext("Loss") == "Strata"
    assert i18n.gettext("Layer {n}") == "Layer {n}", "English where there is no translation"
    assert notation("notes", "pl").words == {"new": "nowe", "old": "old"}
    assert content.text("walk", "affine", target="z") == "Ile wynosi z?\nSuma."
    english = content.sections("walk", "en")["loss.squared_error"]
    assert content.section("walk", "loss.squared_error") == english, "English where there is no text"
    with pytest.raises(KeyError):
        content.text("walk", "no such section")


def test_a_number_has_the_form_of_its_noun(polish):
    counted = [i18n.ngettext("{n} step", "{n} steps", n).format(n=n) for n in (1, 2, 5, 22)]
    assert counted == ["1 krok", "2 kroki", "5 kroków", "22 kroki"]
    with i18n.using("en"):
        counted = [i18n.ngettext("{n} step", "{n} steps", n).format(n=n) for n in (0, 1, 2)]
    assert counted == ["0 steps", "1 step", "2 steps"]


@pytest.mark.parametrize("field", ["Language", "Plural-Forms", "X-Name"])
def test_a_catalogue_that_does_not_say_what_is_needed_is_refused(field):
    with pytest.raises(ValueError, match=field):
        i18n.enter("pl", "\n".join(line for line in HEADER.splitlines() if f'"{field}' not in line))
    assert "pl" not in i18n.LANGUAGES


def test_the_languages_know_their_own_names():
    assert {key: (each.name, each.tag, each.region, each.document) for key, each in i18n.LANGUAGES.items()} == {
        "en": ("English", "en", "", "article"),
        "zh": ("中文", "zh-CN", "cn", "ctexart"),
    }
    assert next(iter(i18n.LANGUAGES)) == "en", "the language of the source comes first"


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

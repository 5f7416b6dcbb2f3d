"""Banks for Moodle and Canvas, read as their importers read them.

The rules are those of Moodle's question/format/xml/format.php and question/type/numerical/question.php, and of Canvas's
qti_exporter (assessment_item_converter.rb, numeric_interaction.rb), whose conversion from QTI 1.2 keeps conditions as they are.
Neither platform is in the package registries; the only reader of QTI 1.2 there (pyslet 0.7) knows every element of these items.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from lessons.exports import bank
from lessons.exports.banks import MAX_ITEMS, items
from lessons.exports.banks.canvas import QTI
from lessons.i18n import using
from lessons.misconceptions import CATALOGUE
from lessons.problem import Problem
from lessons.sheets import Settings, code_of, sheet
from mlp_core import Quantity

WORKED = Settings(variants=2)
CLASSIFIER = Settings().with_(
    sizes=(2, 3, 2), activations=("relu", "softmax"), loss="cross_entropy", optimiser="Adam", variants=2, notation="classic"
)
CASES = {"worked": WORKED, "classifier": CLASSIFIER, "zh": WORKED.with_(language="zh")}


@pytest.fixture(params=CASES, scope="module")
def chosen(request):
    return CASES[request.param]


def engine(settings: Settings, key: str) -> float:
    """The engine's number for an item's key: the address of a quantity, a dot, the code of a sheet."""
    address, _dot, code = key.rpartition(".")
    number = next(n for n in range(1, settings.variants + 1) if code_of(settings, n) == code)
    return float(sheet(settings, number).worked.values[Quantity.parse(address)])


def variant_of(settings: Settings, name: str) -> int:
    return next(n for n in range(1, settings.variants + 1) if name.endswith(code_of(settings, n)))


# --- Moodle ---


@dataclass
class Numerical:
    """A numerical question as Moodle keeps it: the first answer that a number matches counts."""

    name: str
    idnumber: str
    texts: list[str]
    answers: list[tuple[str, float, float, str]]

    def graded(self, value: float) -> tuple[float, str]:
        for number, tolerance, fraction, feedback in self.answers:
            if number == "*" or abs(value - float(number)) <= tolerance + 1e-14 * max(1, abs(float(number))):
                return fraction, feedback
        return 0.0, ""


def imported(made: bytes) -> dict[str, list[Numerical]]:
    """Category to questions; AssertionError for what the importer does not take."""
    root = ET.fromstring(made)
    assert root.tag == "quiz"
    found: dict[str, list[Numerical]] = {}
    for question in root:
        assert question.tag == "question"
        if question.get("type") == "category":
            path = question.findtext("category/text")
            assert path.startswith("$course$/")
            own = found.setdefault(path, [])
            continue
        assert question.get("type") == "numerical"
        name = question.findtext("name/text").strip()
        assert 0 < len(name) <= 255
        for tag in ("questiontext", "generalfeedback"):
            assert question.find(tag).get("format") == "html"
        texts = [question.findtext("questiontext/text"), question.findtext("generalfeedback/text")]
        answers = []
        for answer in question.findall("answer"):
            number, tolerance = answer.findtext("text").strip(), float(answer.findtext("tolerance"))
            assert number == "*" or re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", number)
            feedback = answer.findtext("feedback/text")
            assert answer.find("feedback").get("format") == "html"
            answers.append((number, tolerance, int(answer.get("fraction")) / 100, feedback))
        assert [fraction for *_rest, fraction, _feedback in answers].count(1) == 1, "one answer with the full mark"
        own.append(Numerical(name, question.findtext("idnumber"), texts, answers))
    return found


class _Html(HTMLParser):
    """Checks that tags are closed and are such as the platforms keep."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str]] = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.images.append(dict(attrs))
            return
        assert tag in ("p", "strong", "em", "code")
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read_html(text: str) -> _Html:
    reader = _Html()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_moodle_takes_every_question_and_marks_as_the_tutor_does(chosen):
    found = imported(bank("moodle", chosen))
    every = [question for own in found.values() for question in own]
    assert all(len(own) == chosen.variants for own in found.values()), "each variant once a category"
    for own in found.values():
        assert len({question.idnumber for question in own}) == len(own)
    assert len({question.idnumber for question in every}) == len(every)
    with using(chosen.view.language):
        by_key = {item.key: item for item in items(chosen)}
    slips = 0
    for question in every:
        right, item = engine(chosen, question.idnumber), by_key[question.idnumber]
        assert question.graded(float(f"{right:.4g}"))[0] == question.graded(float(f"{right:.3g}"))[0] == 1
        assert question.graded(1.05 * right + 1e-3)[0] == 0
        for slip in item.slips:
            fraction, feedback = question.graded(float(f"{slip.value:.4g}"))
            title = re.match(r"\*\*(.+?)\*\*", slip.message)[1]
            assert fraction == 0 and f"<strong>{title}</strong>" in feedback, (question.name, title)
            slips += 1
    assert slips > 3 * len(every)


def test_formulas_survive_in_moodle(chosen):
    made = bank("moodle", chosen).decode()
    assert made.count("<![CDATA[") > 100 and "\ue000" not in made
    for question in (q for own in imported(made.encode()).values() for q in own):
        for text in (*question.texts, *(feedback for *_rest, feedback in question.answers)):
            read_html(text)
            assert text.count(r"\(") == text.count(r"\)") and "$" not in text
        assert r"\(" in question.texts[0] and r"\textcolor" not in question.texts[0]


# --- Canvas ---


def package(made: bytes) -> ET.Element:
    """The quiz of a package; AssertionError where the manifest does not lead to it."""
    with ZipFile(BytesIO(made)) as file:
        manifest = ET.fromstring(file.read("imsmanifest.xml"))
        space = {"p": "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"}
        assert not any("qtiv2" in text for text in manifest.itertext()), "or it is not taken for QTI 1.2"
        [resource] = manifest.findall("p:resources/p:resource", space)
        assert resource.get("type") == "imsqti_xmlv1p2"
        [href] = [each.get("href") for each in resource.findall("p:file", space)]
        return ET.fromstring(file.read(href))


def q(path: str) -> str:
    return "/".join(f"{{{QTI}}}{part}" if part != "." else part for part in path.split("/"))


def test_canvas_takes_every_question_and_marks_as_the_tutor_does(chosen):
    root = package(bank("canvas", chosen))
    assessment = root.find(q("assessment"))
    groups = assessment.find(q("section")).findall(q("section"))
    idents = [each.get("ident") for each in root.iter() if each.tag == q("item")]
    assert len(set(idents)) == len(idents) == sum(len(group.findall(q("item"))) for group in groups)
    for group in groups:
        assert group.findtext(q("selection_ordering/selection/selection_number")) == "1"
        assert len(group.findall(q("item"))) == chosen.variants
        for item in group.findall(q("item")):
            fields = {f.findtext(q("fieldlabel")): f.findtext(q("fieldentry")) for f in item.iter(q("qtimetadatafield"))}
            assert fields["question_type"] == "numerical_question"
            ranged = [c for c in item.iter(q("respcondition")) if any(e.tag in (q("or"), q("and")) for e in c.iter())]
            assert len(ranged) == 1, "the importer takes every range for a right answer"
            exact, least, most = (float(ranged[0].find(".//" + q(tag)).text) for tag in ("varequal", "vargte", "varlte"))
            assert least < exact < most
            assert exact - least == pytest.approx(most - exact, rel=1e-3), "it keeps one margin"
            assert least <= float(f"{exact:.3g}") <= most
            feedback = {f.get("ident"): f.findtext(".//" + q("mattext")) for f in item.findall(q("itemfeedback"))}
            shown = {f.get("linkrefid") for f in item.iter(q("displayfeedback"))}
            assert shown == feedback.keys() == {"general_fb", "general_incorrect_fb"}


def test_formulas_survive_in_canvas(chosen):
    root = package(bank("canvas", chosen))
    formulas = 0
    for text in (each.text for each in root.iter(q("mattext"))):
        for image in read_html(text).images:
            latex = image["data-equation-content"]
            assert image["class"] == "equation_image" and image["alt"] == f"LaTeX: {latex}"
            assert unquote(unquote(image["src"].removeprefix("/equation_images/"))) == latex
            assert "/" not in image["src"].removeprefix("/equation_images/")
            formulas += 1
    assert formulas > 100


def test_the_slips_and_their_numbers_are_told_in_canvas():
    root = package(bank("canvas", WORKED))
    told = " ".join(each.text for each in root.iter(q("mattext")))
    title = CATALOGUE["activation_left_out"].told("a")[0]
    assert re.search(rf"<p>1\.900: <strong>{title}", told)


# --- what both ask ---


def test_each_kind_is_asked_once_a_layer_of_a_neuron_or_weight_that_changes():
    every = items(Settings(variants=12))
    kinds = {item.category for item in every}
    assert len(every) == 12 * len(kinds)
    asked = {item.key.rpartition(".")[0] for item in every if item.key.startswith("dW.1")}
    assert len(asked) > 2
    assert items(Settings(variants=3)) == tuple(item for item in every if variant_of(Settings(variants=12), item.name) <= 3)


def test_only_what_is_to_be_filled_in_is_asked():
    every = items(Settings(variants=2, blank=("z", "delta")))
    assert {item.key.partition(".")[0] for item in every} == {"z", "delta"}


def test_the_same_settings_give_the_same_bytes():
    for kind in ("moodle", "canvas"):
        assert bank(kind, WORKED) == bank(kind, Settings(variants=2)) != bank(kind, Settings(variants=2, seed=2))


def test_too_many_questions_are_a_sentence():
    chosen = Settings().with_(sizes=(2, 2, 2, 2), activations=("tanh",) * 3, optimiser="Adam", variants=50)
    with pytest.raises(Problem, match=f"at most {MAX_ITEMS} questions"):
        items(chosen)

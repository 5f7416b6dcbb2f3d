"""Worksheets on paper, read as a teacher would: blanks are blank, keys say what the engine says, nothing is cut off."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from itertools import combinations, pairwise, product
from math import dist
from pathlib import Path
from unicodedata import normalize

import pytest
from PIL import ImageFont
from pypdf import PageObject, PdfReader

from lessons.example import PRESETS, View
from lessons.i18n import LANGUAGES
from lessons.problem import Problem
from lessons.sheets import NONE, Latex, Settings, Sheet, Style, Typst, compiled, documents, form, latex, pdf, sheet
from lessons.sheets.picture import DENSE, UNDER, drawing
from lessons.sheets.sets import FONTS
from lessons.walk.updates import update_of, updated
from lessons.worked import Plan, of_update
from lessons.worked.mlp import _plan
from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.writing.names import NOTATIONS
from mlp_core.writing.numbers import shown

ROOT = Path(__file__).parents[3]
WORKED = Settings(variants=2)
CLASSIFIER = Settings().with_(
    sizes=(2, 3, 3), activations=("relu", "softmax"), loss="cross_entropy", variants=1, paper="Letter"
)
DEEP = Settings().with_(
    sizes=(3, 2, 3, 2, 2), activations=("tanh", "softmax", "leaky_relu", "sigmoid"), loss="binary_cross_entropy",
    optimiser="Adam", scope="output", variants=1, notation="matrix",
)  # fmt: skip
WIDE = Settings().with_(
    sizes=(8, 8), activations=("softmax",), loss="half_squared_error", optimiser=NONE, variants=1, decimals=10,
    notation="handout", blank=("C",),
)  # fmt: skip
LARGEST = Settings().with_(
    sizes=(8, 8, 8, 8, 8), activations=("tanh",) * 4, variants=1, notation="classic", blank=("a",)
)
CASES = {"worked": WORKED, "classifier": CLASSIFIER, "deep": DEEP, "wide": WIDE, "largest": LARGEST}
MARGIN = 40  # points; the margins are 48


def chinese(settings: Settings) -> Settings:
    return settings.with_(language="zh")


@dataclass(frozen=True)
class Page:
    """Of a page the text without spaces, letters and minus signs as typed; the size, where its letters are, and its fonts."""

    text: str
    size: tuple[float, float]
    letters: list[tuple[str, float, float]]
    fonts: set[str]


@lru_cache
def pages(settings: Settings) -> list[Page]:
    """The pages of a set of worksheets."""
    return read(pdf(settings))


def read(made: bytes) -> list[Page]:
    """The pages of a PDF."""
    found = []
    for page in PdfReader(BytesIO(made)).pages:
        letters: list[tuple[str, float, float]] = []

        def visit(text, cm, tm, _font, _size, letters=letters):
            if text.strip():
                x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                letters.append((text, x, y))

        text = normalize("NFKC", page.extract_text(visitor_text=visit)).replace("\N{MINUS SIGN}", "-")
        size = (float(page.mediabox.width), float(page.mediabox.height))
        found.append(Page(re.sub(r"\s", "", text), size, letters, fonts_of(page)))
    return found


def fonts_of(page: PageObject) -> set[str]:
    return {font.get_object()["/BaseFont"].partition("+")[2] for font in page["/Resources"]["/Font"].values()}


def in_two(found: list[Page]) -> tuple[list[Page], list[Page]]:
    """The pages of one sheet, and those of its key."""
    first = next(n for n, page in enumerate(found) if re.match(r"Keytosheet|第\d+份答案", page.text))
    return found[:first], found[first:]


def parts(settings: Settings) -> list[str]:
    """The text of every sheet, then of every key: a page belongs to what its first line names."""
    texts: list[str] = []
    for page in pages(settings):
        if re.match(r"Backpropagationbyhand:sheet\d|Keytosheet\d|手算反向传播|第\d+份答案", page.text):
            texts.append("")
        texts[-1] += page.text
    return texts


@pytest.mark.parametrize("name", CASES)
def test_sheets_come_first_and_every_key_names_its_sheet_and_code(name):
    settings = CASES[name]
    texts = parts(settings)
    assert len(texts) == 2 * settings.variants
    for number in range(1, settings.variants + 1):
        code = sheet(settings, number).code
        page, key = texts[number - 1], texts[settings.variants + number - 1]
        assert page.startswith(f"Backpropagationbyhand:sheet{number}") and code in page
        assert key.startswith(f"Keytosheet{number}") and code in key


@pytest.mark.parametrize("name", ["worked", "classifier", "deep"])
def test_the_key_says_what_the_engine_says_and_the_sheet_does_not(name):
    """A value of five signs or more is no given number, and stands on the sheet only where it was not left blank."""
    settings = CASES[name]
    texts = parts(settings)
    for number in range(1, settings.variants + 1):
        page, key = texts[number - 1], texts[settings.variants + number - 1]
        for _phase, lines in sheet(settings, number).sections:
            for line in lines:
                text = shown(line.step.target, line.value, settings.view.decimals)
                assert re.sub(r"e(-?\d+)", r"×10\1", text) in key, line.step.target
                assert len(text) < 6 or "e" in text or text not in page, line.step.target


def test_what_is_not_blank_is_printed():
    settings = replace(WORKED, blank=("a", "C"), variants=1)
    page = parts(settings)[0]
    for _phase, lines in sheet(settings, 1).sections:
        for line in lines:
            text = shown(line.step.target, line.value, settings.view.decimals)
            assert (text in page) == (not line.blank), line.step.target


def test_laws_can_be_left_out_of_the_sheet_but_not_of_the_key():
    with_laws, without = (form(Typst, replace(WORKED, laws=laws)) for laws in (True, False))
    one = sheet(WORKED, 1)
    law = "W^((1))_(1,1) x_(1)"
    assert law in with_laws.page(one, False) and law not in without.page(one, False)
    assert law in with_laws.page(one, True) and law in without.page(one, True)


@pytest.mark.parametrize("settings", [*CASES.values(), chinese(WORKED)], ids=[*CASES, "worked-zh"])
def test_nothing_is_cut_off_and_every_letter_is_of_our_fonts(settings):
    """Typst takes another font for a letter that is missing in those it was told to use."""
    for page in pages(settings):
        width, height = page.size
        assert len(page.letters) > 10
        for text, x, y in page.letters:
            assert MARGIN <= x <= width - MARGIN and 20 <= y <= height - 20, text
        assert all(font.startswith(("NewCM", "NotoSansCJK")) for font in page.fonts), page.fonts


@pytest.mark.parametrize("key", NOTATIONS)
def test_every_notation_is_set_in_our_fonts(key):
    small = Settings().with_(sizes=(1, 1), activations=("sigmoid",), optimiser="Adam", notation=key, variants=1)
    fonts = set.union(*map(fonts_of, PdfReader(BytesIO(pdf(chinese(small)))).pages))
    assert all(font.startswith(("NewCM", "NotoSansCJK")) for font in fonts), fonts


def test_pages_are_counted_sheet_by_sheet():
    settings = Settings().with_(
        sizes=(1, 1), activations=("tanh",), variants=11, blank=("z",)
    )  # more than the compiler sets at a time
    code = {number: sheet(settings, number).code for number in range(1, 12)}
    titles = [f"Backpropagationbyhand:sheet{n}·{code[n]}" for n in code] + [f"Keytosheet{n}·{code[n]}" for n in code]
    feet = [re.search(r"(Backpropagationbyhand:sheet\d+|Keytosheet\d+)·[^·]+$", page.text) for page in pages(settings)]
    found = [foot[0] for foot in feet if foot]
    assert len(found) == len(feet)
    counted = [(title, int(foot.removeprefix(title))) for foot in found for title in titles if foot.startswith(title)]
    wanted = [(title, n) for title in titles for n in range(1, 1 + sum(one == title for one, _n in counted))]
    assert counted == wanted
    assert len(set(counted)) == len(found) >= 2 * 11


def test_a_sheet_says_what_an_update_starts_from():
    """A student cannot work out an average without the one before, nor a step without its settings."""
    given = re.search("Given:.*?Forward", parts(DEEP)[0])
    assert given and all(text in given[0] for text in ("mold=0", "vold=0", "t=1", "α=0.1", "=0.999", "×10-8"))
    assert "old" not in re.search("Given:.*?Forward", parts(WORKED)[0])[0]


@pytest.mark.parametrize(("settings", "size"), [(WORKED, (595, 842)), (CLASSIFIER, (612, 792))], ids=["A4", "Letter"])
def test_pages_have_the_size_of_the_paper(settings, size):
    assert {(round(page.size[0]), round(page.size[1])) for page in pages(settings)} == {size}


def test_chinese_sheets_are_in_chinese():
    texts = parts(chinese(WORKED))
    assert len(texts) == 4
    for word in ("前向传播", "反向传播", "损失", "平方误差", "姓名"):
        assert word in texts[0]
    assert "Backpropagation" not in "".join(texts)


def test_the_font_has_every_character_of_the_chinese_texts():
    """Whatever a worksheet may say comes from these files."""
    [file] = FONTS.glob("*.otf")
    font = ImageFont.truetype(str(file), 20)
    missing = bytes(font.getmask("\U000e0fff"))
    assert bytes(font.getmask("学")) != missing
    letters = set("".join(path.read_text("utf-8") for path in (ROOT / "lessons").rglob("zh.*")))
    assert not {each for each in letters if "\u4e00" <= each <= "\u9fff" and bytes(font.getmask(each)) == missing}


# --- the same sheet everywhere ---


def test_another_process_makes_the_same_bytes():
    script = (
        "import hashlib; from lessons.sheets import Settings, latex, pdf\n"
        "s = Settings().with_(variants=1, optimiser='Adam', language='zh')\n"
        "print(*(hashlib.sha256(made).hexdigest() for made in (pdf(s), latex(s).encode())))"
    )
    chosen = Settings().with_(variants=1, optimiser="Adam", language="zh")
    here = [hashlib.sha256(made).hexdigest() for made in (pdf(chosen), latex(chosen).encode())]
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True,
        text=True, timeout=120, check=True,
    )  # fmt: skip
    assert run.stdout.split() == here, "with another order of sets and their like"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_is_this_one_on_every_machine(language):
    source = "".join(documents(Settings().with_(variants=3, optimiser="Adam", seed=2026, language=language), 2))
    assert hashlib.sha256(source.encode()).hexdigest() == SOURCES[language], (
        "Sheets made again now differ from those that teachers hold. If numbers differ, that is a defect: their keys are "
        "wrong. If layout or words were changed on purpose, put the new hash into SOURCES."
    )


# --- the picture ---


def plan(sizes: tuple[int, ...]) -> Plan:
    """The plan of a network of these sizes."""
    layers = len(sizes) - 1
    return _plan(sizes, (ACTIVATIONS["tanh"],) * layers, (True,) * layers, LOSSES["squared_error"])


@pytest.mark.parametrize("sizes", [(3, 2, 1), (1, 1), (8, 8, 8, 8, 8), (2, 3, 3), (1, 8, 1), (6, 1)], ids=str)
def test_the_picture_has_every_neuron_and_weight_once_and_none_overlap(sizes):
    height, spots, edges = drawing(plan(sizes))
    assert len(spots) == sum(sizes)
    assert len({edge.weight for edge in edges}) == len(edges) == sum(a * b for a, b in pairwise(sizes))
    at = {(spot.quantity.layer, spot.quantity.index[0]): (spot.x, spot.y) for spot in spots}
    for edge in edges:
        i, j = edge.weight.index
        assert (edge.start, edge.end) == (at[edge.weight.layer - 1, j], at[edge.weight.layer, i])
    assert all(0.4 <= spot.y <= height - 0.4 for spot in spots)
    for one in spots:
        below = [o for o in spots if o != one and o.x == one.x and o.y > one.y]
        assert not [o for o in below if o.y - one.y < 0.42 + UNDER + 0.2], "the number under a neuron has no room"
        assert not [o for o in spots if o != one and abs(o.x - one.x) < 0.9 and abs(o.y - one.y) < 0.84]


def test_no_number_in_the_picture_stands_on_another_or_on_a_neuron():
    """Boxes as large as -0.7 and b = -0.7 in print; every pair of layers that has numbers, deep and shallow."""
    few = [(a, b) for a, b in product(range(1, 9), repeat=2) if a * b <= DENSE]
    for sizes in [*few, *((3, 3, *pair) for pair in few), *((2, 3, *pair, 2) for pair in few)]:
        _height, spots, edges = drawing(plan(sizes))
        numbers = [edge.label for edge in edges if edge.label]
        assert len(numbers) == sum(a * b for a, b in pairwise(sizes) if a * b <= DENSE)
        for (a, b), (c, d) in combinations(numbers, 2):
            assert abs(a - c) >= 0.72 or abs(b - d) >= 0.3, sizes
        for (a, b), spot in product(numbers, spots):
            assert abs(a - spot.x) >= 1.04 or abs(b - spot.y - UNDER) >= 0.34, sizes
            assert dist((max(abs(a - spot.x) - 0.36, 0), max(abs(b - spot.y) - 0.15, 0)), (0, 0)) >= 0.42, sizes


# --- LaTeX ---


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", CASES)
def test_the_latex_source_is_whole(name, language):
    """Brackets and environments are closed, dollars pair up, no superscript stands on another."""
    settings = CASES[name].with_(language=language)
    source = latex(settings)
    assert all(each.isprintable() or each == "\n" for each in source)
    depth = 0
    for each in re.sub(r"\\[{}]", "", source):
        depth += (each == "{") - (each == "}")
        assert depth >= 0
    assert depth == 0
    body = source.partition(r"\begin{document}")[2]
    outside = re.sub(r"\$[^$]*\$", "", body)
    assert not re.search(r"[_^#%~]", outside)
    assert "&" not in re.sub(r"(?m)^.* & .* & .* \\\\ \\hline$", "", outside)
    assert source.count("$") % 2 == 0
    assert source.count(r"\left(") == source.count(r"\right)")
    for environment in ("document", "tikzpicture", "longtable", "cases"):
        assert source.count(rf"\begin{{{environment}}}") == source.count(rf"\end{{{environment}}}")
    assert not re.search(r"\^\{[^{}]*\}\s*\^", source)
    assert source.startswith(rf"\documentclass[10pt,{settings.paper.lower()}paper]")
    assert ("ctexart" in source) == (language == "zh")
    for number in range(1, settings.variants + 1):
        assert source.count(sheet(settings, number).code) >= 2


@pytest.mark.parametrize("settings", [CLASSIFIER, DEEP, WIDE], ids=["classifier", "deep", "wide"])
def test_both_sources_hold_the_same_numbers_in_the_same_order(settings):
    one = sheet(settings, 1)
    typst, tex = form(Typst, settings), form(Latex, settings)
    count = 0
    for _phase, lines in one.sections:
        for line in lines:
            found = []
            for writer in (typst, tex):
                _name, working, value = writer.key_row(line, one.worked.values)
                put_in = writer.put_in(line.step, one.worked.values)
                assert put_in in working
                found.append([re.findall(r"-?\d+\.\d+", text) for text in (put_in.replace(" ", ""), value)])
            assert found[0] == found[1], line.step.target
            count += len(found[0][0])
    assert count > 20


def test_overflowing_settings_are_a_problem_before_a_page_is_set():
    for wrong in (float("inf"), float("nan"), 1e30):
        with pytest.raises(Problem) as found:
            WORKED.with_(lr=wrong)
        assert found.value.where == "lr"


# --- anything worked ---


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_no_network_has_a_sheet_and_a_key(expression, language):
    style = Style(View(4, "notes", language))
    one = Sheet.of(expression, subject="z = (x + y) * w_1 # 100 %")
    source = Typst(style, expression).whole(one)
    sheet_text, key = ("".join(page.text for page in group) for group in in_two(read(compiled(source))))
    for given in ("x=2", "y=3", "w=4"):
        assert given in sheet_text
    assert all(text not in sheet_text for text in ("5.0000", "20.0000"))
    assert "=(x+y)·w_1#100%" in key.replace("*", "·") and "=(x+y)*w_1#100%" in sheet_text
    for text in ("2+3", "5.0000", "5.0000⋅4", "20.0000", "1.0000⋅4", "4.0000"):
        assert text in key, text
    assert "Code" not in source and "代码" not in source
    assert source.count("#edge(") == 4 and source.count("#spot(") == 5


def test_its_source_in_latex_is_whole_and_says_the_same(expression):
    one = Sheet.of(expression, blank=("node",), subject="100 % of w_1 {x} ~ a\\b")
    tex, typst = Latex(Style(), expression), Typst(Style(), expression)
    source = tex.whole(one)
    assert source.count("{") == source.count("}") and source.count("$") % 2 == 0
    assert r"100 \% of w\_1 \{x\} \textasciitilde{} a\textbackslash{}b" in source
    assert [line.step.target.kind for _phase, lines in one.sections for line in lines] == ["node"] * 2
    assert "Forward" in source and "Backward" not in source, "a sheet ends with the last phase that has a blank"
    for _phase, lines in one.sections:
        for line in lines:
            numbers = [re.findall(r"\d+(?:\.\d+)?", each.key_row(line, expression.values)[2]) for each in (tex, typst)]
            assert numbers[0] == numbers[1] == [f"{line.value:.4f}"]


def test_in_mid_course_a_sheet_gives_what_the_optimiser_remembers_of_each_parameter():
    first = PRESETS["worked"][1].with_(optimiser="Momentum")
    for example, count in ((first, 1), (updated(first), 11)):
        worked = of_update(update_of(example))
        source = Latex(Style(), worked).whole(Sheet.of(worked))
        given = source.partition("Given")[2].partition("longtable")[0]
        assert given.count(r"\text{old}") == count
    v = Quantity("v_prev_W", 2, (1, 1))
    assert f"= {shown(v, worked.values[v], 4)}$" in given


def test_values_may_be_printed_instead_of_left_blank(expression):
    one = Sheet.of(expression, blank=("adjoint",))
    blank = {line.step.target.kind: line.blank for _phase, lines in one.sections for line in lines}
    assert blank == {"node": False, "adjoint": True}
    assert "$5.0000$" in Typst(Style(), expression).page(one, key=False)


SOURCES = {
    "en": "5a1b425c4bd94cdf3ec179e4f3212dc4a746afec0b5ac0d7ccaa7d91fb0d0d64",
    "zh": "b029aff1eca19002933be651f36dbf1229bcc7320c9a5bc5d7c3c824a86204a4",
}

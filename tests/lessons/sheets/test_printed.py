"""Worksheets on paper, read as a teacher would: blanks are blank, keys say what the engine says, nothing is cut off."""

import hashlib
import math
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from itertools import combinations, pairwise, product
from math import dist
from pathlib import Path
from unicodedata import normalize

import hypothesis
import pytest
from hypothesis import strategies as st
from PIL import ImageFont
from pypdf import PageObject, PdfReader

from lessons.example import PRESETS, View
from lessons.i18n import LANGUAGES
from lessons.problem import Problem
from lessons.sheets import (
    NONE,
    Kind,
    Latex,
    Settings,
    Sheet,
    Style,
    Typst,
    archive,
    compiled,
    documents,
    form,
    latex,
    pdf,
    sets,
    sheet,
)  # fmt: skip
from lessons.sheets.paper.layout import Grid, blocks
from lessons.sheets.paper.picture import DENSE, UNDER, drawing
from lessons.sheets.sets import FONTS
from lessons.walk.updates import update_of, updated
from lessons.worked import Plan, of_update
from lessons.worked.mlp import _plan
from mlp_core import Quantity
from mlp_core.functions import ACTIVATIONS, LOSSES
from mlp_core.steps import Shape
from mlp_core.writing.names import NOTATIONS
from mlp_core.writing.numbers import figures

from .test_worksheet import settings_of

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
def pages(settings: Settings, kind: Kind) -> list[Page]:
    """The pages of a set of worksheets."""
    return read(pdf(settings, kind))


def pages_of(settings: Settings, kind: Kind) -> int:
    """How many pages a set has; they are not read."""
    return len(PdfReader(BytesIO(pdf(settings, kind))).pages)


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


BEGINS = {
    Kind.SHEET: r"Backpropagationbyhand:sheet(\d+)Code|手算反向传播:第(\d+)份编号",
    Kind.KEY: r"Keytosheet(\d+)Code|第(\d+)份答案编号",
    Kind.ANSWERS: r"Answerstosheet(\d+)Code|第(\d+)份答案表编号",
}


def parts(settings: Settings, kind: Kind = Kind.SHEET) -> list[str]:
    """The text of every sheet, of every key or of all answers."""
    texts: list[str] = []
    for page in pages(settings, kind):
        if re.match(BEGINS[kind], page.text):
            texts.append("")
        texts[-1] += page.text
    return texts


def printed(text: str) -> str:
    """A number's plain text as a page has it."""
    return re.sub(r"e(-?\d+)", r"×10\1", text)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ("worked", "classifier") else pytest.mark.thorough) for name in CASES]
)
def test_every_page_names_its_sheet_and_its_code(name, kind):
    settings = CASES[name]
    assert len(parts(settings, kind)) == settings.variants
    title = {Kind.SHEET: "Backpropagationbyhand:sheet", Kind.KEY: "Keytosheet", Kind.ANSWERS: "Answerstosheet"}[kind]
    number = 0
    for page in pages(settings, kind):
        number += bool(re.match(BEGINS[kind], page.text))
        assert page.text.startswith(f"{title}{number}")
        assert f"{title}{number}·{sheet(settings, number).code}" in page.text
        begins = re.match(BEGINS[kind], page.text)
        assert begins or page.text.startswith(f"{title}{number},continued")


@pytest.mark.parametrize("name", ["worked", "classifier", "deep"])
def test_key_and_answers_say_what_the_engine_says_and_the_sheet_does_not(name):
    """A value of five signs or more is no given number, and stands on the sheet only where it was not left blank."""
    settings = CASES[name]
    for number in range(1, settings.variants + 1):
        page, key, answers = (parts(settings, kind)[number - 1] for kind in Kind)
        assert "答案" not in page and "Key" not in page and "Answers" not in page
        digits = form(Typst, settings).digits
        for phase, lines in sheet(settings, number).sections:
            for line in lines:
                if phase == "update" and not line.step.target.updated:
                    continue  # it has as many digits as follow from its row
                text = digits.result(line.step.target, line.value)
                assert float(text) == pytest.approx(line.value, rel=1e-3)
                assert printed(text) in key and printed(text) in answers, line.step.target
                assert len(text) < 6 or printed(text) not in page, line.step.target


def test_what_is_not_blank_is_printed():
    settings = replace(WORKED, blank=("a", "C"), variants=1)
    page, digits = parts(settings)[0], form(Typst, settings).digits
    for _phase, lines in sheet(settings, 1).sections:
        for line in lines:
            text = digits.result(line.step.target, line.value)
            assert (printed(text) in page) == (not line.blank), line.step.target


def test_laws_can_be_left_out_of_the_sheet_but_not_of_the_key():
    with_laws, without = (form(Typst, replace(WORKED, laws=laws)) for laws in (True, False))
    one = sheet(WORKED, 1)
    for law in ("W^((1))_(1,1) x_(1)", "-η g"):
        assert law in with_laws.page(one) and law not in without.page(one)
        assert law in with_laws.page(one, Kind.KEY) and law in without.page(one, Kind.KEY)


def test_sheets_are_as_few_pages_as_was_promised():
    """3-2-1 with SGD, and 2-3-2 with softmax and Adam: sheet, key, answers; derivatives are the tallest formulas there are."""
    largest = Settings().with_(
        sizes=(2, 3, 2), activations=("sigmoid", "softmax"), loss="cross_entropy", optimiser="Adam", variants=1
    )
    for settings, most in ((WORKED, (2, 2, 1)), (largest, (4, 4, 1))):
        counts = tuple(pages_of(settings, kind) / settings.variants for kind in Kind)
        assert all(found <= limit for found, limit in zip(counts, most, strict=True)), counts
    assert pages_of(chinese(largest), Kind.KEY) <= 4


def test_for_both_sides_every_sheet_begins_on_an_odd_page():
    settings = Settings().with_(sizes=(1, 1), activations=("tanh",), variants=11, blank=("z",), duplex=True)
    found = pages(settings, Kind.SHEET)
    assert len(found) == 22, "a page each, and one to write on behind it, at the end of the compiler's parts too"
    assert all(bool(re.match(BEGINS[Kind.SHEET], page.text)) == (n % 2 == 0) for n, page in enumerate(found))
    assert pages_of(replace(settings, duplex=False), Kind.SHEET) == 11
    assert latex(settings, Kind.SHEET).count(r"\ifodd\value{page}") == 11


def test_factors_of_a_fused_delta_are_there_on_request():
    def kinds(settings: Settings) -> set[str]:
        return {str(line.step.target) for _phase, lines in sheet(settings, 1).sections for line in lines}

    beside = {"dC_da.2.1", "dC_da.2.2", "dC_da.2.3", *(f"da_dz.2.{i}.{j}" for i in range(1, 4) for j in range(1, 4))}
    assert kinds(CLASSIFIER.with_(factors=True)) - kinds(CLASSIFIER) == beside
    other = Settings().with_(sizes=(2, 2), activations=("softmax",), variants=1)
    assert kinds(other) == kinds(other.with_(factors=True)), "there the delta is made of them"


@pytest.mark.parametrize(
    "settings",
    [
        *(pytest.param(each, id=name, marks=() if name == "largest" else pytest.mark.thorough) for name, each in CASES.items()),
        pytest.param(chinese(WORKED), id="worked-zh"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.SHEET, Kind.KEY])
def test_nothing_is_cut_off_and_every_letter_is_of_our_fonts(settings, kind):
    """Typst takes another font for a letter that is missing in those it was told to use."""
    for page in pages(settings, kind):
        width, height = page.size
        for text, x, y in page.letters:
            assert MARGIN <= x <= width - MARGIN and 20 <= y <= height - 20, text
        assert all(font.startswith(("NewCM", "NotoSansCJK")) for font in page.fonts), page.fonts


# --- a key that does not contradict itself ---


def computed(maths: str) -> float:
    """What a formula of numbers in Typst gives, as a person reads it."""
    if found := re.fullmatch(r"cases\((.*?) & (.*?), (.*) & \".*\"\)", maths):
        return computed(found[1] if eval(found[2]) else found[3])
    text = re.sub(r"(?<=[\d)]) \(", " * (", re.sub(r"op\(\"(\w+)\"\)", r"\1", maths))
    for typst, python in ((" dot ", " * "), (" times ", " * "), (" slash ", " / "), ("^", "**")):
        text = text.replace(typst, python)
    names = {name: getattr(math, name) for name in ("sqrt", "tanh", "sin", "cos", "e")} | {"ln": math.log, "abs": abs}
    return float(eval(text, {"frac": lambda above, below: above / below, **names}))


def agree(maths: str, value: str) -> bool:
    """Whether the formula gives the number that is printed beside it, to its last digit."""
    shown = computed(value)
    mantissa, _times, power = value.partition(" times 10^")
    place = 10.0 ** (int(power.strip("()") or 0) - len(mantissa.partition(".")[2]))
    return abs(computed(maths) - shown) <= 0.5000001 * place + 1e-12 * abs(shown)


def lines_that_contradict(settings: Settings, number: int) -> list[str]:
    """Every line and every cell of a key's grid that does not follow from the numbers printed with it."""
    writer, one = form(Typst, settings), sheet(settings, number)
    values, wrong, count = one.worked.values, [], 0
    told: dict[str, str] = {}
    for block in blocks(one):
        if isinstance(block, Grid):
            cells = writer.grid_cells(block, one, Kind.KEY, "", "")
            heads = [head.strip("$") for head in cells.columns]
            laws = dict(formula.strip("$").split(" = ", 1) for formula in cells.formulas if formula.startswith("$"))
            for row in cells.rows:
                own = {head: f"({cell.strip('$')})" for head, cell in zip(heads, row, strict=True)}
                for head in heads[3 + len(block.roles) - 1 :]:
                    side = laws[head].rpartition(" = ")[2] if " = " in laws[head] else laws[head]
                    for name in sorted(own, key=len, reverse=True):
                        side = re.sub(rf"(?<!\w){re.escape(name)}(?!\w|\^\(\")", own[name], side) if name else side
                    count += 1
                    if not agree(side, own[head][1:-1]):
                        wrong.append(f"{row[0]}: {head} = {side} is printed as {own[head]}")
            continue
        for line in (line for row in block.rows for line in row):
            name, working, value = (text.strip("$") for text in writer.key_cell(line, values))
            side = working.removeprefix("= ").rpartition(" = ")[2] if " = " in working[2:] else working[2:]
            told[name] = value
            count += 1
            if not (told[side] == value if side in told else agree(side, value)):
                wrong.append(f"{name} = {side} is printed as {value}")
    assert count == sum(len(lines) for _phase, lines in one.sections)
    return wrong


@pytest.mark.parametrize("name", ["worked", "classifier", "deep", "wide"])
def test_whoever_computes_a_printed_line_gets_the_printed_number(name):
    assert not lines_that_contradict(CASES[name], 1)


@hypothesis.settings(max_examples=20)
@hypothesis.given(settings_of(), st.integers(1, 10))
def test_no_key_contradicts_itself(chosen, number):
    assert not lines_that_contradict(chosen, min(number, chosen.variants))


@pytest.mark.parametrize("key", NOTATIONS)
def test_every_notation_is_set_in_our_fonts(key):
    small = Settings().with_(sizes=(1, 1), activations=("sigmoid",), optimiser="Adam", notation=key, variants=1)
    fonts = set.union(*map(fonts_of, PdfReader(BytesIO(pdf(chinese(small), Kind.KEY))).pages))
    assert all(font.startswith(("NewCM", "NotoSansCJK")) for font in fonts), fonts


def test_pages_are_counted_sheet_by_sheet(monkeypatch):
    monkeypatch.setattr(sets, "CHUNK", 2)  # so that the compiler sets them in two parts
    counted = [int(re.search(r"Page(\d+)$", page.text)[1]) for page in read(pdf(replace(WORKED, variants=3), Kind.SHEET))]
    assert counted == [1, 2] * 3


def test_a_sheet_says_what_an_update_starts_from():
    """A student cannot work out an average without the one before, nor a step without its settings."""
    given = re.search("Given:.*?Forward", parts(DEEP)[0])
    assert given and all(text in given[0] for text in ("mold=0", "vold=0", "t=1", "α=0.1", "=0.999", "×10-8"))
    assert "old" not in re.search("Given:.*?Forward", parts(WORKED)[0])[0]


@pytest.mark.parametrize(("settings", "size"), [(WORKED, (595, 842)), (CLASSIFIER, (612, 792))], ids=["A4", "Letter"])
def test_pages_have_the_size_of_the_paper(settings, size):
    assert {(round(page.size[0]), round(page.size[1])) for page in pages(settings, Kind.SHEET)} == {size}


def test_chinese_sheets_are_in_chinese():
    for kind in Kind:
        texts = parts(chinese(WORKED), kind)
        assert len(texts) == 2
        for word in ("前向传播", "反向传播", "损失", "平方误差", *(["姓名"] if kind is Kind.SHEET else [])):
            assert word in texts[0]
        assert not re.search("[A-Za-z]{5}", re.sub("[0-9A-Z-]{9,}|sigmoid", "", "".join(texts)))


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
        "import hashlib; from lessons.sheets import Kind, Settings, archive, pdf\n"
        "s = Settings().with_(variants=1, optimiser='Adam', language='zh')\n"
        "print(*(hashlib.sha256(made).hexdigest() for made in (pdf(s, Kind.KEY), archive(s))))"
    )
    chosen = Settings().with_(variants=1, optimiser="Adam", language="zh")
    here = [hashlib.sha256(made).hexdigest() for made in (pdf(chosen, Kind.KEY), archive(chosen))]
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True,
        text=True, timeout=120, check=True,
    )  # fmt: skip
    assert run.stdout.split() == here, "with another order of sets and their like"


def test_the_numbers_of_a_set_are_these_for_ever():
    """Whatever sheets look like: a key that is made again next year is that of the sheets made today."""
    chosen = Settings().with_(variants=3, optimiser="Adam", seed=2026, factors=True)
    lines = [line for n in (1, 2, 3) for _phase, lines in sheet(chosen, n).sections for line in lines]
    numbers = "\n".join(f"{line.step.target} {line.value!r}" for line in lines)
    assert hashlib.sha256(numbers.encode()).hexdigest() == NUMBERS, "the keys that teachers hold are wrong now"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_is_this_one_on_every_machine(language):
    chosen = Settings().with_(variants=3, optimiser="Adam", seed=2026, language=language)
    source = "".join(text for kind in Kind for text in documents(chosen, kind, 2))
    assert hashlib.sha256(source.encode()).hexdigest() == SOURCES[language], (
        "Sheets made again now look other than those that teachers hold. Numbers are another test; if layout or words were "
        "changed on purpose, put the new hash into SOURCES."
    )


# --- the picture ---


def plan(sizes: tuple[int, ...]) -> Plan:
    """The plan of a network of these sizes."""
    layers = len(sizes) - 1
    frozen = ((),) * layers
    return _plan(Shape(sizes, (ACTIVATIONS["tanh"],) * layers, sizes[1:], LOSSES["squared_error"], 1, frozen))


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
    settings = CASES[name].with_(language=language)
    for kind in Kind:
        assert_whole(latex(settings, kind), settings, kind)


def assert_whole(source: str, settings: Settings, kind: Kind) -> None:
    """Brackets and environments are closed, dollars pair up, no superscript stands on another, every page has its code."""
    assert all(each.isprintable() or each == "\n" for each in source)
    depth = 0
    for each in re.sub(r"\\[{}]", "", source):
        depth += (each == "{") - (each == "}")
        assert depth >= 0
    assert depth == 0
    body = source.partition(r"\begin{document}")[2]
    outside = re.sub(r"\$[^$]*\$", "", body)
    assert not re.search(r"[_^#%~]", outside)
    assert "&" not in re.sub(r"(?m)^.*( & .*)+ \\\\ \\hline( \\endfirsthead| \\endhead)?$", "", outside)
    assert source.count("$") % 2 == 0
    assert source.count(r"\left(") == source.count(r"\right)")
    for environment in ("document", "tikzpicture", "longtable", "cases"):
        assert source.count(rf"\begin{{{environment}}}") == source.count(rf"\end{{{environment}}}")
    assert not re.search(r"\^\{[^{}]*\}\s*\^", source)
    assert source.startswith(rf"\documentclass[10pt,{settings.paper.lower()}paper]")
    assert ("ctexart" in source) == (settings.view.language == "zh")
    for number in range(1, settings.variants + 1):
        code = sheet(settings, number).code
        assert source.count(code) == 2 and r"\fancyfoot[L]{\footnotesize " in source
        assert re.search(rf"\\fancyfoot\[L\].*{code}", source)


@pytest.mark.parametrize("settings", [CLASSIFIER, DEEP, WIDE], ids=["classifier", "deep", "wide"])
def test_both_sources_hold_the_same_numbers_in_the_same_order(settings):
    one = sheet(settings, 1)
    typst, tex = form(Typst, settings), form(Latex, settings)
    count = 0
    for _phase, lines in one.sections:
        for line in lines:
            found = []
            for writer in (typst, tex):
                _name, working, value = writer.key_cell(line, one.worked.values)
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
    writer = Typst(style, expression)
    source = writer.whole(Kind.SHEET, one)
    sheet_text, key = ("".join(page.text for page in read(compiled(writer.whole(kind, one)))) for kind in (Kind.SHEET, Kind.KEY))
    for given in ("x=2", "y=3", "w=4"):
        assert given in sheet_text
    assert all(text not in sheet_text for text in ("5.000", "20.00"))
    assert "=(x+y)·w_1#100%" in key.replace("*", "·") and "=(x+y)*w_1#100%" in sheet_text
    for text in ("2+3", "5.000", "5⋅4", "20.00", "1⋅4", "4.000"):
        assert text in key, text
    assert "Code" not in source and "代码" not in source
    assert source.count("#edge(") == 4 and source.count("#spot(") == 5


def test_its_source_in_latex_is_whole_and_says_the_same(expression):
    one = Sheet.of(expression, blank=("node",), subject="100 % of w_1 {x} ~ a\\b")
    tex, typst = Latex(Style(), expression), Typst(Style(), expression)
    source = tex.whole(Kind.SHEET, one)
    assert source.count("{") == source.count("}") and source.count("$") % 2 == 0
    assert r"100 \% of w\_1 \{x\} \textasciitilde{} a\textbackslash{}b" in source
    assert [line.step.target.kind for _phase, lines in one.sections for line in lines] == ["node"] * 2
    assert "Forward" in source and "Backward" not in source, "a sheet ends with the last phase that has a blank"
    for _phase, lines in one.sections:
        for line in lines:
            numbers = [re.findall(r"\d+(?:\.\d+)?", each.key_cell(line, expression.values)[2]) for each in (tex, typst)]
            assert numbers[0] == numbers[1] == [f"{line.value:#.4g}"]


def test_in_mid_course_a_sheet_gives_what_the_optimiser_remembers_of_each_parameter():
    first = PRESETS["worked"][1].with_(optimiser="Momentum")
    for example, count in ((first, 1), (updated(first), 11)):
        worked = of_update(update_of(example))
        source = Latex(Style(), worked).whole(Kind.KEY, Sheet.of(worked))
        given = source.partition("Given")[2].partition("longtable")[0]
        assert given.count(r"\text{old}") == count
    v = Quantity("v_prev_W", 2, (1, 1))
    assert f"= {figures(worked.values[v], 6)}$" in given


def test_values_may_be_printed_instead_of_left_blank(expression):
    one = Sheet.of(expression, blank=("adjoint",))
    blank = {line.step.target.kind: line.blank for _phase, lines in one.sections for line in lines}
    assert blank == {"node": False, "adjoint": True}
    assert "$5.000$" in Typst(Style(), expression).page(one)


NUMBERS = "796ebda266e3a5144268b4789df98e309b264550da6da70c0ca7ebad28e4e635"
SOURCES = {
    "en": "040c0dffde96f19b9de837b48526f877ce87f280597ed3811cd5011936b9245c",
    "zh": "73ed4bc367b703be6436a52c72760a4b4efa82eae84a8585943c4c9a002676b9",
}


PRIMITIVES = {"left", "middle", "right", "over", "above", "hbox", "vbox", "hskip", "span", "height", "depth"}


def test_the_lengths_of_the_source_have_names_that_tex_has_not_taken():
    """LaTeX ends at the first line that defines what is defined."""
    for kind in Kind:
        assert not PRIMITIVES & {*re.findall(r"\\newlength\{\\(\w+)\}", latex(Settings(), kind))}


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdfLaTeX")
@pytest.mark.parametrize("kind", Kind)
def test_pdflatex_sets_the_source(kind, tmp_path):
    (tmp_path / "sheets.tex").write_text(latex(Settings(variants=2), kind))
    command = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "sheets.tex")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-1000:]

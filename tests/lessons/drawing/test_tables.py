"""Every number of an example stands in the tables once, exactly, under its notation's names, beside what is wrong with it."""

import json
import re

import pytest
from hypothesis import given

from lessons import i18n
from lessons.drawing.tables import tables
from lessons.example import PRESETS, WORKED, Example
from lessons.example.pasted import put, shapes_of
from lessons.problem import Problem
from lessons.style import Look, exact
from mlp_core import Quantity
from mlp_core.writing.names import NOTATIONS
from tests.lessons.strategies import ANY, examples


def look(example: Example) -> Look:
    return Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)


def cells(shown):
    return [cell for table in shown["tables"] for row in table["rows"] for cell in row["cells"]]


@given(examples(numbers=ANY, largest=8))
def test_every_given_number_stands_there_once_and_is_read_back_exactly(example):
    shown = tables(example, look(example), {})
    found = {Quantity.parse(cell["address"]): cell for cell in cells(shown)}
    assert len(found) == len(cells(shown))
    assert found.keys() == {q for q in example.derivation.given if q.given}
    for quantity, cell in found.items():
        assert float(cell["text"]) == example.trace[quantity]
        assert cell["label"] == look(example).words(quantity)
        assert "problem" not in cell
    json.dumps(shown, allow_nan=False)


@pytest.mark.parametrize("preset", PRESETS)
def test_each_row_has_a_cell_for_every_column(preset):
    for table in tables(PRESETS[preset][1], look(PRESETS[preset][1]), {})["tables"]:
        columns = sum(len(array["heads"]) or 1 for array in table["arrays"])
        assert all(len(row["cells"]) == columns for row in table["rows"])


@pytest.mark.parametrize("notation", NOTATIONS)
def test_arrays_rows_and_columns_are_headed_as_the_notation_says(notation):
    shown = look(WORKED.with_(notation=notation))
    layer = tables(WORKED, shown, {})["tables"][2]
    weight, hidden, output = (Quantity(kind, k, i) for kind, k, i in (("W", 2, (1, 1)), ("a", 1, (2,)), ("a", 2, (1,))))
    assert layer["arrays"][0]["head"]["name"] == shown.name(weight).data() | {"sub": ""}
    assert layer["arrays"][0]["heads"][1]["name"] == shown.name(hidden).data()
    assert layer["rows"][0]["head"]["name"] == shown.name(output).data()


def test_what_could_not_be_used_stands_beside_its_sentence():
    refused = Problem("W.1.2.3", "{cell}: no", cell=Quantity("W", 1, (2, 3)), typed="abc")
    shown = tables(WORKED, look(WORKED), {"W.1.2.3": refused, "paste": Problem("paste", "Nothing")})
    [cell] = [cell for cell in cells(shown) if "problem" in cell]
    assert (cell["address"], cell["typed"], cell["text"]) == ("W.1.2.3", "abc", "0.2")
    assert cell["problem"] == "W layer 1 neuron 2 from 3: no"
    assert shown["paste"]["problem"] == "Nothing"


def test_every_array_can_be_chosen_to_paste_into():
    example = PRESETS["deep"][1]
    into = tables(example, look(example), {})["paste"]["into"]
    assert [choice["value"] for choice in into] == ["", *shapes_of(example.model)]
    assert len({choice["text"] for choice in into}) == len(into)
    assert put(example, into[1]["value"], "1 2; 3 4; 5 6").model.W[0] == ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))


def test_it_is_all_in_the_language_in_use():
    with i18n.using("zh"):
        shown = tables(WORKED, look(WORKED), {})
    words = [*(table["title"] for table in shown["tables"]), *shown["words"].values(), shown["paste"]["into"][0]["text"]]
    assert all(re.search("[\u4e00-\u9fff]", word) for word in words)


def test_a_number_is_written_as_short_as_it_can_be():
    numbers = {0.2: "0.2", 2.0: "2", -3.0: "-3", 1e-7: "1e-07", 0.1 + 0.2: "0.30000000000000004"}
    assert {value: exact(value) for value in numbers} == numbers

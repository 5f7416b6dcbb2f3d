"""The panel of conventions and the box for an example of one's own: what is chosen or pasted is what every page shows."""

from dataclasses import replace

import pytest

from lessons.example import PRESETS, WORKED, read_example
from lessons.example.model import BIASES, ERROR_SIGNS
from lessons.example.reading import SAMPLE
from lessons.i18n import LANGUAGES
from lessons.walk.updates import updated
from mlp_core.optimisers import OPTIMISERS, Momentum
from mlp_core.optimisers.decay import FORMS

from .app import PAGES, component, enter, errors, example_of, formulas, go, opened, run, table, told, unfolded

TWO = PRESETS["two_outputs"][1]


def paste(at, text):
    at.text_area[0].set_value(text)
    [button] = [part for part in at.button if part.proto.is_form_submitter]
    button.click()
    return run(at)


def test_what_is_chosen_in_the_panel_is_the_convention_of_the_example():
    at = unfolded(WORKED.with_(activations=("leaky_relu", "sigmoid")), "backward")
    panel = {
        "edit.biases.1": ("selectbox", "biases", dict.fromkeys(BIASES, None)),
        "edit.error_sign": ("selectbox", "error_sign", ERROR_SIGNS),
        "edit.conventions.form": ("selectbox", "form", Momentum.settings()["form"].choices),
        "edit.conventions.loss": ("selectbox", "loss", dict.fromkeys(["half_squared_error", "mean_squared_error"])),
        "edit.conventions.scope": ("selectbox", "scope", dict.fromkeys(["output", "all"])),
        "edit.conventions.sequential": ("toggle", "sequential", {True: None, False: None}),
        "edit.conventions.eps_uncorrected": ("toggle", "eps_uncorrected", {True: None}),
        "edit.conventions.slope": ("number_input", "slope", {0.2: None}),
        "edit.decay": ("number_input", "decay", {0.25: None}),
        "edit.decay_form": ("selectbox", "decay_form", {name: form.title for name, form in FORMS.items()}),
    }
    for key, (kind, field, values) in panel.items():
        for value in values:
            enter(at, kind, key, value)
            example = example_of(at)
            held = {
                "biases": example.model.biased(1), "error_sign": example.model.error_sign, "slope": example.model.slope,
                "loss": example.model.loss, "scope": example.settings.scope, "sequential": example.settings.sequential,
                "decay": example.settings.decay, "decay_form": example.settings.decay_form,
            }  # fmt: skip
            assert (held[field] if field in held else example.settings[field]) == value, key
            assert not errors(at), (key, value)


def test_the_biases_of_all_layers_at_once_and_what_it_did_to_the_loss():
    at = unfolded(WORKED, "forward")
    enter(at, "selectbox", "edit.biases", "none")
    assert example_of(at).model.b == ((), ())
    assert told(at)["what"] == "Biases"
    assert not [node for layer in component(at, "picture.forward")["layers"] for node in layer["nodes"] if "bias" in node]


def test_a_slope_that_is_none_is_refused_beside_its_cell():
    at = unfolded(WORKED.with_(activations=("leaky_relu", "sigmoid")))
    enter(at, "number_input", "edit.conventions.slope", 1.5)
    assert example_of(at).model.slope == 0.01
    assert [text for text in errors(at) if "1.5" in text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_an_example_of_every_convention(page, language):
    """Absent, shared and fixed biases, the other error term, updated weights, momentum outside, epsilon 0, weight decay."""
    example = TWO.with_(
        biases=("shared", "fixed"), b=((0.35,), (0.6, 0.6)), error_sign="minus", sequential=True, optimiser="Momentum",
        form="average", language=language,
    )  # fmt: skip
    other = example.with_(biases=("none", "shared"), b=((), (0.6,)), optimiser="Adam", eps=0.0, eps_uncorrected=True, decay=0.25)
    for each in (example, other):
        at = unfolded(each, page)
        assert not errors(at)


def test_an_update_that_divides_by_zero_says_so():
    dead = WORKED.with_(activations=("relu", "relu"), b=((-90.0,) * 2, (-90.0,)), optimiser="Adam", eps=0.0)
    at = opened(dead, "update")
    assert [text for text in errors(at) if "divides by 0 in layer 1" in text]
    go(at, "evaluate")
    assert [text for text in errors(at) if "divides by 0" in text]


def test_a_sequential_update_shows_the_gradients_it_used():
    """Those of the hidden layer are others than the loss has; those of the output layer, which goes first, are the same."""
    plain, sequential = (opened(TWO.with_(sequential=value), "update") for value in (False, True))
    gradients = [{row[0]: row[2] for row in table(at, 4 + len(OPTIMISERS))} for at in (plain, sequential)]
    changed = {name for name in gradients[0] if gradients[0][name] != gradients[1][name]}
    assert len(changed) >= 2
    assert all("(1)" in name for name in changed)
    assert any("new" in formula for formula in formulas(sequential))


def test_an_example_is_pasted_in_one_go_and_ends_at_the_loss_of_the_book():
    at = paste(opened(WORKED), SAMPLE)
    assert example_of(at) == read_example(SAMPLE) == TWO
    assert f"{updated(example_of(at)).trace.loss:.9f}" == "0.291027774"
    assert at.text_area[0].value == ""
    assert not errors(at)
    assert example_of(paste(at, SAMPLE + "decimals = 6")).view == replace(WORKED.view, decimals=6)


def test_what_cannot_be_read_stands_under_the_box_and_the_last_good_example_stays():
    at = paste(opened(TWO), "x = 1 2\ny = 1\nW1 = [[1, 2], [3")
    assert example_of(at) == TWO
    [said] = errors(at)
    assert said.startswith("Line 3: ")
    assert at.text_area[0].value.startswith("x = 1 2")
    paste(at, SAMPLE)
    assert not errors(at)

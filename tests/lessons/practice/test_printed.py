"""What a program printed, read as answers: NumPy's own print of every array, and what cannot be taken."""

import numpy as np
import pytest

from lessons.example import WORKED, Model, Sample
from lessons.practice.grading import judged
from lessons.practice.printed import LONGEST, answers, arrays_of
from lessons.practice.questions import questions_about
from lessons.problem import Problem
from mlp_core import Quantity

SAMPLE = Sample((1.0, 0.0, 1.0), (0.0,))
BATCH = WORKED.remodelled(lambda model: Model(model.W, model.b, model.activations, (*model.samples, SAMPLE)))
LARGE = WORKED.remodelled(Model.resized, (8, 8, 3))


def asked(example, *names):
    """The questions about these arrays of the program."""
    own = arrays_of(questions_about(example.worked))
    return [question for name in names for question in own[name].values()]


def array(example, name):
    """An array of the engine, as the program has it."""
    layer = example.trace.layers[int(name[-1]) - 1]
    scale = (example.trace.batch or 1) if name.startswith("delta") else 1
    return scale * getattr(layer, name[:-1])


@pytest.mark.parametrize("example", [WORKED, BATCH, LARGE], ids=["one sample", "a batch", "a large one"])
@pytest.mark.parametrize("form", [str, repr, lambda each: str(each.tolist())], ids=["print", "repr", "list"])
def test_what_numpy_prints_is_right(example, form):
    names = ("z1", "a2", "delta1", "dW1", "db2")
    text = "\n".join(f"{name} = {form(array(example, name))}" for name in names)
    series = asked(example, *names)
    typed = answers(text, series)
    assert list(typed) == [str(question.target) for question in series]
    wrong = {key: verdict.kind for key, verdict in judged(series, typed).items() if not verdict.correct}
    assert not wrong


def test_a_single_array_needs_no_name_and_a_loss_no_brackets():
    assert answers("[-0.9  0.3]", asked(WORKED, "z1")) == {"z.1.1": "-0.9", "z.1.2": "0.3"}
    assert answers("C = 0.169", asked(WORKED, "C")) == {"C": "0.169"}
    assert answers("dW1: tensor([[1., 2., 3.], [4., 5., 6.]], dtype=torch.float64)", asked(WORKED, "dW1"))["dW.1.2.3"] == "6"


def test_some_arrays_are_enough():
    assert list(answers("db2 = [-0.199]", asked(WORKED, "dW2", "db2"))) == ["db.2.1"]


def test_the_slip_in_a_program_is_named():
    turned = np.array([[1.0, 0.0], [0.0, 1.0]])
    series = asked(WORKED.remodelled(Model.resized, (2, 2, 2)), "dW2")
    right = np.array([[series[2 * i + j].answer for j in range(2)] for i in range(2)]) @ turned
    found = judged(series, answers(f"dW2 = {right.T}", series))
    assert "transposed" in found[str(Quantity("dW", 2, (1, 2)))].candidates


@pytest.mark.parametrize(
    "text",
    ["", " \n", "z9 = [1 2]", "[1 2]", "hello\nz1 = [1 2]", "z1 = [1 2 3]", "z1 = [1 nan]", "z1 = [[1 2] [3 4]]",
     "dW1 = [[1 2] [3 4] [5 6]]", "z1 = __import__('os')", "z1 = [1, [2]]", "z1 = [1 2", "x" * (LONGEST + 1), "z1 = \0"],
    ids=repr,
)  # fmt: skip
def test_what_cannot_be_taken_is_a_sentence(text, language):
    with pytest.raises(Problem) as caught:
        answers(text, asked(WORKED, "z1", "dW1"))
    assert caught.value.where == "printed" and caught.value.text()


@pytest.mark.parametrize(
    ("text", "named"),
    [("Traceback (most recent call last):\n  z1", "Traceback"), ("hello\nz1 = [1 2]", "hello"), ("z1 = [1 nan]", "nan"),
     ("z1 = [1 2]\nz9 = [1 2]", "z9")],
    ids=repr,
)  # fmt: skip
def test_the_sentence_says_what_could_not_be_read(text, named):
    with pytest.raises(Problem) as caught:
        answers(text, asked(WORKED, "z1", "dW1"))
    assert named in caught.value.plain()

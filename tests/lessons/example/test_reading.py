"""Examples as books and programs print them are read in one go, and come to the numbers that plain NumPy gives."""


import numpy as np
import pytest
from hypothesis import assume, given, settings

from lessons.example import PRESETS, Example, View, read_example
from lessons.example.codes import pack, unpack
from lessons.example.pasted import MAX_LENGTH
from lessons.example.reading import SAMPLE
from lessons.problem import Problem
from lessons.walk.updates import updated

from ..strategies import examples

W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
TWO = PRESETS["two_outputs"][1]
X, Y = np.array([0.05, 0.1]), np.array([0.01, 0.99])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def after(text: str, count: int = 1) -> Example:
    example = read_example(text)
    for _ in range(count):
        example = updated(example)
    return example


# --- published kinds of examples ---


def test_the_sample_of_the_page_is_the_preset_and_ends_at_the_loss_of_the_book():
    """Biases not updated, half the squared error, learning rate 0.5: 0.298371109 before, 0.291027774 after."""
    for example in (read_example(SAMPLE), TWO):
        assert f"{example.trace.loss:.9f}" == "0.298371109"
        assert f"{updated(example).trace.loss:.9f}" == "0.291027774"
    assert read_example(SAMPLE) == TWO


def test_in_any_order_with_the_biases_shared():
    """A single number for two neurons is one bias, whose gradient is the sum of their deltas."""
    example = after("""
        lr: 0.5
        y = 0.01, 0.99          # what is wanted
        b2 = .6
        b1 = .35
        W2 = [.4, .45; .5, .55];
        W1 = [.15, .2; .25, .3];
        x = 0.05, 0.1
        loss = half_squared_error
    """)
    h = sigmoid(W1 @ X + 0.35)
    o = sigmoid(W2 @ h + 0.6)
    out = (o - Y) * o * (1 - o)
    hidden = W2.T @ out * h * (1 - h)
    assert example.model.biases == ("shared", "shared")
    assert example.model.b[0] == pytest.approx([0.35 - 0.5 * hidden.sum()], rel=1e-12)
    assert example.model.b[1] == pytest.approx([0.6 - 0.5 * out.sum()], rel=1e-12)
    assert np.array(example.model.W[0]) == pytest.approx(W1 - 0.5 * np.outer(hidden, X), rel=1e-12)


def test_without_biases_and_the_error_term_of_target_minus_output():
    """Hidden deltas through the output weights as they are already, as some books compute."""
    text = """x = [1, 0.5]
    W1 = [[0.1, -0.2],
          [0.4, 0.3]]
    W2 = [[0.5, -0.6]]
    t = 1
    activation = sigmoid
    loss = half squared error
    eta = 0.9
    biases = none
    error term = target - output
    sequential = yes"""
    example, x = read_example(text), np.array([1, 0.5])
    one, two = np.array([[0.1, -0.2], [0.4, 0.3]]), np.array([[0.5, -0.6]])
    h = sigmoid(one @ x)
    o = sigmoid(two @ h)
    out = (1 - o) * o * (1 - o)
    two = two + 0.9 * np.outer(out, h)
    one = one + 0.9 * np.outer(two.T @ out * h * (1 - h), x)
    assert (example.model.error_sign, example.settings.sequential) == ("minus", True)
    assert {step.target.kind for step in example.derivation} >= {"error"}
    assert [q.kind for q in example.derivation.given if q.kind == "b"] == []
    made = updated(example).model
    assert np.array(made.W[1]) == pytest.approx(two, rel=1e-12)
    assert np.array(made.W[0]) == pytest.approx(one, rel=1e-12)


def test_as_numpy_prints_it_relu_softmax_and_cross_entropy():
    random = np.random.default_rng(4)
    one, two, b, c = random.normal(size=(3, 2)), random.normal(size=(3, 3)), random.normal(size=3), random.normal(size=3)
    with np.printoptions(floatmode="unique"):
        text = f"W1 = {one!r}\nb1 = {b!r}\nW2 =\n{two}\nb2 = {c}\nx = {X!r}\ny = [0 1 0]\nactivations = ReLU, softmax\n"
    example = read_example(text + "loss = cross-entropy\nlearning rate = 0.1")
    h = np.maximum(one @ X + b, 0)
    e = np.exp(two @ h + c)
    delta = e / e.sum() - np.array([0, 1, 0])
    assert example.trace.loss == pytest.approx(-np.log((e / e.sum())[1]), rel=1e-12)
    assert np.array(updated(example).model.W[1]) == pytest.approx(two - 0.1 * np.outer(delta, h), rel=1e-12)
    assert np.array(updated(example).model.b[0]) == pytest.approx(b - 0.1 * (two.T @ delta) * (h > 0), rel=1e-12)


def test_as_pytorch_prints_it_with_momentum_outside():
    text = """
W1 = Parameter containing:
tensor([[0.5000, -0.2500]], dtype=torch.float64,
       requires_grad=True)
b1 = tensor([0.1000], dtype=torch.float64, requires_grad=True)
x = tensor([1., 2.])
y = tensor([1.], device='cuda:0')
activation = Tanh
loss = MSE
momentum = 0.8
form = lr_outside
lr = 0.1"""
    W, b, v = np.array([0.5, -0.25, 0.1]), np.array([1.0, 2.0, 1.0]), np.zeros(3)
    for _ in range(3):
        a = np.tanh(W @ b)
        v = 0.8 * v + 2 * (a - 1) * (1 - a**2) * b
        W = W - 0.1 * v
    example = after(text, 3)
    assert example.settings.optimiser == "Momentum"
    assert (*example.model.W[0][0], *example.model.b[0]) == pytest.approx(tuple(W), rel=1e-12)


def test_adam_with_its_epsilon_before_the_correction():
    text = "x = 2\nW1 = -0.5\nb = 0.25\ny = 1\nactivation = linear\noptimizer = Adam\nlr = 0.1\nbeta1 = 0.8\nbeta2 = .9\n"
    example = after(text + "epsilon = 0.01\neps_uncorrected = true", 2)
    W, m, v = np.array([-0.5, 0.25]), 0.0, 0.0
    for t in (1, 2):
        g = 2 * (W @ [2, 1] - 1) * np.array([2, 1])
        m, v = 0.8 * m + 0.2 * g, 0.9 * v + 0.1 * g**2
        W = W - 0.1 * np.sqrt(1 - 0.9**t) / (1 - 0.8**t) * m / (np.sqrt(v) + 0.01)
    assert (example.model.W[0][0][0], example.model.b[0][0]) == pytest.approx(tuple(W), rel=1e-12)


def test_a_single_neuron_whose_weights_are_given_one_by_one():
    text = "x1 = 1, x2 = -1\nw1 = 0.5, w2 = 0.3, b = 0.1\nt = 0\nactivation = leaky ReLU\nslope = 0.2\nlr=1\nw3 = 1\nx3=-2"
    example = after(text)
    z = 0.5 - 0.3 - 2 + 0.1
    delta = 2 * 0.2 * z * 0.2
    assert example.model.W[0][0] == pytest.approx([0.5 - delta, 0.3 + delta, 1 + 2 * delta], rel=1e-12)
    assert example.model.slope == 0.2


def test_a_chain_of_single_neurons():
    example = read_example("x = 1\ny = 0.5\nw1 = 0.3\nw2 = 0.4\nb1 = 0.1\nb2 = -0.1\nactivation = sigmoid -> identity")
    assert example.trace.layers[-1].a[0] == pytest.approx(0.4 * sigmoid(0.4) - 0.1, rel=1e-12)


def test_as_a_chinese_keyboard_types_it():
    """Full-width signs and the names of things in Chinese."""
    text = """输入 ＝ ０．０５，０．１０
权重1：[[0.15，0.20]，[0.25，0.30]]
偏置1 = 0.35，0.35
W2 = [[0.40, 0.45], [0.50, 0.55]]
b2 = 0.60 0.60
目标 = 0.01、0.99
激活函数 = sigmoid
损失函数 = half squared error
学习率 = 0.5
偏置 = 固定"""
    assert read_example(text) == TWO


def test_as_code_and_as_a_dict():
    code = SAMPLE.replace("x = 0.05 0.10", "import numpy as np\nx = np.array([0.05, 0.10])").replace("biases", "    biases")
    entries = (line.split(" = ") for line in SAMPLE.strip().splitlines())
    quoted = ", ".join(f"'{name}': [{value}]" if value[0].isdigit() else f"'{name}': {value}" for name, value in entries)
    assert read_example(code) == TWO
    assert read_example("{" + quoted + "}") == TWO


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        *((f"error = {said}", "minus") for said in ("t - o", "-dC/dz", "negative", "-1", "(y - a) f'", "target - output")),
        *((f"delta: {said}", "plus") for said in ("o - t", "∂C/∂z", "plus", "1", "output - target")),
        ("误差项 = 目标 - 输出", "minus"),
        ("error = half squared error", "plus"),
    ],
)
def test_the_sign_of_the_error_term_is_said_in_many_ways(line, sign):
    example = read_example(GOOD + line)
    assert example.model.error_sign == sign
    assert example.model.loss == ("half_squared_error" if "half" in line else "squared_error")


def test_latex_and_the_output_layer_alone():
    text = r"""
    W^{(1)} = \begin{pmatrix} 0.1 & 0.2 \\ 0.3 & 0.4 \end{pmatrix}
    W^{(2)} = \begin{bmatrix} 1 & -1 \end{bmatrix}
    x = (1, 2)
    y = 0
    activation = tanh, sigmoid
    loss = binary cross-entropy
    scope = output
    α = 0.5"""
    one, two, x = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([1, -1]), np.array([1, 2])
    h = np.tanh(one @ x)
    example = after(text)
    assert example.model.W[0] == ((0.1, 0.2), (0.3, 0.4))
    assert example.model.W[1][0] == pytest.approx(two - 0.5 * sigmoid(two @ h) * h, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(examples())
def test_whatever_is_written_in_lines_is_read_again(example):
    own = (value for _name, value in example.settings.changed if isinstance(value, float))
    assume(all(v == 0 or abs(v) > 1e-290 for v in (*example.y, *own)))  # what is nearer to 0 is refused, as everywhere
    found = read_example(written(example))
    assert (found.model, found.view.decimals) == (example.model, example.view.decimals)
    for name in ("chosen", "scope", "sequential"):
        assert getattr(found.settings, name) == getattr(example.settings, name)
    assert found.settings.shrinking() == example.settings.shrinking()


def test_decimals_that_are_named_are_shown_and_all_else_stays_as_the_person_chose_it():
    shown = View(6, "matrix", "zh")
    assert read_example(SAMPLE, shown).view == shown
    assert read_example(SAMPLE + "decimals = 3\n", shown).view == View(3, "matrix", "zh")
    for wrong in ("2.5", "-1", "99"):
        with pytest.raises(Problem) as found:
            read_example(SAMPLE + f"decimals = {wrong}\n", shown)
        assert found.value.text().startswith("Line 11:"), found.value.text()


def written(example: Example) -> str:
    model, chosen = example.model, example.settings
    lines = [f"x = {list(example.x)}", f"y = {list(example.y)}", f"decimals = {example.view.decimals}", f"loss = {model.loss}"]
    for k, (W, b) in enumerate(zip(model.W, model.b, strict=True), 1):
        lines += [f"W{k} = {[list(row) for row in W]}", f"b{k} = {list(b) if b else 'none'}"]
    lines += [f"activation = {', '.join(model.activations)}", f"biases = {', '.join(model.biases or ('own',) * len(model.W))}"]
    lines += [f"slope = {model.slope}", f"error sign = {model.error_sign}"]
    lines += [f"optimiser = {chosen.optimiser}", f"sequential = {chosen.sequential}", f"scope = {chosen.scope}"]
    own = chosen.chosen.settings()
    lines += [f"{name} = {chosen[name]}" for name in own]
    if "weight_decay" not in own:
        lines += [f"weight decay = {chosen.decay}", f"form of decay = {chosen.decay_form}"]
    return "\n".join(reversed(lines))


# --- what cannot be read ---

GOOD = "x = 1 2\ny = 1\nW1 = 0.5 0.5\n"
WRONG = {
    "a name that is none": (GOOD + "\nfoo = 1", 5, "foo"),
    "a line without a name": ("hello\n" + GOOD, 1, "hello"),
    "an unknown activation": (GOOD + "activation = foo", 4, "foo"),
    "twice": (GOOD + "x = 3 4", 4, "twice"),
    "an open bracket": ("x = 1 2\ny = 1\nW1 = [[1, 2], [3", 3, "never closed"),
    "a matrix that is turned": ("x = 1 2 3\ny = 1 1\nW1 = [[1, 2], [3, 4], [5, 6]]", 3, "transposed"),
    "too few inputs": ("x = 1 2\ny = 1\nW1 = [[1, 2, 3]]", 3, "takes 2, but a row of `W1` holds 3"),
    "too few targets": ("x = 1 2\ny = 1 1\nW1 = 0.5 0.5", 2, "targets"),
    "single weights of a network": ("x = 1 2\ny = 1\nw1 = 0.1\nw2 = 0.2\nw3 = 0.3\nw4 = .4", 3, "which neurons"),
    "a wrong number": (GOOD + "lr = 0.5 km", 4, "km"),
    "a learning rate below 0": (GOOD + "\n\nlr = -1", 6, "above 0"),
    "two ways to read it": ("x = 0,5 1,2\ny = 1\nW1 = 1 2", 1, "read as"),
    "a setting of another optimiser": (GOOD + "optimiser = SGD\nmomentum = 0.9", 5, "momentum"),
    "epsilon of which optimiser": (GOOD + "eps = 0.1", 4, "optimiser"),
    "biases where there are none": (GOOD + "b1 = 1\nbiases = none", 4, "none"),
    "biases that are missing": (GOOD + "biases = fixed", 4, "b1"),
    "a bias of no layer": (GOOD + "b2 = 1", 4, "b2"),
    "different numbers for one bias": ("x = 1\ny = 1 1\nW1 = 1; 2\nb1 = 1 2\nbiases = shared", 4, "different"),
    "neither yes nor no": (GOOD + "optimiser = Momentum\nnesterov = maybe", 5, "maybe"),
    "a slope that is none": (GOOD + "slope = 2", 4, "slope"),
    "a loss that wants softmax": (GOOD + "activation = tanh\nloss = cross entropy", 4, "softmax"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_sentence_names_the_line(what, language):
    text, line, part = WRONG[what]
    with pytest.raises(Problem) as found:
        read_example(text)
    assert found.value.where == "example"
    sentence = found.value.text()
    assert sentence.startswith(f"Line {line}: " if language == "en" else f"第 {line} 行：")
    assert sentence.endswith((".", "?") if language == "en" else ("。", "？"))
    assert language == "zh" or part in sentence


@pytest.mark.parametrize("text", ["", " \n ", "y = 1\nW1 = 1", "x = 1\nW1 = 1", "x = 1\ny = 1", "# a comment", ",;"])
def test_what_is_missing_is_named(text, language):
    with pytest.raises(Problem) as found:
        read_example(text)
    assert found.value.where == "example"


HOSTILE = {
    "huge": "x = 1\n" * 10**6,
    "deep brackets": "x = " + "[" * 9_000,
    "nothing but brackets": "[" * MAX_LENGTH,
    "a million numbers": "x = " + "1 " * 9_000,
    "lines": "a=1\n" * 4_999,
    "empty lines": "\n" * (MAX_LENGTH - 1) + "x",
    "names without values": "=1" * 9_999,
    "words": " a" * 9_999,
    "tensors": "x = tensor(" * 1_500,
    "fractions": "x = " + "\\frac{" * 3_000,
    "commas": ",a b c d" * 2_400,
    "code": "x = __import__('os').system('true')\ny = 1\nW1 = 1",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_a_sentence(what):
    with pytest.raises(Problem) as found:
        read_example(HOSTILE[what])
    assert found.value.where == "example"
    assert len(found.value.text()) < 600


# --- the conventions stay with an example ---


@settings(max_examples=30, deadline=None)
@given(examples(updates=2))
def test_the_conventions_go_through_file_and_link(example):
    for again in (Example.from_json(example.to_json()), unpack(pack(example)).example):
        assert again == example
        assert again.model.conventions == example.model.conventions


def test_a_file_of_before_the_conventions_opens():
    plain = PRESETS["worked"][1].to_json()
    assert not {"biases", "slope", "error_sign", "sequential"} & set(plain.replace('"', " ").split())
    assert Example.from_json(plain) == PRESETS["worked"][1]

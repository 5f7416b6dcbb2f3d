"""The examples that one can begin with."""

from __future__ import annotations

from ..i18n import mark
from .example import Example

WORKED = Example.of(
    W=(((0.2, -0.5, 0.1), (-0.3, 0.4, 0.2)), ((0.5, 0.2),)),
    b=((0.3, -0.1), (0.1,)),
    x=(2.0, 3.0, -1.0),
    y=(1.0,),
    activations=("sigmoid", "sigmoid"),
)
PRESETS: dict[str, tuple[str, Example]] = {
    "worked": (mark("3-2-1, the worked example of the notes"), WORKED),
    "two_outputs": (
        mark("2-2-2 as many textbooks compute it: half squared error, biases fixed"),
        Example.of(
            W=(((0.15, 0.2), (0.25, 0.3)), ((0.4, 0.45), (0.5, 0.55))),
            b=((0.35, 0.35), (0.6, 0.6)),
            x=(0.05, 0.1),
            y=(0.01, 0.99),
            activations=("sigmoid", "sigmoid"),
            loss="half_squared_error",
            biases=("fixed", "fixed"),
            lr=0.5,
        ),
    ),
    "classifier": (
        mark("2-3-3 classifier: ReLU, softmax, cross-entropy"),
        Example.of(
            W=(((0.6, -0.4), (0.3, 0.8), (-0.5, 0.2)), ((0.7, -0.2, 0.4), (-0.3, 0.5, 0.1), (0.2, 0.6, -0.8))),
            b=((0.1, -0.2, 0.3), (0.0, 0.1, -0.1)),
            x=(1.0, 2.0),
            y=(0.0, 1.0, 0.0),
            activations=("relu", "softmax"),
            loss="cross_entropy",
        ),
    ),
    "deep": (
        mark("2-3-2-1, two hidden layers of tanh"),
        Example.of(
            W=(((0.5, -0.6), (0.1, 0.4), (-0.3, 0.8)), ((0.7, -0.2, 0.5), (-0.4, 0.3, 0.6)), ((0.9, -0.5),)),
            b=((0.1, 0.0, -0.2), (0.2, -0.1), (0.05,)),
            x=(1.5, -0.5),
            y=(0.8,),
            activations=("tanh", "tanh", "sigmoid"),
            loss="binary_cross_entropy",
        ),
    ),
}


def preset_of(example: Example) -> str | None:
    """The preset that an example is as it was loaded, however it is shown; None where something was changed."""
    own = (example.model, example.settings)
    return next((name for name, (_title, each) in PRESETS.items() if (each.model, each.settings) == own), None)

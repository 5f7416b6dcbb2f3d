"""The example a person works on: a network with its sample, the settings of its update, and how it is shown."""

from .example import Example
from .model import (
    BIASES,
    ERROR_SIGNS,
    LARGEST,
    MAX_LAYERS,
    MAX_NEURONS,
    MAX_SAMPLES,
    MAX_SEED,
    NO_LAYERS,
    NO_NEURONS,
    REDUCTIONS,
    Model,
    Sample,
    check_seed,
    trainable,
)
from .presets import PRESETS, WORKED, preset_of
from .reading import read_example
from .settings import MAX_DECIMALS, SCOPES, Settings, View, options

__all__ = [
    "BIASES", "ERROR_SIGNS", "LARGEST", "MAX_DECIMALS", "MAX_LAYERS", "MAX_NEURONS", "MAX_SAMPLES", "MAX_SEED", "NO_LAYERS",
    "NO_NEURONS", "PRESETS", "REDUCTIONS", "SCOPES", "WORKED", "Example", "Model", "Sample", "Settings", "View", "check_seed",
    "options", "preset_of", "read_example", "trainable",
]  # fmt: skip

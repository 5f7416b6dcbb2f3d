"""The example a person works on: a network with its sample, the settings of its update, and how it is shown."""

from .example import (
    CHOICES,
    LARGEST,
    MAX_DECIMALS,
    MAX_LAYERS,
    MAX_NEURONS,
    MAX_SEED,
    NO_LAYERS,
    NO_NEURONS,
    PRESETS,
    TARGET_RANGES,
    TRAINABLE,
    WORKED,
    Example,
)

__all__ = [
    "CHOICES", "LARGEST", "MAX_DECIMALS", "MAX_LAYERS", "MAX_NEURONS", "MAX_SEED", "NO_LAYERS", "NO_NEURONS", "PRESETS",
    "TARGET_RANGES", "TRAINABLE", "WORKED", "Example",
]  # fmt: skip

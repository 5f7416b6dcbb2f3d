"""The names of activations, losses, optimisers, phases and other choices as people read them."""

from __future__ import annotations

from .i18n import gettext, mark

_NAMES = {
    "identity": mark("linear"),
    "sigmoid": mark("sigmoid"),
    "tanh": mark("tanh"),
    "relu": mark("ReLU"),
    "leaky_relu": mark("leaky ReLU"),
    "softplus": mark("softplus"),
    "softmax": mark("softmax"),
    "squared_error": mark("squared error"),
    "half_squared_error": mark("half squared error"),
    "mean_squared_error": mark("mean squared error"),
    "binary_cross_entropy": mark("binary cross-entropy"),
    "cross_entropy": mark("cross-entropy"),
    "forward": mark("Forward"),
    "loss": mark("Loss"),
    "backward": mark("Backward"),
    "update": mark("Update"),
    "all": mark("all layers"),
    "output": mark("output layer only"),
    "lr": mark("learning rate"),
    "momentum": mark("momentum"),
    "rho": mark("rho (decay)"),
    "beta1": mark("beta 1"),
    "beta2": mark("beta 2"),
    "eps": mark("epsilon"),
    "nesterov": mark("Nesterov form"),
    "bias_correction": mark("bias correction"),
    "eps_inside_root": mark("epsilon inside the root"),
}


def name_of(key: str) -> str:
    """The name in the language in use; a proper name (SGD, Adam) stands for itself."""
    return gettext(_NAMES.get(key, key))

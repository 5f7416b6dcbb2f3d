"""SGD, Momentum, RMSprop, Adam and AdamW; how weights decay and the learning rate changes beside them."""

from .optimiser import Optimiser
from .records import SGD, Adam, AdamW, Momentum, RMSprop
from .settings import Setting, choice, setting, switch
from .state import State
from .table import OPTIMISERS, enter, leave
from .update import LayerUpdate, Update

__all__ = [
    "OPTIMISERS", "SGD", "Adam", "AdamW", "LayerUpdate", "Momentum", "Optimiser", "RMSprop", "Setting", "State", "Update",
    "choice", "enter", "leave", "setting", "switch",
]  # fmt: skip

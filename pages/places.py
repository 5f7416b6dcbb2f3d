"""Where each page stands: its address, its file and its title."""

from lessons.i18n import mark

PLACES: dict[str, tuple[str, str]] = {
    "start": ("walk", mark("Start")),
    "learn": ("learn", mark("Course")),
    "forward": ("walk", mark("Forward")),
    "loss": ("walk", mark("Loss")),
    "backward": ("walk", mark("Backward")),
    "update": ("walk", mark("Update")),
    "evaluate": ("walk", mark("Evaluate")),
    "train": ("learn", mark("Train")),
    "practice": ("learn", mark("Practice")),
    "worksheet": ("teach", mark("Worksheet")),
    "check": ("learn", mark("Gradient check")),
    "notes": ("learn", mark("Errata")),
}

WALKS = ("forward", "loss", "backward")
WITH_ROW = (*WALKS, "learn")  # they draw the row of buttons themselves, in their fragment


def file_of(page: str) -> str:
    """The file of a page, from the folder of the router."""
    return f"{PLACES[page][0]}/{page}.py"

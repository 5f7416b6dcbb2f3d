"""The app's own elements in the page: network picture, folded boxes, flow chart, download, upload, row of buttons.

What they draw is the typed data of ``lessons/drawing/data.py``. Picking an element (by mouse, touch, Enter or Space)
hands its id to ``on_pick``, every pick once and in order.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lessons.drawing.data import Chips, Flow, Fold, Picture, Place
from lessons.i18n import gettext as _

from .files import loader
from .picks import OnPick, Read, draw, heard, picks, typed

# For `make dev`: the server has gone and come back, so what it sends is new.
_RELOAD = """
export default function ({ parentElement }) {
  parentElement.closest('[data-testid="stElementContainer"]').style.position = "absolute";
  if (window.backpropWatches) return;
  window.backpropWatches = true;
  let gone = false;
  setInterval(async () => {
    const there = await fetch(new URL("_stcore/health", document.baseURI)).then((answer) => answer.ok, () => false);
    if (there && gone) location.reload();
    gone = !there;
  }, 300);
}
"""

_picture, _flow, _download, _upload, _desk = (
    st.components.v2.component(f"backprop_{name}", js=loader(name)) for name in ("picture", "flow", "download", "upload", "desk")
)
_stage = st.components.v2.component("backprop_stage", js=loader("stage", "picture", "chips", "stage"))
_folds = st.components.v2.component("backprop_folds", js=loader("folds", "numbers", "chips", "folds"))
_reload = st.components.v2.component("backprop_reload", js=_RELOAD, isolate_styles=False)

OnFile = Callable[[str, str], None]
OnText = Callable[[str], None]
OnFound = Callable[[dict[str, Any] | None, str | None], None]


def _mount(component: Any, data: Mapping[str, object], key: str, on_pick: OnPick | None, read: Read | None) -> None:
    data = {**data, "pickable": on_pick is not None}
    if on_pick is None:
        draw(component, key, data)
    elif read is None:
        raise ValueError(f"{key}: on_pick needs read, the function that gives a component's state by its key")
    else:
        draw(component, key, data, **picks(key, read, picked=on_pick))


def network_picture(
    picture: Picture, *, key: str, on_pick: OnPick | None = None, read: Read | None = None, present: bool = False
) -> None:
    """Draw a network, with ``present`` as large as a room needs it.

    ``on_pick`` gets the id of each neuron, bias or edge picked, before the script runs; without it nothing can be
    picked. ``read(key)`` returns what Streamlit's session state holds under ``key``. Raises ``ValueError`` if
    ``on_pick`` comes without ``read``.
    """
    _mount(_picture, {"picture": picture, "present": present}, key, on_pick, read)


def editable_picture(
    picture: Picture, *, key: str, on_type: Callable[[str, str], object], read: Read, present: bool = False
) -> None:
    """Draw a network whose numbers can be changed, and that has no steps to go to; ``on_type`` as in :func:`stage`."""
    words = {"hint": _("Enter changes it, Escape leaves it")}
    data = {"picture": picture, "words": words, "pickable": False, "present": present}
    draw(_picture, key, data, **picks(key, read, typed=typed(on_type)))


def stage(
    picture: Picture,
    *,
    key: str,
    ribbon: Chips | None,
    chained: bool,
    place: Place,
    on_pick: OnPick,
    on_ask: OnPick,
    on_go: OnPick,
    on_type: Callable[[str, str], object],
    read: Read,
    present: bool = False,
) -> None:
    """The picture in which numbers are changed, the chain rule under it, and a slider over the steps, as one component.

    ``on_pick`` as in :func:`network_picture`; ``on_ask`` gets the id of a chip of the ribbon; ``on_go`` the step (from 0) that
    the slider was moved to; ``on_type`` address and text of every number that was typed, once and in order. ``chained``: whether
    a step of the walk has a ribbon, for which the picture leaves room then. ``present``: as large as a room needs it.
    """

    words = {"why": _("Its steps"), "hint": _("Enter changes it, Escape leaves it")}
    data = {
        "picture": picture, "ribbon": ribbon, "chained": chained, "place": place, "words": words, "pickable": True,
        "present": present,
    }  # fmt: skip
    draw(_stage, key, data, **picks(key, read, picked=on_pick, asked=on_ask, gone=on_go, typed=typed(on_type)))


def flowchart(data: Flow, *, key: str) -> None:
    """Draw a flow chart: the training loop and the stop condition that ended the run."""
    draw(_flow, key, {"flow": data})


def folds(
    boxes: Mapping[str, Fold],
    *,
    key: str,
    on_fold: Callable[[str, bool], object],
    on_ask: OnPick,
    on_enter: Callable[[str, str], object],
    on_paste: Callable[[str, str], object],
    read: Read,
) -> None:
    """Draw boxes that are folded until they are clicked: ``numbers``, every given number in tables of cells, with a box into
    which a matrix can be pasted, and ``ledger``.

    ``on_fold`` gets the name of a box, and whether it is open now; ``on_ask`` the id of a chip; ``on_enter`` address and text of
    every cell that was changed, ``on_paste`` the array (empty: where it fits) and the text that was pasted, once and in order.
    All of it is as trustworthy as any upload.
    """

    def folded(sent: str) -> None:
        name, _space, what = sent.partition(" ")
        if name in boxes:
            on_fold(name, what == "open")

    def arrived(sent: str) -> None:
        what, _newline, rest = sent.partition("\n")
        address, _newline, text = rest.partition("\n")
        if what in ("enter", "paste"):
            (on_enter if what == "enter" else on_paste)(address, text)

    handlers = picks(key, read, folded=folded, typed=arrived, picked=on_ask)
    draw(_folds, key, {"boxes": boxes, "heard": heard(key, read, "folded", "typed")}, **handlers)


def reload_after_restart() -> None:
    """Make the page load itself anew when the server has been started again."""
    draw(_reload, "reload", {})


def download(
    label: str, *, address: str, body: str, file_name: str, key: str, primary: bool = False, busy: str = ""
) -> None:
    """A button that posts ``body`` to ``address`` (below the app's own, without a slash in front) and saves the answer.

    ``busy`` stands on it until the answer is there. Of an answer that is an error, a plain text is shown beside it.
    """
    data = {
        "label": label, "busy": busy or _("One moment …"), "address": address, "body": body, "file_name": file_name,
        "primary": primary, "unreachable": _("The server gave no answer: try again in a moment."),
    }  # fmt: skip
    draw(_download, key, data)


def upload(
    label: str,
    *,
    key: str,
    on_file: OnFile,
    read: Read,
    accept: str,
    most_bytes: int,
    too_large: str,
    button: str,
) -> None:
    """A chooser for a text file, which the browser reads: ``on_file`` gets name and text of every file chosen, once.

    ``accept``: as in HTML, such as ".json,.txt"; of more than ``most_bytes`` (or what cannot be read) the browser says
    ``too_large``. ``read`` as in :func:`network_picture`. What arrives is as trustworthy as any upload.
    """
    data = {"label": label, "accept": accept, "most_bytes": most_bytes, "too_large": too_large, "button": button}
    seen: list[int] = []

    def arrived() -> None:
        match (read(key) or {}).get("file"):
            case {"count": int(count), "name": str(name), "text": str(text)} if count not in seen:
                seen.append(count)
                if len(text.encode("utf-8", "replace")) <= most_bytes:
                    on_file(name, text)

    draw(_upload, key, data, on_file_change=arrived)


def desk(
    data: Mapping[str, object], *, key: str, on_press: OnPick, on_file: OnText, on_found: OnFound, read: Read
) -> None:
    """The row of buttons above a page, and the tab's memory.

    ``data``: lang (the tag of the page's language); page and pages (name and title each), the links to which stand in it,
    and query (of their addresses, with its ?); session, adopted, slots (name to text) to be kept; words, can and on for the
    buttons undo, redo, predict, link, save, open, present; keys (what each asks for); aside (whether the sidebar is taken
    to be open); told (what the last change did: what and loss, or refused, or None); link (a code) and file (a text) as just
    asked for, or None; most_bytes of a file to open.
    ``on_press`` gets undo, redo, link or save, and aside or no aside where the sidebar is not as it is taken to be, every press
    once; ``on_file`` the text of a file; ``on_found`` what the tab had kept (slots or None) and the code of a link that was
    opened (or None), once each. All of it is as trustworthy as any upload.
    """
    seen: list[int] = []

    def fresh(sent: object) -> bool:
        new = isinstance(sent, int) and sent not in seen
        seen.extend([sent] if isinstance(sent, int) and new else [])
        return new

    def opened() -> None:
        match (read(key) or {}).get("file"):
            case {"count": count, "text": str(text)} if fresh(count):
                on_file(text)

    def found() -> None:
        match (read(key) or {}).get("found"):
            case {"count": count, "session": str(session), "slots": slots, "link": link} if fresh(count):
                if session == data["session"]:
                    on_found(slots if isinstance(slots, dict) else None, link if isinstance(link, str) else None)

    draw(
        _desk,
        key,
        data,
        **picks(key, read, pressed=on_press),
        on_file_change=opened,
        on_found_change=found,
    )

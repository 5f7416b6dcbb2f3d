"""Downloads, an upload that counts, and a network whose texts are hostile."""

import streamlit as st

from lessons.drawing.ledger import ledger
from lessons.drawing.network import picture
from lessons.drawing.scene import Scene
from lessons.example import WORKED
from lessons.style import Look
from pages.drawn.components import download, flowchart, folds, network_picture, upload

HOSTILE = "<img src=x onerror='document.title=\"caught\"'>"


def _arrived(name: str, text: str) -> None:
    st.session_state.setdefault("files", []).append(f"{name}: {text}")


def _hostile(data):
    """The same data with HTML in every text that is shown."""
    if isinstance(data, dict):
        return {
            key: value if key in ("id", "kind", "state", "layout", "shape", "colors", "from", "to") else _hostile(value)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_hostile(each) for each in data]
    return data + HOSTILE if isinstance(data, str) else data


download("Save", address="made/echo", body="µ", file_name="answer.txt", key="save", primary=True)
download("Save the other", address="made/refuse", body="", file_name="none.txt", key="refused", busy="Asking …")
download("Save a third", address="made/nowhere", body="", file_name="none.txt", key="nowhere")
upload(
    "Open an example",
    key="open",
    on_file=_arrived,
    read=st.session_state.get,
    accept=".txt",
    most_bytes=20,
    too_large="At most 20 bytes.",
    button="Choose a file",
)
st.text(f"{len(st.session_state.get('files', []))} files")
for file in st.session_state.get("files", []):
    st.text(file)

look = Look.of(WORKED.view.notation, WORKED.view.language, WORKED.view.decimals, "light", WORKED.sizes)
scene = Scene.at(WORKED.worked, look, WORKED.derivation.steps[-1])
network_picture(_hostile(picture(scene)), key="picture")
boxes = {"ledger": _hostile({"title": "All", "held": ledger(scene)})}
folds(boxes, key="folds", on_fold=print, on_ask=print, on_enter=print, on_paste=print, read=st.session_state.get)
box = {"text": "Loss", "shape": "box", "state": "lit", "col": 0}
flow = {
    "label": "Loop",
    "nodes": [{"id": str(row), "row": row, **box} for row in range(2)],
    "edges": [{"from": "0", "to": "1", "text": "yes", "state": "lit"}],
}
flowchart(_hostile(flow), key="flow")

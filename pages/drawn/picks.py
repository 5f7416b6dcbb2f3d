"""What comes back from a component: every pick once and in order."""

import json
from collections.abc import Callable, Mapping
from typing import Any

HANDED = "handed"  # where the session keeps, by component and name, which picks were handed on last
OnPick = Callable[[str], None]
Read = Callable[[str], Any]


class Picks:
    """Hands every pick to ``on_pick`` once, in order.

    Streamlit calls back without arguments, before the script, and keeps only the last of the values that come while a
    script runs. So the browser sends the latest picks together, with their running count and a mark of the view that
    counts; ``seen`` is what had come when the component was drawn, or has been handed on since. Where another page is turned to,
    Streamlit forgets what had come of a component that is on both, but its view in the browser counts on: so the session
    remembers what was handed on last, under ``HANDED``.
    """

    def __init__(self, key: str, name: str, on_pick: OnPick, read: Read, seen: Any) -> None:
        self.key, self.name, self.on_pick, self.read, self.seen = key, name, on_pick, read, seen

    def __call__(self) -> None:
        handed, mark = self.read(HANDED), f"{self.key}.{self.name}"
        seen = handed.get(mark) if handed and self.seen is None else self.seen
        self.seen = _sent(self.read, self.key).get(self.name)
        if handed is not None:
            handed[mark] = _mark_of(self.seen)
        for id in _since(self.seen, seen):
            self.on_pick(id)


def _sent(read: Read, key: str) -> Mapping[str, Any]:
    return read(key) or {}


def picks(key: str, read: Read, **takes: OnPick) -> dict[str, Callable[[], None]]:
    """The handlers of a component, by the names under which its picks come; Streamlit is slow to say what has come, and is
    asked once for all of them."""
    sent = _sent(read, key)
    return {f"on_{name}_change": Picks(key, name, take, read, sent.get(name)) for name, take in takes.items()}


def heard(key: str, read: Read, *names: str) -> dict[str, dict[str, Any]]:
    """By name, the mark of the view whose picks came last and how many had come: what ``heard`` of js/picks.js takes."""
    return {name: _mark_of(last) for name, last in _sent(read, key).items() if name in names}


def _mark_of(sent: Any) -> dict[str, Any]:
    return {part: sent.get(part) for part in ("view", "count")} if isinstance(sent, dict) else {}


def typed(on_type: Callable[[str, str], object]) -> OnPick:
    """What gives ``on_type`` address and text of a number typed in a picture."""

    def arrived(sent: str) -> None:
        address, _equals, text = sent.partition("=")
        on_type(address, text)

    return arrived


def _since(sent: Any, seen: Any) -> list[str]:
    """The ids in ``sent`` that came after ``seen``; a message that was not made by our own script counts as empty."""
    match sent, seen:
        case {"view": view, "count": int(count), "ids": [*ids]}, {"view": same, "count": int(before)} if view == same:
            fresh = min(len(ids), max(0, count - before))
        case {"count": int(count), "ids": [*ids]}, _:
            fresh = min(len(ids), max(0, count))
        case _:
            return []
    return [id for id in ids[len(ids) - fresh :] if isinstance(id, str)]


def draw(component: Any, key: str, data: Mapping[str, object], **handlers: Callable[[], None]) -> None:
    """Draw a component. Its data go as the bytes of a JSON text: anything else Streamlit writes twice, once to know it again."""
    component(key=key, data=json.dumps(data, ensure_ascii=False, allow_nan=False).encode(), **handlers)

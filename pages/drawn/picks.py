"""What comes back from a component: every pick once and in order."""

from collections.abc import Callable, Mapping
from typing import Any

OnPick = Callable[[str], None]
Read = Callable[[str], Any]


class Picks:
    """Hands every pick to ``on_pick`` once, in order.

    Streamlit calls back without arguments, before the script, and keeps only the last of the values that come while a
    script runs. So the browser sends the latest picks together, with their running count and a mark of the view that
    counts; ``seen`` is what had come when the component was drawn, or has been handed on since.
    """

    def __init__(self, key: str, on_pick: OnPick, read: Read, name: str = "picked") -> None:
        self.key, self.on_pick, self.read, self.name = key, on_pick, read, name
        self.seen = self.sent()

    def sent(self) -> Any:
        """The last message."""
        return (self.read(self.key) or {}).get(self.name)

    def __call__(self) -> None:
        seen, self.seen = self.seen, self.sent()
        for id in _since(self.seen, seen):
            self.on_pick(id)


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
    """Draw a component, its data in a list: of a mapping, Streamlit looks at every value for something like a table."""
    component(key=key, data=[data], **handlers)

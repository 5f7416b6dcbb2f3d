"""A browser's side of the websocket, without the browser: open a page, press, type, and read what comes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol


class Visitor:
    """One tab. ``widgets``: id by key; ``fragments``: that of a key's widget, if it stands in one; ``data``: of components by
    key; ``said``: every text that came since the last action; ``heard``: its messages and bytes.
    """

    def __init__(self, url: str, page: str = "", query: str = "") -> None:
        self.url, self.page, self.query, self.script = url, page, query, ""
        self.widgets: dict[str, str] = {}
        self.fragments: dict[str, str] = {}
        self.data: dict[str, Any] = {}
        self.heard = (0, 0)
        self.typed = 0
        self.said: list[str] = []

    async def come(self, **headers: str) -> Visitor:
        """Connect and let the page run once."""
        address = f"{self.url.replace('http', 'ws', 1)}/_stcore/stream"
        self.socket = await connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None, open_timeout=60,
            additional_headers=headers,
        )  # fmt: skip
        await self.send()
        await self.read()
        return self

    async def leave(self) -> None:
        await self.socket.close()

    def vanish(self) -> None:
        """Go without a word, as a closed lid does."""
        self.socket.transport.abort()

    async def send(self, values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Ask for a run, because these widgets have new values: by key, each as a field of Streamlit's protocol."""
        message = BackMsg()
        message.rerun_script.page_name = "" if self.script else self.page
        message.rerun_script.page_script_hash = self.script
        message.rerun_script.query_string = self.query
        for key, value in (values or {}).items():
            if fragment := self.fragments.get(key):
                message.rerun_script.fragment_id = fragment
            widget = message.rerun_script.widget_states.widgets.add(id=self.widgets[key])
            for field, content in value.items():
                if isinstance(content, list):
                    getattr(widget, field).data.extend(content)
                else:
                    setattr(widget, field, content)
        self.said, self.heard = [], (0, 0)
        await self.socket.send(message.SerializeToString())

    async def read(self) -> None:
        """Read until the script has finished."""
        while not await self.take_one():
            pass

    async def take_one(self) -> bool:
        """Read one message; True when the script has finished."""
        raw = bytes(await self.socket.recv(decode=False))
        self.heard = self.heard[0] + 1, self.heard[1] + len(raw)
        return self.take(ForwardMsg.FromString(raw))

    async def act(self, key: str, **value: Any) -> None:
        """Change a widget, and read the run that follows."""
        await self.send({key: value})
        await self.read()

    async def type_in(self, key: str, address: str, text: str) -> None:
        """Change a number in the picture of the component of that key."""
        self.typed += 1
        sent = {"typed": {"view": "visitor", "count": self.typed, "ids": [f"{address}={text}"]}}
        await self.act(key, json_value=json.dumps(sent))

    def take(self, message: ForwardMsg) -> bool:
        """Note what a message says; True when the script has finished."""
        kind = message.WhichOneof("type")
        if kind == "navigation":  # new_session names the router, which alone would lead back to the default page
            self.script = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = element.WhichOneof("type") or ""
            part: Any = getattr(element, name, None)
            id = getattr(part, "id", "")
            key = id.split("-", 2)[-1].partition("~")[0] if id.startswith("$$ID-") else ""
            if key:
                self.widgets[key], self.fragments[key] = id, message.delta.fragment_id
            if name == "bidi_component":
                self.data[key] = json.loads(part.bytes)
            self.said += [text for field in ("body", "text", "label") if isinstance(text := getattr(part, field, None), str)]
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

"""The components' files as a browser gets them: types, how long they are kept, and nothing else of the folder."""

from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Router

from pages.drawn import files
from tests.server.conftest import finished

DRAWN = Path(files.__file__).parent


def get(path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to GET."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "headers": [],
        "query_string": b"",
    }
    try:
        finished(Router(files.ROUTES)(scope, receive, send))
    except files.HTTPException as error:
        return error.status_code, {}, b""
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("base", ["", "/tutor", "/courses/tutor"])
def test_modules_and_styles_are_kept_by_the_browser(base):
    for name, kind in (("network/picture.js", "text/javascript"), ("css/picture.css", "text/css")):
        status, headers, body = get(f"{base}/drawn/{files.VERSION}/{name}")
        assert status == 200 and headers["content-type"].startswith(kind)
        assert "immutable" in headers["cache-control"]
        assert body == (DRAWN / name).read_bytes()


def test_another_version_gets_the_files_there_are_but_does_not_keep_them():
    status, headers, body = get("/drawn/0123456789ab/network/picture.js")
    assert status == 200 and headers["cache-control"] == "no-cache" and body == (DRAWN / "network/picture.js").read_bytes()


@pytest.mark.parametrize(
    "name", ["components.py", "js/../components.py", "..%2fcomponents.py", "js/nothing.js", "", "js/picture.js"]
)
def test_nothing_else_is_served(name):
    assert get(f"/drawn/{files.VERSION}/{name}")[0] in (307, 404)


def test_every_module_that_is_imported_is_served():
    for module in DRAWN.glob("*/*.js"):
        for line in module.read_text("utf-8").splitlines():
            if line.startswith("import "):
                name = (module.parent / line.split('"')[1]).resolve().relative_to(DRAWN.resolve()).as_posix()
                assert get(f"/drawn/{files.VERSION}/{name}")[0] == 200, (module.name, name)

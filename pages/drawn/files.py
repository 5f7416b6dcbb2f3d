"""The components' JavaScript and CSS, served as files that browsers keep: only a short loader goes with every message.

The address holds a hash of all files, ``drawn/<hash>/picture.js``, so that what modules import from each other is of
the same version. Another hash (a page of before a new version, or of another server that is newer) gets the files there
are, not to be kept.
"""

from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TYPES = {".js": "text/javascript", ".css": "text/css"}
_FILES = {
    path.name: path.read_bytes() for suffix in _TYPES for path in sorted(Path(__file__).parent.glob(f"*/*{suffix}"))
}
VERSION = sha256(b"\0".join(part for name, text in _FILES.items() for part in (name.encode(), text))).hexdigest()[:12]


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        raise HTTPException(404)
    current = request.path_params["version"] == VERSION
    kept = "public, max-age=31536000, immutable" if current else "no-cache"
    return Response(_FILES[name], media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": kept})


# The app may stand below any path, by ``server.baseUrlPath`` or by a proxy.
ROUTES = [Route("/{base:path}drawn/{version}/{name}", _file)]


def loader(name: str, *styles: str) -> str:
    """The inline script of a component: fetches ``<name>.js`` and its styles, ``<name>.css`` if no others are named, from
    below the app's own address."""
    return f"""
const load = (file) => import(new URL("drawn/{VERSION}/" + file, document.baseURI));
export default async (args) => {{
  const component = load("{name}.js");
  return (await load("mount.js")).default({list(styles or (name,))}, component, args);
}};
"""

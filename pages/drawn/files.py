"""The components' JavaScript and CSS, served as files that browsers keep: only a short loader goes with every message.

The address holds a hash of all files, ``drawn/<hash>/network/picture.js``, so that what modules import from each other is of
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
_HERE = Path(__file__).parent
_PATHS = [path for suffix in _TYPES for path in sorted(_HERE.glob(f"*/*{suffix}"))]
_FILES = {path.relative_to(_HERE).as_posix(): path.read_bytes() for path in _PATHS}
VERSION = sha256(b"\0".join(part for name, text in _FILES.items() for part in (name.encode(), text))).hexdigest()[:12]


async def _file(request: Request) -> Response:
    name = "{folder}/{name}".format_map(request.path_params)
    if name not in _FILES:
        raise HTTPException(404)
    current = request.path_params["version"] == VERSION
    kept = "public, max-age=31536000, immutable" if current else "no-cache"
    return Response(_FILES[name], media_type=_TYPES[Path(name).suffix], headers={"Cache-Control": kept})


# The app may stand below any path, by ``server.baseUrlPath`` or by a proxy.
ROUTES = [Route("/{base:path}drawn/{version}/{folder}/{name}", _file)]


def loader(name: str, *styles: str) -> str:
    """The inline script of a component: fetches ``<name>.js`` and its styles, ``<name>.css`` if no others are named, from
    below the app's own address."""
    folder = next(path.parent.name for path in _PATHS if path.name == f"{name}.js")
    return f"""
let modules;  // kept: a browser takes its time with an import, also of what is there already
export default async (args) => {{
  // One promise for all calls: those that wait for it go on in the order in which they came.
  modules ??= Promise.all(["js/mount.js", "{folder}/{name}.js"].map(
    (file) => import(new URL("drawn/{VERSION}/" + file, document.baseURI)))).catch(
    (error) => {{ modules = undefined; throw error; }});
  const [mount, component] = await modules;
  return mount.default({list(styles or (name,))}, component, args);
}};
"""

"""A folder of finished sheets that all server processes of this user share: private, and limited in size and age."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

MAX_BYTES, OLDEST = 40_000_000, 3600  # bytes in all, seconds since a file was made
_SOURCES = ("lessons", "mlp_core")


@cache
def folder() -> Path:
    """The folder. One that is another user's, open to others or a link is left alone: then this process has its own."""
    shared = Path(tempfile.gettempdir()) / f"backprop-sheets-{os.getuid()}"
    with suppress(FileExistsError):
        shared.mkdir(mode=0o700)
    found = shared.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077:
        return shared
    return Path(tempfile.mkdtemp(prefix="backprop-sheets-"))


@cache
def edition() -> bytes:
    """Stands for the program as it is, so that nothing made by an earlier one is handed out."""
    root = Path(__file__).parents[2]
    files = sorted(path for name in _SOURCES for path in (root / name).rglob("*") if path.suffix in (".py", ".po", ".md"))
    return sha256(b"".join(path.read_bytes() for path in files)).digest()


def name_of(kind: str, asked: str) -> str:
    """What the file for this request is called."""
    return sha256(edition() + f"{kind}\n{asked}".encode()).hexdigest()


def read(name: str) -> bytes | None:
    """The file of that name; None where there is none, or where it is not a plain file of this user."""
    try:
        with open(folder() / name, "rb", opener=_opened) as file:
            found = os.fstat(file.fileno())
            return file.read() if stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() else None
    except OSError:
        return None


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def keep(name: str, made: bytes) -> None:
    """Put a file there under that name, whole; where there is no room left it is not kept."""
    with suppress(OSError):
        descriptor, part = tempfile.mkstemp(dir=folder(), prefix="part-")
        try:
            with open(descriptor, "wb") as file:
                file.write(made)
            os.replace(part, folder() / name)
        except BaseException:
            os.unlink(part)
            raise
        tidy()


def tidy() -> None:
    """Remove what is too old, then the oldest until the rest is not too large."""
    found = []
    for path in folder().iterdir():
        with suppress(OSError):
            about = path.lstat()
            found.append((about.st_mtime, about.st_size, path))
    room, now = MAX_BYTES, time.time()
    for made, size, path in sorted(found, reverse=True):
        room -= size
        if room < 0 or now - made > OLDEST:
            with suppress(OSError):
                path.unlink()

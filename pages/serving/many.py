"""`python -m pages.serving.many --workers 2`: several processes behind one port, each with a socket of its own.

Of one socket that processes share, as under `uvicorn --workers`, the same process takes nearly every visitor as long as it keeps
up, and the others stand idle. Where each listens on the port by itself, the system deals the visitors out by their addresses.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket

from uvicorn import Config
from uvicorn.supervisors import Multiprocess


class _Apart(socket.socket):
    """A socket whose copy in another process listens by itself at the same address."""

    def __reduce__(self) -> tuple[object, ...]:
        return _bound, self.getsockname()[:2]


def _bound(host: str, port: int) -> _Apart:
    family, *_kind, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = _Apart(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(address)
    return bound


def main() -> None:
    """Serve until stopped; a process that dies is replaced."""
    parser = argparse.ArgumentParser(prog="python -m pages.serving.many", description="Several processes behind one port.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--log-level", default="info", choices=("critical", "error", "warning", "info", "debug"))
    given = parser.parse_args()
    if not hasattr(socket, "SO_REUSEPORT"):
        parser.error("this system cannot deal one port out to several processes; uvicorn app:app --workers shares it")
    config = Config("app:app", host=given.host, port=given.port, workers=given.workers, log_level=given.log_level)
    try:
        socket.create_server((given.host, given.port)).close()  # of two servers at one port each would get some of the visitors
        address = _bound(given.host, given.port)  # bound, but not listening: it keeps the port for the processes
    except OSError as error:
        parser.error(f"{given.host}:{given.port}: {error.strerror}")
    logging.getLogger("uvicorn.error").info("%s processes at http://%s:%s", given.workers, given.host, given.port)
    Multiprocess(config, [address]).run()


if __name__ == "__main__":
    main()

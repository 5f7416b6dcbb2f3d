"""``python -m lessons.sheets KIND``: settings as JSON in, a PDF of all sheets, keys or answers out (KIND as in ``Kind``), or
their LaTeX sources ("latex"); a line of progress (0 to 1) now and then on standard error, or there the sentence that says why
not, and exit status 3."""

import sys

from .making import LATEX, obey
from .paper.form import Kind
from .sets import archive, pdf
from .settings import Settings


def _report(done: float) -> None:
    print(done, file=sys.stderr, flush=True)


def made(settings: Settings) -> bytes:
    """What KIND asks for."""
    kind = sys.argv[1]
    return archive(settings) if kind == LATEX else pdf(settings, Kind(kind), _report)


if __name__ == "__main__":
    sys.exit(obey(made))

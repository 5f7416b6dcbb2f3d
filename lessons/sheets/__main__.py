"""``python -m lessons.sheets KIND``: settings as JSON in, a PDF of all sheets, keys or answers out (KIND as in ``Kind``), or
their LaTeX sources ("latex"); a line of progress (0 to 1) now and then on standard error, or there the sentence that says why
not, and exit status 3."""

import os
import sys

from ..i18n import using
from ..problem import Problem
from .making import LATEX, REFUSED
from .paper.form import Kind
from .sets import archive, pdf
from .settings import Settings


def _report(done: float) -> None:
    print(done, file=sys.stderr, flush=True)


def main(kind: str) -> int:
    """Make it, giving way to everything else on the machine."""
    os.nice(10)
    settings = Settings.from_json(sys.stdin.read())
    try:
        made = archive(settings) if kind == LATEX else pdf(settings, Kind(kind), _report)
        sys.stdout.buffer.write(made)
    except Problem as problem:
        with using(settings.view.language):
            print(problem.text(), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

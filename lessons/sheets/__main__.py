"""``python -m lessons.sheets KIND``: settings as JSON in, all sheets and keys out as pdf or latex, a line of progress (0 to 1)
now and then on standard error; or there the sentence that says why not, and exit status 3."""

import os
import sys

from ..i18n import using
from ..problem import Problem
from .making import REFUSED
from .sets import latex, pdf
from .settings import Settings


def main(kind: str) -> int:
    """Make it, giving way to everything else on the machine."""
    os.nice(10)
    settings = Settings.from_json(sys.stdin.read())
    try:
        made = pdf(settings, lambda done: print(done, file=sys.stderr, flush=True)) if kind == "pdf" else None
        sys.stdout.buffer.write(made or latex(settings).encode())
    except Problem as problem:
        with using(settings.view.language):
            print(problem.text(), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

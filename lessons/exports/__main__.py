"""``python -m lessons.exports KIND``: settings of sheets as JSON in, a bank of ``BANKS`` out; or on standard error the sentence
that says why not, and exit status 3."""

import os
import sys

from ..i18n import using
from ..problem import Problem
from ..sheets import Settings
from ..sheets.making import REFUSED
from .kinds import bank


def main(kind: str) -> int:
    """Make it, giving way to everything else on the machine."""
    os.nice(10)
    settings = Settings.from_json(sys.stdin.read())
    try:
        sys.stdout.buffer.write(bank(kind, settings))
    except Problem as problem:
        with using(settings.view.language):
            print(problem.text(), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

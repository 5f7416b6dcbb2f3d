"""``python -m lessons.exports KIND``: settings of sheets as JSON in, a bank of ``BANKS`` out; or on standard error the sentence
that says why not, and exit status 3."""

import sys

from ..sheets.making import obey
from .kinds import bank

if __name__ == "__main__":
    sys.exit(obey(lambda settings: bank(sys.argv[1], settings)))

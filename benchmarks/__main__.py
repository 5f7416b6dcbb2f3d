"""`python -m benchmarks [NAME ...]`: a line a figure, PASS, FAIL or SKIPPED; exit status 1 when one FAILs."""

import argparse
import sys
from collections.abc import Callable

from benchmarks import Figure, Skipped
from benchmarks.engine import derive, graphs, large_step, sgd_step
from benchmarks.judging import judging
from benchmarks.learning import lessons
from benchmarks.load import coming_and_going, sheets_at_once, training_at_once
from benchmarks.page import cost, edit_to_screen, students

ALL: dict[str, Callable[[], list[Figure]]] = {
    function.__name__: function
    for function in (
        sgd_step, large_step, derive, graphs, judging, lessons, edit_to_screen, cost, students, sheets_at_once, training_at_once,
        coming_and_going,
    )
}  # fmt: skip


def verdicts(name: str) -> list[tuple[str, str]]:
    """Run one benchmark: a verdict and a text for each of its figures."""
    try:
        return [("PASS" if figure.passed else "FAIL", str(figure)) for figure in ALL[name]()]
    except Skipped as reason:
        return [("SKIPPED", str(reason))]
    except Exception as error:  # a benchmark that breaks is a failed one, and the others still run
        return [("FAIL", f"{type(error).__name__}: {error}")]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ALL))
    names = parser.parse_args().names
    if unknown := set(names) - set(ALL):
        parser.error(f"unknown: {', '.join(sorted(unknown))} (choose from {', '.join(ALL)})")
    failed = False
    for name in names or ALL:
        for verdict, text in verdicts(name):
            print(f"{verdict:8}{name:15}{text}", flush=True)
            failed |= verdict == "FAIL"
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

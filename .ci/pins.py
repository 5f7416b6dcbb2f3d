#!/usr/bin/env python3
"""make pins: the newest versions that go together, in requirements.txt and requirements-dev.txt.

The first group of each file names what is wanted; pip finds the versions, and everything those bring. Comments, groups and
the order of the first group stay. ``--to FOLDER`` leaves the files alone and writes the new ones there.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
APP, DEV = "requirements.txt", "requirements-dev.txt"
PIN = re.compile(r"(?P<name>[\w.-]+(?:\[[\w,]+\])?)==(?P<version>\S+)(?P<rest>.*)")


def key(name: str) -> str:
    """A name as packages compare it."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def wanted(text: str) -> list[str]:
    """The names in the first group of a file."""
    groups = [[match["name"] for match in map(PIN.fullmatch, part.splitlines()) if match] for part in text.split("\n\n")]
    return next(group for group in groups if group)


def resolved(wants: list[str]) -> dict[str, tuple[str, str]]:
    """Key to name and version, of all that these need, as pip would install it into an empty environment."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-", *wants]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = [(each["metadata"]["name"], each["metadata"]["version"]) for each in report["install"]]
    return {key(name): (name, version) for name, version in found}


def renewed(text: str, pins: dict[str, tuple[str, str]]) -> str:
    """The file with these pins: the first group in its order, the last in that of the alphabet."""
    *groups, last = text.rstrip("\n").split("\n\n")
    first, written = set(map(key, wanted(text))), {}
    for line in text.splitlines():
        if (match := PIN.fullmatch(line)) and key(match["name"]) in pins:
            name = key(match["name"])
            written[name] = f"{match['name']}=={pins[name][1]}{match['rest']}"
    brought = [written.get(name, "==".join(pins[name])) for name in sorted(pins) if name not in first]
    groups = ["\n".join(written[key(m["name"])] if (m := PIN.fullmatch(line)) else line for line in group.splitlines())
              for group in groups]  # fmt: skip
    comments = [line for line in last.splitlines() if line.startswith("#")]
    return "\n\n".join([*groups, "\n".join([*comments, *brought])]) + "\n"


def main() -> None:
    """Write both files, and say what has changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT, help="write the files into this folder")
    folder = parser.parse_args().to
    app, dev = ((ROOT / name).read_text("utf-8") for name in (APP, DEV))
    both = resolved([*wanted(app), *wanted(dev)])
    needed = resolved([f"{name}=={both[key(name)][1]}" for name in wanted(app)])
    of_app = {name: both[name] for name in needed if name in both}
    of_dev = {name: pin for name, pin in both.items() if name not in of_app}
    for name, text, pins in ((APP, app, of_app), (DEV, dev, of_dev)):
        before, after = set(text.splitlines()), renewed(text, pins)
        (folder / name).write_text(after, "utf-8")
        print(name, *sorted({f"- {line}" for line in before - set(after.splitlines())}), sep="\n  ")
        print("", *sorted({f"+ {line}" for line in set(after.splitlines()) - before}), sep="\n  ")


if __name__ == "__main__":
    main()

"""What the browser tests need from the system: a Chromium, and the libraries of Playwright's own driver.

`python tests/browser/install.py` brings what is missing and prints the path of the Chromium: the system's, else one
from the system's package manager (root only), else Playwright's own. `chromium_path()` only looks for it.
A headless shell is Chromium without windows of its own, which cost a quarter of the tests' time: it goes first.
The environment variable CHROMIUM names one to use instead.
"""

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = (
    *(SHELL, "chrome-headless-shell"),
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# A package manager, what makes it look for news, what makes it install, and what is wanted, some of which it may not have.
# The fonts are for the Chinese pages, libatomic for Playwright's driver.
APT = "apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
MANAGERS = {
    "apt-get": (f"{APT} update", f"{APT} install -y --no-install-recommends", (SHELL, "fonts-noto-cjk", "libatomic1")),
    "dnf": ("dnf -q makecache", "dnf -q -y install", (SHELL, "google-noto-sans-cjk-fonts", "libatomic")),
}


def chromium_path() -> str:
    """Return the path of a Chromium that starts. Raises FileNotFoundError, in one sentence, when there is none."""
    if named := os.environ.get("CHROMIUM"):
        if _runs(named, "--version"):
            return named
        raise FileNotFoundError(f"No Chromium for the browser tests: CHROMIUM={named} does not start.")
    # That a file is there says little: Ubuntu's chromium-browser only asks for a snap.
    for path in filter(None, map(shutil.which, NAMES)):
        if _runs(path, "--version"):
            return path
    if _runs(path := _playwrights(), "--version"):
        return path
    raise FileNotFoundError(
        "No Chromium for the browser tests: none is installed, and neither the package manager (as root) nor "
        "Playwright has brought one; install one, or name it with CHROMIUM=path."
    )


def missing() -> str:
    """Return what keeps the browser tests from starting, in one sentence; nothing when they can."""
    if not _runs(sys.executable, "-m", "playwright", "--version"):
        return "Playwright's driver does not start: a library is missing (on Debian: apt-get install libatomic1)."
    try:
        chromium_path()
    except FileNotFoundError as error:
        return str(error)
    return ""


def main() -> None:
    """Bring what is missing, one way after the other, and print the path; leave with one sentence where none works."""
    if not os.environ.get("CHROMIUM"):
        for bring in (_by_package_manager, _by_playwright):
            if missing():
                bring()
        _lighter()
    if sentence := missing():
        sys.exit(sentence)
    print(chromium_path())


def _by_package_manager() -> None:
    manager = _manager()
    if manager:
        print(f"Installing Chromium with {manager} ...", file=sys.stderr)
        news, install, packages = MANAGERS[manager]
        _install(*news.split())
        for package in packages:
            _install(*install.split(), package)
        if missing():
            _install(*install.split(), "chromium")


def _lighter() -> None:
    """Beside a Chromium that is there, the headless shell, where the package manager knows it already."""
    manager = _manager()
    if manager and not shutil.which(SHELL):
        _install(*MANAGERS[manager][1].split(), SHELL)


def _manager() -> str:
    """The system's package manager, where it may be used."""
    return next(filter(shutil.which, MANAGERS), "") if os.geteuid() == 0 else ""


def _by_playwright() -> None:
    print("Downloading Playwright's Chromium ...", file=sys.stderr)
    _install(sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")


def _install(*command: str) -> None:
    """Quiet but for errors; whether it worked shows when the Chromium is looked for again."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env)


def _runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights() -> str:
    """Where Playwright keeps its own, there or not. In a process of its own: a test may have Playwright running."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()

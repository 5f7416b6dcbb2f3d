"""The app as a person at a browser has it: open a page, change a number, click in the picture, read what is there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import nan
from pathlib import Path
from subprocess import Popen
from typing import Any, NamedTuple, TypeVar

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, TimeoutError, expect
from pytest import approx

from lessons.example import Example
from lessons.style import Look
from pages.places import PLACES

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(PLACES))
# A test that goes to every page goes to six: they share a load, and no test is so long that others have to wait for it.
TOURS = [PAGES[k : k + 6] for k in range(0, len(PAGES), 6)]
WALK = ("forward", "loss", "backward")

READY = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const components = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
  const still = app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && components.every(component => component.shadowRoot?.adoptedStyleSheets.length);
  if (!still) window.stillSince = 0;
  else window.stillSince ||= performance.now();
  return window.stillSince && performance.now() - window.stillSince > 150;
}"""
T = TypeVar("T")


class Server(NamedTuple):
    """A running server: its address, the file its output goes to, and its process."""

    url: str
    log: Path
    process: Popen[bytes]


def number(text: str) -> float:
    """A number as it is written on the screen; nan for one that is not known yet."""
    return nan if text.strip() in ("?", "unknown") else float(text.strip().removeprefix("≈ ").replace("−", "-"))


def close(wanted: Any) -> Any:
    """Equal to what is wanted, to the four decimals on the screen."""
    return approx(wanted, rel=0, abs=0.5e-4 + 1e-12, nan_ok=True)


def everything(example: Example, *phases: str) -> dict[str, float]:
    """Every given number and every target of these phases by its address, from the engine."""
    targets = [step.target for step in example.derivation.phase(*phases)]
    return {str(q): example.trace[q] for q in [*example.derivation.given, *targets]}


def look(example: Example) -> Look:
    """How a fresh session writes this example."""
    return Look.of(example.view.notation, example.view.language, example.view.decimals, "light", example.sizes)


def spot(address: object) -> str:
    """The element of the picture that a number stands on: an input is a neuron of layer 0."""
    return re.sub(r"^x\.0\.", "n.0.", str(address))


class Tutor:
    """One tab. What a script or another host had to do with it is kept, see ``faults``."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._log_start = server.log.stat().st_size
        self._listening: dict[Any, Callable[[Any], None]] = {
            "request": lambda request: self.requests.append(request.url),
            "websocket": lambda socket: self.requests.append(socket.url),
            "requestfailed": self._failed,
            "pageerror": lambda error: self.errors.append(str(error)),
            "console": self._heard,
        }
        for event, listener in self._listening.items():
            page.on(event, listener)

    def quit(self) -> None:
        """Listen to the tab no longer."""
        for event, listener in self._listening.items():
            self.page.remove_listener(event, listener)

    def _heard(self, message: ConsoleMessage) -> None:
        # A page one level down makes Streamlit first try its own addresses there: /forward/_stcore/health is no fault.
        address = message.location.get("url", "")
        if message.type == "error" and not re.search(r"/[\w-]+/_stcore/(health|host-config)$", address):
            self.errors.append(f"{message.text} {address}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # which is what going to another page does to it
            self.errors.append(f"{request.url}: {request.failure}")

    def session(self) -> str:
        """The mark of the server's session that this tab keeps its desk for."""
        return str(self.page.evaluate("JSON.parse(sessionStorage.getItem('backprop-tutor')).session"))

    def away(self, server: Server) -> None:
        """Leave a server that ends; what the browser said of it does not count, from here on that other one does."""
        self.page.goto("about:blank")
        self.server, self._log_start = server, server.log.stat().st_size
        self.errors.clear()
        self.requests.clear()

    def faults(self) -> list[str]:
        """Tracebacks of the server, exceptions on the page, errors of the console, requests to other hosts."""
        with self.server.log.open(encoding="utf-8") as log:
            log.seek(self._log_start)
            printed = log.read()
        found = [printed[printed.index("Traceback") :][-3000:]] if "Traceback" in printed else []
        found += self.page.get_by_test_id("stException").all_inner_texts()
        return found + self.errors + self.outside()

    def outside(self) -> list[str]:
        """Every request that left this machine."""
        own = (self.server.url, self.server.url.replace("http", "ws", 1), "data:", f"blob:{self.server.url}")
        return [url for url in self.requests if not url.startswith(own)]

    # ---- getting about

    def open(self, page: str = "start", query: str = "") -> Tutor:
        """Open a page by its address, as a link from elsewhere does."""
        self.page.goto(f"{self.server.url}/{'' if page == 'start' else page}{query}")
        return self.idle()

    def idle(self) -> Tutor:
        """Wait until the page stands still: connected, no script running, nothing stale, every component there."""
        self.page.evaluate("window.stillSince = 0")
        self.page.wait_for_function(READY)
        return self

    def link(self, page: str) -> Locator:
        """The link to a page in the navigation; that of the page before may still be there, before it."""
        address = f"{self.server.url}/{'' if page == 'start' else page}"
        return self.page.locator(f"nav.pages a:is([href='{address}'], [href^='{address}?'])").last

    def turn_to(self, page: str) -> Tutor:
        """Go to a page by the navigation; the session goes along."""
        self.link(page).click()
        expect(self.link(page)).to_have_attribute("aria-current", "page")
        return self.idle()

    # ---- what stands where

    @property
    def main(self) -> Locator:
        """The page without sidebar and navigation."""
        return self.page.get_by_test_id("stMain")

    def keyed(self, key: str) -> Locator:
        """The widget or component of that key; the app may have put a number after it."""
        name = "st-key-" + re.sub(r"[^A-Za-z0-9_-]", "-", key)
        return self.page.locator(f".{name}, [class*='{name}-']")

    def settings(self, open: bool = True) -> Tutor:
        """Open the sidebar with the settings, or close it."""
        bar = self.page.get_by_test_id("stSidebar")
        if bar.count() == 0 or (bar.get_attribute("data-collapsed") == "true") == open:
            name = "stExpandSidebarButton" if open else "stSidebarCollapseButton"
            button = self.page.get_by_test_id(name)
            (button if open else button.get_by_role("button")).click()
            expect(bar).to_have_attribute("data-collapsed", str(not open).lower())
            boxes = expect(bar.get_by_test_id("stExpander"))  # drawn only while it is open
            (boxes.not_to_have_count if open else boxes.to_have_count)(0)
        return self

    def setting(self, name: str) -> Locator:
        """The sidebar's input for a setting."""
        return self.keyed(f"edit.{name}").locator("input")

    def given(self, address: object) -> str:
        """A weight, a bias, an input or a target as the picture says it."""
        return str(self.element(spot(address)).get_attribute("aria-label")).rpartition(" = ")[2]

    @property
    def field(self) -> Locator:
        """The field that is open over a number of the picture."""
        return self.page.locator(".field:not([hidden]) input")

    def change(self, address: object) -> Locator:
        """Open the field over a number of the picture, by the keyboard."""
        self.element(spot(address)).press("Enter")
        expect(self.field).to_be_focused()
        return self.field

    def enter(self, address: object, text: str) -> None:
        """Type a number over the one in the picture, and press Enter."""
        self.change(address).fill(text)
        self.field.press("Enter")

    @property
    def told(self) -> Locator:
        """What stands above the picture: what the last change did, or why it could not be made."""
        return self.page.locator(".desk .told")

    def choose(self, key: str, option: str | int) -> None:
        """Choose an option, by its text or place, of the select box of that key: opened by key, as scrolling closes it.

        A page that is drawn anew closes an open list, too; then it is opened once more.
        """
        if key.startswith("edit."):
            self.settings()
        options = self.page.get_by_role("option")
        wanted = options.nth(option) if isinstance(option, int) else options.get_by_text(option, exact=True)
        for last in (False, False, False, True):
            self.keyed(key).get_by_role("combobox").press("ArrowDown")
            try:
                wanted.click(timeout=4000)
                return
            except TimeoutError:
                if last:
                    raise

    def element(self, id: str) -> Locator:
        """A neuron, edge, bias, input or the loss in the picture."""
        return self.page.locator(f"svg [data-id='{id}']")

    def chip(self, address: object) -> Locator:
        """The ledger's chip of a quantity."""
        self.open_ledger()
        return self.page.locator(f".ledger [data-id='{address}']")

    def click(self, id: str) -> None:
        """Click an element of the picture with the mouse; an edge near its start, where no other crosses it."""
        if not id.startswith("W."):
            return self.element(id).click()
        self.element(id).scroll_into_view_if_needed()
        x, y = (
            self.element(id)
            .locator(".hit")
            .evaluate(
                """path => {
                const at = path.getPointAtLength(path.getTotalLength() * 0.15).matrixTransform(path.getScreenCTM());
                return [at.x, at.y];
            }"""
            )
        )
        return self.page.mouse.click(x, y)

    def leave(self) -> None:
        """Take the focus out of any input, so that keys belong to the page."""
        self.idle().main.get_by_role("heading").first.click()

    def unfold(self, *boxes: str) -> Tutor:
        """Open every folded part of sidebar and page, or of one of them."""
        for box in boxes or ("stSidebar", "stMain"):
            if box == "stSidebar":
                self.settings()
            folded = self.page.get_by_test_id(box).locator(":is([data-testid=stExpander] details, .fold):not([open]) > summary")
            while folded.count():
                folded.evaluate_all("all => all.forEach(one => one.click())")
                self.idle()
        return self

    # ---- reading

    def fold(self, name: str) -> Locator:
        """The box of that name below a walk: numbers or ledger."""
        return self.page.locator(f".fold[data-name='{name}']")

    def open_ledger(self) -> None:
        """Unfold the ledger, which is there as long as it is open."""
        if not self.page.locator(".ledger").count():
            self.fold("ledger").locator("summary").first.click()
            expect(self.page.locator(".ledger")).to_be_visible()

    def ledger(self) -> dict[str, float]:
        """Every number of the ledger by its address."""
        self.open_ledger()
        chips = self.page.locator(".ledger [data-id]").evaluate_all(
            "all => all.map(chip => [chip.dataset.id, chip.querySelector('.value').textContent])"
        )
        return {id: number(text) for id, text in chips}

    def picture(self) -> dict[str, float]:
        """Every number of the picture as a screen reader hears it, by its element and its place there: n.1.1/0, n.1.1/1."""
        labels = self.page.locator("svg [data-id]").evaluate_all(
            "all => all.map(element => [element.dataset.id, element.getAttribute('aria-label')])"
        )
        return {
            f"{id}/{k}": number(part.split(" = ")[1])
            for id, label in labels
            for k, part in enumerate(label.split(", "))
        }

    def drawn(self, id: str) -> list[float]:
        """The numbers written in a neuron of the picture."""
        return [number(text) for text in self.element(id).locator("text.value").all_text_contents() if text]

    def formulas(self) -> list[str]:
        """The LaTeX of every displayed formula of the page, in order."""
        return self.main.locator(".katex-display annotation").all_text_contents()

    def results(self) -> list[float]:
        """The bold number at the end of every displayed formula that has one."""
        found = [re.search(r"\\mathbf\{\\textcolor\{#\w+\}\{([^{}]+)\}\}", latex) for latex in self.formulas()]
        return [float(match[1]) for match in found if match]

    def table(self) -> dict[str, list[str]]:
        """The texts of the page's first table, row by row under the name that heads the row."""
        rows = (
            self.main.locator("table")
            .first.locator("tbody tr")
            .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
        )
        return {name: cells for name, *cells in rows}

    def step(self) -> tuple[int, int]:
        """At which step the walk stands, and of how many."""
        slider = self.main.get_by_role("slider").first
        return int(slider.input_value()), int(slider.get_attribute("max") or 0)

    def go_to_step(self, key: str) -> None:
        """Press a key on the walk's slider: Home for its first step, End for its last one."""
        self.main.get_by_role("slider").first.press(key)

    def becomes(self, read: Callable[[], T], wanted: object, seconds: float = 20) -> None:
        """Read until it gives what is wanted; fails with the last reading."""
        deadline = time.monotonic() + seconds
        while read() != wanted and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert read() == wanted

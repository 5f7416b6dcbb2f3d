"""What a person has practised: every answer with its verdict, to JSON and back, and what it says about mastery and slips."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, TypedDict

from mlp_core import Quantity
from mlp_core.steps import Phase

from ..answers import MAX_LENGTH
from ..drawing.data import Picture, State
from ..drawing.network import picture
from ..drawing.scene import Scene
from ..i18n import gettext as _
from ..i18n import mark
from ..misconceptions import CATALOGUE
from ..palette import mastery_colors
from ..problem import Problem
from ..style import Look
from ..worked import Worked
from .questions import askable
from .verdict import Verdict, VerdictKind

KINDS = tuple(kind for kind in VerdictKind if kind.final)
MAX_ATTEMPTS, RECENT = 2000, 5  # answers kept in all; how many of an element's latest count for its mastery
KEPT = 40  # characters of an answer
VERSION = 2
LEVELS = {0.5: "weak", 0.8: "fair", 2.0: "strong"}  # below that share of right ones


@dataclass(frozen=True)
class Attempt:
    """One answer: the address asked, what was typed, the kind of verdict, the misconceptions it showed, the hints taken."""

    target: str
    answer: str
    kind: VerdictKind
    slips: tuple[str, ...] = ()
    hints: int = 0

    def __post_init__(self) -> None:
        try:
            fine = askable(Quantity.parse(self.target))
        except ValueError:
            fine = False
        fine = fine and isinstance(self.answer, str) and len(self.answer) <= MAX_LENGTH and self.kind in KINDS
        fine = fine and isinstance(self.slips, tuple) and all(name in CATALOGUE for name in self.slips)
        if not fine or type(self.hints) is not int or not 0 <= self.hints <= 3:
            raise Problem("progress", BROKEN)
        object.__setattr__(self, "kind", VerdictKind(self.kind))

    @classmethod
    def of(cls, verdict: Verdict, answer: str, hints: int) -> Attempt:
        """The attempt that a verdict is about."""
        return cls(str(verdict.question.target), answer[:KEPT], verdict.kind, verdict.candidates, hints)

    @property
    def correct(self) -> bool:
        """Whether the answer counted."""
        return self.kind.counts

    @property
    def score(self) -> float:
        """1 for a right answer, half of that with hints, 0 for a wrong one."""
        return (0.5 if self.hints else 1.0) if self.correct else 0.0


BROKEN = mark("This is not a saved progress: fields are missing, unknown or out of range.")


@dataclass(frozen=True)
class Progress:
    """Every attempt, the oldest first."""

    attempts: tuple[Attempt, ...] = ()

    def with_(self, attempt: Attempt) -> Progress:
        """The progress with one more attempt; the oldest goes when there are too many."""
        return Progress((*self.attempts, attempt)[-MAX_ATTEMPTS:])

    def to_json(self) -> str:
        """As JSON text, in ASCII: a restored answer may hold what no other encoding takes.

        An attempt is a list: target, answer, kind, hints, slips; all but answer and hints are places in the list of words.
        """
        words: dict[str, int] = {}

        def place(word: str) -> int:
            return words.setdefault(word, len(words))

        rows = [
            [place(one.target), one.answer, place(one.kind), one.hints, *map(place, one.slips)] for one in self.attempts
        ]
        return json.dumps({"version": VERSION, "words": list(words), "attempts": rows}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Progress:
        """The progress of ``to_json``, or of the files that came before it; Problem at "progress" for anything else."""
        try:
            data = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            raise Problem("progress", mark("This is not a saved progress: it is no valid JSON.")) from None
        rows: Any = data.get("attempts") if isinstance(data, dict) else None
        if not isinstance(rows, list) or len(rows) > MAX_ATTEMPTS:
            raise Problem("progress", BROKEN)
        if data.keys() == {"attempts"}:
            return cls(tuple(map(_attempt_of_fields, rows)))
        words = data.get("words")
        if data.keys() != {"version", "words", "attempts"} or data["version"] != VERSION or not isinstance(words, list):
            raise Problem("progress", BROKEN)
        return cls(tuple(_attempt(row, words) for row in rows))

    def slips(self) -> list[tuple[str, int]]:
        """The misconceptions shown so far and how often, the most frequent first."""
        return Counter(name for attempt in self.attempts for name in attempt.slips[:1]).most_common()

    def page(self, name: str) -> str:
        """The page that explains a misconception where it was shown last."""
        last = next(attempt for attempt in reversed(self.attempts) if attempt.slips[:1] == (name,))
        target = Quantity.parse(last.target)
        known = {"preactivation": Phase.FORWARD, "activation": Phase.FORWARD, "loss": Phase.LOSS, "gradient": Phase.BACKWARD}
        return CATALOGUE[name].page_of(known.get(target.family, Phase.UPDATE))

    def by_element(self, worked: Worked) -> dict[str, list[Attempt]]:
        """The attempts by the element of the picture that they are about; others are left out."""
        found: dict[str, list[Attempt]] = {}
        for attempt in self.attempts:
            id = worked.plan.element(Quantity.parse(attempt.target))
            if id:
                found.setdefault(id, []).append(attempt)
        return found


def _attempt(row: Any, words: list[Any]) -> Attempt:
    """The attempt of a row of ``to_json``."""
    if not isinstance(row, list) or len(row) < 4:
        raise Problem("progress", BROKEN)
    target, answer, kind, hints, *slips = row
    places = [target, kind, *slips]
    if not all(type(place) is int and 0 <= place < len(words) and isinstance(words[place], str) for place in places):
        raise Problem("progress", BROKEN)
    return Attempt(words[target], answer, words[kind], tuple(words[place] for place in slips), hints)


def _attempt_of_fields(row: Any) -> Attempt:
    """The attempt of a row by name, as files of version 1 have it."""
    if not isinstance(row, dict) or row.keys() != {"target", "answer", "kind", "slips", "hints"}:
        raise Problem("progress", BROKEN)
    slips = row["slips"]
    if not isinstance(slips, list) or not all(isinstance(name, str) for name in slips) or not isinstance(row["kind"], str):
        raise Problem("progress", BROKEN)
    return Attempt(**(row | {"slips": tuple(slips)}))


def level(attempts: list[Attempt]) -> str:
    """unasked, weak, fair or strong: by the share of right ones among the latest."""
    recent = attempts[-RECENT:]
    if not recent:
        return "unasked"
    share = sum(attempt.score for attempt in recent) / len(recent)
    return next(name for bound, name in LEVELS.items() if share < bound)


class _Grade(TypedDict):
    """What mastery writes over an element of the picture."""

    kind: str
    value: str
    spoken: str
    state: State


def mastery_picture(progress: Progress, scene: Scene, look: Look, theme: str) -> Picture:
    """The network's picture coloured by mastery; what was asked is lit, and on it stands how many answers were right."""
    found = progress.by_element(scene.worked)
    drawn = picture(scene)

    def graded(id: str) -> _Grade:
        attempts = found.get(id, [])
        right = sum(attempt.correct for attempt in attempts)
        name = look.words(_named(id))
        spoken = _("{name}: {right} of {asked} right").format(name=name, right=right, asked=len(attempts))
        value = f"{right}/{len(attempts)}" if attempts else "–"
        return {"kind": level(attempts), "value": value, "spoken": spoken, "state": "input" if attempts else "idle"}

    loss = [drawn["loss"]] if drawn["loss"] else []
    for node in [*(node for layer in drawn["layers"] for node in layer["nodes"]), *loss]:
        grade = graded(node["id"])
        row = node["rows"][-1 if node["id"] == "C" else 0]
        node["kind"], node["spoken"], node["state"] = grade["kind"], grade["spoken"], grade["state"]
        node["rows"] = [{"name": row["name"], "value": grade["value"], "kind": grade["kind"]}]
        if "bias" in node:
            bias, grade = node["bias"], graded(node["bias"]["id"])
            bias["kind"], bias["spoken"] = grade["kind"], grade["spoken"]
            bias["state"], bias["value"] = grade["state"], grade["value"]
    for edge in drawn["edges"]:
        grade = graded(edge["id"])
        edge["kind"], edge["spoken"] = grade["kind"], grade["spoken"]
        edge["state"], edge["value"] = grade["state"], grade["value"]
        edge["size"], edge["sign"] = 0.6, 1
    drawn["colors"], drawn["direction"] = mastery_colors(theme), None
    return drawn


def _named(id: str) -> Quantity:
    """The quantity whose name stands on an element: a neuron's is that of its output."""
    return Quantity.parse(id.replace("n.", "x." if id.startswith("n.0.") else "a.", 1))

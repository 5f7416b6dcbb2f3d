"""What was asked in an exam, what was typed, what is right and why: one page of HTML that any browser shows and prints."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape

from latex2mathml.converter import convert

from ..example import Example
from ..i18n import LANGUAGES, language, mark
from ..i18n import gettext as _
from ..practice.exercise import Exercise
from ..practice.grading import judged
from ..practice.questions import Question
from ..practice.series import asked
from ..practice.verdict import Verdict
from ..practice.wording import prompt
from ..problem import Problem
from ..style import Look, name_of
from ..walk.card import laws, numbers_put_in
from .banks.items import of_markdown

NOT_OVER = mark("An exam that has not ended has no sheet yet.")
_STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #10161c; background: #fff; }
section { border-top: 1px solid #d5dce3; padding: .5rem 0 1rem; break-inside: avoid; }
h2 { font-size: 1.1rem; margin: .5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0; }
dt { color: #4a5562; }
dd { margin: 0; overflow-x: auto; }
dd p { margin: 0 0 .4rem; }
math { font-size: 1.1em; }
"""


def exam_sheet(exercise: Exercise, current: Example) -> str:
    """The sheet of an exam that has ended, in the language in use; Problem for any other exercise.

    ``current``: the example on the desk, whose numbers are asked unless the exercise has its own.
    """
    if not exercise.ended:
        raise Problem("practice", NOT_OVER)
    example = exercise.example(current)
    view, batch = example.view, bool(example.model.several)
    look = Look.of(view.notation, language(), view.decimals, "light", example.sizes, batch=batch)
    series, typed = asked(exercise, example), dict(exercise.typed)
    verdicts = judged(series, typed, exam=True)
    right = sum(verdict.correct for verdict in verdicts.values())
    title = _("Exam {seed}").format(seed=exercise.seed)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p><strong>{escape(_('{right} of {all} right').format(right=right, all=len(series)))}</strong></p>",
        f"<p>{escape(_about(exercise, example))}</p>",
    ]
    for n, question in enumerate(series, 1):
        address = str(question.target)
        parts.append(_section(n, question, typed.get(address, ""), verdicts.get(address), look))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    top = f'<!doctype html><html lang="{LANGUAGES[language()].tag}"><head>{head}<style>{_STYLE}</style></head>'
    return f"{top}<body>{''.join(parts)}</body></html>"


def posted(exercise: Exercise, current: Example) -> str:
    """What a request for the sheet carries."""
    return json.dumps({"exercise": exercise.to_json(), "example": current.to_json()})


def of_posted(text: str) -> str:
    """The sheet for what ``posted`` wrote; Problem for anything else."""
    try:
        data = json.loads(text)
        exercise, example = data["exercise"], data["example"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Problem("practice", NOT_OVER) from None
    return exam_sheet(Exercise.from_json(exercise), Example.from_json(example))


def _about(exercise: Exercise, example: Example) -> str:
    day = datetime.fromtimestamp(exercise.started, UTC).date().isoformat()
    network = "-".join(map(str, example.sizes))
    activations = ", ".join(map(name_of, example.model.activations))
    return _("{day} · {minutes} minutes · {network} network: {activations}; {loss}; {optimiser}").format(
        day=day, minutes=exercise.minutes, network=network, activations=activations, loss=name_of(example.model.loss),
        optimiser=example.settings.optimiser,
    )  # fmt: skip


def _section(n: int, question: Question, typed: str, verdict: Verdict | None, look: Look) -> str:
    asked_, *given = prompt(question, look).split("\n\n")
    sides = [laws(question.step, look)[-1], numbers_put_in(question.step, question.worked, look)]
    value = look.number(question.target, question.answer)
    first, *more = filter(None, [*sides, value])
    lines = [f"{look.symbol(question.target)} = {first}", *(f"= {side}" for side in more)]
    rows = [
        (_("Your answer"), escape(typed) or "–"),
        (_("Right is"), "<br>".join(map(_formula, lines))),
        (_("Verdict"), _text(verdict.message(language(), look)) if verdict else "–"),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{text}</dd>" for name, text in rows)
    return f"<section><h2>{n}. {_text(asked_, bare=True)}</h2>{''.join(map(_text, given))}<dl>{listed}</dl></section>"


def _text(markdown: str, bare: bool = False) -> str:
    html = of_markdown(markdown, _formula)
    return html.removeprefix("<p>").removesuffix("</p>") if bare else html


def _formula(latex: str) -> str:
    """MathML; the converter takes the blank after the end of a row for a sign of LaTeX."""
    return convert(latex.replace("\\\\ ", "\\\\"))

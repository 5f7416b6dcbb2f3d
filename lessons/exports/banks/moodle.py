"""A bank as Moodle XML, which every Moodle imports: a category a kind, in it the same question with other numbers."""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree as ET

from ...i18n import gettext as _
from ...i18n import using
from ...sheets import Settings
from .items import Item, grouped, items, of_markdown, plain_number

_KEPT = re.compile("\ue000(\\d+)\ue001")
OTHERWISE = "*"  # an answer that any number matches; the first answer that matches counts


def moodle(settings: Settings) -> bytes:
    """The bank in the language of the sheets, the same bytes for the same settings."""
    with using(settings.view.language):
        return _Quiz(settings).made()


class _Quiz:
    """The document; texts stand in CDATA, which ElementTree does not write: they are put in at the end."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.texts = settings, list[str]()

    def made(self) -> bytes:
        quiz = ET.Element("quiz")
        top = _("Backpropagation {sizes}").format(sizes="-".join(map(str, self.settings.sizes)))
        for category, every in grouped(items(self.settings)):
            self.category(quiz, f"{top}/{category.replace('/', '//')}")
            for item in every:
                self.question(quiz, item)
        ET.indent(quiz, " ")
        plain = ET.tostring(quiz, "unicode", short_empty_elements=False)
        whole = _KEPT.sub(lambda found: f"<![CDATA[{self.texts[int(found[1])].replace(']]>', ']]&gt;')}]]>", plain)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'.encode()

    def category(self, quiz: ET.Element, path: str) -> None:
        question = ET.SubElement(quiz, "question", type="category")
        self.text(ET.SubElement(question, "category"), f"$course$/{path}")

    def question(self, quiz: ET.Element, item: Item) -> None:
        """One question: the right number, then the wrong ones in order of likelihood, then any other."""
        made = ET.SubElement(quiz, "question", type="numerical")
        self.text(ET.SubElement(made, "name"), item.name)
        self.html(made, "questiontext", item.text)
        self.html(made, "generalfeedback", item.working)
        for tag, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0"), ("idnumber", item.key)):
            ET.SubElement(made, tag).text = value
        self.answer(made, 100, plain_number(item.answer), item.tolerance, _("Right."))
        for slip in item.slips:
            self.answer(made, 0, plain_number(slip.value), slip.tolerance, slip.message)
        self.answer(made, 0, OTHERWISE, 0, _("Not right, and I do not recognise how this number comes about."))
        for tag, value in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3"), ("unitsleft", "0")):
            ET.SubElement(made, tag).text = value

    def answer(self, made: ET.Element, fraction: int, number: str, tolerance: float, message: str) -> None:
        answer = ET.SubElement(made, "answer", fraction=str(fraction), format="moodle_auto_format")
        ET.SubElement(answer, "text").text = number
        self.html(answer, "feedback", message)
        ET.SubElement(answer, "tolerance").text = f"{tolerance:.6g}"

    def html(self, parent: ET.Element, tag: str, markdown: str) -> None:
        made = ET.SubElement(parent, tag, format="html")
        self.kept(ET.SubElement(made, "text"), of_markdown(markdown, lambda latex: rf"\({escape(latex, quote=False)}\)"))

    def text(self, parent: ET.Element, text: str) -> None:
        ET.SubElement(parent, "text").text = text

    def kept(self, element: ET.Element, html: str) -> None:
        element.text = f"\ue000{len(self.texts)}\ue001"
        self.texts.append(html)

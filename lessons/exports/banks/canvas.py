"""A bank as Canvas imports it: QTI 1.2 in a package, a group a kind of question, of which a quiz draws one.

A numerical question of Canvas knows right answers only: its importer takes every condition on a range for one
(numeric_interaction.rb in Canvas's qti_exporter). So the wrong numbers of slips stand in the feedback on a wrong answer, each
beside its message.
"""

from __future__ import annotations

from hashlib import sha256
from html import escape
from io import BytesIO
from urllib.parse import quote
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from mlp_core.writing.numbers import figures

from ...i18n import gettext as _
from ...i18n import using
from ...sheets import Settings
from .items import DIGITS, Item, grouped, items, of_markdown, plain_number

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"


def canvas(settings: Settings) -> bytes:
    """The package (ZIP) in the language of the sheets, the same bytes for the same settings."""
    with using(settings.view.language):
        quiz = _quiz(settings)
        name = f"g{sha256(quiz).hexdigest()[:30]}"
        files = {"imsmanifest.xml": _manifest(name), f"{name}/{name}.xml": quiz}
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for path, data in files.items():
            package.writestr(ZipInfo(path), data, ZIP_DEFLATED)
    return made.getvalue()


def equation(latex: str) -> str:
    """A formula as Canvas's editor writes it: a picture by its LaTeX, escaped twice in the address."""
    shown = escape(latex)
    source = f"/equation_images/{quote(quote(latex, safe=''), safe='')}"
    return f'<img class="equation_image" title="{shown}" src="{source}" alt="LaTeX: {shown}" data-equation-content="{shown}">'


def _manifest(name: str) -> bytes:
    root = ET.Element("manifest", identifier=f"{name}-manifest", xmlns=PACKAGE)
    metadata = ET.SubElement(root, "metadata")
    ET.SubElement(metadata, "schema").text = "IMS Content"
    ET.SubElement(metadata, "schemaversion").text = "1.1.3"
    ET.SubElement(root, "organizations")
    resources = ET.SubElement(root, "resources")
    resource = ET.SubElement(resources, "resource", identifier=name, type="imsqti_xmlv1p2")
    ET.SubElement(resource, "file", href=f"{name}/{name}.xml")
    return _document(root)


def _quiz(settings: Settings) -> bytes:
    root = ET.Element("questestinterop", xmlns=QTI)
    title = _("Backpropagation {sizes}").format(sizes="-".join(map(str, settings.sizes)))
    every = grouped(items(settings))
    seal = sha256(settings.to_json().encode()).hexdigest()[:12]
    assessment = ET.SubElement(root, "assessment", ident=f"quiz-{seal}", title=title)
    _fields(assessment, cc_maxattempts="1")
    whole = ET.SubElement(assessment, "section", ident="root_section")
    for n, (category, group) in enumerate(every, 1):
        section = ET.SubElement(whole, "section", ident=f"group-{seal}-{n}", title=category)
        selection = ET.SubElement(ET.SubElement(section, "selection_ordering"), "selection")
        ET.SubElement(selection, "selection_number").text = "1"
        ET.SubElement(ET.SubElement(selection, "selection_extension"), "points_per_item").text = "1"
        for item in group:
            _item(section, item)
    return _document(root)


def _item(section: ET.Element, item: Item) -> None:
    ident = f"q-{sha256(item.key.encode()).hexdigest()[:24]}"
    made = ET.SubElement(section, "item", ident=ident, title=item.name)
    fields = {"question_type": "numerical_question", "points_possible": "1"}
    _fields(ET.SubElement(made, "itemmetadata"), **fields, assessment_question_identifierref=f"{ident}-ref")
    presentation = ET.SubElement(made, "presentation")
    _material(presentation, item.text)
    response = ET.SubElement(presentation, "response_str", ident="response1", rcardinality="Single")
    ET.SubElement(ET.SubElement(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    _processing(made, item)
    _feedback(made, "general_fb", item.working)
    _feedback(made, "general_incorrect_fb", _slips(item))


def _processing(made: ET.Element, item: Item) -> None:
    """What is right; the feedback that is always given, and that on a wrong answer."""
    processing = ET.SubElement(made, "resprocessing")
    outcomes = ET.SubElement(processing, "outcomes")
    ET.SubElement(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    _shown(processing, "general_fb")
    condition = ET.SubElement(processing, "respcondition", {"continue": "No"})
    either = ET.SubElement(ET.SubElement(condition, "conditionvar"), "or")
    ET.SubElement(either, "varequal", respident="response1").text = plain_number(item.answer)
    both = ET.SubElement(either, "and")
    ET.SubElement(both, "vargte", respident="response1").text = plain_number(item.answer - item.tolerance)
    ET.SubElement(both, "varlte", respident="response1").text = plain_number(item.answer + item.tolerance)
    ET.SubElement(condition, "setvar", action="Set", varname="SCORE").text = "100"
    _shown(processing, "general_incorrect_fb")


def _shown(processing: ET.Element, ident: str) -> None:
    condition = ET.SubElement(processing, "respcondition", {"continue": "Yes"})
    ET.SubElement(ET.SubElement(condition, "conditionvar"), "other")
    ET.SubElement(condition, "displayfeedback", feedbacktype="Response", linkrefid=ident)


def _slips(item: Item) -> str:
    """Every wrong number with its message, to be compared with one's own."""
    told = [f"{figures(slip.value, DIGITS + 1)}: {slip.message}" for slip in item.slips]
    return "\n\n".join([_("Not right. Is your number among these?") if told else _("Not right."), *told])


def _feedback(made: ET.Element, ident: str, markdown: str) -> None:
    feedback = ET.SubElement(made, "itemfeedback", ident=ident)
    _material(ET.SubElement(feedback, "flow_mat"), markdown)


def _material(parent: ET.Element, markdown: str) -> None:
    material = ET.SubElement(parent, "material")
    ET.SubElement(material, "mattext", texttype="text/html").text = of_markdown(markdown, equation)


def _fields(parent: ET.Element, **fields: str) -> None:
    metadata = ET.SubElement(parent, "qtimetadata")
    for label, entry in fields.items():
        field = ET.SubElement(metadata, "qtimetadatafield")
        ET.SubElement(field, "fieldlabel").text = label
        ET.SubElement(field, "fieldentry").text = entry


def _document(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'.encode()

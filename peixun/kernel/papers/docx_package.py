"""An empty .docx with a paper's styles, and saving it so that the same paper gives the same bytes."""

import zipfile
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE as RELATIONS
from docx.oxml import parse_xml

from peixun.kernel.papers.docx_styles import font_table_xml, settings_xml, styles_xml
from peixun.kernel.papers.model import Paper

KEPT_IN_PACKAGE: Final = frozenset({RELATIONS.OFFICE_DOCUMENT, RELATIONS.CORE_PROPERTIES})
KEPT_IN_DOCUMENT: Final = frozenset({RELATIONS.STYLES, RELATIONS.SETTINGS, RELATIONS.FONT_TABLE})
FIRST_PARTS: Final = ("[Content_Types].xml", "_rels/.rels")


def empty_document(paper: Paper) -> DocxDocument:
    """Return a document with the paper's properties, styles and settings, and no content yet."""
    document = Document()
    _drop(document.part.package.rels, KEPT_IN_PACKAGE)
    _drop(document.part.rels, KEPT_IN_DOCUMENT)
    _refill(document.styles.element, styles_xml())
    _refill(document.settings.element, settings_xml())
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONS.FONT_TABLE:
            vars(relation.target_part)["_blob"] = font_table_xml()
    _describe(document, paper)
    return document


def packed(document: DocxDocument, paper: Paper) -> bytes:
    """Return the document's bytes: parts in a fixed order, all dated with the paper's date."""
    raw = BytesIO()
    document.save(raw)
    out = BytesIO()
    stamp = (max(1980, paper.date.year), paper.date.month, paper.date.day, 0, 0, 0)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name not in FIRST_PARTS, name)):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(name), compresslevel=6)
    return out.getvalue()


def _drop(relations: Any, kept: frozenset[str]) -> None:
    for key in [key for key, relation in relations.items() if relation.reltype not in kept]:
        del relations[key]


def _refill(element: Any, children: list[str]) -> None:
    for child in list(element):
        element.remove(child)
    for child in children:
        element.append(parse_xml(child))


def _describe(document: DocxDocument, paper: Paper) -> None:
    properties = document.core_properties
    completed = datetime.combine(paper.date, time(0), tzinfo=UTC)
    properties.title = paper.flat_title[:255]
    properties.author = properties.last_modified_by = paper.organisation[:255]
    properties.language = paper.language
    properties.created = properties.modified = completed
    properties.revision = 1
    properties.comments = properties.keywords = properties.subject = properties.category = ""

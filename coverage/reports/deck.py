"""How does a view with a scenario become a presentation, and what does one that was made here carry?

`script` finds the sentences, charts and tables; `slides` draws them natively on a master (`masters`). The file carries
its provenance as a custom XML part, and in the document's properties for programs that drop such parts, so that the app
can open the scenario again (`carried`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.base.texts import Texts
from coverage.intake import packed
from coverage.model import view as views
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports import masters, outline, provenance, slides
from coverage.reports.provenance import Provenance

NAMESPACE = "urn:cakupan:provenance"
_PROPERTY = "Cakupan"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_PIECE = 250  # Office keeps 255 characters of a text property
_MOST_BYTES = 4_000_000


def make(
    view: View,
    scenario: Scenario,
    *,
    source: Provenance,
    texts: Texts,
    until: date | None = None,
    futures: Futures | None = None,
    template: bytes | None = None,
    template_name: str = "",
    more: Sequence[tuple[str, Sequence[str]]] = (),
) -> bytes:
    """Return a presentation as a file; raise `FileRefused` where the template is none.

    `more` are further slides as title and lines (those of a meeting), before the sources.
    """
    at = masters.opened(template, name=template_name)
    result = outline.pages(view, scenario, source=source, texts=texts, until=until, futures=futures, more=more)
    mark = texts("provenance.sample") if source.sample else ""
    slides.draw(at, result, texts, foot=provenance.describe_source_and_day(source, texts), mark=mark)
    _describe(at.deck, source, result[0].title, texts)
    _carry(at.deck, source)
    return masters.saved(at.deck)


def _describe(deck: Any, source: Provenance, title: str, texts: Texts) -> None:
    """Say in the file's properties what it is; the library's own author has no place there."""
    about, made = deck.core_properties, datetime.combine(source.made_on, time())
    about.title, about.author, about.last_modified_by = title[:255], "Cakupan", "Cakupan"
    about.subject, about.keywords = provenance.short(source, texts)[:255], source.fingerprint
    about.comments = "\n".join(provenance.describe_provenance(source, texts))[:255]
    about.created = about.modified = made
    about.revision, about.language = 1, texts.language


def _carry(deck: Any, source: Provenance) -> None:
    """Put the provenance into the file twice: PowerPoint keeps an XML part of its own, LibreOffice the properties."""
    text, package = provenance.to_json(source), deck.part.package
    _forget(deck)
    root = etree.Element(f"{{{NAMESPACE}}}provenance", nsmap={None: NAMESPACE})
    root.text = text
    name = package.next_partname("/customXml/item%d.xml")
    part = Part(name, "application/xml", package, _xml(root))
    deck.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
    if any(rel.reltype == RELATIONSHIP_TYPE.CUSTOM_PROPERTIES for rel in package._rels.values()):
        return  # a template's own properties stay as they are
    listed = etree.Element(f"{{{_PROPERTIES}}}Properties", nsmap={None: _PROPERTIES, "vt": _VALUES})
    for place, start in enumerate(range(0, len(text), _PIECE)):
        child = etree.SubElement(listed, f"{{{_PROPERTIES}}}property")
        child.set("fmtid", "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}")
        child.set("pid", str(place + 2))
        child.set("name", f"{_PROPERTY}{place + 1:03d}")
        etree.SubElement(child, f"{{{_VALUES}}}lpwstr").text = text[start : start + _PIECE]
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    part = Part(PackURI("/docProps/custom.xml"), kind, package, _xml(listed))
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def _forget(deck: Any) -> None:
    """Take out what a template carries that was itself made here: it is another scenario's."""
    for name, key in list(deck.part.rels.items()):
        if key.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and NAMESPACE.encode() in key.target_part.blob:
            deck.part.rels.pop(name)
    package = deck.part.package
    for name, key in list(package._rels.items()):
        if key.reltype != RELATIONSHIP_TYPE.CUSTOM_PROPERTIES:
            continue
        listed = etree.fromstring(key.target_part.blob, _SAFE)
        for ours in [entry for entry in listed if str(entry.get("name")).startswith(_PROPERTY)]:
            listed.remove(ours)
        if len(listed):
            key.target_part._blob = _xml(listed)
        else:
            package._rels.pop(name)


def _xml(root: Any) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def carried(content: bytes, file: str) -> Provenance:
    """Return what a presentation carries; raise `FileRefused` where it was not made here, or is no presentation.

    The file comes from outside: only its two small parts are unpacked, their size is limited, and no entity of the XML
    is resolved.
    """
    if len(content) > settings.load().whole("upload_limit_bytes"):
        limit = settings.load().whole("upload_limit_bytes")
        raise FileRefused("file_too_large", file=file, found=len(content), allowed=limit)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return provenance.from_json(_description(archive, file), file)
    except packed.BROKEN as error:
        raise FileRefused("provenance_unreadable", file=file) from error


def _description(archive: zipfile.ZipFile, file: str) -> str:
    """Return the JSON in our XML part, else the one in the document's properties."""
    names = [entry for entry in archive.infolist() if entry.filename.startswith("customXml/item")][:100]
    for name in names:
        root = _parsed(archive, name)
        if root is not None and root.tag == f"{{{NAMESPACE}}}provenance":
            return str(root.text or "")
    if "docProps/custom.xml" in archive.namelist():
        root = _parsed(archive, archive.getinfo("docProps/custom.xml"))
        ours = [] if root is None else [element for element in root if str(element.get("name")).startswith(_PROPERTY)]
        if ours:
            ours.sort(key=lambda our: str(our.get("name")))
            return "".join("".join(our.itertext()) for our in ours)
    raise FileRefused("provenance_unreadable", file=file)


def _parsed(archive: zipfile.ZipFile, zip_info: zipfile.ZipInfo) -> Any | None:
    if zip_info.file_size > _MOST_BYTES:
        return None
    with archive.open(zip_info) as part:
        content = part.read(_MOST_BYTES + 1)
    try:
        return etree.fromstring(content, _SAFE)
    except etree.XMLSyntaxError:
        return None


def scope_of(source: Provenance) -> views.Scope:
    """Return what the presentation looked at."""
    return views.Scope(regions=source.regions, branches=source.branches, segments=source.segments)

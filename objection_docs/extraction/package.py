"""The zip of a Word file: the XML of its document and of the parts beside it that are read.

Only these are unpacked. python-docx opens every part, pictures and themes too, and makes an object of each element:
three times the work for the same words.
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from lxml import etree

MAIN = "word/document.xml"
TYPES = "[Content_Types].xml"
#: What leads from the document to its macros, which nobody here reads or runs.
MACROS = "vbaProject"
_DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: A document with macros, a template, a template with macros: docm, dotx, dotm.
_OTHER_MAIN = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document\.macroEnabled|template\.macroEnabledTemplate)"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml"
)
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_READ = {"header", "footer", "footnotes", "endnotes", "numbering", "styles"}


@dataclass(frozen=True, slots=True)
class Package:
    """`document`: the root of the main part. `related`: kind → the XML of each part of it, in the file's order.
    `macros`: whether the file brings any."""

    document: etree._Element
    related: dict[str, list[bytes]]
    macros: bool


def read(archive: zipfile.ZipFile) -> Package:
    """Raises KeyError, zipfile or lxml errors for a file that is damaged."""
    main = next((target for kind, target in _relations(archive, "") if kind == "officeDocument"), MAIN)
    related: dict[str, list[bytes]] = {}
    macros = False
    for kind, target in _relations(archive, main):
        macros = macros or kind == MACROS
        if kind in _READ:
            related.setdefault(kind, []).append(archive.read(target))
    return Package(parse(archive.read(main)), related, macros)


def ordinary(data: bytes) -> bytes:
    """A document with macros or a template, called an ordinary document, as python-docx opens no other; else `data`.

    The macros still lie in it: whoever saves it takes them out.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        types = _OTHER_MAIN.sub(_DOCUMENT, said := archive.read(TYPES))
        if types == said:
            return data
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for entry in archive.infolist():
                made.writestr(entry, types if entry.filename == TYPES else archive.read(entry))
    return out.getvalue()


def parse(xml: bytes) -> etree._Element:
    """The root; entities stay closed, and nothing is fetched."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    return etree.fromstring(xml, parser)


def _relations(archive: zipfile.ZipFile, name: str) -> tuple[tuple[str, str], ...]:
    """Kind and target of what a part ("": the whole file) leads to inside the file."""
    folder, base = posixpath.split(name)
    place = posixpath.join(folder, "_rels", f"{base}.rels")
    try:
        xml = archive.read(place)
    except KeyError:  # a part that leads nowhere has none
        return ()
    return _known(xml, folder) if len(xml) <= _SHORT else _targets(xml, folder)


def _targets(xml: bytes, folder: str) -> tuple[tuple[str, str], ...]:
    found = []
    for relation in parse(xml).iter(_RELATION):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            found.append((relation.get("Type", "").rsplit("/", 1)[-1], target))
    return tuple(found)


#: Bytes. The letters of a form, and most of a house, have the same ones.
_SHORT = 10_000
_known = lru_cache(maxsize=64)(_targets)

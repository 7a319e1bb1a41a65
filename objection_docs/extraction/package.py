"""The zip of a Word file: the XML of its document and of the parts beside it that are read.

Only these are unpacked. python-docx opens every part, pictures and themes too, and makes an object of each element:
three times the work for the same words.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

MAIN = "word/document.xml"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_READ = {"header", "footer", "footnotes", "endnotes", "numbering", "styles"}


@dataclass(frozen=True, slots=True)
class Package:
    """`document`: the root of the main part. `related`: kind → the XML of each part of it, in the file's order."""

    document: etree._Element
    related: dict[str, list[bytes]]


def read(archive: zipfile.ZipFile) -> Package:
    """Raises KeyError, zipfile or lxml errors for a file that is damaged."""
    main = next((target for kind, target in _relations(archive, "") if kind == "officeDocument"), MAIN)
    related: dict[str, list[bytes]] = {}
    for kind, target in _relations(archive, main):
        if kind in _READ:
            related.setdefault(kind, []).append(archive.read(target))
    return Package(parse(archive.read(main)), related)


def parse(xml: bytes) -> etree._Element:
    """The root; entities stay closed, and nothing is fetched."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    return etree.fromstring(xml, parser)


def _relations(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, str]]:
    """Kind and target of what a part ("": the whole file) leads to inside the file."""
    folder, base = posixpath.split(name)
    place = posixpath.join(folder, "_rels", f"{base}.rels")
    try:
        xml = archive.read(place)
    except KeyError:  # a part that leads nowhere has none
        return
    for relation in parse(xml).iter(_RELATION):
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            yield relation.get("Type", "").rsplit("/", 1)[-1], target

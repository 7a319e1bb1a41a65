"""Letters with the statuses that a person gave their elements: `<name>.yaml` with kind, labels and the text, or beside
it the letter itself (docx, pdf or txt). Against them a change of the rules is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import marshmallow as ma

from objection_docs.errors import DataFileError, UsageError
from objection_docs.packs import yaml_file
from objection_docs.packs.rule_schema import STATUSES

_ENDINGS = (".docx", ".pdf", ".txt")


@dataclass(frozen=True, slots=True)
class Labelled:
    """`labels`: element → status. `text` is empty where the letter is a `file`."""

    id: str
    kind: str
    labels: Mapping[str, str]
    text: str
    file: Path | None


class _Status(ma.fields.Field):
    """A status, or a mapping that holds one beside other things."""

    def _deserialize(self, value, attr, data, **kwargs):
        status = value.get("status") if isinstance(value, dict) else value
        if status not in (*STATUSES, "not_applicable"):
            raise ma.ValidationError("这里应当是要素的状态：present、vague、blank、missing 或 not_applicable")
        return status


class _LabelledSchema(ma.Schema):
    class Meta:
        unknown = ma.EXCLUDE  # notes, sources, what a person else wrote down

    kind = ma.fields.String(required=True)
    labels = ma.fields.Dict(ma.fields.String(), _Status(), required=True)
    text = ma.fields.String(load_default="")


def _read(path: Path) -> Labelled:
    loaded = yaml_file.load(path, _LabelledSchema())
    data = loaded.data
    file = next((path.with_suffix(ending) for ending in _ENDINGS if path.with_suffix(ending).is_file()), None)
    if file is None and not data["text"]:
        said = f"没有函件：请写上 text，或在旁边放 {path.stem}.docx、{path.stem}.pdf 或 {path.stem}.txt"
        raise DataFileError(said, where=loaded.where())
    return Labelled(path.stem, data["kind"], data["labels"], data["text"], None if data["text"] else file)


def letters(folder: Path) -> list[Labelled]:
    """The labelled letters of a folder and the folders in it. Raises UsageError when there are none."""
    if not folder.is_dir():
        raise UsageError(f"没有这个文件夹：{folder}", code="no_folder")
    found = [_read(path) for path in sorted(folder.rglob("*.yaml"))]
    if not found:
        raise UsageError(f"文件夹里没有带标注的函件（.yaml）：{folder}", code="no_letters")
    return found

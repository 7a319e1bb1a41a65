"""settings.yaml in the home folder → Settings: what an installation decides for itself. No file: the defaults."""

from dataclasses import dataclass, field
from pathlib import Path

import marshmallow as ma

from objection_docs import folders
from objection_docs.packs import yaml_file

NAME = "settings.yaml"


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """`fonds`: 全宗号, the beginning of archive numbers. `log_access`: whether opening a letter is an entry."""

    fonds: str = ""
    log_access: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)


class _ArchiveSchema(ma.Schema):
    fonds = ma.fields.String(
        validate=ma.validate.Regexp(r"[A-Za-z0-9]{1,20}\Z", error="全宗号只能是 1 到 20 个字母或数字；数字请加引号")
    )
    log_access = ma.fields.Boolean(truthy={True}, falsy={False})


class _Schema(ma.Schema):
    archive = ma.fields.Nested(_ArchiveSchema, load_default=dict)


def read(home: Path | None = None) -> Settings:
    """The settings of the installation. DataFileError with file and line for a mistake in them."""
    path = (home or folders.home()) / NAME
    if not path.is_file():
        return Settings()
    return Settings(archive=ArchiveSettings(**yaml_file.read(path, _Schema())["archive"]))

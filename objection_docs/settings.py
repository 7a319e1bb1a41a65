"""settings.yaml in the home folder → Settings: what an installation decides for itself. No file: the defaults."""

import os
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
class OidcSettings:
    """Sign-in through a provider of the house. `role`: of users met for the first time; "": they are refused."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    label: str = "用单位账号登录"
    role: str = ""

    @property
    def secret(self) -> str:
        return os.environ.get("OBJECTION_DOCS_OIDC_SECRET") or self.client_secret


@dataclass(frozen=True, slots=True)
class Settings:
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    oidc: OidcSettings = field(default_factory=OidcSettings)


class _ArchiveSchema(ma.Schema):
    fonds = ma.fields.String(
        validate=ma.validate.Regexp(r"[A-Za-z0-9]{1,20}\Z", error="全宗号只能是 1 到 20 个字母或数字；数字请加引号")
    )
    log_access = ma.fields.Boolean(truthy={True}, falsy={False})


class _OidcSchema(ma.Schema):
    issuer = ma.fields.Url(required=True, require_tld=False, error_messages={"invalid": "应为登录服务的网址"})
    client_id = ma.fields.String(required=True, validate=ma.validate.Length(min=1))
    client_secret = ma.fields.String()
    label = ma.fields.String(validate=ma.validate.Length(1, 40))
    role = ma.fields.String(
        validate=ma.validate.OneOf(("legal", "archivist", "admin"), error="角色应为 legal、archivist 或 admin")
    )


class _Schema(ma.Schema):
    archive = ma.fields.Nested(_ArchiveSchema, load_default=dict)
    oidc = ma.fields.Nested(_OidcSchema, load_default=dict)


def read(home: Path | None = None) -> Settings:
    """The settings of the installation. DataFileError with file and line for a mistake in them."""
    path = (home or folders.home()) / NAME
    if not path.is_file():
        return Settings()
    found = yaml_file.read(path, _Schema())
    return Settings(ArchiveSettings(**found["archive"]), OidcSettings(**found["oidc"]))

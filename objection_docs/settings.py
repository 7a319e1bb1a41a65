"""settings.yaml in the home folder, and the environment → Settings: what an installation decides for itself.

What stands nowhere has its default. The environment goes before the file: OBJECTION_DOCS_PORT for service.port.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import marshmallow as ma

from objection_docs import folders
from objection_docs.errors import UsageError
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
class ServiceSettings:
    """How `serve` runs.

    `workers`: processes under gunicorn, 0 for the small server of one process. `threads`: of each worker.
    `readers`: processes that read letters, for each worker; 0: the machine's cores shared out among the workers.
    `read_seconds`, `read_megabytes`: what one letter may cost there. `trusted_hosts`: names the service goes by.
    `proxies`: how many reverse proxies stand before it, whose X-Forwarded-For and -Proto are believed.
    `private_webhooks`: whether messages may go to addresses inside the house. `log`: text | json.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    allow_remote: bool = False
    workers: int = 0
    threads: int = 8
    readers: int = 0
    read_seconds: int = 60
    read_megabytes: int = 1500
    upload_megabytes: int = 20
    batch_megabytes: int = 200
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    private_webhooks: bool = False
    log: str = "text"


@dataclass(frozen=True, slots=True)
class Settings:
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    oidc: OidcSettings = field(default_factory=OidcSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)


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


def _whole(least: int, most: int) -> ma.fields.Integer:
    said = f"应为 {least} 到 {most} 的整数"
    return ma.fields.Integer(validate=ma.validate.Range(least, most, error=said), error_messages={"invalid": said})


def _flag() -> ma.fields.Boolean:
    said = {"invalid": "应为 true 或 false"}
    return ma.fields.Boolean(truthy={True, "true"}, falsy={False, "false"}, error_messages=said)


class _Names(ma.fields.List):
    """In the environment, with commas between."""

    def _deserialize(self, value, attr, data, **kwargs):
        listed = value.split(",") if isinstance(value, str) else value
        return tuple(
            super()._deserialize([n.strip() if isinstance(n, str) else n for n in listed], attr, data, **kwargs)
        )


class _ServiceSchema(ma.Schema):
    host = ma.fields.String(validate=ma.validate.Length(1, 255, error="应为一个地址，例如 127.0.0.1"))
    port = _whole(0, 65535)
    allow_remote = _flag()
    workers = _whole(0, 64)
    threads = _whole(1, 64)
    readers = _whole(0, 64)
    read_seconds = _whole(1, 600)
    read_megabytes = _whole(600, 64_000)
    upload_megabytes = _whole(1, 200)
    batch_megabytes = _whole(1, 2000)
    trusted_hosts = _Names(ma.fields.String())
    proxies = _whole(0, 5)
    private_webhooks = _flag()
    log = ma.fields.String(validate=ma.validate.OneOf(["text", "json"], error="应为 text 或 json"))


class _Schema(ma.Schema):
    archive = ma.fields.Nested(_ArchiveSchema, load_default=dict)
    oidc = ma.fields.Nested(_OidcSchema, load_default=dict)
    service = ma.fields.Nested(_ServiceSchema, load_default=dict)


def read(home: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the installation. DataFileError with file and line for a mistake in the file, UsageError with
    the variable's name for one in the environment.
    """
    path = (home or folders.home()) / NAME
    filed = yaml_file.read(path, _Schema()) if path.is_file() else {"archive": {}, "oidc": {}, "service": {}}
    service = filed["service"] | _from(os.environ if environment is None else environment)
    return Settings(ArchiveSettings(**filed["archive"]), OidcSettings(**filed["oidc"]), ServiceSettings(**service))


def _from(environment: Mapping[str, str]) -> dict:
    names = {f"OBJECTION_DOCS_{name.upper()}": name for name in _ServiceSchema().fields}
    given = {names[key]: value.strip() for key, value in environment.items() if key in names and value.strip()}
    try:
        return _ServiceSchema().load(given)
    except ma.ValidationError as error:
        (at, message), *_ = yaml_file.faults(error.normalized_messages())
        raise UsageError(
            f"环境变量 OBJECTION_DOCS_{at[0].upper()} 的值不对：{message}", code="invalid_setting"
        ) from None

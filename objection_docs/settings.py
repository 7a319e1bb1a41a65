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
        return os.environ.get(_SECRET_VARIABLE) or self.client_secret


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


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting to look at. `name`: as in the file, e.g. service.port. `source`: what it was taken from."""

    name: str
    label: str
    value: str
    source: str


LABELS = {
    "archive.fonds": "全宗号",
    "archive.log_access": "查看和取出文书也记入日志",
    "oidc.issuer": "单位账号登录：登录服务的网址",
    "oidc.client_id": "单位账号登录：客户端编号",
    "oidc.client_secret": "单位账号登录：客户端密钥",
    "oidc.label": "单位账号登录：按钮上的字",
    "oidc.role": "单位账号登录：初次登录者的角色",
    "service.host": "监听的地址",
    "service.port": "监听的端口",
    "service.allow_remote": "允许其他机器访问",
    "service.workers": "进程数（0 为单进程）",
    "service.threads": "每个进程的线程数",
    "service.readers": "读取文书的进程数（0 为自动）",
    "service.read_seconds": "读一份文书最多几秒",
    "service.read_megabytes": "读一份文书最多用多少 MB 内存",
    "service.upload_megabytes": "一份文书最大多少 MB",
    "service.batch_megabytes": "一批文书最大多少 MB",
    "service.trusted_hosts": "对外的名称",
    "service.proxies": "前面有几层反向代理",
    "service.private_webhooks": "webhook 可以发往内网",
    "service.log": "运行日志的格式",
}
_SECRET = "oidc.client_secret"
_SECRET_VARIABLE = "OBJECTION_DOCS_OIDC_SECRET"


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
    filed = _filed(home)
    service = filed["service"] | _from(os.environ if environment is None else environment)
    return Settings(ArchiveSettings(**filed["archive"]), OidcSettings(**filed["oidc"]), ServiceSettings(**service))


def _filed(home: Path | None) -> dict[str, dict]:
    path = (home or folders.home()) / NAME
    return yaml_file.read(path, _Schema()) if path.is_file() else {"archive": {}, "oidc": {}, "service": {}}


def shown(home: Path | None = None, environment: Mapping[str, str] | None = None) -> list[Shown]:
    """Every setting as it stands now, with where it comes from; of a secret only whether there is one."""
    variables = os.environ if environment is None else environment
    made, filed = read(home, variables), _filed(home)
    found = []
    for name, label in LABELS.items():
        part, _, key = name.partition(".")
        variable = _SECRET_VARIABLE if name == _SECRET else f"OBJECTION_DOCS_{key.upper()}"
        varied = (part == "service" or name == _SECRET) and variables.get(variable, "").strip()
        source = f"环境变量 {variable}" if varied else NAME if key in filed[part] else "默认"
        value = getattr(getattr(made, part), key)
        if name == _SECRET:
            value = "已设置，不显示" if varied or value else ""
        found.append(Shown(name, label, in_words(value), source))
    return found


def in_words(value: object) -> str:
    """A setting's value as it is shown."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value) or "没有设"
    return str(value) if value != "" else "没有设"


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

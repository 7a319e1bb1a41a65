"""Every error of the house, one tree.

ObjectionDocsError
├── UsageError        the call itself is wrong: unknown kind, folder that isn't there
├── FactsError        the facts do not fit the form; carries every fault at once
├── FormError         a Word form is broken (the template author's mistake)
├── DataFileError     a YAML file of checks/ or templates_zh/ is broken (the lawyer's mistake), with file and line
├── PaperError        a letter could not be read (the sender's file)
├── ConversionError   Word to PDF did not work (LibreOffice absent or stuck)
├── AccessError       nobody signed in, or without the right to do it
├── PluginError       a package that adds to ours is broken (its author's mistake)
├── JobError          the service's own table of jobs cannot be used, or a job isn't there
└── LogError          the document log cannot be opened, read or written
    └── BagError      a bag or a backup that was handed in is damaged, or is none
"""

from dataclasses import dataclass


class ObjectionDocsError(Exception):
    """`code`: stable English name. `message`: Chinese, says what to do. `where`: file, path or line, or empty.
    `field`: the name of the value at fault, where it is one alone; a form tells the error beside it.
    `typed`: what to type in a shell, which is told at the command line alone."""

    status = 400
    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        where: str = "",
        status: int | None = None,
        field: str = "",
        typed: str = "",
    ):
        super().__init__(f"{where}：{message}" if where else message)
        self.message = message
        self.where = where
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.field = field
        self.typed = typed


class UsageError(ObjectionDocsError):
    code = "usage"


@dataclass(frozen=True, slots=True)
class FactFault:
    """One faulty fact. `path`: names and indexes from the root, e.g. ("evidence", 0, "name").
    `plain`: the same beside its field in a form, whose reader writes no JSON; "": as `message`."""

    path: tuple
    message: str
    plain: str = ""

    @property
    def pointer(self) -> str:
        """RFC 6901."""
        return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in self.path)

    def __str__(self) -> str:
        place = ".".join(str(p) for p in self.path) or "（整份事实）"
        return f"{place}：{self.message}"


class FactsError(ObjectionDocsError):
    code = "invalid_facts"
    status = 422

    def __init__(self, faults: list[FactFault], *, message: str | None = None):
        self.faults = list(faults)
        super().__init__(message or f"案件事实有 {len(self.faults)} 处问题")


class FormError(ObjectionDocsError):
    code = "broken_form"
    status = 500


class DataFileError(ObjectionDocsError):
    code = "broken_data_file"
    status = 500


class PaperError(ObjectionDocsError):
    code = "unreadable"
    status = 422


class ConversionError(ObjectionDocsError):
    code = "conversion_failed"
    status = 503


class AccessError(ObjectionDocsError):
    code = "forbidden"
    status = 403


class PluginError(ObjectionDocsError):
    code = "broken_plugin"
    status = 500


class JobError(ObjectionDocsError):
    code = "jobs_unavailable"
    status = 503


class LogError(ObjectionDocsError):
    code = "log_error"
    status = 503


class BagError(LogError):
    code = "bag_damaged"
    status = 422

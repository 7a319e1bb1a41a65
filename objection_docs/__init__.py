"""异议文书: writes, checks and logs the letters of Chinese objection procedures.

The public door. Everything else in the package may move.
"""

from objection_docs.errors import (
    ConversionError,
    DataFileError,
    FactsError,
    FormError,
    LogError,
    ObjectionDocsError,
    PaperError,
    PluginError,
    UsageError,
)

__version__ = "0.1.0"

__all__ = [
    "ConversionError",
    "DataFileError",
    "FactsError",
    "FormError",
    "LogError",
    "ObjectionDocsError",
    "PaperError",
    "PluginError",
    "UsageError",
    "check_letter",
    "hookimpl",
    "write_letter",
]


def __getattr__(name: str):
    """`hookimpl` marks what a plugin adds (see `hookspecs`); who has no plugin does not load the library."""
    if name == "hookimpl":
        from objection_docs import hookspecs

        return hookspecs.hookimpl
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def write_letter(kind: str, facts: dict, *, procedure: str | None = None, draft: bool = False) -> bytes:
    """The letter of `kind` from raw facts, as the bytes of a Word file. Raises FactsError with every fault at once."""
    from objection_docs import facts as facts_room
    from objection_docs import generation
    from objection_docs.packs import kinds

    form = kinds.kind(kind)
    return generation.render(form, facts_room.read(form, facts, procedure, draft))


def check_letter(data: bytes, name: str = "", *, kind: str | None = None, procedure: str | None = None) -> dict:
    """The report on a letter (PDF, Word or plain text) as plain values. Raises PaperError when it cannot be read."""
    from objection_docs import checking, extraction

    return checking.check(extraction.read(data, name), kind, procedure).to_dict()

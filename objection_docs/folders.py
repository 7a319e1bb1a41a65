"""Where data lies: the shipped data folders, and the home of this installation's own data."""

import os
from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def folder(name: str) -> Path:
    """The shipped data folder `name` (templates_zh, checks, web).

    It lies inside the package once installed, beside it in a checkout or an editable install.
    """
    package = Path(str(files("objection_docs")))
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


def home() -> Path:
    """Where the log and the caches live: $OBJECTION_DOCS_HOME, or the platform's folder for a user's data."""
    chosen = os.environ.get("OBJECTION_DOCS_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("objection-docs", appauthor=False)


def own_checks() -> tuple[Path, ...]:
    """The folders of rules that the user laid over the shipped ones: $OBJECTION_DOCS_CHECKS."""
    chosen = os.environ.get("OBJECTION_DOCS_CHECKS", "")
    if not chosen:
        return ()
    return tuple(Path(name).expanduser().resolve() for name in chosen.split(os.pathsep) if name.strip())

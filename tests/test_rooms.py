"""The plan of the house, held against the code: who may import whom, and where each heavy library lives."""

import ast
import configparser
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import objection_docs
from objection_docs import folders

PACKAGE = Path(objection_docs.__file__).parent
ROOT = Path(__file__).resolve().parent.parent

#: A room imports only from rows below it.
ROWS = {
    "__init__": 7,
    "__main__": 7,
    "cli": 6,
    "service": 6,
    "commands": 6,
    "accounts_desk": 5,
    "archive_desk": 5,
    "destruction_desk": 5,
    "holds_desk": 5,
    "examining_desk": 5,
    "case_desk": 5,
    "cases": 5,
    "desk": 5,
    "shipped": 5,
    "additions": 5,
    "handover": 5,
    "bagging": 5,
    "answering_desk": 5,
    "next_facts": 5,
    "known_facts": 5,
    "timing": 5,
    "exam": 5,
    "fence": 5,
    "batches": 5,
    "health": 5,
    "generation": 4,
    "checking": 4,
    "accounts": 4,
    "archive": 4,
    "archive_words": 4,
    "opening": 4,
    "search_names": 4,
    "jobs": 4,
    "settings": 4,
    "reports": 4,
    "deadlines": 4,
    "packs": 3,
    "facts": 3,
    "extraction": 2,
    "shared_file": 1,
    "moments": 1,
    "text": 1,
    "folders": 1,
    "workdays": 1,
    "errors": 1,
    "labels": 1,
    "log_lines": 1,
    "hookspecs": 1,
    "plugins": 2,
}
#: The few who may call their neighbour. The rooms of row 4 are strangers to each other.
NEIGHBOURS = {
    ("__main__", "cli"),
    ("cli", "service"),
    ("cli", "commands"),
    ("handover", "case_desk"),
    ("handover", "desk"),
    ("handover", "bagging"),
    ("bagging", "desk"),
    ("archive_desk", "desk"),
    ("holds_desk", "archive_desk"),
    ("destruction_desk", "archive_desk"),
    ("fence", "desk"),
    ("examining_desk", "desk"),
    ("health", "desk"),
    ("health", "examining_desk"),
    ("batches", "examining_desk"),
    ("batches", "desk"),
    ("batches", "fence"),
    ("answering_desk", "desk"),
    ("answering_desk", "next_facts"),
    ("answering_desk", "known_facts"),
    ("known_facts", "desk"),
    ("known_facts", "case_desk"),
    ("desk", "timing"),
    ("answering_desk", "timing"),
    ("case_desk", "desk"),
    ("case_desk", "cases"),
    ("facts", "packs"),
    ("text", "folders"),
    ("opening", "archive"),
}
#: Each heavy library has its homes: it can be replaced there, and who does not need it does not pay for it.
HOMES = {
    "click": {"cli", "commands"},
    "flask": {"service"},
    "docxtpl": {"generation"},
    "docx": {"generation", "extraction", "reports"},
    "pdfplumber": {"extraction"},
    "pikepdf": {"reports"},
    "flask_smorest": {"service"},
    "webargs": {"service"},
    "flask_swagger_ui": {"service"},
    "gunicorn": {"service"},
    "prometheus_client": {"service"},
    "pebble": {"fence"},
    "openpyxl": {"batches"},
    "standardwebhooks": {"jobs"},
    "pypdfium2": {"reports"},
    "sqlite_utils": {"archive", "accounts"},
    "sqlite3": {"shared_file", "archive", "accounts", "jobs"},
    "argon2": {"accounts"},
    "authlib": {"service"},
    "joserfc": {"service"},
    "requests": {"service"},
    "jieba": {"text"},
    "yaml": {"packs"},
    "marshmallow": {"packs", "facts", "settings", "service"},
    "platformdirs": {"folders"},
    "pluggy": {"hookspecs", "plugins"},
    "regex": {"packs"},
    "chinese_calendar": {"workdays"},
    "icalendar": {"cases"},
}
#: The name under which a library is installed, where it is not the one it is imported by.
INSTALLED_AS = {
    "argon2": "argon2-cffi",
    "chinese_calendar": "chinesecalendar",
    "docx": "python-docx",
    "flask_smorest": "flask-smorest",
    "flask_swagger_ui": "flask-swagger-ui",
    "prometheus_client": "prometheus-client",
    "sqlite_utils": "sqlite-utils",
    "stdnum": "python-stdnum",
    "yaml": "pyyaml",
}
#: What a named library is made of and brings along.
BROUGHT_BY = {
    "jinja2": "flask",
    "joserfc": "authlib",
    "markupsafe": "flask",
    "werkzeug": "flask",
    "pdfminer": "pdfplumber",
    "pypdfium2": "pdfplumber",
    "lxml": "docxtpl",
    "webargs": "flask-smorest",
}


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Dotted names of all that a module imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = ("objection_docs", *path.relative_to(PACKAGE).parts[: -node.level])
                base = ".".join((*here, *filter(None, [base])))
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def rooms_used(path: Path) -> set[str]:
    inside = {name.split(".")[1] for name in imports(path) if name.startswith("objection_docs.")}
    return inside - {room_of(path)}


MODULES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_has_its_row():
    assert {room_of(path) for path in MODULES} <= set(ROWS)


def test_the_errands_open_the_log_by_one_door():
    errands = [path for path in MODULES if ROWS[room_of(path)] >= 5]
    assert not [path.name for path in errands if re.search(r"\bArchive\(", path.read_text("utf-8"))]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rows_below(path):
    me = room_of(path)
    wrong = {room for room in rooms_used(path) if ROWS.get(room, 99) >= ROWS[me] and (me, room) not in NEIGHBOURS}
    assert not wrong, f"{me} (row {ROWS[me]}) imports {sorted(wrong)}"


def test_heavy_libraries_stay_at_home():
    strays = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in MODULES
        for name in imports(path)
        if room_of(path) not in HOMES.get(name.split(".")[0], {room_of(path)})
    }
    assert not strays


def test_the_command_line_starts_without_heavy_libraries():
    """`--help` answers at once: libraries are loaded by the errand that needs them."""
    heavy = ("flask", "docxtpl", "docx", "pdfplumber", "pikepdf", "jieba", "marshmallow", "sqlite_utils")
    code = f"import sys, objection_docs.cli; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent, check=True)
    assert run.stdout.strip() == "[]"


def test_the_door_shows_what_it_says():
    names = objection_docs.__all__
    assert len(names) == len(set(names))
    assert {name for name in names if not hasattr(objection_docs, name)} == set()
    public = {
        name
        for name, value in vars(objection_docs).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public <= set(names)


# What is shipped


def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


def lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if line.strip()}


def test_the_version_is_the_same_everywhere():
    assert setup()["metadata"]["version"] == objection_docs.__version__


def test_every_package_is_listed_in_setup_cfg():
    there = {".".join(("objection_docs", *path.parent.relative_to(PACKAGE).parts)) for path in MODULES}
    listed = lines(setup()["options"]["packages"])
    assert listed - {f"objection_docs.{name}" for name in ("templates_zh", "checks", "web")} == there


@pytest.mark.parametrize("name", ["templates_zh", "checks", "web"])
def test_every_data_file_travels_in_the_wheel(name):
    folder = folders.folder(name)
    patterns = setup()["options.package_data"][f"objection_docs.{name}"].split(",")
    shipped = {path for pattern in patterns for path in folder.glob(pattern.strip()) if path.is_file()}
    there = {path for path in folder.rglob("*") if path.is_file()}
    assert there
    assert there - shipped == set()


@pytest.mark.parametrize("name", ["templates_zh", "checks", "web"])
def test_a_data_folder_holds_no_python(name):
    assert list(folders.folder(name).rglob("*.py")) == []


def test_every_library_used_is_named_in_setup_cfg():
    asked = lines(setup()["options"]["install_requires"]) | lines(setup()["options.extras_require"]["serve"])
    named = {line.split(">")[0] for line in asked}
    used = {name.split(".")[0] for path in MODULES for name in imports(path)}
    used -= {*sys.stdlib_module_names, "objection_docs"}
    wanted = {BROUGHT_BY.get(name) or INSTALLED_AS.get(name, name) for name in used}
    assert wanted - named == set()


def test_the_project_stands_alone():
    outside = "../" + "shared"
    skipped = {".git", ".venv", "build", "dist", "demo-out", "__pycache__"}
    text = {".py", ".md", ".yaml", ".cfg", ".toml", ".html", ".css", ".js", ".txt", ".json", ""}
    leaning = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in text
        and not skipped & set(path.relative_to(ROOT).parts)
        and path.is_file()
        and outside in path.read_text("utf-8", "replace")
    ]
    assert leaning == []

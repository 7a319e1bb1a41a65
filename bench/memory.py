"""How much memory checking a file of a hundred pages takes: the peak of a process that does nothing else."""

import subprocess
import sys
from io import BytesIO
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf

from bench.measure import LETTERS, Figure

PAGES = 100
LIMIT = 300

#: VmHWM and not getrusage: a child's ru_maxrss starts from what its parent held when it was started.
CHILD = """
import re, sys
{work}
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
CHECK = """
from objection_docs import checking, extraction
report = checking.check(extraction.read(open(sys.argv[1], "rb").read())).to_dict()
assert report["pages"] == {pages}, report["pages"]
"""
BARE = """
import logging, pdfplumber
logging.getLogger("pdfminer").setLevel(logging.ERROR)
with pdfplumber.open(sys.argv[1]) as pdf:
    assert sum(bool(page.extract_text()) for page in pdf.pages) == {pages}
"""


def hundred_pages() -> bytes:
    """The labelled letters one after another, until there are enough pages."""
    whole = pikepdf.Pdf.new()
    for path in cycle(sorted(LETTERS.glob("*.pdf"))):
        with pikepdf.open(path) as letter:
            whole.pages.extend(list(letter.pages)[: PAGES - len(whole.pages)])
        if len(whole.pages) == PAGES:
            break
    out = BytesIO()
    whole.save(out)
    return out.getvalue()


def peak_mb(work: str, file: Path) -> float:
    code = CHILD.format(work=work.format(pages=PAGES))
    run = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True)
    return int(run.stdout) / 1024


def figures() -> list[Figure]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "hundred.pdf"
        file.write_bytes(hundred_pages())
        ours, theirs = peak_mb(CHECK, file), peak_mb(BARE, file)
    return [
        Figure(
            what=f"memory of checking a {PAGES}-page PDF",
            ours=f"{ours:.0f} MB",
            beside=f"pdfplumber extract_text {theirs:.0f} MB",
            ratio=f"{ours / theirs:.2f}×",
            limit=f"< {LIMIT} MB",
            kept=ours < LIMIT,
        )
    ]

"""PDF → report: reading and checking two-page letters against bare pdfplumber pulling the text of the same files."""

import logging
from io import BytesIO
from statistics import median

import pdfplumber

from bench.measure import LETTERS, Figure, cpu_ms, in_turn
from objection_docs import checking, extraction

ROUNDS = 3
LIMIT = 1.3
ANALYSIS = 8  # ms


def bare(data: bytes) -> list[str]:
    with pdfplumber.open(BytesIO(data)) as pdf:
        return [page.extract_text() for page in pdf.pages]


def two_page_letters() -> list[bytes]:
    letters = [path.read_bytes() for path in sorted(LETTERS.glob("*.pdf"))]
    return [data for data in letters if pages(data) == 2]


def pages(data: bytes) -> int:
    with pdfplumber.open(BytesIO(data)) as pdf:
        return len(pdf.pages)


def figures() -> list[Figure]:
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its complaints about fonts cost it time, and us the table
    letters = two_page_letters()
    pairs = [
        in_turn(
            lambda data=data: checking.check(extraction.read(data)),
            lambda data=data: bare(data),
            ROUNDS,
        )
        for data in letters
    ]
    ours, theirs = median(a for a, _ in pairs), median(b for _, b in pairs)
    ratio = median(a / b for a, b in pairs)
    return [
        Figure(
            what=f"check a two-page letter (median of {len(letters)})",
            ours=f"{ours:.0f} ms CPU",
            beside=f"pdfplumber extract_text {theirs:.0f} ms CPU",
            ratio=f"{ratio:.2f}×",
            limit=f"≤ {LIMIT}×",
            kept=ratio <= LIMIT,
        ),
        analysis(letters, theirs),
    ]


def analysis(letters: list[bytes], extracted: float) -> Figure:
    """The checking alone, of papers already read. `extracted`: ms that pdfplumber takes to pull the text."""
    papers = [extraction.read(data) for data in letters]
    for paper in papers:
        checking.check(paper)  # expressions are compiled when first used
    taken = median(median(cpu_ms(lambda paper=paper: checking.check(paper)) for _ in range(ROUNDS)) for paper in papers)
    return Figure(
        what=f"of that, the analysis of the text (median of {len(letters)})",
        ours=f"{taken:.1f} ms CPU",
        beside=f"pdfplumber extract_text {extracted:.0f} ms CPU",
        ratio=f"{taken / extracted:.2f}×",
        limit=f"≤ {ANALYSIS} ms",
        kept=taken <= ANALYSIS,
    )

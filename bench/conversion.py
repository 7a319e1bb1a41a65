"""Word → PDF by LibreOffice: the first letter after the start of this program, and the next one."""

import time

from bench.measure import Figure
from objection_docs import facts, generation
from objection_docs.generation import pdf
from objection_docs.packs import kinds


def seconds(docx: bytes) -> float:
    start = time.perf_counter()
    pdf.to_pdf(docx)
    return time.perf_counter() - start


def figures() -> list[Figure]:
    if not pdf.available():
        return [Figure("PDF of one letter", "LibreOffice is not on this machine", "–", "–")]
    kind = next(iter(kinds.kinds().values()))
    docx = generation.render(kind, facts.read(kind, facts.sample(kind)))
    cold, warm = seconds(docx), seconds(docx)
    return [Figure("PDF of one letter, warm", f"{warm:.1f} s", f"the first one {cold:.1f} s", f"{warm / cold:.2f}×")]

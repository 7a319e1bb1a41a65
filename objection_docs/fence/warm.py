"""Imported where the fenced processes come from: reads the rules once, so that each of them begins with them read."""

from contextlib import suppress

from objection_docs import checking, extraction, text
from objection_docs.errors import ObjectionDocsError
from objection_docs.extraction import docx, pdf  # noqa: F401 - with the libraries under them
from objection_docs.reports import annotation  # noqa: F401

with suppress(ObjectionDocsError):  # a broken rule file is told by the letter that meets it
    checking.check(extraction.from_text("异议通知\n致：某公司\n请于2026年3月5日前答复。\n某某公司"))
text.words("异议")  # its dictionary: a second that the first letter with doubtful substance would wait

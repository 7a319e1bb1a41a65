"""Labelled letters, checked and annotated once for all tests, and reports made by hand."""

from functools import cache
from pathlib import Path

from objection_docs import desk
from objection_docs.reports import annotation

KNOWN = Path(__file__).parent / "letters" / "known"
#: Letters and forms of every kind, complete and deficient, with faults and without, of one page and of several.
LETTERS = ["d1-01", "d1-05", "d1-08", "d1-17", "d1-32", "d1-35", "d1-40", "d1-44", "d2-02", "d2-05", "d2-19", "d2-41"]


@cache
def checked(name: str) -> tuple[bytes, dict]:
    data = (KNOWN / name).read_bytes()
    return data, desk.examine(data, name)[0]


@cache
def annotated(name: str) -> bytes:
    return annotation.annotated(*checked(name))


def place(words: str, status: str = "vague", **more) -> dict:
    element = {"id": "facts", "label": "事实", "level": "required", "status": status, "quote": words, "page": 1}
    return {**element, "reason": "太笼统", "advice": "写明经过", "authority": "约定", **more}


def report_of(*elements: dict, **more) -> dict:
    return {"verdict": "incomplete", "pages": 1, "elements": list(elements), "faults": [], **more}

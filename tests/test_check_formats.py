"""PDF, Word and plain text of one letter get the same statuses."""

from pathlib import Path

import pytest
import yaml
from accuracy import as_text

from objection_docs import checking, extraction

KNOWN = Path(__file__).parent / "letters" / "known"
LETTERS = sorted(path.stem for path in KNOWN.glob("*.docx"))[::3]


@pytest.mark.parametrize("name", LETTERS)
def test_statuses_do_not_depend_on_the_format(name):
    letter = yaml.safe_load((KNOWN / f"{name}.yaml").read_text("utf-8"))
    papers = [extraction.read((KNOWN / f"{name}{suffix}").read_bytes()) for suffix in (".pdf", ".docx")]
    papers.append(extraction.read(as_text(letter).encode()))
    pdf, word, text = ({e.id: e.status for e in checking.check(paper).elements} for paper in papers)
    assert pdf == word == text

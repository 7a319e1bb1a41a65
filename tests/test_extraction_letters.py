"""PDF, Word and plain text of one letter give the same paragraphs in the same order."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from objection_docs.extraction import read
from objection_docs.text import normal

KNOWN = Path(__file__).parent / "letters" / "known"
LETTERS = sorted(path.stem for path in KNOWN.glob("*.docx"))  # later letters are there as PDF only


@cache
def expected(name: str) -> list[str]:
    """The paragraphs of a labelled letter. A line break parts them as well: on paper both look the same."""
    letter = yaml.safe_load((KNOWN / f"{name}.yaml").read_text("utf-8"))
    out = [letter["title"]]
    for block in letter["body"]:
        for shape, content in block.items():
            if shape == "table":
                out += ["|" + str(cell).replace("\n", "") for row in content for cell in row]
            elif shape != "page":
                out += str(content).split("\n")
    return [text for text in map(normal, out) if text]


@cache
def found(name: str, suffix: str) -> list[str]:
    out: list[str] = []
    place = None
    for group in read((KNOWN / (name + suffix)).read_bytes()).paragraphs():
        text = normal("".join(line.text for line in group))
        if group[0].cell and group[0].cell == place:
            out[-1] += text
        else:
            out.append("|" * bool(group[0].cell) + text)
        place = group[0].cell
    return out


@pytest.mark.parametrize("name", LETTERS)
def test_word_gives_the_paragraphs_that_were_written(name):
    assert found(name, ".docx") == expected(name)


def torn(name: str) -> bool:
    """Whether a paragraph of the PDF is broken elsewhere than after a sentence, or two are joined, or some is lost."""
    pieces = iter(found(name, ".pdf"))
    for paragraph in expected(name):
        text = next(pieces, "")
        while text != paragraph:
            if not text or not paragraph.startswith(text) or text[-1] not in "。!?;":
                return True
            text += next(pieces, "")
    return next(pieces, None) is not None


def test_pdfs_give_all_characters_in_order_and_hardly_a_paragraph_torn():
    """On paper a full row may end anywhere: of a hundred letters one has a row that could be either."""
    for name in LETTERS:
        assert "".join(found(name, ".pdf")).replace("|", "") == "".join(expected(name)).replace("|", ""), name
    wrong = [name for name in LETTERS if torn(name)]
    assert len(wrong) <= 0.012 * len(LETTERS), wrong


def test_nearly_all_pdfs_give_exactly_the_paragraphs_that_were_written():
    wrong = [name for name in LETTERS if found(name, ".pdf") != expected(name)]
    assert len(wrong) <= 0.05 * len(LETTERS), wrong


def test_places_of_characters_lie_on_the_page():
    for name in LETTERS[::8]:
        paper = read((KNOWN / f"{name}.pdf").read_bytes())
        assert paper.pages == len(paper.page_sizes)
        for line in paper.lines:
            assert len(line.lefts) == len(line.rights) == len(line.text)
            width, height = paper.page_sizes[line.page - 1]
            if box := line.box(0, len(line.text)):
                assert 0 <= box[0] < box[2] <= width
                assert 0 <= box[1] < box[3] <= height


def test_running_heads_do_not_get_into_the_text():
    marks, with_heads = ("来往函件", "请妥善保存"), 0
    for name in LETTERS:
        paper = read((KNOWN / f"{name}.docx").read_bytes())
        heads = "".join(line.text for line in paper.lines if line.role == "head")
        if all(mark in heads for mark in marks):
            with_heads += 1
            text = "".join(found(name, ".pdf"))
            assert marks[0] not in text
    assert with_heads > 5

"""A letter's text in pieces, each with the findings that quote it: for letters that have no pages to show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from objection_docs.text import Mapped, mapped, normal

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that a report quotes. `span`: where it says that they stand in the text; reports of earlier versions don't.
    `last`: of several places the last is meant, where it doesn't say."""

    words: str
    span: Span | None = None
    last: bool = False


def quoted(place: Mapping, last: bool = False) -> tuple[Quoted, ...]:
    """What a place of a report quotes; nothing where it has no words."""
    words, span = place.get("quote") or "", place.get("span")
    return (Quoted(words, tuple(span) if span else None, last),) if words else ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of a text: `ids` of the findings that quote it, the one that quotes the least before the others."""

    text: str
    ids: tuple[str, ...]


def stretches(text: str, found: Iterable) -> list[Stretch]:
    """The text in pieces that belong to the same findings. `found`: what has an `id` and is `quoted`."""
    whole = mapped(text)
    places = [(*span, one.id) for one in found for words in one.quoted if (span := place(whole, words))]
    places.sort(key=lambda here: here[1] - here[0])
    edges = sorted({0, len(text), *(edge for start, end, _ in places for edge in (start, end))})
    pieces = []
    for start, end in pairwise(edges):
        ids = dict.fromkeys(id for first, last, id in places if first <= start and end <= last)
        pieces.append(Stretch(text[start:end], tuple(ids)))
    return pieces


def place(text: Mapped, quote: Quoted) -> Span | None:
    """Where the words stand, whatever line breaks, tabs and page ends lie between them: where the report says, if they
    do stand there; else where they are found."""
    sought = normal(quote.words)
    if quote.span and normal(text.original[slice(*quote.span)]) == sought:
        return quote.span
    at = (text.text.rfind if quote.last else text.text.find)(sought) if sought else -1
    return text.back(at, at + len(sought)) if at >= 0 else None

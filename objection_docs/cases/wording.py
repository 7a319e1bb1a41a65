"""Where a date comes from, in words."""

from objection_docs.archive.cases import Head
from objection_docs.cases.sources import Source
from objection_docs.cases.view import View
from objection_docs.labels import DRAFT
from objection_docs.packs import kinds

_HOW = {"proof": "的送达凭证", "own": "的日期", "receiver": "写明收到的日期", "mention": "提到的日期"}


def source_words(view: View, source: Source) -> str:
    """“确认函 异确-2026-0001 写明收到的日期”, or what the person who entered it gave as source."""
    if source.entry:
        who = source.entry.who
        return f"{source.entry.details['source']}（{f'{who} ' if who else ''}记入）"
    letter = view.heads.get(source.letter)
    return f"{letter_words(letter)} {_HOW[source.how]}" if letter else "案内文书"


def letter_words(letter: Head) -> str:
    """Kind and number; without a number the name of its file. A draft is called one."""
    known = kinds.kinds().get(letter.kind)
    label = known.label if known else letter.title or "文书"
    name = letter.number or letter.file_name
    return f"{label}{f' {name}' if name else ''}{f'（{DRAFT}）' if letter.draft else ''}"

"""Letters that are destroyed, as tests need them: proposed by one person, approved by two others, carried out."""

from objection_docs.archive import Archive, Entry
from objection_docs.archive.destruction import Destruction, Due


def destroy(archive: Archive, entry: Entry, now) -> None:
    words = {name: getattr(entry, name) for name in ("id", "number", "title", "hash")}
    due = Due(**words, case="", retention="10年", started=now.date(), ended=now.date(), held=False)
    destruction = Destruction(archive)
    made = destruction.propose([due], at=now, who="甲")
    for who in "乙丙":
        destruction.approve(made.id, at=now, who=who)
    destruction.carry_out(made.id, at=now, who="丁")

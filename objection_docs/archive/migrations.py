"""How the tables of the log came to be, step by step."""

from sqlite_utils import Database

from objection_docs.archive import search

_FIRST = """
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    errand TEXT NOT NULL CHECK (errand IN ('generate', 'check')),
    kind TEXT NOT NULL,
    procedure TEXT NOT NULL,
    case_id TEXT NOT NULL,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    verdict TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    copies TEXT NOT NULL,
    facts TEXT NOT NULL,
    report TEXT NOT NULL,
    text TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE INDEX entries_kind ON entries (kind, seq);
CREATE INDEX entries_case ON entries (case_id, seq);
CREATE INDEX entries_at ON entries (at);
CREATE INDEX entries_verdict ON entries (verdict, seq);
CREATE UNIQUE INDEX entries_number ON entries (number) WHERE number <> '';
CREATE TABLE numbers (
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (series, year, counter)
) WITHOUT ROWID;
CREATE TABLE element_states (
    element TEXT NOT NULL,
    status TEXT NOT NULL,
    seq INTEGER NOT NULL,
    level TEXT NOT NULL,
    PRIMARY KEY (seq, element)
) WITHOUT ROWID;
CREATE INDEX element_states_by_status ON element_states (element, status, seq);
CREATE VIRTUAL TABLE search USING fts5(parties, body, content='', tokenize='ascii');
"""

_APPEND_ONLY = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only log'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only log'); END;
"""

# INSERT OR REPLACE deletes without firing the delete trigger (recursive_triggers is off by default), so what stands
# already is refused before the insert.
_NO_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'append-only log'); END;
"""


def _first(db: Database) -> None:
    db.executescript(_FIRST)
    same = {
        "entries": "id = NEW.id OR seq = NEW.seq OR hash = NEW.hash OR (number = NEW.number AND number <> '')",
        "numbers": "series = NEW.series AND year = NEW.year AND counter = NEW.counter",
        "element_states": "seq = NEW.seq AND element = NEW.element",
    }
    for table, condition in same.items():
        db.executescript(_APPEND_ONLY.format(table=table) + _NO_REPLACE.format(table=table, same=condition))


_COLUMNS = (
    "seq, id, at, who, errand, kind, procedure, case_id, number, title, sender, recipient, verdict, file_name, sha256, "
    "size, media_type, copies, facts, report, text, prev, hash"
)

# SQLite cannot take a CHECK away, so the table is built anew.
_ENTRIES = """
CREATE TABLE entries_anew (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    errand TEXT NOT NULL,
    kind TEXT NOT NULL,
    procedure TEXT NOT NULL,
    case_id TEXT NOT NULL,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    verdict TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    copies TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    facts TEXT NOT NULL,
    report TEXT NOT NULL,
    text TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
INSERT INTO entries_anew ({columns}) SELECT {columns} FROM entries;
DROP TABLE entries;
ALTER TABLE entries_anew RENAME TO entries;
CREATE UNIQUE INDEX entries_number ON entries (number) WHERE number <> '';
CREATE INDEX entries_about ON entries (about);
"""

# How each letter reads now, with its corrections; lists and filters look here. Made from the entries alone, and
# verified against them.
_LETTERS = """
CREATE TABLE letters (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    errand TEXT NOT NULL,
    who TEXT NOT NULL,
    kind TEXT NOT NULL,
    procedure TEXT NOT NULL,
    case_id TEXT NOT NULL,
    title TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    verdict TEXT NOT NULL,
    retention TEXT NOT NULL DEFAULT '',
    archive_number TEXT NOT NULL DEFAULT '',
    destroyed INTEGER NOT NULL DEFAULT 0
);
INSERT INTO letters (seq, at, errand, who, kind, procedure, case_id, title, sender, recipient, verdict)
    SELECT seq, at, errand, who, kind, procedure, case_id, title, sender, recipient, verdict FROM entries;
CREATE INDEX letters_kind ON letters (kind);
CREATE INDEX letters_procedure ON letters (procedure);
CREATE INDEX letters_case ON letters (case_id);
CREATE INDEX letters_verdict ON letters (verdict);
CREATE INDEX letters_at ON letters (at);
CREATE UNIQUE INDEX letters_archive_number ON letters (archive_number) WHERE archive_number <> '';
"""

# The one way in which anything of an entry may go: its texts, after an entry of its destruction, which itself is let in
# only under a list that two persons other than its author approved, and never while a hold stands.
_DESTRUCTION = """
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries WHEN NOT (
    NEW.facts = '' AND NEW.report = '' AND NEW.text = ''
    AND ({kept}) IS ({kept_before})
    AND EXISTS (SELECT 1 FROM entries d WHERE d.about = OLD.id AND d.errand = 'destroy')
)
BEGIN SELECT RAISE(ABORT, 'append-only log'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'append-only log'); END;
CREATE TRIGGER entries_destroy_approved BEFORE INSERT ON entries WHEN NEW.errand = 'destroy' AND NOT (
    EXISTS (
        SELECT 1 FROM entries p
        WHERE p.id = json_extract(NEW.details, '$.list') AND p.errand = 'propose'
        AND instr(p.details, '"' || NEW.about || '"')
        AND 2 <= (
            SELECT count(DISTINCT a.who) FROM entries a
            WHERE a.about = p.id AND a.errand = 'approve' AND a.who NOT IN ('', p.who)
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM entries h
        WHERE h.errand = 'hold' AND h.about IN (
            NEW.about,
            (SELECT 'case:' || l.case_id FROM letters l JOIN entries e ON e.seq = l.seq WHERE e.id = NEW.about)
        )
        AND NOT EXISTS (
            SELECT 1 FROM entries r
            WHERE r.errand = 'release' AND r.about = h.about AND json_extract(r.details, '$.hold') = h.id
        )
    )
)
BEGIN SELECT RAISE(ABORT, 'append-only log: destruction not approved'); END;
"""


def _second(db: Database) -> None:
    """Later entries about a letter, a case or the log itself stand in the same chain."""
    given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    db.executescript(_ENTRIES.format(columns=_COLUMNS))
    # how far the log once reached is what shows a cut end, so it is carried over and not counted anew
    db.execute("DELETE FROM sqlite_sequence WHERE name = 'entries'")
    if given:
        db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('entries', ?)", given)
    same = "id = NEW.id OR seq = NEW.seq OR hash = NEW.hash OR (number = NEW.number AND number <> '')"
    db.executescript(_NO_REPLACE.format(table="entries", same=same))
    db.executescript(_LETTERS)
    names = [name for name in (*_COLUMNS.split(", "), "about", "details") if name not in ("facts", "report", "text")]
    kept, before = (", ".join(f"{row}.{name}" for name in names) for row in ("NEW", "OLD"))
    db.executescript(_DESTRUCTION.format(kept=kept, kept_before=before))


def _third(db: Database) -> None:
    """Letters are found by sets of their words, not by FTS5 any more."""
    db.execute("DROP TABLE search")


def _fourth(db: Database) -> None:
    """The index is made anew: three figures or Latin letters have sets of their own, and fewer letters make a word
    common. A block without these sets would be taken to hold no such word."""
    for name in search.NAMES_OF_TABLES:
        db.execute(f"DROP TABLE IF EXISTS {name}")
    search.create(db)


#: In order; the log's user_version is how many of them it has had. Never change one that was released: add another.
MIGRATIONS = (_first, _second, _third, _fourth)

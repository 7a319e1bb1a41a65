"""A large log in little time: many entries in a transaction, the blocks of the index made by several processes.

What comes out is what Archive.add makes, to the byte; one block is made a second time in the usual way to prove it.
"""

import multiprocessing
import os
import sqlite3
from pathlib import Path

from bench.letters import Invented
from bench.letters import letters as invented
from objection_docs.archive import Archive, chain, letters, schema, search
from objection_docs.archive.entries import Entry
from objection_docs.archive.search import block, document, sets, tables


def fill(home: Path, entries: int, bodies: sqlite3.Connection) -> None:
    """Append until the log holds `entries`; the normal form of every letter goes into `bodies`, for LIKE."""
    synchronous, schema.SYNCHRONOUS = schema.SYNCHRONOUS, "OFF"
    try:
        with Archive(home) as archive:
            _fill(archive, entries, bodies)
    finally:
        schema.SYNCHRONOUS = synchronous


def _fill(archive: Archive, entries: int, bodies: sqlite3.Connection) -> None:
    bodies.execute("CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    there = chain.head(archive.db)[0]
    for seq in range(1, there + 1):
        bodies.execute("INSERT INTO bodies VALUES (?, ?)", [seq, tables.read_body(archive.db, seq)])
    aligned = min(-(-there // sets.BLOCK) * sets.BLOCK, entries)
    _by_one(archive, there, aligned, bodies)
    blocks = range(aligned // sets.BLOCK, entries // sets.BLOCK)
    with multiprocessing.get_context("spawn").Pool(min(2, os.cpu_count() or 1)) as pool:
        for number, given, texts, rows in pool.imap(_block, blocks):
            with archive.writing() as db:
                for offset, (letter, fen) in enumerate(given):
                    entry = _append(db, letter)
                    assert entry.seq == number * sets.BLOCK + offset + 1
                    letters.store(db, letters.row(entry, ()))
                    db.conn.executemany("INSERT INTO search_amounts VALUES (?, ?)", [(one, entry.seq) for one in fen])
                tables._store(db, number, rows)
            bodies.execute("BEGIN")
            first = number * sets.BLOCK + 1
            bodies.executemany("INSERT INTO bodies VALUES (?, ?)", enumerate(texts, first))
            bodies.execute("COMMIT")
    _by_one(archive, chain.head(archive.db)[0], entries, bodies)
    if blocks:
        _prove(archive, blocks[-1])


def _append(db, letter: Invented) -> Entry:
    values = dict(letter.values)
    return chain.append(db, at=letter.at, states=values.pop("elements"), **values)


def _by_one(archive: Archive, there: int, until: int, bodies: sqlite3.Connection) -> None:
    with archive.writing() as db:
        for letter in invented(until - there, there):
            entry = _append(db, letter)
            reads = letters.row(entry, ())
            letters.store(db, reads)
            search.index(db, entry, reads, ())
            bodies.execute("INSERT INTO bodies VALUES (?, ?)", [entry.seq, tables.read_body(db, entry.seq)])
    archive.settle()


def _block(number: int) -> tuple[int, list[tuple[Invented, tuple[int, ...]]], list[str], list[tuple[str, bytes]]]:
    """The letters of a block with their amounts, their normal forms, and the rows of the index."""
    given = list(invented(sets.BLOCK, number * sets.BLOCK))
    found = [_document(letter) for letter in given]
    rows = sorted(block.rows(list(enumerate(found))), key=lambda row: row[0].encode())
    amounts = (one.amounts for one in found)
    return number, list(zip(given, amounts, strict=True)), [one.body for one in found], rows


def _document(letter: Invented) -> document.Document:
    values = dict(letter.values)
    states = values.pop("elements")
    absent = {"seq": 0, "id": "", "number": "", "sha256": "", "size": 0, "copies": (), "prev": "", "hash": ""}
    entry = Entry(at="", **absent | values)
    return document.document(entry, letters.row(entry, ()), document.Told(states, document.codes(entry.report)))


def _prove(archive: Archive, number: int) -> None:
    there = archive.db.execute("SELECT key, data FROM search_rows WHERE block = ? ORDER BY key", [number]).fetchall()
    if there != tables.made(archive.db, number):
        raise SystemExit("the quick way makes another index than the usual one")

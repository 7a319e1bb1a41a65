"""Breaks known PDFs and Word files at random, reads and checks them; keeps what ended in neither report nor PaperError.

python tests/fuzz.py --seconds 60 --seed 1 [--keep FOLDER]

A find is shrunk (smaller cuts first) and kept under --keep with the name of the error; give it a telling name and move
it to tests/papers/, where test_samples.py reads it ever after. Exit code 1 when something was found.
"""

import argparse
import io
import random
import signal
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
LETTERS_KNOWN = HERE / "letters" / "known"
sys.path.insert(0, str(HERE.parent))

from objection_docs import checking, extraction  # noqa: E402
from objection_docs.errors import PaperError  # noqa: E402
from objection_docs.packs.rules import rules  # noqa: E402

LONGEST = 20  # seconds that one small file may take
NASTY = (b"\x00", b"\xff", b"999999999", b"-1", b"/", b"<<", b">>", b"[", b"]", b"endobj", b"(", b"BT", b"R", b"null")


def flip(data: bytes, rnd: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rnd.choice((1, 4, 16, 64))):
        out[rnd.randrange(len(out))] ^= 1 << rnd.randrange(8)
    return bytes(out)


def cut_off(data: bytes, rnd: random.Random) -> bytes:
    return data[: rnd.randrange(1, len(data))]


def cut_out(data: bytes, rnd: random.Random) -> bytes:
    at = rnd.randrange(len(data))
    return data[:at] + data[at + rnd.choice((1, 10, 100, 1000)) :]


def swap(data: bytes, rnd: random.Random) -> bytes:
    a, b, c = sorted(rnd.randrange(len(data)) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def put_in(data: bytes, rnd: random.Random) -> bytes:
    at = rnd.randrange(len(data))
    return data[:at] + rnd.choice(NASTY) * rnd.choice((1, 1, 50)) + data[at:]


def change_number(data: bytes, rnd: random.Random) -> bytes:
    """One digit run becomes another number: lengths, offsets, object numbers, sizes."""
    at = [i for i, c in enumerate(data) if 48 <= c <= 57]
    if not at:
        return data
    i = rnd.choice(at)
    return data[:i] + rnd.choice((b"0", b"-7", b"65536", b"2147483648", b"1e9", b"0.0001")) + data[i + 1 :]


def lose_object(data: bytes, rnd: random.Random) -> bytes:
    """PDF: one object is gone."""
    starts = [i for i in range(len(data)) if data.startswith(b" obj", i)]
    if not starts:
        return cut_out(data, rnd)
    start = rnd.choice(starts)
    end = data.find(b"endobj", start)
    return data[:start] + data[end if end > 0 else start + 4 :]


BYTES: tuple[Callable, ...] = (flip, cut_off, cut_out, swap, put_in, change_number)


def loose_pdf(data: bytes) -> bytes:
    """The same PDF with its streams unpacked, so that changes reach what they say."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False, qdf=True)
    return out.getvalue()


def change_tag(data: bytes, rnd: random.Random) -> bytes:
    """XML that still parses: an element repeated, dropped, emptied, put into itself or given an odd attribute."""
    from lxml import etree

    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return flip(data, rnd)
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    for _ in range(rnd.choice((1, 3, 10))):
        node = rnd.choice(nodes)
        parent = node.getparent()
        deed = rnd.randrange(6)
        if deed == 0 and parent is not None:
            parent.remove(node)
        elif deed == 1:
            for child in list(node):
                node.remove(child)
        elif deed == 2 and node.attrib:
            name = rnd.choice(sorted(node.attrib))
            node.set(name, rnd.choice(("", "-1", "99999999999", "x", "\u4e00", "1.5", "none")))
        elif deed == 3 and node.attrib:
            del node.attrib[rnd.choice(sorted(node.attrib))]
        elif deed == 4:
            node.append(etree.fromstring(etree.tostring(rnd.choice(nodes))))
        else:
            node.tag = rnd.choice(nodes).tag
    return etree.tostring(root)


def change_word(data: bytes, rnd: random.Random) -> bytes:
    """A Word file with one of its parts changed, dropped or renamed, zipped anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = rnd.choice([*parts, *(["word/document.xml"] * len(parts))])
    deed = rnd.randrange(10)
    if deed == 0:
        del parts[name]
    elif deed == 1:
        parts[rnd.choice(list(parts))] = parts[name]
    elif deed == 2 and parts[name]:
        parts[name] = rnd.choice(BYTES)(parts[name], rnd)
    else:
        parts[name] = change_tag(parts[name], rnd)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for each, content in parts.items():
            new.writestr(each, content)
    return out.getvalue()


class TooSlow(Exception):
    """A small file took longer than LONGEST."""


def _alarm(*_):
    raise TooSlow


def trouble(data: bytes) -> str:
    """What went wrong when `data` was read and checked, with its place; "" when a report or a PaperError came."""
    signal.alarm(LONGEST)
    try:
        checking.check(extraction.read(data)).to_dict()
    except PaperError as error:
        return "" if error.message else "PaperError without a message"
    except (Exception, TooSlow) as error:
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "objection_docs" in f.filename]
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
        return f"{type(error).__name__} {place}"
    finally:
        signal.alarm(0)
    return ""


def shrink(data: bytes, what: str) -> bytes:
    """The smallest cut of `data` found that still goes wrong at the same place (a Word file loses parts, not bytes)."""
    if data.startswith(b"PK"):
        return data
    size = len(data) // 2
    while size > 16:
        at = 0
        while at < len(data):
            less = data[:at] + data[at + size :]
            if less and trouble(less) == what:
                data = less
            else:
                at += size
        size //= 2
    return data


def mutant(seeds: list[bytes], rnd: random.Random) -> bytes:
    data = rnd.choice(seeds)
    if data.startswith(b"PK") and rnd.random() < 0.8:
        return change_word(data, rnd)
    ways = (*BYTES, lose_object, change_number, change_number) if not data.startswith(b"PK") else BYTES
    for _ in range(rnd.choice((1, 1, 2, 4))):
        data = rnd.choice(ways)(data, rnd) or data
    return data


def seeds() -> list[bytes]:
    """Known letters of both sorts; PDFs a second time with their streams unpacked."""
    files = [path for ending in ("pdf", "docx") for path in sorted(LETTERS_KNOWN.glob(f"*.{ending}"))[::8]]
    plain = [path.read_bytes() for path in files]
    return plain + [loose_pdf(data) for data in plain if data.startswith(b"%PDF")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-out"))
    options = parser.parse_args()
    rnd, start, ran, found = random.Random(options.seed), time.monotonic(), 0, {}
    signal.signal(signal.SIGALRM, _alarm)
    known = seeds()
    for kind in rules().kinds.values():
        assert kind.elements  # all files are read now: somebody may be editing them
    while time.monotonic() - start < options.seconds:
        data = mutant(known, rnd)
        ran += 1
        what = trouble(data)
        if what and what not in found:
            found[what] = shrink(data, what)
            options.keep.mkdir(parents=True, exist_ok=True)
            ending = "docx" if data.startswith(b"PK") else "pdf"
            name = f"{what.replace(' ', '-').replace(':', '-').replace('?', '')}.{ending}"
            (options.keep / name).write_bytes(found[what])
            print(f"{what}: {options.keep / name} ({len(found[what])} bytes)", flush=True)
    print(f"{ran} files, {len(found)} finds, seed {options.seed}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

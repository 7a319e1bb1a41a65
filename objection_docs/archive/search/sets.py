"""Sets of places, small on disk and quick to read: the letters of one block that hold a word.

A block is `BLOCK` places of the log. A set is a bitmap of the block, or, when it is shorter, the steps from one place
to the next. Sets stand in rows, each under its label.
"""

from collections.abc import Iterable
from itertools import accumulate

#: Places of the log that are indexed together.
BLOCK = 2048
BITMAP = BLOCK // 8


def pack(places: Iterable[int]) -> bytes:
    """Ascending places from 0 to BLOCK - 1 → bytes; a bitmap is told from steps by its length."""
    out, last = bytearray(), 0
    for place in places:
        step = place - last
        last = place
        if step >= 128:
            out.append(128 | step >> 8)
            out.append(step & 255)
        else:
            out.append(step)
    return bytes(out) if len(out) < BITMAP else _bitmap(unsteps(bytes(out)))


def pack_bits(bits: int) -> bytes:
    """As `pack`, from the bits of an integer."""
    if bits.bit_count() >= BITMAP:
        return bits.to_bytes(BITMAP, "little")
    return pack(places_of(bits))


def is_dense(data: bytes) -> bool:
    """A set that stands as a bitmap: about a tenth of the block's places or more."""
    return len(data) == BITMAP


def places_of(bits: int) -> list[int]:
    """Places of the bits that are set, ascending."""
    out = []
    for at, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        if byte:
            out += [at * 8 + bit for bit in _BITS[byte]]
    return out


_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


def _bitmap(places: Iterable[int]) -> bytes:
    out = bytearray(BITMAP)
    for place in places:
        out[place >> 3] |= 1 << (place & 7)
    return bytes(out)


def unsteps(data: bytes) -> Iterable[int]:
    """The places of a set that was packed as steps."""
    if data.isascii():  # no step of 128 or more: summed up without a loop of ours
        return accumulate(data)
    out, last, steps = [], 0, iter(data)
    for step in steps:
        last += (step & 127) << 8 | next(steps) if step >= 128 else step
        out.append(last)
    return out


def bits(data: bytes) -> int:
    """A packed set as the bits of an integer."""
    if len(data) == BITMAP:
        return int.from_bytes(data, "little")
    found = 0
    for place in unsteps(data):
        found |= 1 << place
    return found


def lay(data: bytes, onto: bytearray, at: int) -> None:
    """Put a packed set into a bitmap of the whole log, `at` bytes from its start."""
    if len(data) == BITMAP:
        onto[at : at + BITMAP] = data
    else:
        for place in unsteps(data):
            onto[at + (place >> 3)] |= 1 << (place & 7)


def row(labelled: Iterable[tuple[str, bytes]]) -> bytes:
    """Labels (no line break in them), each with its set of at most 256 bytes, as one row."""
    labels, sets = zip(*labelled, strict=True)
    head = ("\n" + "\n".join(labels) + "\n").encode()
    return b"".join((len(head).to_bytes(4, "little"), head, bytes(len(one) - 1 for one in sets), *sets))


def find(data: bytes, label: str) -> bytes | None:
    """The set that stands under `label`."""
    end = 4 + int.from_bytes(data[:4], "little")
    at = data.find(b"\n" + label.encode() + b"\n", 4, end)
    if at < 0:
        return None
    before = data.count(b"\n", 4, at)
    count = data.count(b"\n", 4, end) - 1
    start = end + count + before + sum(data[end : end + before])
    return data[start : start + data[end + before] + 1]

"""The zip around a Word file, written so that only what a letter changes is compressed anew.

Everything a form never changes is kept as finished zip members; a letter adds its own parts behind them and a central
directory. Dates inside are fixed: the same facts give the same bytes.
"""

import zlib
from struct import pack

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_UTF8_NAMES, _DEFLATE = 0x800, 8
_TIME, _DATE = 0, (1 << 5) | 1  # 1980-01-01, the first day that a zip can tell
_UNPACKS_WITH = 20


def _member(name: str, data: bytes, level: int, offset: int) -> tuple[bytes, bytes]:
    """One finished member and its line of the central directory."""
    deflater = zlib.compressobj(level, zlib.DEFLATED, -15, 9)
    packed = deflater.compress(data) + deflater.flush()
    encoded = name.encode()
    common = pack(
        "<5H3L2H",
        _UNPACKS_WITH,
        _UTF8_NAMES,
        _DEFLATE,
        _TIME,
        _DATE,
        zlib.crc32(data),
        len(packed),
        len(data),
        len(encoded),
        0,
    )
    central = _CENTRAL + pack("<H", _UNPACKS_WITH) + common + pack("<3H2L", 0, 0, 0, 0, offset) + encoded
    return _LOCAL + common + encoded + packed, central


class Package:
    """The unchanging members of a Word file. `with_parts` gives the whole file."""

    def __init__(self, members: dict[str, bytes]):
        bodies, lines, offset = [], [], 0
        for name, data in members.items():
            body, line = _member(name, data, 9, offset)
            bodies.append(body)
            lines.append(line)
            offset += len(body)
        self._body, self._directory, self._count = b"".join(bodies), b"".join(lines), len(lines)

    def with_parts(self, parts: dict[str, bytes], level: int = 1) -> bytes:
        """The file with these parts added. Level 1: half the time of level 6 for a fiftieth more bytes."""
        chunks, lines, offset = [self._body], [self._directory], len(self._body)
        for name, data in parts.items():
            body, line = _member(name, data, level, offset)
            chunks.append(body)
            lines.append(line)
            offset += len(body)
        directory = b"".join(lines)
        count = self._count + len(parts)
        end = _END + pack("<4H2LH", 0, 0, count, count, len(directory), offset, 0)
        return b"".join((*chunks, directory, end))

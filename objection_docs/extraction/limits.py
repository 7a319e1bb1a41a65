"""How much of a file is read before it is refused. Settings, so that a service can be stricter than a desk."""

from dataclasses import dataclass

from objection_docs.errors import PaperError


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound has a file that would otherwise cost the reader minutes or gigabytes."""

    megabytes: float = 20
    pages: int = 200
    page_characters: int = 20_000
    characters: int = 2_000_000
    unpacked_megabytes: float = 100  # a Word file is a zip: 1 MB can unpack to gigabytes
    markup_megabytes: float = 20  # one XML part of it; parsed, it takes ten times as much memory
    seconds: float = 120  # reading time; looked at between pages


def too_large(message: str) -> PaperError:
    return PaperError(message, code="too_large", status=413)


def check_size(data: bytes, limits: Limits) -> None:
    if not data:
        raise PaperError("文件是空的（0 字节），请重新选择文件", code="empty_file")
    if len(data) > limits.megabytes * 1_000_000:
        size = len(data) / 1_000_000
        raise too_large(f"文件有 {size:.1f} MB，超过 {limits.megabytes:g} MB 的上限，请压缩或拆分后再试")

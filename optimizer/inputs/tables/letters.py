"""The letters of a shapefile's table: a `.dbf` without `.cpg` does not say which they are."""

import codecs
from collections.abc import Iterator

_HEADER, _FIELD, _END = 32, 32, 0x0D
"""dBASE III: bytes of the file's header and of each field's, and the byte after the last field."""

_TEXT = b"CV"
"""Types of fields that hold letters."""


def encoding(dbf: bytes) -> str:
    """Return ``utf-8`` where every text of a `.dbf` is valid UTF-8 (but for a letter cut at its end), else ``gb18030``."""
    return "utf-8" if all(map(_is_utf8, _texts(dbf))) else "gb18030"


def _texts(dbf: bytes) -> Iterator[bytes]:
    """Yield the names of the fields and what stands in those of text."""
    start, size = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    fields, offset, at = [], 1, _HEADER
    while at + _FIELD <= min(start, len(dbf)) and dbf[at] != _END:
        width = dbf[at + 16]
        yield dbf[at : at + 11].split(b"\0")[0]
        if dbf[at + 11] in _TEXT:
            fields.append((offset, offset + width))
        offset, at = offset + width, at + _FIELD
    for record in range(start, len(dbf) - size + 1, max(size, 1)):
        for begin, end in fields:
            yield dbf[record + begin : record + end].rstrip(b" \0")


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True

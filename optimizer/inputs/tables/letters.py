"""The letters of a shapefile's table: a `.dbf` without `.cpg` does not say which they are."""

import codecs
from collections.abc import Iterator

_HEADER, _FIELD, _END = 32, 32, 0x0D
"""dBASE III: bytes of the file's header and of each field's, and the byte after the last field."""

_TEXT = b"CV"
"""Types of fields that hold letters."""


def encoding(dbf: bytes) -> str:
    """Return ``utf-8`` where every text of a `.dbf` is valid UTF-8 (but for a letter cut at its end), else ``gb18030``."""
    return "utf-8" if all(_is_utf8(text) for _, text, _ in _texts(dbf)) else "gb18030"


def whole(dbf: bytes, letters: str) -> bytes:
    """Return a `.dbf` without half letters at the ends of its texts.

    Names of fields are cut after 10 bytes, which is three and a third Chinese letters of UTF-8.
    """
    mended = bytearray(dbf)
    for begin, text, blank in _texts(dbf):
        kept = len(text) if text.isascii() else len(codecs.getincrementaldecoder(letters)("ignore").decode(text).encode(letters))
        if kept < len(text) and dbf[begin : begin + kept] == text[:kept]:
            mended[begin + kept : begin + len(text)] = blank * (len(text) - kept)
    return bytes(mended)


def _texts(dbf: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield where each name of a field and each value of one of text stands, its bytes, and the byte that fills it up."""
    start, size = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    fields, offset, at = [], 1, _HEADER
    while at + _FIELD <= min(start, len(dbf)) and dbf[at] != _END:
        width = dbf[at + 16]
        yield at, dbf[at : at + 11].split(b"\0")[0], b"\0"
        if dbf[at + 11] in _TEXT:
            fields.append((offset, offset + width))
        offset, at = offset + width, at + _FIELD
    for record in range(start, len(dbf) - size + 1, max(size, 1)):
        for begin, end in fields:
            yield record + begin, dbf[record + begin : record + end].rstrip(b" \0"), b" "


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True

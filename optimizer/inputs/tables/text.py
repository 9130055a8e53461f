"""Tables of text: CSV and its kin, in any encoding and with any separator that spreadsheets write."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from optimizer.faults import Faults
from optimizer.inputs.tables.grid import Grid, to_frame
from optimizer.inputs.tables.raw import Expected, Raw

_SEPARATORS = ",;\t"
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM", "gb18030": "GB18030", "utf-16": "UTF-16"}
_LOOKED_AT = 20
"""Lines in which the separator is looked for: titles above the header may have none."""


def read_text(path: str, expected: Expected, faults: Faults) -> Raw | None:
    """Read a table of text; None where it cannot be read."""
    decoded = _decode(path, faults)
    if decoded is None:
        return None
    text, encoding = decoded
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True))
    except csv.Error as error:
        faults.add(path, "", f"the quotation marks do not pair up ({error})", "Save the table again as CSV from the spreadsheet")
        return None
    found = to_frame(path, Grid([[cell.strip() for cell in line] for line in lines]), expected, faults)
    return None if found is None else Raw(found[0], "csv", _ENCODINGS[encoding], "", tuple(found[1]))


def _decode(path: str, faults: Faults) -> tuple[str, str] | None:
    """Decode a text file: UTF-16 where its byte order mark says so, else UTF-8, else GB18030."""
    data = Path(path).read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        tried = ["utf-16"]
    else:
        tried = ["utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "gb18030"]
    spoilt = 0
    for encoding in tried:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            spoilt = max(spoilt, error.start)
    row = data.count(b"\n", 0, spoilt) + 1
    faults.add(path, f"row {row}", f"the text is {_neither(tried)} here", "Correct the row, or save the table again as CSV UTF-8")
    return None


def _neither(encodings: Sequence[str]) -> str:
    names = [_ENCODINGS[encoding] for encoding in encodings]
    return f"not {names[0]}" if len(names) == 1 else f"neither {' nor '.join(names)}"


def _separator(text: str) -> str:
    """Return the separator that one of the first lines uses most; a comma where they have one column only."""
    lines = text.split("\n", _LOOKED_AT)[:_LOOKED_AT]
    return max(_SEPARATORS, key=lambda mark: max(line.count(mark) for line in lines))

"""Reads a sweep file; its faults are told with their lines, as a scenario's are."""

from dataclasses import dataclass
from pathlib import Path

from optimizer.faults import Faults
from optimizer.scenario.document import Document, read
from optimizer.scenario.load import validated
from optimizer.sweep.model import Sweep


@dataclass(frozen=True)
class Asked:
    """A sweep and the file it was written in."""

    sweep: Sweep
    document: Document

    def beside(self, path: str) -> Path:
        """Return a path of the sweep file, relative to the working directory."""
        return self.document.path.parent / path

    def where(self, *key: str | int) -> str:
        """Return the line and the key of a place in the file, as a person reads them."""
        line = self.document.line(key)
        dotted = ".".join(str(part) for part in key)
        return f"line {line} ({dotted})" if line else dotted


def load(path: Path, faults: Faults) -> Asked | None:
    """Read a sweep file.

    Parameters
    ----------
    path
        The file; paths in it are relative to it.
    faults
        Takes every fault: an unreadable file, unknown keys (with the nearest known one), values of the wrong kind, and
        scenarios or folders that are not there.

    Returns
    -------
    The sweep, or None where a fault was found.
    """
    own = Faults()
    document = read(path, own)
    sweep = None if document is None else validated(Sweep, {"name": path.stem} | document.data, (document,), own)
    asked = None if document is None or sweep is None else Asked(sweep, document)
    if asked is not None:
        _check_paths(asked, own)
    faults.extend(own)
    return None if len(own) else asked


def _check_paths(asked: Asked, faults: Faults) -> None:
    """Tell scenarios and folders that are not there: such a slip is not worth a night of failed runs."""
    file, sweep = str(asked.document.path), asked.sweep
    if sweep.base is not None and not asked.beside(sweep.base).is_file():
        faults.add(file, asked.where("base"), f"there is no scenario file {sweep.base}", "Correct the path.")
    for i, place in enumerate(sweep.counties):
        path = asked.beside(place.path)
        if not (path.is_file() if place.is_scenario else path.is_dir()):
            kind = "scenario file" if place.is_scenario else "folder of inputs"
            faults.add(file, asked.where("counties", i), f"there is no {kind} {place.path}", "Correct the path.")

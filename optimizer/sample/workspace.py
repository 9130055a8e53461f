"""A folder that is ready to run: the sample county, its scenarios, an empty maps folder."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

from optimizer.sample.county import make_county
from optimizer.sample.tables import write_tables

if TYPE_CHECKING:
    from pathlib import Path

SEED: Final = 2026


def write_county(folder: Path, seed: int = SEED) -> None:
    """Write the tables of the sample county into `folder`, made if missing.

    Files of the same names are replaced. The same seed writes the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(make_county(seed), folder)


def write_scenarios(folder: Path) -> None:
    """Write the sample scenarios into `folder`, made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (resources.files("optimizer.sample") / "scenarios").iterdir():
        if source.name.endswith(".yaml"):
            (folder / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")


def write_workspace(folder: Path) -> None:
    """Make a workspace in a new or empty folder.

    Raises
    ------
    FileExistsError
        The folder holds something, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not empty: name a new folder")
    write_county(folder / "inputs" / "sample")
    write_scenarios(folder / "scenarios")
    maps = folder / "maps"
    maps.mkdir()
    about = (resources.files("optimizer.sample") / "about_maps.md").read_text(encoding="utf-8")
    (maps / "README.md").write_text(about, encoding="utf-8", newline="\n")

"""The page of `zoning check` in the terminal."""

from rich.table import Table

from optimizer.cli import show
from optimizer.pages.checked import FILE_COLUMNS, Checked
from optimizer.pages.texts import Texts


def page(found: Checked, lang: str) -> None:
    """Print what was read of a county, which column was taken for what, and what was repaired, assumed and missing."""
    texts = Texts(lang)
    show.OUT.print(found.title, style="bold", markup=False, soft_wrap=True)
    for sentence in found.summary:
        show.OUT.print(sentence, markup=False)
    used = [at for at, _ in enumerate(FILE_COLUMNS) if any(row[at] for row in found.files)]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for at in used:
        key = FILE_COLUMNS[at]
        table.add_column(texts(f"check.column.{key}"), justify="right" if key == "rows" else "left", overflow="fold")
    for row in found.files:
        table.add_row(*(row[at] for at in used))
    show.OUT.print(table)
    sections = [(texts("check.columns"), found.columns), *found.notes, (texts("check.absent"), found.absent)]
    for heading, rows in sections:
        if rows:
            _section(heading, rows)
    show.OUT.print()


def _section(heading: str, rows: tuple[tuple[str, str], ...]) -> None:
    show.OUT.print(heading, style="bold", markup=False)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    last = ""
    for name, sentence in rows:
        table.add_row("" if name == last else name, sentence)
        last = name
    show.OUT.print(table)

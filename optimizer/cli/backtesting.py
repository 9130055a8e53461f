"""What `zoning backtest` reads, writes and prints."""

from pathlib import Path

from rich.table import Table

from optimizer import folder
from optimizer.cli import show
from optimizer.faults import Faults
from optimizer.history import backtest, read
from optimizer.history.backtest import METHODS, Backtest
from optimizer.history.reader import check_year
from optimizer.history.record import NAME, as_json
from optimizer.inputs.tables import sha256
from optimizer.pages import backtest as backtest_page
from optimizer.pages import sentences
from optimizer.pages.templates import number
from optimizer.pages.texts import Texts

PAGE = "backtest.html"


def run(path: Path, train_until: int, out: Path, lang: str) -> None:
    """Measure the model on a history; write `backtest.json` and the page, or tell every fault of the file."""
    faults, texts = Faults(), Texts(lang)
    with show.working("read", path.stem):
        history = read(str(path), faults)
        if history is not None:
            check_year(history, train_until, str(path), faults)
    faults.raise_if_any()
    assert history is not None
    with show.working("backtest", path.stem):
        found = backtest(history, train_until)
        files = {NAME: as_json(found, sha256(str(path))), PAGE: backtest_page.render(found, path.name, lang)}
    written = folder.write_files(out, files)
    for item in history.notes:
        show.line(sentences.note(item, texts).replace("[", r"\["))
    show.OUT.print(_table(found, texts))
    show.line(f"Wrote {' and '.join(map(str, written))}")


def _table(found: Backtest, texts: Texts) -> Table:
    """Return the errors by years ahead, those of schools and then those of the total."""
    table = Table(title=texts("backtest.title", later=backtest_page.predicted(found)))
    table.add_column(texts("backtest.ahead"), justify="right")
    table.add_column(texts("backtest.count"), justify="right")
    for what in ("of_schools", "of_total"):
        for method in METHODS:
            table.add_column(f"{texts(f'backtest.{what}')}: {texts(f'backtest.{method}')}", justify="right")
    table.add_column(texts("backtest.coverage"), justify="right")
    for ahead in range(1, len(found.later) + 1):
        measured = ahead in found.ahead
        schools = [number(found.school_error(method, ahead), 1) if measured else "–" for method in METHODS]
        totals = [number(found.total_error(method, ahead), 1) for method in METHODS]
        coverage = number(found.coverage(ahead), 0) if measured else "–"
        table.add_row(str(ahead), number(int(found.measured[:, ahead - 1].sum())), *schools, *totals, coverage)
    return table

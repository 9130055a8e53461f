"""The page of what bureaus call columns and values, made from the catalog: `python -m optimizer.inputs.reference`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from optimizer.inputs import tables
from optimizer.inputs.tables.columns import TABLES

CATALOG = Path(tables.__file__).with_name("words.yaml")


def page() -> str:
    """Return the page in Markdown."""
    catalog = yaml.safe_load(CATALOG.read_text(encoding="utf-8"))
    lines = [
        "# Names of columns and words for values",
        "",
        "What is understood beside our own English names, without a line in the scenario. [inputs.md](inputs.md) says what each",
        "column holds. Made from `optimizer/inputs/tables/words.yaml`; do not edit by hand",
        "(`python -m optimizer.inputs.reference` writes it anew).",
        "",
        "Case, blanks, `_`, `-`, brackets with what stands in them, and full-width letters do not matter: `School ID` is",
        "school_id, 人数（人） is 人数. What the scenario's `columns:` say wins, then our own names, then these. A name that",
        "could be two of our columns, or two columns that could both be one of ours, is a mistake that says how to state it.",
        "",
        "## Columns",
        "",
        "| table | column | may be called |",
        "|---|---|---|",
        *(f"| {table} | {ours} | {', '.join(names)} |" for table in TABLES for ours, names in _names(catalog, table).items()),
        "",
        "## Columns for each age or grade",
        "",
        "A table may have a column for each age or grade (`0岁` ... `17岁`, `age0`, `0`; `一年级班数`, `一年级人数`).",
        "Blank cells are nobody.",
        "",
        *(
            f"- {table}: {wide['key']} in the columns' names, {' or '.join(wide['measures'])} in the cells"
            for table, wide in catalog["wide"].items()
        ),
        "",
        "## Words",
        "",
        "| column | value | may be written |",
        "|---|---|---|",
        *(
            f"| {column} | {ours} | {', '.join(map(str, written))} |"
            for column, values in catalog["values"].items()
            for ours, written in values.items()
        ),
        "",
        "A unit may stand behind a number: "
        + "; ".join(f"{column} {', '.join(units)}" for column, units in catalog["units"].items()),
        "",
        "## Sheets of a workbook",
        "",
        "The sheet is the one that `sheet:` names, else the one with the table's name or one of these, else the one whose",
        "header fits best.",
        "",
        *(f"- {table}: {', '.join(names)}" for table, names in catalog["sheets"].items()),
    ]
    return "\n".join(lines) + "\n"


def _names(catalog: Mapping[str, Any], table: str) -> dict[str, list[str]]:
    """Return what each column of a table may be called, where there is anything."""
    shared, own = catalog["columns"]["any"], catalog["columns"].get(table, {})
    found = {ours: [*own.get(ours, []), *shared.get(ours, [])] for ours in TABLES[table].all}
    return {ours: names for ours, names in found.items() if names}


def main() -> None:
    """Write the page into `docs/`."""
    Path("docs/words.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

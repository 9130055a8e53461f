"""What was read of a county: files, columns, repairs, assumptions and gaps, for the terminal and as a page."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from optimizer.inputs.absent import ABSENT, absent
from optimizer.inputs.county import County, Source
from optimizer.inputs.tables import FORMATS
from optimizer.pages.sentences import note
from optimizer.pages.templates import environment, number
from optimizer.pages.texts import Texts
from optimizer.scenario import Scenario

_NAMED = 6
"""Names that a sentence lists: it must stay a line or two."""

FILE_COLUMNS = ("table", "file", "format", "part", "encoding", "rows", "crs")
"""What is said of each file, keys of ``check.column``."""


@dataclass(frozen=True)
class Checked:
    """What was read of a county, in words.

    Attributes
    ----------
    title
        The scenario's file and title.
    summary
        What the county is, in a sentence or two.
    files
        A row a file, in the order of `FILE_COLUMNS`.
    columns
        Table, and which of its columns was taken for what.
    notes
        Headings (repaired, assumed, left out), each with table and sentence.
    absent
        Table that is not given, and what is assumed in its place.
    """

    title: str
    summary: tuple[str, ...]
    files: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    absent: tuple[tuple[str, str], ...]


def checked(path: Path, scenario: Scenario, county: County, lang: str) -> Checked:
    """Say what was read of a county.

    Parameters
    ----------
    path
        The scenario's file.
    scenario
        The scenario.
    county
        What was read for it.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    headings = []
    for kind in ("repaired", "assumed", "left_out"):
        said = [
            (texts(f"table.{item.table}"), note(replace(item, names=item.names[:_NAMED]), texts))
            for item in county.notes
            if item.kind == kind
        ]
        if said:
            headings.append((texts(f"note.{kind}"), tuple(dict.fromkeys(said))))
    return Checked(
        title=f"{path}: {scenario.headline(lang)}",
        summary=tuple(_summary(scenario, county, texts)),
        files=tuple(_file(source, texts) for source in county.sources),
        columns=tuple((texts(f"table.{source.table}"), _columns(source, texts)) for source in county.sources if source.columns),
        notes=tuple(headings),
        absent=tuple((texts(f"table.{table}"), ABSENT[table][lang]) for table in absent(scenario, county)),
    )


def render(found: Sequence[Checked], lang: str) -> str:
    """Return what was read of one or more counties as one HTML page."""
    texts = Texts(lang)
    heads = [texts(f"check.column.{key}") for key in FILE_COLUMNS]
    return environment().get_template("checked.html.j2").render(t=texts, heads=heads, found=found)


def _file(source: Source, texts: Texts) -> tuple[str, ...]:
    form = FORMATS[source.format][texts.lang] if source.format else ""
    crs = texts("check.local") if source.crs.lower() == "local" else source.crs
    file = os.path.normpath(source.path)
    return (texts(f"table.{source.table}"), file, form, source.part, source.encoding, number(source.rows), crs)


def _columns(source: Source, texts: Texts) -> str:
    """Return the columns that bear our names, then those that were taken for ours."""
    comma = texts("list.comma")
    own = comma.join(ours for ours, theirs in source.columns if ours == theirs)
    others = comma.join(f"{ours} = {theirs}" for ours, theirs in source.columns if ours != theirs)
    return texts("list.semicolon").join(part for part in (others, own) if part)


def _summary(scenario: Scenario, county: County, texts: Texts) -> list[str]:
    """Return the size of the county: blocks, schools, children."""
    schools = county.schools
    levels = {level: int((schools["level"] == level).sum()) for level in ("primary", "junior", "nine_year")}
    said = [
        texts(
            "check.places",
            blocks=number(len(county.blocks)),
            area=number(county.blocks.area.sum() / 1e6, 1),
            schools=len(schools),
            **levels,
            private=int((~schools["public"]).sum()),
        )
    ]
    if county.residents is not None:
        total = int(county.residents["count"].sum())
        said.append(texts("check.residents", children=number(total), date=county.residents_date.isoformat()))
    elif "students" in county.blocks.columns:
        level = texts(f"level.{scenario.level}")
        said.append(texts("check.students", children=number(int(county.blocks["students"].sum())), level=level))
    if county.enrolment is not None:
        totals = {key: number(int(county.enrolment[key].sum())) for key in ("students", "classes")}
        said.append(texts("check.enrolled", **totals))
    return said

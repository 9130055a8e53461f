"""Where children really study, and which blocks the lines of today's zones cut: tables and sentences of the report."""

from typing import Any

from optimizer.pages import names
from optimizer.pages.templates import number, percent
from optimizer.pages.texts import Texts
from optimizer.policy import rules
from optimizer.run import Case, Run


def said(case: Case, texts: Texts) -> list[str]:
    """Return in sentences who does not follow the zones."""
    chosen = case.scenario.attendance
    found = []
    if chosen.status:
        shares = [f"{texts(f'status.{status}')} {percent(share, 0)}" for status, share in chosen.status.items()]
        found.append(texts("attendance.status", shares=texts("list.comma").join(shares)))
    first = case.problem.years[0]
    for seats in chosen.other_seats:
        area = [
            seats.community or "",
            texts("attendance.blocks", setting=texts(f"setting.{seats.setting}")) if seats.setting else "",
        ]
        where = texts("list.comma").join(part for part in area if part) or texts("attendance.county")
        span = {"first": seats.first_year or first, "last": seats.last_year or ""}
        when = texts("attendance.between" if seats.last_year else "attendance.since", **span)
        found.append(texts(f"attendance.{seats.kind}", students=number(seats.students), area=where, when=when))
    if case.county.attendance is not None:
        found.append(texts(f"attendance.{chosen.transfers}", years=chosen.phase_out_years, first=first))
    return found


def matrix(run: Run, texts: Texts) -> dict[str, Any] | None:
    """Return today's children by zone of residence (rows) and school attended (columns); None without such a table."""
    case = run.case
    if case.county.attendance is None:
        return None
    table = case.county.attendance
    table = table[table["grade"].isin(rules(case.scenario.policy, case.scenario.level).grades)]
    sums = table.groupby(["zone", "school_id"])["students"].sum()
    schools = sorted(set(table["school_id"]))
    zones = sorted(set(table["zone"]) - {""}) + ([""] if (table["zone"] == "").any() else [])
    label = names.schools(case.county, {*schools, *zones})
    rows = []
    for zone in zones:
        cells = [int(sums.get((zone, school), 0)) for school in schools]
        own = int(sums.get((zone, zone), 0))
        rows.append(
            {
                "name": label[zone] if zone else texts("attendance.outside"),
                "cells": [(n, school == zone) for n, school in zip(cells, schools, strict=True)],
                "total": sum(cells),
                "own": percent(own / sum(cells), 0) if zone and sum(cells) else number(None),
            }
        )
    return {"schools": [label[school] for school in schools], "rows": rows}


def cut_blocks(run: Run) -> list[dict[str, Any]]:
    """Return the blocks that a line of today's zones cuts: their parts with the children of a mean year in each."""
    case = run.case
    if case.county.cut_blocks is None or case.county.cut_blocks.empty:
        return []
    label = names.schools(case.county, case.county.cut_blocks["school_id"])
    students = run.score.by_block.set_index("block_id")["students"]
    found = []
    for block, parts in case.county.cut_blocks.groupby("block_id", sort=True):
        children = float(students[block])
        found.append(
            {
                "block": case.county.blocks["name"][block],
                "id": block,
                "by": str(parts["by"].iloc[0]),
                "parts": [
                    {
                        "school": label[part["school_id"]],
                        "share": percent(part["share"], 0),
                        "children": number(part["share"] * children, 1),
                    }
                    for part in parts.to_dict("records")
                ],
            }
        )
    return found

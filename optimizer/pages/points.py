"""Where schools stand on the drawing, and how full they are."""

from typing import Any

import pandas as pd

from optimizer.pages import names
from optimizer.pages.drawing import Drawing
from optimizer.run import Run


def school_points(run: Run, sheet: Drawing) -> list[dict[str, Any]]:
    """Return where the plan's sites are and how full.

    Returns
    -------
    ``id, name, x, y`` and ``figures[variant][year]`` of students, classes, rooms, seats, largest class, students over the seats.
    """
    problem = run.case.problem
    label = names.schools(run.case.county, problem.sites)
    columns = ["students", "classes", "rooms", "seats", "largest_class", "over_seats"]
    table = run.score.by_school.set_index(["school_id", "variant", "year"])[columns]
    values = table.reindex(pd.MultiIndex.from_product([problem.sites, problem.variants, problem.years])).astype(object)
    shape = (len(problem.sites), len(problem.variants), len(problem.years), len(columns))
    figures = values.where(values.notna(), None).to_numpy().reshape(shape).tolist()
    return [
        {"id": site, "name": label[site], "figures": f, **place(run, sheet, site)}
        for site, f in zip(problem.sites, figures, strict=True)
    ]


def place(run: Run, sheet: Drawing, site: str) -> dict[str, int]:
    """Return the point of a site; of a shared intake, which is no school of the table, a point in its zone's root block."""
    schools, problem = run.case.county.schools, run.case.problem
    if site in schools.index:
        point = schools.geometry[site]
    else:
        zone = int((problem.site_of == problem.sites.index(site)).any(axis=1).argmax())
        point = run.case.county.blocks.geometry.iloc[problem.roots[zone][0]].representative_point()
    x, y = sheet.coordinates(point)["coordinates"]
    return {"x": x, "y": y}

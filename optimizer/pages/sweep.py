"""A sweep on one page: what is traded for what, which schools are likely to be too full when, every run, and what failed."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from optimizer.pages.templates import environment, number
from optimizer.pages.texts import Texts
from optimizer.sweep.expand import label
from optimizer.sweep.model import Sweep
from optimizer.sweep.runner import Tally
from optimizer.sweep.summary import AXES, Heat, heats, settings, tradeoffs

_MOST_HEATS = 200
"""More settings than this are not given a table of their own: the page must open on an office machine."""

_MOST_NAMED = 12
"""Runs named beside one reason."""


def render(sweep: Sweep, rows: pd.DataFrame, schools: Iterable[tuple[str, pd.DataFrame]], tally: Tally, lang: str) -> str:
    """Return the sweep as one HTML page.

    Parameters
    ----------
    sweep
        What was asked.
    rows
        The rows that are there, with the number of the ``run``; see `optimizer.sweep.store.Store.gather`.
    schools
        See `optimizer.sweep.store.Store.schools`.
    tally
        How the last call went.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    described = settings(rows)
    traded = tradeoffs(described)
    shown, left_out = _chosen(heats(described, schools), traded)
    done = described[described["status"] == "done"]
    return (
        environment()
        .get_template("sweep.html.j2")
        .render(
            t=texts,
            title=sweep.headline(lang),
            cards=_cards(rows, tally, texts),
            last_call=_last_call(tally, texts),
            failures=_failures(rows, texts),
            traded=bool(len(traded)),
            statuses=[(status, texts(f"status.{status}")) for status in sorted(set(rows["status"]))],
            has_draws=bool(rows["draw"].notna().any()),
            has_counties=bool(rows["county"].ne("").any()),
            some_heats=texts("sweep.some_heats", most=_MOST_HEATS) if left_out else "",
            data={
                "texts": texts.group("sweep.js") | {f"status.{key}": said for key, said in texts.group("status").items()},
                "counties": [
                    _county(name, bool(group["seated"].iloc[0]), traded, shown, texts)
                    for name, group in done.groupby("county", sort=False)
                ],
                "runs": [_run(row) for row in described.to_dict("records")],
            },
        )
    )


def _cards(rows: pd.DataFrame, tally: Tally, texts: Texts) -> list[tuple[str, str]]:
    """Return a number and what it counts, a card each."""
    failed, counties = int((rows["status"] != "done").sum()), rows["county"].nunique()
    cards = [(number(len(rows)), texts("sweep.runs")), (number(failed), texts("sweep.failed"))]
    if tally.wanted > len(rows):
        cards.append((number(tally.wanted - len(rows)), texts("sweep.left")))
    if counties > 1:
        cards.append((number(counties), texts("sweep.counties")))
    return [*cards, (_duration(float(rows["solve_seconds"].sum())), texts("sweep.solve_sum"))]


def _duration(seconds: float) -> str:
    """Return seconds, or hours, minutes and seconds: ``48 s``, ``1:02:05``."""
    if seconds < 60:
        return f"{number(seconds, 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _last_call(tally: Tally, texts: Texts) -> str:
    made = tally.done + tally.failed
    if not made:
        return ""
    wall, solve = number(tally.wall_seconds, 1), number(tally.solve_seconds, 1)
    return texts("sweep.last_call", made=made, wall=wall, workers=tally.workers, solve=solve, ratio=number(tally.ratio, 2))


def _failures(rows: pd.DataFrame, texts: Texts) -> list[dict[str, Any]]:
    """Return the reasons, each once with its runs, the most frequent first."""
    failed = rows[rows["status"] != "done"]
    found = []
    for (status, reason), group in failed.groupby(["status", "reason"], sort=False):
        runs = [str(run) for run in group["run"]]
        named = texts("list.comma").join(runs[:_MOST_NAMED])
        said = named if len(runs) <= _MOST_NAMED else texts("list.more", names=named, rest=len(runs) - _MOST_NAMED)
        counties = texts("list.comma").join(dict.fromkeys(name for name in group["county"] if name))
        found.append(
            {
                "status": texts(f"status.{status}"),
                "reason": str(reason).splitlines() or [""],
                "runs": said,
                "count": len(runs),
                "county": counties,
            }
        )
    return sorted(found, key=lambda failure: -int(failure["count"]))


def _chosen(found: Sequence[Heat], traded: pd.DataFrame) -> tuple[list[Heat], bool]:
    """Return the heats that the page holds, and whether some are left out: all together and the efficient ones come first."""
    if len(found) <= _MOST_HEATS:
        return list(found), False
    best = set(zip(traded.loc[traded["rank"] > 0, "county"], traded.loc[traded["rank"] > 0, "setting"], strict=True))
    ranked = sorted(found, key=lambda heat: (bool(heat.setting), (heat.county, heat.setting) not in best))
    return ranked[: max(_MOST_HEATS, sum(not heat.setting for heat in found))], True


def _county(name: Any, seated: bool, traded: pd.DataFrame, found: Sequence[Heat], texts: Texts) -> dict[str, Any]:
    """Return what `sweep.js` draws of one county."""
    own = traded[traded["county"] == name]
    panels = [
        {"name": str(future) or texts("sweep.base_future"), "points": [_point(row) for row in group.to_dict("records")]}
        for future, group in own.groupby("future", sort=False)
    ]
    crowding = texts("sweep.axis.seats" if seated else "sweep.axis.crowding")
    return {
        "name": name,
        "axes": {"walk": texts("sweep.axis.walk"), "crowding": crowding, "change": texts("sweep.axis.change")},
        "panels": panels,
        "heats": [_heat(heat, texts) for heat in found if heat.county == name],
    }


def _point(row: dict[Any, Any]) -> dict[str, Any]:
    figures = {axis: round(float(row[axis]), 1) for axis in AXES}
    return {"name": str(row["setting"]), "rank": int(row["rank"]), "runs": int(row["runs"]), **figures}


def _heat(heat: Heat, texts: Texts) -> dict[str, Any]:
    """Return the schools that ever exceed their limit, the likeliest first, with whole per cents by year."""
    often = heat.chance[heat.chance.max(axis=1) > 0]
    order = often.mean(axis=1).sort_values(ascending=False, kind="stable").index
    return {
        "name": heat.setting or texts("sweep.all_settings"),
        "said": texts("sweep.js.heat_of", runs=number(heat.runs), futures=number(heat.futures)),
        "years": [int(year) for year in heat.chance.columns],
        "schools": [
            {
                "id": str(school),
                "name": heat.schools[str(school)],
                "chance": [None if pd.isna(share) else round(100 * float(share)) for share in often.loc[school]],
            }
            for school in order
        ],
    }


def _run(row: dict[Any, Any]) -> list[Any]:
    """Return a run as the cells of the table: number, county, overrides, draw, status, figures, gap, seconds, id."""
    overrides = label(json.loads(row["overrides"])) or str(row["scenario"])
    draw = None if pd.isna(row["draw"]) else int(row["draw"])
    figures = [_rounded(row["walk"], 0), _rounded(row["crowding"], 1), _rounded(row["change"], 0)]
    percent = _rounded(None if pd.isna(row["gap"]) else 100 * row["gap"], 2)
    return [
        int(row["run"]),
        row["county"],
        overrides,
        draw,
        row["status"],
        *figures,
        percent,
        _rounded(row["solve_seconds"], 1),
        row["id"],
    ]


def _rounded(value: Any, places: int) -> float | None:
    return None if value is None or pd.isna(value) else round(float(value), places)

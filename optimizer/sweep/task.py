"""What a worker does: one scenario through the one pipeline. Nothing is written but what goes back."""

import hashlib
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from optimizer import folder, pipeline
from optimizer.faults import BadInputError, Faults
from optimizer.problem import Problem
from optimizer.run import Case, Run
from optimizer.solver import InfeasibleError, Stop, silent

Status = Literal["done", "bad_input", "infeasible", "error"]
"""How a run ended; only an `error` is made again when the sweep goes on: the others would end the same way."""

Cell = str | float | int | None


@dataclass(frozen=True)
class Order:
    """What a worker is sent.

    Attributes
    ----------
    name
        What the scenario is called.
    text
        The resolved scenario as YAML, its paths absolute.
    verify
        Whether the independent checker looks at the plan.
    threads
        Threads of the search.
    """

    name: str
    text: str
    verify: bool
    threads: int


@dataclass(frozen=True)
class Outcome:
    """What a worker sends back.

    Attributes
    ----------
    status, reason
        How the run ended, and why it failed.
    cells
        Certificate, times, the plan's hash and the headline figures, by column.
    schools
        `Score.by_school` with the school's ``name``, the variant's ``weight`` and ``exceeds`` (whether a class is above the
        limit; where no class is formed, whether there are more students than seats); None of a failed run.
    """

    status: Status
    reason: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)
    schools: pd.DataFrame | None = None


def answer(order: Order) -> Outcome:
    """Make a run; whatever goes wrong in it is an outcome too."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "scenario.yaml"
        path.write_text(order.text, encoding="utf-8")
        try:
            return _answer(path, order)
        except BadInputError as error:
            return Outcome("bad_input", "\n".join(map(str, error.faults)).replace(str(path), order.name))
        except InfeasibleError as error:
            return Outcome("infeasible", str(error))
        except Exception as error:  # noqa: BLE001 - one bad run must not end the others
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}, line {frame.lineno}"
            return Outcome("error", f"{type(error).__name__}: {error} ({where})")


def _answer(path: Path, order: Order) -> Outcome:
    faults = Faults()
    began = time.perf_counter()
    case = pipeline.prepare(path, faults)
    faults.raise_if_any()
    assert case is not None
    chosen = case.scenario.solver
    ready = time.perf_counter()
    run = pipeline.answer(case, Stop(chosen.gap, chosen.work, chosen.seconds, threads=order.threads), silent)
    cells = _cells(run) | {"prepare_seconds": ready - began, "solve_seconds": time.perf_counter() - ready}
    if order.verify:
        broken = _broken(run, path, faults)
        cells["broken"] = len(broken)
        if broken and run.stopped != "given":
            return Outcome("error", "the independent checker does not agree with the plan: " + "; ".join(broken), cells)
    return Outcome("done", "", cells, _schools(case, run))


def _cells(run: Run) -> dict[str, Cell]:
    proof = run.certificate
    return {
        "stopped": run.stopped,
        "bound_m": None if proof is None else proof.bound / proof.divisor,
        "gap": None if proof is None else proof.gap,
        "gap_m": None if proof is None else proof.gap_m,
        "plan": hashlib.sha256(folder.assignment(run).to_csv(index=False).encode()).hexdigest(),
        **run.score.headline,
    }


def _broken(run: Run, path: Path, faults: Faults) -> list[str]:
    """Return the rules that the plan breaks, as the independent checker sees it."""
    table = path.with_name(folder.ASSIGNMENT)
    folder.assignment(run).to_csv(table, index=False)
    report = pipeline.verified(path, table, folder.result(run, path.parent), faults)
    faults.raise_if_any()
    assert report is not None
    return [finding.text("en") for finding in report.broken]


def _schools(case: Case, run: Run) -> pd.DataFrame:
    problem, schools = case.problem, run.score.by_school.copy()
    names = case.county.schools["name"].reindex(schools["school_id"]).to_numpy()
    schools.insert(0, "name", np.where(pd.isna(names), schools["school_id"], names))
    schools["weight"] = schools["variant"].map(dict(zip(problem.variants, problem.weight.tolist(), strict=True)))
    formed = schools["rooms"].notna() & _class_limit_holds(problem)
    schools["exceeds"] = np.where(formed, schools["classes_over"] > 0, schools["over_seats"] > 0)
    return schools


def _class_limit_holds(problem: Problem) -> bool:
    """Whether the class limit is switched on; where it is off its steps have no price though a missing seat has one."""
    return bool(problem.prices.step_price[:3].any()) or problem.prices.seat_price == 0

"""Plans under one another's conditions."""

import dataclasses

import numpy as np
import pytest

from optimizer import solver
from optimizer.cross import comparable, cross, plan_names
from optimizer.metrics import score
from optimizer.run import Run
from tests.example import example_case, example_run, renamed

RUN = example_run()
TODAY = renamed(example_run(today=True), "today")


def one_variant(run: Run, variant: int, name: str) -> Run:
    """Return the run in a county whose population follows one of its variants."""
    problem = run.case.problem
    cut = dataclasses.replace(
        problem,
        variants=(problem.variants[variant],),
        weight=problem.weight[[variant]],
        students=problem.students[..., [variant]],
        stay=problem.stay[..., [variant]],
        least_classes=problem.least_classes[..., [variant]],
    )
    case = dataclasses.replace(run.case, problem=cut)
    plan = solver.complete(cut, run.plan.zone)
    return renamed(dataclasses.replace(run, case=case, plan=plan, score=score(cut, plan, case.shapes)), name)


def test_runs_that_differ_in_their_plan_only_ask_one_question():
    found = cross([TODAY, RUN])
    assert (found.plans, found.conditions, found.own) == (("today", "example"), ((0, 1),), (0, 0))
    assert found.tried[0, 0].headline == TODAY.score.headline


def test_every_plan_is_tried_under_every_population():
    medium, high = one_variant(RUN, 0, "medium"), one_variant(TODAY, 1, "high")
    found = cross([medium, high, RUN])
    assert found.conditions == ((0,), (1,), (2,))
    assert set(found.tried) == {(plan, number) for plan in range(3) for number in range(3)}
    same_zones = found.tried[2, 1]
    assert same_zones.headline["mean_walk_m"] == found.tried[0, 1].headline["mean_walk_m"]
    by_variant = found.tried[0, 2].by_variant.set_index("variant")
    assert by_variant.loc["high", "mean_walk_m"] == pytest.approx(found.tried[0, 1].headline["mean_walk_m"])
    assert by_variant.loc["high", "moved"] == pytest.approx(found.tried[0, 1].headline["moved"])
    assert by_variant.loc["high", "p90_walk_m"] == found.tried[0, 1].headline["p90_walk_m"]
    students = found.tried[0, 1].by_school.groupby("year")["students"].sum()
    assert students.tolist() == RUN.case.problem.students[..., 1].sum(axis=(0, 2)).tolist()


def test_other_blocks_and_schools_that_are_not_there_do_not_fit():
    small = renamed(example_run(case=example_case(side=5)), "small")
    assert comparable([RUN, small]) == [True, False]
    assert set(cross([RUN, small]).tried) == {(0, 0), (1, 1)}
    problem = RUN.case.problem
    fewer = dataclasses.replace(problem, zones=("S01", "S02", "X"), sites=("S01", "S02", "X"))
    other = renamed(dataclasses.replace(RUN, case=dataclasses.replace(RUN.case, problem=fewer)), "fewer")
    assert set(cross([RUN, other]).tried) == {(0, 0), (1, 1)}


def test_a_zone_that_the_plan_closes_is_not_in_pieces_elsewhere():
    problem = RUN.case.problem
    closed = dataclasses.replace(problem, zones=("S01", "S02", "closed"), sites=("S01", "S02", "closed"))
    plan = solver.complete(closed, np.where(RUN.plan.zone == 2, 1, RUN.plan.zone))
    case = dataclasses.replace(RUN.case, problem=closed)
    fewer = renamed(dataclasses.replace(RUN, case=case, plan=plan, score=score(closed, plan, case.shapes)), "fewer")
    assert cross([RUN, fewer]).tried[1, 0].headline["zones_in_pieces"] == 0
    unclosed = renamed(dataclasses.replace(fewer, case=RUN.case, score=score(problem, plan, case.shapes)), "unclosed")
    assert cross([RUN, unclosed]).tried[1, 0].headline["zones_in_pieces"] == 1


def test_runs_of_one_name_are_told_apart():
    assert plan_names([RUN, TODAY, RUN]) == ["example", "today", "example (2)"]

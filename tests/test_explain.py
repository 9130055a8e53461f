"""What sending a block elsewhere would do, against scoring that plan from the start."""

import numpy as np

from optimizer import solver
from optimizer.explain import explain
from optimizer.metrics import score
from optimizer.run import Run
from tests.example import example_case


def found_run() -> Run:
    case = example_case()
    plan = solver.complete(case.problem, case.problem.distance.argmin(axis=1))
    return Run(case, plan, score(case.problem, plan, case.shapes), None, "given", {}, float("nan"))


def test_the_plans_own_school_comes_first_and_changes_nothing():
    run = found_run()
    first = explain(run, 8)[0]
    assert first.school == run.case.problem.zones[run.plan.zone[8]]
    assert (first.objective_m, first.broken_zones, len(first.crowded)) == (0, (), 0)


def test_every_change_is_the_difference_of_two_scores():
    run = found_run()
    problem = run.case.problem
    for change in explain(run, 8)[1:]:
        zone = run.plan.zone.copy()
        zone[8] = problem.zones.index(change.school)
        after = score(problem, solver.complete(problem, zone), run.case.shapes)
        assert change.objective_m == after.headline["objective_m"] - run.score.headline["objective_m"]
        assert change.headline["mean_walk_m"] == after.headline["mean_walk_m"] - run.score.headline["mean_walk_m"]


def test_a_block_that_would_lie_apart_breaks_its_new_zone():
    run = found_run()
    problem = run.case.problem
    touching = {
        b: {int(run.plan.zone[c]) for e in problem.edges for c in e if b in e and c != b} for b in range(len(problem.blocks))
    }
    inner = next(b for b, zones in touching.items() if zones == {int(run.plan.zone[b])})
    broken = {change.school: change.broken_zones for change in explain(run, inner)[1:]}
    assert broken
    assert all(school in zones for school, zones in broken.items())


def test_other_schools_come_by_distance():
    run = found_run()
    walks = [change.walk_m for change in explain(run, 8)[1:]]
    assert walks == sorted(walks)
    assert walks[0] == np.sort(run.case.problem.distance[8])[1]

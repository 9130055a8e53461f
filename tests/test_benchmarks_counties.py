"""The generated counties are problems that the solver takes, and their lines tell what is measured."""

import json
import sys

import numpy as np
import pytest

from benchmarks import classes, scale
from benchmarks.drawing import draw_growth, power
from optimizer.solver import complete


@pytest.mark.parametrize("module", [scale, classes])
def test_a_generated_county_is_solved_and_told(module, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["measure", "--blocks", "40", "--schools", "3", "--seconds", "3"])
    module.main()
    line = json.loads(capsys.readouterr().out)
    assert (line["blocks"], line["schools"], line["seed"]) == (40, 3, 1)
    assert 0 < line["bound"] <= line["objective"]
    assert line["stopped"] in ("proof", "gap", "work", "clock")


def test_cohorts_move_up_and_end():
    problem = classes.county(40, 3, 1.2, 1)
    assert problem.students.shape == (40, 10, 6, 3)
    old = problem.stay.sum(axis=(0, 3)) > 0
    assert old[0].tolist() == [False, True, True, True, True, True]
    assert not old[5:].any()
    assert (problem.students.sum(axis=(0, 3))[old] == 0).all()
    for year in range(9):  # a cohort has the same children a year and a grade later
        assert (problem.students[:, year, :-1] == problem.students[:, year + 1, 1:]).all()


def test_students_above_the_class_limit_are_counted():
    problem = classes.county(40, 3, 1.2, 1)
    plan = complete(problem, problem.distance.argmin(axis=1))
    expected = 0
    for site in range(3):
        for year in range(10):
            for grade in range(6):
                n = problem.stay[site, year, grade, 1] + problem.students[plan.zone == site, year, grade, 1].sum()
                expected += max(0, int(n) - 45 * int(plan.classes[site, problem.cohort[year, grade], 1]))
    assert classes.above(problem, plan) == expected
    assert np.all(problem.rooms > 0)


def test_growth_is_a_power_of_the_size_and_is_drawn(tmp_path):
    assert power([10, 100, 1000], [3, 30 * 2, 300 * 4]) == pytest.approx(1 + np.log10(2))
    lines = [{"blocks": n, "seconds": n / 500, "peak_memory_mb": 300} for n in (1_000, 10_000)]
    draw_growth(lines, tmp_path / "one.svg")
    draw_growth(lines, tmp_path / "two.svg")
    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert drawn == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert drawn.count("<svg") == 1

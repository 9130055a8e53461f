"""Whether a plan holds, as the report says it: figures by variant, the alert of schools, and the price of holding."""

import dataclasses

import numpy as np
import pytest

from optimizer import robust, solver
from optimizer.metrics import score
from optimizer.metrics.variants import by_variant
from optimizer.pages import holding, report, sentences
from optimizer.pages.texts import LANGUAGES, Texts
from optimizer.run import Nominal, Run
from tests.example import example_case, example_run
from tests.test_cross import one_variant

EN = Texts("en")
RUN = example_run()


def held(hold: str = "all") -> Run:
    case = example_case()
    scenario = case.scenario.model_copy(update={"projection": case.scenario.projection.model_copy(update={"hold": hold})})
    case = dataclasses.replace(case, scenario=scenario)
    found = robust.solve(case.problem, robust.tail_share(case.problem, scenario.projection), solver.Stop(work=0.01), 1)
    figures = score(case.problem, found.result.plan, case.shapes)
    nominal = Nominal(found.variant, found.nominal)
    return Run(case, found.result.plan, figures, found.result.certificate, found.result.stopped, {}, 0.5, nominal)


def with_draws(count: int) -> Run:
    """Return the example with many variants: draw ``i`` has ``i`` children more in every cell."""
    case = example_case()
    students = case.problem.students[..., :1] + np.arange(count)
    problem = dataclasses.replace(
        case.problem,
        variants=tuple(f"draw {i:02d}" for i in range(count)),
        weight=np.ones(count, dtype=np.int64),
        students=students,
        stay=np.zeros((3, 4, 3, count), dtype=np.int64),
        least_classes=np.zeros((3, 6, count), dtype=np.int64),
    )
    return example_run(case=dataclasses.replace(case, problem=problem))


def test_figures_by_variant_are_those_of_the_plan():
    table = holding.variants_table(RUN, EN)
    own = by_variant(RUN.case.problem, RUN.plan, RUN.score.by_school)
    assert [name for name, _ in table["rows"]] == ["medium", "high"]
    at = [figure.key for figure in table["columns"]].index("children_over")
    assert [cells[at] for _, cells in table["rows"]] == [f"{value:,.0f}" for value in own["children_over"]]
    assert holding.variants_table(one_variant(RUN, 0, "one"), EN) is None


def test_many_draws_are_summed_up_by_quantiles():
    run = with_draws(20)
    table = holding.variants_table(run, EN)
    own = by_variant(run.case.problem, run.plan, run.score.by_school)["children_over"].sort_values().tolist()
    at = [figure.key for figure in table["columns"]].index("children_over")
    assert [cells[at] for _, cells in table["rows"]] == [f"{own[i]:,.0f}" for i in (1, 9, 17, 19)]


def test_of_many_draws_the_middle_and_the_worst_one_have_tables_of_their_own():
    run = with_draws(20)
    assert list(holding.shown(RUN, EN)) == ["medium", "high"]
    own = by_variant(run.case.problem, run.plan, run.score.by_school).set_index("variant")["children_over"]
    middle, worst = holding.shown(run, EN)
    assert own[worst] == own.max()
    assert (own <= own[middle]).sum() >= 10
    assert len(report.render(run, "en")) < 2 * len(report.render(RUN, "en"))


def test_the_alert_has_a_mark_a_variant_and_the_first_year_in_words():
    found = holding.alert_table(RUN, EN)
    by_school = RUN.score.by_school.set_index(["school_id", "variant", "year"])
    assert found["order"] == ["medium", "high"]
    for row in found["rows"]:
        for year, cell in zip(found["years"], row["cells"], strict=True):
            for variant, (kind, _) in zip(("medium", "high"), cell["marks"], strict=True):
                at = by_school.loc[(row["id"], variant, year)]
                assert (kind == "red") == (at["over_seats"] > 0 or at["classes_over"] > 0)
    assert found["rows"][0]["first"] != "never"
    assert len(found["said"]) == 2


def test_the_alert_of_draws_is_the_share_in_which_a_school_is_full():
    run = with_draws(10)
    found = holding.alert_table(run, EN)
    assert not found["marks"]
    red = run.score.by_school.assign(red=lambda rows: (rows["over_seats"] > 0) | (rows["classes_over"] > 0))
    share = red.groupby(["school_id", "year"])["red"].mean()
    for row in found["rows"]:
        for year, cell in zip(found["years"], row["cells"], strict=True):
            wanted = share[(row["id"], year)]
            assert not wanted or cell["share"] == f"{100 * wanted:.0f} %"
    assert "draws" in found["rows"][0]["first"]


def test_the_price_of_holding_is_told_against_the_plan_of_one_variant():
    run = held()
    problem = run.case.problem
    mine, theirs = (
        by_variant(problem, plan, score(problem, plan, run.case.shapes).by_school).set_index("variant")
        for plan in (run.plan, run.nominal.plan)
    )
    crowding, last, price = holding.price(run, EN)["said"]
    full = run.score.by_school[run.score.by_school["variant"] == "high"].set_index("year").loc[problem.years[-1]]
    end = [f"{full[key].sum():,.0f}" for key in ("children_over", "classes_big", "over_seats")]
    assert f"In the last year, {problem.years[-1]}" in last
    assert last.endswith("these zones {}, {} and {}.".format(*end))
    assert f"would put {theirs.loc['high', 'children_over']:,.0f} children" in crowding
    assert f"these zones put {mine.loc['high', 'children_over']:,.0f}" in crowding
    longer = mine.loc["medium", "mean_walk_m"] - theirs.loc["medium", "mean_walk_m"]
    assert f"changes by {longer:+,.1f} m under medium".replace("-", "−") in price
    assert holding.price(RUN, EN) is None
    ended = {stopped: holding.price(dataclasses.replace(run, stopped=stopped), EN)["work"] for stopped in ("work", "clock")}
    assert ended == {"work": EN("holding.same_work"), "clock": EN("holding.other_work")}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", [held, lambda: with_draws(12), lambda: one_variant(RUN, 1, "one"), lambda: RUN])
def test_every_report_tells_when_schools_are_full(lang, make):
    page = report.render(make(), lang)
    assert Texts(lang)("holding.alert") in page


def test_what_was_asked_and_proved_says_how_crowding_counts():
    run = held("tail")
    assert "worst 20 % of these projections" in "\n".join(sentences.scenario(run.case, EN))
    assert "as in the worst projections" in sentences.certificate(run, EN) or run.certificate.objective == run.certificate.bound
    assert "worst" not in "\n".join(sentences.scenario(RUN.case, EN))

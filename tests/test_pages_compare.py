"""What a comparison says: marks, answers, distributions and tables, against small runs worked out by hand."""

import csv
import dataclasses
import io
import json
import re

import numpy as np
import pytest
from openpyxl import load_workbook

from optimizer import solver
from optimizer.cross import cross
from optimizer.metrics import score
from optimizer.pages import compare, compare_tables, spread
from optimizer.pages.courses import Course, courses
from optimizer.pages.facts import FIGURES
from optimizer.pages.texts import LANGUAGES, Texts
from optimizer.pages.verdicts import marked, view
from optimizer.run import Run
from tests.example import example_case, example_run, renamed
from tests.test_cross import one_variant
from tests.test_pages_holding import with_draws

RUN = example_run()
TODAY = renamed(example_run(today=True), "today")
BY_KEY = {figure.key: figure for figure in FIGURES}
EN = Texts("en")


def with_plan(run: Run, zone: np.ndarray, name: str) -> Run:
    plan = solver.complete(run.case.problem, zone)
    return renamed(dataclasses.replace(run, plan=plan, score=score(run.case.problem, plan, run.case.shapes)), name)


def said(headlines, plans=("A", "B", "C"), keys=("mean_walk_m", "children_over", "moved")):
    way = Course("x", "x", (0,) * len(headlines), None, tuple(headlines))
    return view(way, [BY_KEY[key] for key in keys], plans, EN)


def figures(walk, over, moved):
    return {"mean_walk_m": walk, "children_over": over, "moved": moved}


def test_the_best_is_marked_and_the_rest_say_how_far_off():
    rows = {figure.key: marked([TODAY.score.headline, RUN.score.headline], figure) for figure in FIGURES}
    assert [cell["best"] for cell in rows["mean_walk_m"]["cells"]] == [False, True]
    assert [cell["best"] for cell in rows["moved"]["cells"]] == [True, False]
    assert [cell["best"] for cell in rows["polsby_popper"]["cells"]] == [True, False]
    assert not any(cell["best"] for cell in rows["seats_free"]["cells"])
    assert rows["mean_walk_m"]["cells"][0]["off"] == "+91"
    page = compare.render([TODAY, RUN], cross([TODAY, RUN]), "en")
    assert "It costs, against the best: children whose school changes +475 children." in page


def test_equal_figures_are_not_marked_and_an_absent_one_is_a_dash():
    row = marked([RUN.score.headline] * 2, FIGURES[1])
    assert not any(cell["best"] or cell["off"] for cell in row["cells"])
    row = marked([figures(100, 1, 1), None, figures(90, 1, 1)], BY_KEY["mean_walk_m"])
    assert [(cell["text"], cell["best"], cell["off"]) for cell in row["cells"]] == [
        ("100", False, "+10"),
        ("–", False, ""),
        ("90", True, ""),
    ]


def test_the_first_screen_answers_which_is_best_at_what_and_what_it_costs():
    found = said([figures(1000, 500, 0), figures(1010, 20, 300), figures(1200, 0, 900)])
    answers = {answer["asked"]: (answer["plans"], answer["value"], answer["paid"][0][1]) for answer in found["answers"]}
    assert answers == {
        "Fewest children in classes above the limit": (
            "C",
            "0 children",
            ["children whose school changes +900 children", "mean walk +200 m"],
        ),
        "Shortest mean walk": ("A", "1,000 m", ["children in classes above the limit +500 children"]),
        "Fewest children whose school changes": ("A", "0 children", ["children in classes above the limit +500 children"]),
    }


def test_plans_that_share_an_answer_each_say_what_they_cost():
    found = said([figures(1000, 500, 0), figures(1000, 20, 300), figures(1200, 0, 900)])
    answer = next(answer for answer in found["answers"] if answer["asked"] == "Shortest mean walk")
    assert answer["plans"] == "A, B"
    assert answer["paid"] == [
        ("A", ["children in classes above the limit +500 children"]),
        ("B", ["children whose school changes +300 children"]),
    ]


def test_a_plan_that_another_one_beats_everywhere_is_told():
    found = said([figures(1000, 0, 10), figures(1000, 5, 20), figures(1200, 9, 30)])
    assert [verdict["beaten"] for verdict in found["verdicts"]] == ["", "A", "A"]
    assert found["verdicts"][2]["best"] == []


def test_being_as_good_as_most_is_not_being_best():
    found = said([figures(1000, 0, 10), figures(1100, 0, 20), figures(1200, 9, 0)])
    assert [verdict["best"] for verdict in found["verdicts"]] == [["mean walk"], [], ["children whose school changes"]]


def test_ways_to_compare_begin_with_the_broadest_conditions_that_fit_all():
    medium, high = one_variant(TODAY, 0, "medium"), one_variant(RUN, 1, "high")
    runs = [medium, high, RUN]
    names = [way.name for way in courses(runs, cross(runs), EN)]
    assert names == [
        "all plans under the conditions of example: mean of all projections",
        "all plans under the conditions of medium",
        "all plans under the conditions of high",
        "all plans under the conditions of example: medium",
        "all plans under the conditions of example: high",
        "each plan under its own conditions",
    ]
    small = renamed(example_run(case=example_case(side=5)), "small")
    assert [way.name for way in courses([RUN, small], cross([RUN, small]), EN)] == ["each plan under its own conditions"]
    assert [way.name for way in courses([RUN, TODAY], cross([RUN, TODAY]), EN)][1:] == ["projection: medium", "projection: high"]


def test_plans_under_conditions_of_their_own_are_not_ranked():
    runs = [one_variant(TODAY, 0, "medium"), one_variant(RUN, 1, "high")]
    crossed = cross(runs)
    own = next(way for way in courses(runs, crossed, EN) if way.name == "each plan under its own conditions")
    found = view(own, list(FIGURES), crossed.plans, EN)
    assert not found["answers"]
    assert not found["verdicts"]
    assert not any(cell["best"] or cell["off"] for row in found["rows"] for cell in row["cells"])
    page = compare.render(runs, crossed, "en")
    assert EN("compare.own_note") in page
    assert "★" not in page[page.index('class="all"') :]
    assert not any(row["best"] for row in rows_of(tables(runs)["tables/figures.csv"]))


@pytest.mark.parametrize(("lang", "said"), [("en", "It costs: "), ("zh", "代价：")])
def test_sentences_join_as_their_language_does(lang, said):
    page = compare.render([TODAY, RUN], cross([TODAY, RUN]), lang)
    assert said in page
    assert not re.search("[：。，；] (?=[^<{])", page[: page.index('id="map-from"')]) or lang == "en"


def test_of_many_draws_the_mean_and_the_worst_of_each_figure_are_compared():
    run = with_draws(12)
    runs = [renamed(run, "a"), renamed(with_draws(12), "b")]
    crossed = cross(runs)
    mean, worst = courses(runs, crossed, EN)
    assert (mean.name, worst.name) == ("projection: mean of all projections", "projection: the worst of each figure")
    figures_by_draw = crossed.tried[0, 0].by_variant
    assert worst.headlines[0]["children_over"] == figures_by_draw["children_over"].max()
    assert mean.headlines[0]["children_over"] == pytest.approx(figures_by_draw["children_over"].mean())
    assert len(compare.render(runs, crossed, "zh")) < 1_000_000


def test_walks_by_hand():
    """One block of six by six leaves S03 for S01; its children of the mean year are counted by how much further they walk."""
    problem, zone = RUN.case.problem, RUN.plan.zone.copy()
    block = int(np.flatnonzero(zone == 2)[0])
    zone[block] = 0
    other = with_plan(RUN, zone, "other")
    change = spread.walk_change(RUN, other)
    metres = int(problem.distance[block, 0] - problem.distance[block, 2])
    children = problem.students[block].sum() / problem.divisor
    total = problem.students.sum() / problem.divisor
    assert metres > 0
    assert change.further == pytest.approx(children) == pytest.approx(change.other_school)
    assert change.nearer == 0
    assert change.children == pytest.approx(total)
    assert change.mean_m == pytest.approx(children * metres / total)
    assert change.quantiles_m == (metres,) * 5
    assert sum(change.bands) == pytest.approx(total)
    assert change.bands[5] == pytest.approx(total - children)
    at = 6 + sum(metres > step for step in spread.STEPS_M)
    assert change.bands[at] == pytest.approx(children)
    back = spread.walk_change(other, RUN)
    assert back.bands == pytest.approx(tuple(reversed(change.bands)))
    assert sum(part.further for part in change.by_setting) == pytest.approx(children)


def test_a_band_name_for_every_band():
    names = spread.band_names(EN)
    assert names[0] == "more than 2,000 m nearer"
    assert names[5] == "the same"
    assert names[6:] == [
        "1–200 m further",
        "201–500 m further",
        "501–1,000 m further",
        "1,001–2,000 m further",
        "more than 2,000 m further",
    ]
    assert len(spread.walk_change(RUN, RUN).bands) == len(names)


def test_class_sizes_add_up_to_the_classes_of_the_plan():
    limits = spread.size_limits([45, 55, 65])
    assert limits == [25, 35, 45, 55, 65]
    assert spread.size_names(limits, EN) == ["25 or fewer", "26–35", "36–45", "46–55", "56–65", "66 or more"]
    found = cross([RUN]).tried[0, 0]
    bands = spread.in_bands(found.sizes, limits)
    assert bands[[3, 4, 5]].to_numpy().sum() == pytest.approx(found.headline["classes_over"])
    assert bands[[4, 5]].to_numpy().sum() == pytest.approx(found.headline["classes_big"])
    assert bands[5].sum() == pytest.approx(found.headline["classes_huge"])
    assert (found.sizes["size"] * found.sizes["classes"]).sum() == pytest.approx(
        RUN.case.problem.students.sum() / RUN.case.problem.divisor
    )


def tables(runs, lang="en"):
    return {path: content for path, content in compare.files(runs, cross(runs), lang).items() if path.endswith((".csv", ".xlsx"))}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_tables_hold_the_figures_of_the_runs():
    runs = [TODAY, RUN]
    found = tables(runs)
    by_name = {row["Figure"]: row for row in rows_of(found["tables/figures.csv"])}
    assert by_name["Children whose school changes"]["today"] == "0"
    assert by_name["Children whose school changes"]["best"] == "today"
    assert float(by_name["Mean walk"]["example"]) == pytest.approx(RUN.score.headline["mean_walk_m"], abs=1e-3)
    schools = rows_of(found["tables/schools.csv"])
    own = RUN.score.by_school.set_index(["variant", "year", "school_id"])
    assert len(schools) == 3 * 4 * 3
    row = next(row for row in schools if (row["Projection"], row["Year"], row["School id"]) == ("high", "2027", "S02"))
    assert int(row["example"]) == own.loc[("high", 2027, "S02"), "students"]
    assert int(row["Seats"]) == own.loc[("high", 2027, "S02"), "seats"]
    moved = RUN.score.by_block[RUN.score.by_block["moved"]]
    blocks = rows_of(found["tables/blocks.csv"])
    assert [row["Block"] for row in blocks] == moved["block_id"].tolist()
    assert [row["example: school id"] for row in blocks] == moved["zone"].tolist()
    assert [row["today: school id"] for row in blocks] == moved["current"].tolist()
    walks = rows_of(found["tables/walks.csv"])
    assert [(row["Before"], row["After"]) for row in walks] == [("today", "example"), ("example", "today")]
    assert float(walks[0]["Children who go to another school"]) == pytest.approx(RUN.score.headline["moved"], abs=0.05)


def test_the_plan_by_projection_table_has_the_mean_and_every_variant():
    rows = rows_of(tables([TODAY, RUN])["tables/projections.csv"])
    assert [(row["Plan"], row["Projection"]) for row in rows] == [
        (plan, variant) for plan in ("today", "example") for variant in ("mean of all projections", "medium", "high")
    ]
    high, medium = float(rows[5]["Children in classes above the limit"]), float(rows[4]["Children in classes above the limit"])
    assert float(rows[3]["Children in classes above the limit"]) == pytest.approx((high + medium) / 2, abs=0.01)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_says_the_same_as_the_csv_files(lang):
    found = tables([TODAY, RUN], lang)
    book = load_workbook(io.BytesIO(found.pop("compare.xlsx")))
    assert len(book.worksheets) == len(found) == 7
    for page, (path, content) in zip(book.worksheets, found.items(), strict=True):
        text = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        cells = [["" if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)]
        assert cells == [[value.removeprefix("'") if value.startswith("'") else value for value in row] for row in text], path


def test_hostile_names_are_no_formulas_in_any_table():
    case = example_case(block_names=["=1+1"] * 36)
    county = dataclasses.replace(case.county, schools=case.county.schools.assign(name="@evil"))
    run = renamed(example_run(case=dataclasses.replace(case, county=county)), "+plan")
    runs = [renamed(example_run(case=run.case, today=True), "-today"), run]
    found = tables(runs)
    book = load_workbook(io.BytesIO(found.pop("compare.xlsx")))
    assert not [cell for page in book.worksheets for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    for content in found.values():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            assert not [cell for cell in row if re.match(r"[=+@]|-(?!\d)", cell)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_twelve_runs_fit_on_one_page(lang):
    zones = [np.roll(RUN.plan.zone, shift) for shift in range(11)]
    runs = [TODAY, *(with_plan(RUN, zone, f"plan {number}") for number, zone in enumerate(zones))]
    page = compare.render(runs, cross(runs), lang)
    assert len(page.encode()) < 2_000_000
    found = re.search(r'id="compare-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert len(data["pairs"]) == 12 * 11
    assert len(data["runs"]) == 12
    assert Texts(lang)("compare.all_verdicts") in page


def test_runs_of_other_blocks_are_shown_but_not_laid_over():
    other = renamed(example_run(case=example_case(side=5)), "small")
    runs = [TODAY, RUN, other]
    page = compare.render(runs, cross(runs), "en")
    assert "not laid over it: small" in page
    assert "differ in children, years" in page
    assert "does not fit these conditions" in page
    assert set(compare_tables.pairs(runs)) == {(0, 1), (1, 0)}

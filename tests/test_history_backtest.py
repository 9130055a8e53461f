"""The backtest: what is measured, what is written, and that nothing of the future is seen."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from optimizer.cli.app import app
from optimizer.faults import BadInputError, Faults
from optimizer.history import backtest, read
from optimizer.history.choice import CALM, choose
from optimizer.history.intervals import USUAL, calibrate, weighted_quantile
from optimizer.history.measured import complete
from optimizer.history.record import as_json
from optimizer.history.settings import CHOSEN
from optimizer.pages import backtest as page
from tests.history_tables import county, histories, history
from tests.test_pages_browser import CHROMIUM, EVIL, Watched

METHODS = {"model", "last_value", "grade_progression"}


def test_errors_by_hand() -> None:
    past = history([[[60, 40], [60, 40], [80, 45]], [[30, 30], [30, 30], [20, 30]], [[30, 10], [30, 10], [30, 10]]])
    found = backtest(past, 2002)
    # measured: 100 -> 125; the others have 50 and 40 children in a year
    assert found.measured[:, 0].tolist() == [True, False, False]
    assert found.school_error("last_value", 1) == pytest.approx(100 * 25 / 125)
    assert found.total_error("last_value", 1) == pytest.approx(100 * (215 - 200) / 215)


def test_schools_that_are_measured() -> None:
    n = None
    rows = [[[30, 30]] * 2, [[30, 30], [n, 60]], [[25, 25]] * 2, [[26, 25]] * 2, [[60, n], [60, 1]]]
    assert complete(history(rows).students).tolist() == [[True] * 2, [True, False], [False] * 2, [True] * 2, [False, True]]


def test_in_a_table_of_several_kinds_a_school_needs_its_own_grades() -> None:
    n = None
    rows = [[[30, 30, n, n]] * 2, [[30, 30, n, n]] * 2, [[n, n, 30, 30], [n, n, 60, n]]]
    assert complete(history(rows).students).tolist() == [[True] * 2, [True] * 2, [True, False]]


def test_weighted_quantile_by_hand() -> None:
    assert weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0]), 0.5) == 1.0
    assert weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0]), 0.8) == 3.0


def test_interval_without_past_errors_is_the_usual_one() -> None:
    past = history([[[60, 40], [60, 40]]])
    known = calibrate(past, CHOSEN)
    assert (known.width, known.cases) == (USUAL, 0)
    low, high = known.bounds(np.array([[100.0, 100.0]]), np.array([500.0]), 2)
    width = USUAL * np.sqrt(2) * np.sqrt(3)
    assert low[0] == pytest.approx([100 * np.exp(-width), 100 * np.exp(-width * 2**0.8)])
    assert high[0] == pytest.approx([100 * np.exp(width), 100 * np.exp(width * 2**0.8)])


def test_entrants_that_scatter_are_seen_to_scatter() -> None:
    random = np.random.default_rng(3)
    lively, level = county(3), random.uniform(60, 200, 30)
    cohorts = level[:, None] * np.exp(random.normal(0, 0.15, (30, 12)))
    calm = history(np.round(np.stack([cohorts[:, 3 - g : 12 - g] * 0.98**g for g in range(4)], axis=2)))
    assert choose(calm) == CALM
    assert choose(lively) == CHOSEN


@given(histories(least_years=3), st.data())
@settings(max_examples=30, deadline=None)
def test_later_years_never_change_a_prediction(past, data) -> None:
    train_until = data.draw(st.sampled_from(past.years[1:-1]))
    known = past.until(train_until)
    if not known.schools:
        return
    cut = past.years.index(train_until) + 1
    noise = np.random.default_rng(data.draw(st.integers(0, 9))).uniform(1, 500, past.students.shape)
    changed = replace(past, students=np.where(np.arange(len(past.years))[:, None] < cut, past.students, noise))
    one, other = backtest(past, train_until), backtest(changed, train_until)
    for method in METHODS:
        assert np.array_equal(one.expected[method], other.expected[method])
        assert np.array_equal(one.total_expected[method], other.total_expected[method])
    assert np.array_equal(one.low, other.low)
    assert np.array_equal(one.high, other.high)


def test_schools_that_open_later_are_in_the_total_only() -> None:
    past = county(1)
    newcomer = np.full_like(past.students[:1], np.nan)
    newcomer[:, 7:] = 90.0
    more = replace(
        past, schools=(*past.schools, "S99"), names=(*past.names, "New"), students=np.concatenate([past.students, newcomer])
    )
    one, other = backtest(past, 2007), backtest(more, 2007)
    assert other.school_error("model", 1) == one.school_error("model", 1)
    assert other.total_real[0] == pytest.approx(one.total_real[0] + 4 * 90)


def test_the_model_beats_the_baselines_where_schools_trend() -> None:
    found = backtest(county(5), 2006)
    for ahead in (1, 2, 3):
        assert found.school_error("model", ahead) < found.school_error("grade_progression", ahead)


def test_json_has_the_agreed_keys() -> None:
    data = json.loads(as_json(backtest(county(2), 2007), "hash"))
    for key in ("school_mape", "total_ape"):
        assert set(data[key]) == METHODS
        assert all(set(by_year) == {"1", "2"} for by_year in data[key].values())
    assert set(data["coverage_80"]) == {"1", "2"}
    assert all(0 <= share <= 100 for share in data["coverage_80"].values())


def test_a_year_of_which_the_file_has_nothing_is_left_out() -> None:
    past = county(2)
    past.students[:, 7] = np.nan
    data = json.loads(as_json(backtest(past, 2007), "hash"))
    assert set(data["school_mape"]["model"]) == set(data["total_ape"]["model"]) == set(data["coverage_80"]) == {"2"}


# The command


def written(past, folder: Path) -> Path:
    rows = [
        (school, name, year, grade, int(past.students[s, t, g]))
        for s, (school, name) in enumerate(zip(past.schools, past.names, strict=True))
        for t, year in enumerate(past.years)
        for g, grade in enumerate(past.grades)
        if past.students[s, t, g] > 0
    ]
    path = folder / "history.csv"
    pd.DataFrame(rows, columns=["school_id", "name", "year", "grade", "students"]).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_command_writes_both_files(tmp_path, lang):
    path = written(county(2), tmp_path)
    done = CliRunner().invoke(
        app, ["backtest", str(path), "--train-until", "2007", "--out", str(tmp_path / "out"), "--lang", lang]
    )
    assert done.exit_code == 0, done.output
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["backtest.html", "backtest.json"]
    assert set(json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))["school_mape"]) == METHODS


def test_command_tells_every_fault_and_writes_nothing(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("school_id,year,grade,students\nA,2001,1,few\nA,two,1,60\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["backtest", str(path), "--train-until", "2001", "--out", str(tmp_path / "out")])
    assert isinstance(done.exception, BadInputError)
    assert [fault.where for fault in done.exception.faults] == ["row 3", "row 2"]
    assert not (tmp_path / "out").exists()


def test_page_without_measured_schools() -> None:
    text = page.render(backtest(history([[[5, 5]] * 4]), 2003), "history.csv", "en")
    assert "No school has more than 50 children" in text


@pytest.mark.parametrize(("lang", "width"), [("en", 1400), ("zh", 1400), ("en", 420)])
def test_page_opens_offline_and_fits(tmp_path, lang, width):
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    past = county(2)
    found = backtest(replace(past, names=(EVIL, *past.names[1:])), 2006)
    file = tmp_path / "backtest.html"
    file.write_text(page.render(found, "history.csv", lang), encoding="utf-8")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        watched = Watched(chromium.new_context(viewport={"width": width, "height": 900}, offline=True), file)
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
        assert watched.page.locator("figure.chart").count() == 3 + 12
        assert watched.page.locator("table.errors tbody tr").count() == 3
        assert EVIL in watched.page.inner_text("body")
        assert watched.page.evaluate("window.hacked") is None
        assert watched.errors == []
        assert watched.requests == [file.as_uri()]
        chromium.close()


# Chicago Public Schools, high schools


@pytest.fixture(scope="module")
def chicago(shared_data):
    path = shared_data / "cps" / "history.csv"
    if not path.exists():
        pytest.skip(f"no history at {path}")
    faults = Faults()
    found = read(str(path), faults)
    assert list(faults) == []
    return found


@pytest.mark.parametrize("train_until", [2010, 2011, 2012])
def test_real_schools_ten_percent_below_plain_progression_and_coverage(chicago, train_until):
    found = backtest(chicago, train_until)
    assert found.ahead == tuple(range(1, 2015 - train_until))
    for ahead in found.ahead:
        assert found.school_error("model", ahead) <= 0.9 * found.school_error("grade_progression", ahead)
        assert 75 <= found.coverage(ahead) <= 85
        assert found.total_error("model", ahead) < found.total_error("grade_progression", ahead)


def test_real_plain_progression_has_the_known_size(chicago):
    found = backtest(chicago, 2010)
    assert [round(found.school_error("grade_progression", ahead), 1) for ahead in found.ahead] == [9.5, 13.1, 19.2, 27.8]

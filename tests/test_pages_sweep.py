"""The page of a sweep in headless Chromium, opened from disk with the network off."""

from functools import cache

import pytest

from optimizer.pages import sweep as sweep_page
from optimizer.pages.texts import LANGUAGES
from optimizer.sweep.model import Sweep
from tests.sweep_rows import TALLY, example, failed, frame, row, schools
from tests.test_pages_browser import EVIL, Opener, browser, opened

__all__ = ["browser", "opened"]

SWEEP = Sweep(name="prices", base="rezone.yaml", title={"en": "Prices of change", "zh": "调整代价"})


@cache
def page_text(lang: str) -> str:
    rows, parts = example()
    return sweep_page.render(SWEEP, rows, parts, TALLY, lang)


@pytest.mark.parametrize(("lang", "width"), [*((lang, 1400) for lang in LANGUAGES), ("en", 420)])
def test_page_opens_offline_and_fits(opened: Opener, lang: str, width: int) -> None:
    page = opened(page_text(lang), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.inner_text("body")
    assert ("Prices of change" if lang == "en" else "调整代价") in text
    assert "second fault" in text
    assert page.locator("#walk-crowding circle").count() == page.locator("#change-crowding circle").count() == 3
    assert page.locator("#runs tbody tr").count() == 26
    assert "1.80" in text, "110 s of searching in 61 s"


def test_the_county_and_the_future_are_chosen(opened: Opener) -> None:
    page = opened(page_text("en"))
    page.locator("#county").select_option(label="Westdale")
    page.locator("#future").select_option(label="projection.variants = [high]")
    crowding = page.locator("#efficient tbody tr td:nth-child(5)").all_inner_texts()
    assert crowding
    assert all(float(value.replace(",", "")) >= 400 for value in crowding)
    labels = page.locator("#setting option").all_inner_texts()
    assert labels == ["all settings together", *(f"weights.change_m = {price}" for price in (0, 300, 3000))]
    assert "12 runs" in page.inner_text("#heat-said")
    page.locator("#setting").select_option(label="weights.change_m = 300")
    assert "4 runs" in page.inner_text("#heat-said")
    assert page.locator("#heat thead th").all_inner_texts() == ["School", *(str(year) for year in range(2026, 2032))]


def test_pointing_at_a_point_tells_its_setting_and_marks_its_row(opened: Opener) -> None:
    page = opened(page_text("en"))
    page.locator("#walk-crowding g.point circle").last.hover()
    tip = page.locator(".tip")
    assert "weights.change_m" in tip.inner_text()
    assert "Children whose school changes" in tip.inner_text()
    assert page.locator("#change-crowding g.point.on").count() == 1
    assert page.locator("#efficient tr.on").count() == 1


def test_runs_are_filtered_by_words_and_result(opened: Opener) -> None:
    page = opened(page_text("en"))
    page.locator("#words").fill("westdale 3000")
    assert page.locator("#runs tbody tr").count() == 4
    assert "4 of 4 runs" in page.inner_text("#runs-said")
    page.locator("#words").fill("")
    page.locator("#status").select_option("infeasible")
    assert page.locator("#runs tbody tr th").all_inner_texts() == ["26"]


def test_one_run_or_none_that_went_well(opened: Opener) -> None:
    alone = frame([row(1, {})])
    text = sweep_page.render(SWEEP, alone, [(alone["id"][0], schools({"S1": [False]}))], TALLY, "en")
    page = opened(text)
    assert page.locator("#one-setting:visible").count() == page.locator("#heat-never:visible").count() == 1
    page = opened(sweep_page.render(SWEEP, frame([failed(1, {}, "bad")]), [], TALLY, "zh"))
    assert page.locator("#failures tbody tr").count() == page.locator("#runs tbody tr").count() == 1


def test_hostile_names_stay_text(opened: Opener) -> None:
    rows = frame([row(1, {"plan": EVIL}, EVIL), row(2, {"rollout": EVIL}, EVIL), failed(3, {}, EVIL, county=EVIL)])
    hostile = schools({EVIL: [True]}).assign(name=EVIL)
    page = opened(sweep_page.render(SWEEP, rows, [(rows["id"][0], hostile), (rows["id"][1], hostile)], TALLY, "en"))
    page.locator("#walk-crowding g.point circle").last.hover()
    assert EVIL in page.locator(".tip").inner_text()
    assert EVIL in page.locator("#heat th").all_inner_texts()[2]
    assert page.evaluate("window.hacked") is None

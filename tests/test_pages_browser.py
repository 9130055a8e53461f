"""The pages in headless Chromium, opened from disk with the network off."""

import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from optimizer.cross import cross
from optimizer.pages import compare, project, report
from optimizer.pages import map as map_page
from optimizer.pages.texts import LANGUAGES, Texts
from tests.example import SCHOOLS, example_case, example_run, renamed

CHROMIUM = Path("/usr/bin/chromium")
RUN = example_run()
RUNS = [renamed(example_run(today=True), "today"), RUN, renamed(RUN, "twin")]
NAMES = [name for name, _, _ in SCHOOLS.values()]
PAGES = {
    "map": cache(lambda lang: map_page.render(RUN, lang)),
    "report": cache(lambda lang: report.render(RUN, lang)),
    "compare": cache(lambda lang: compare.render(RUNS, cross(RUNS), lang)),
    "project": cache(lambda lang: project.render([RUN.case], lang)),
}
EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Watched:
    """A page that notes what it should not do."""

    def __init__(self, context: BrowserContext, file: Path) -> None:
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.set_default_timeout(5000)
        self.page.goto(file.as_uri())


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator["Opener"]:
    opener = Opener(browser, tmp_path)
    yield opener
    opener.check()


class Opener:
    """Opens page texts from disk; at the end none may have complained or asked for anything but itself."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.seen: list[tuple[Watched, Path]] = []
        self.contexts: list[BrowserContext] = []

    def __call__(self, text: str, width: int = 1400, height: int = 900) -> Page:
        file = self.folder / f"page{len(self.seen)}.html"
        file.write_text(text, encoding="utf-8")
        context = self.browser.new_context(viewport={"width": width, "height": height}, offline=True)
        self.contexts.append(context)
        watched = Watched(context, file)
        self.seen.append((watched, file))
        return watched.page

    def check(self) -> None:
        for watched, file in self.seen:
            assert watched.errors == []
            assert watched.requests == [file.as_uri()]
        for context in self.contexts:
            context.close()


@pytest.mark.parametrize(("lang", "width"), [*((lang, 1400) for lang in LANGUAGES), ("en", 420)])
@pytest.mark.parametrize("name", PAGES)
def test_page_opens_offline_and_fits(opened: Opener, name: str, lang: str, width: int) -> None:
    page = opened(PAGES[name](lang), width)
    assert page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.inner_text("body")
    if name != "project":
        assert all(school in text for school in NAMES)
    if lang == "zh":
        assert Texts("zh")("figure.mean_walk_m") in text or name == "project"


def test_map_draws_zones_schools_names_and_a_legend(opened: Opener) -> None:
    page = opened(PAGES["map"]("en"))
    assert page.locator("path.zone-outline").count() == len(NAMES)
    assert page.locator("path.school").count() == len(NAMES)
    assert page.locator(".school-name:not(.hidden)").count() == len(NAMES)
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith(" m")
    legend = page.locator(".legend").inner_text()
    assert "46–55 students" in legend
    colors = page.evaluate(
        """() => { const c = document.querySelector('.leaflet-blocks-pane canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; const seen = new Set();
        for (let i = 0; i < d.length; i += 400) if (d[i + 3]) seen.add([d[i] >> 4, d[i + 1] >> 4, d[i + 2] >> 4].join());
        return seen.size; }"""
    )
    assert colors >= len(NAMES)


def test_map_popup_layers_and_year(opened: Opener) -> None:
    page = opened(PAGES["map"]("zh"))
    page.get_by_label("步行距离").check()
    assert "500–1000 米" in page.locator(".legend").inner_text()
    page.get_by_label("调整学校的居民区").check()
    assert page.locator("path.changed-block").count() == RUN.score.headline["moved_blocks"]
    fills = "Array.from(document.querySelectorAll('path.school'), (mark) => mark.getAttribute('fill'))"
    fullest = page.evaluate(fills)
    page.get_by_label("年份").select_option("2026")
    page.get_by_label("人口方案").select_option("中方案")
    assert page.evaluate(fills) != fullest
    page.mouse.click(600, 640)
    assert "居民区编号" in page.locator(".popup").inner_text()


def test_school_popup_lists_the_years(opened: Opener) -> None:
    page = opened(PAGES["map"]("en"))
    page.locator("path.school").first.click()
    popup = page.locator(".popup").inner_text()
    assert all(str(year) in popup for year in RUN.case.problem.years)


def test_hostile_names_stay_text(opened: Opener) -> None:
    case = example_case(block_names=[EVIL] * 36)
    county = dataclasses.replace(case.county, schools=case.county.schools.assign(name=EVIL))
    run = example_run(case=dataclasses.replace(case, county=county))
    page = opened(map_page.render(run, "en"))
    page.mouse.click(600, 640)
    assert EVIL in page.locator(".popup").inner_text()
    assert EVIL in page.locator(".school-name").first.inner_text()
    assert page.evaluate("window.hacked") is None
    others = [renamed(example_run(case=run.case, today=True), "today"), run]
    for text in (report.render(run, "en"), compare.render(others, cross(others), "en")):
        assert opened(text).evaluate("window.hacked") is None


def test_report_shows_the_year_that_is_chosen(opened: Opener) -> None:
    page = opened(PAGES["report"]("en"))
    page.locator("#year").select_option("2028")
    page.locator("#variant").select_option("high")
    shown = page.locator("table.schools tbody:visible")
    assert shown.count() == 1
    assert "2028 · high" in shown.inner_text()


def test_compare_lists_and_marks_the_blocks_that_move(opened: Opener) -> None:
    page = opened(PAGES["compare"]("en"))
    moved = int(RUN.score.headline["moved_blocks"])
    assert page.locator("#to").evaluate("(node) => node.selectedOptions[0].text") == "example"
    assert page.locator("#moves tbody tr").count() == moved
    assert page.locator("path.changed-block").count() == 2 * moved
    assert page.locator("path.zone-outline").count() == 2 * len(NAMES)
    assert "walk further" in page.locator("#walks-said").inner_text()
    assert page.locator("#walk-bands tbody tr").count() == 11
    page.locator("#from").select_option(label="example")
    page.locator("#to").select_option(label="twin")
    assert page.locator("#moves tbody tr").count() == 0
    assert page.locator("path.changed-block").count() == 0
    assert "no block goes to another school" in page.locator("#moves-said").inner_text()


def test_compare_follows_the_projection_that_is_chosen_everywhere(opened: Opener) -> None:
    page = opened(PAGES["compare"]("zh"))
    first = page.locator("table.glance:visible").inner_text()
    page.locator("select.course").last.select_option(label="人口方案：高方案")
    assert page.locator(".view:visible").count() == 2
    assert page.locator("table.glance:visible").inner_text() != first
    assert page.locator("select.course").first.evaluate("(node) => node.selectedOptions[0].text") == "人口方案：高方案"
    assert page.locator("#sizes-schools tbody tr").count() == len(NAMES)
    assert page.locator("#sizes-all .stack i").count() > len(RUNS)


def test_the_first_screen_says_which_plan_is_best_at_what(opened: Opener) -> None:
    page = opened(PAGES["compare"]("en"))
    answers = page.locator(".answers:visible")
    assert "Shortest mean walk" in answers.inner_text()
    assert "It costs" in answers.inner_text()
    for part in (".answers:visible", "table.glance:visible"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900


def test_compare_maps_move_together(opened: Opener) -> None:
    page = opened(PAGES["compare"]("en"))
    place = "Array.from(document.querySelectorAll('.map .leaflet-control-scale-line'), (node) => node.style.width)"
    before = page.evaluate(place)
    page.locator(".map .leaflet-control-zoom-in").first.click()
    page.wait_for_function(f"{place}[1] !== {before[1]!r}")
    page.wait_for_function(f"new Set({place}).size === 1")


def test_projection_table_follows_the_variant(opened: Opener) -> None:
    page = opened(PAGES["project"]("en"))
    page.locator("select.variant").select_option("high")
    assert page.locator("tbody[data-variant=high]:visible").count() == 3
    assert page.locator("tbody[data-variant=medium]:visible").count() == 0

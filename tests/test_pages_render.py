"""What the pages say, read from their text; how they look in a browser is in `test_pages_browser`."""

import dataclasses
import json
import re

import pytest

from optimizer.cross import cross
from optimizer.inputs.county import Note
from optimizer.pages import compare, project, report, sentences
from optimizer.pages import map as map_page
from optimizer.pages.facts import FIGURES
from optimizer.pages.texts import LANGUAGES, Texts
from optimizer.problem import NO_RULE
from optimizer.run import Run
from tests.example import SCHOOLS, example_case, example_run, renamed

EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>{{ 7*7 }}"
RUN = example_run()
TODAY = renamed(example_run(today=True), "today")


def _pages(run: Run, lang: str) -> dict[str, str]:
    other = renamed(run, "other")
    return {
        "map": map_page.render(run, lang),
        "report": report.render(run, lang),
        "compare": compare.render([run, other], cross([run, other]), lang),
        "project": project.render([run.case], lang),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_complete_deterministic_and_ask_no_host(lang: str) -> None:
    pages = _pages(RUN, lang)
    assert pages == _pages(example_run(), lang)
    for page in pages.values():
        assert page.lstrip().startswith("<!DOCTYPE html>")
        assert f'<html lang="{lang}">' in page
        assert "</html>" in page
        assert not re.search(r"<(?:script|img|iframe)[^>]*\ssrc=|<link\s|@import|url\((?!#)|sourceMappingURL", page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_are_escaped(lang: str) -> None:
    case = example_case(block_names=[EVIL] * 36)
    schools, blocks = case.county.schools.assign(name=EVIL), case.county.blocks.assign(community=EVIL)
    county = dataclasses.replace(case.county, schools=schools, blocks=blocks)
    scenario = case.scenario.model_copy(update={"title": EVIL})
    run = example_run(case=dataclasses.replace(case, county=county, scenario=scenario))
    for page in _pages(run, lang).values():
        assert "window.hacked" in page
        assert "<script>window.hacked" not in page
        assert "<img src=x" not in page
        assert "49" not in re.findall(r"onerror.{0,40}", page)


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="klingon"):
        map_page.render(RUN, "klingon")


def test_every_headline_figure_is_printed_and_explained() -> None:
    assert {figure.key for figure in FIGURES} == set(RUN.score.headline)
    page = report.render(RUN, "en")
    for figure in FIGURES:
        assert Texts("en")(f"figure.{figure.key}").replace("'", "&#39;") in page


def test_map_carries_each_block_once_and_every_school() -> None:
    page = map_page.render(RUN, "en")
    found = re.search(r'id="zoning-data">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert [block["id"] for block in data["blocks"]] == list(RUN.case.problem.blocks)
    assert [school["name"] for school in data["schools"]] == [name for name, _, _ in SCHOOLS.values()]
    assert sum(block["moved"] for block in data["blocks"]) == RUN.score.headline["moved_blocks"]
    colors = [zone["color"] for zone in data["zones"]]
    assert len(set(colors)) == len(colors)


def test_map_leaves_out_layers_without_data() -> None:
    problem = dataclasses.replace(RUN.case.problem, current=RUN.case.problem.current * 0 + NO_RULE)
    county = dataclasses.replace(RUN.case.county, roads=None, barriers=None, current_zones=None)
    page = map_page.render(dataclasses.replace(RUN, case=dataclasses.replace(RUN.case, problem=problem, county=county)), "en")
    control = page[page.index("_layers = {") :]
    assert "Zones of this plan" in control
    for absent in ("Current zones", "Blocks that change school", "Roads", "Rivers and barriers"):
        assert absent not in control


@pytest.mark.parametrize(("mode", "roads"), [("straight_line", True), ("roads", False)])
def test_straight_lines_are_said_on_every_output(mode: str, roads: bool) -> None:
    case = RUN.case
    travel = case.scenario.travel.model_copy(update={"mode": mode})
    county = case.county if roads else dataclasses.replace(case.county, roads=None)
    case = dataclasses.replace(case, county=county, scenario=case.scenario.model_copy(update={"travel": travel}))
    run = dataclasses.replace(RUN, case=case)
    said = Texts("en")("warning.straight_line")
    pages = _pages(run, "en")
    assert all(said in pages[name] for name in ("map", "report", "compare"))
    assert said not in report.render(RUN, "en")


def test_certificate_in_one_sentence() -> None:
    texts = Texts("en")
    proof = RUN.certificate
    assert proof is not None
    assert "within 1.0 %" in sentences.certificate(RUN, texts)
    assert f"{proof.gap_m:.1f} m per child" in sentences.certificate(RUN, texts)
    bare = dataclasses.replace(RUN, certificate=dataclasses.replace(proof, unavoidable=proof.objective // 4))
    assert "leaves out 25.0 % of the price" in sentences.certificate(bare, texts)
    closed = dataclasses.replace(proof, bound=proof.objective)
    assert "no plan that obeys the rules is better" in sentences.certificate(dataclasses.replace(RUN, certificate=closed), texts)
    assert "given, not searched" in sentences.certificate(TODAY, texts)


def test_notes_are_sentences_in_the_order_of_kinds() -> None:
    notes = (
        Note("left_out", "residents", "ages_left_out", 12),
        Note("repaired", "blocks", "invalid_polygons_repaired", 30, ("B01", "B02")),
    )
    (repaired, first), (left_out, second) = sentences.notes(dataclasses.replace(RUN.case, notes=notes), Texts("en"))
    assert (repaired, left_out) == ("Repaired", "Left out")
    assert "30 invalid polygons" in first[0]
    assert "B01, B02 and 28 more" in first[0]
    assert "12 rows" in second[0]


def test_report_prints_hashes_handicaps_and_the_reach_of_drivers() -> None:
    page = report.render(RUN, "en")
    assert "ab" * 32 in page
    assert "97.0 % of the children" in page
    assert re.search(r"Births after the base year</th><td>2028</td><td>later</td>", page)


def test_scenario_wishes_are_said() -> None:
    wishes = {
        "lock": [{"blocks": ["B00", "B01"], "school": "S01"}],
        "forbid": [{"blocks": ["B55"], "school": "S02", "weight_m": 500}],
        "keep_together": "community",
        "max_distance_m": 5000,
        "rooms": [{"school": "S03", "add": 6, "year": 2027}],
        "close": ["S02"],
    }
    data = RUN.case.scenario.model_dump() | {"wishes": wishes}
    case = dataclasses.replace(RUN.case, scenario=type(RUN.case.scenario).model_validate(data))
    said = "\n".join(sentences.scenario(case, Texts("en")))
    for part in (
        "(must), to 东门小学: B00, B01",
        "(should, 500 m per child), not to Riverside School: B55",
        "5,000 m",
        "+6 classrooms from 2027",
    ):
        assert part in said


def test_projection_sums_by_grade_setting_and_community_agree() -> None:
    page = project.render([RUN.case], "en")
    total = int(RUN.case.population.students[:, 0, :, 0].sum())
    assert page.count(f"<td>{total:,}</td>") == 2
    assert f"{total:,} children in 2026" in page

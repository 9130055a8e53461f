"""A sweep file becomes runs: which, with which ids, and what is told of mistakes."""

from pathlib import Path

import pytest
import yaml

from optimizer.faults import Faults
from optimizer.scenario import load as load_scenario
from optimizer.sweep.expand import Job, expand, label, resolved
from optimizer.sweep.load import load
from optimizer.sweep.model import Sweep
from tests.inputs_town import Town
from tests.sweep_town import PLAIN, asks, built


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return built(tmp_path)


def jobs(path: Path) -> list[Job]:
    faults = Faults()
    asked = load(path, faults)
    found = [] if asked is None else expand(asked, faults)
    faults.raise_if_any()
    return found


def told(path: Path) -> list[str]:
    faults = Faults()
    asked = load(path, faults)
    if asked is not None:
        expand(asked, faults)
    return [str(fault) for fault in faults]


def test_runs_are_every_combination_in_the_order_of_the_file(workspace):
    path = asks(
        workspace,
        list=[{"rollout": "all_grades"}, {"name": "late", "horizon.base_year": 2027}],
        grid={"weights.change_m": [0, 300], "policy.school_size": [None, 500]},
        draws={"count": 2, "first": 5},
    )
    found = jobs(path)
    assert len(found) == len({job.id for job in found}) == 16
    assert found[0].overrides == {"rollout": "all_grades", "weights.change_m": 0, "policy.school_size": None}
    assert [job.draw for job in found[:4]] == [5, 6, 5, 6]
    assert [job.scenario for job in found] == ["plain"] * 8 + ["late"] * 8
    last = found[-1].resolved
    assert last is not None
    assert (last.weights.change_m, last.policy.school_size, last.horizon.base_year, last.horizon.years) == (300, 500, 2027, 3)
    assert (last.projection.seed, last.projection.draws) == (6, 1)


def test_a_draw_keeps_the_number_of_courses_that_the_scenario_asks_for(workspace):
    found = jobs(asks(workspace, list=[{"projection.draws": 7}], draws=2))
    assert [(job.resolved.projection.seed, job.resolved.projection.draws) for job in found if job.resolved] == [(1, 7), (2, 7)]
    chance = jobs(asks(workspace, draws={"count": 2, "key": "solver.seed"}))
    assert [(job.resolved.solver.seed, job.resolved.projection.draws) for job in chance if job.resolved] == [(1, None), (2, None)]


def test_ids_last_until_the_question_or_a_file_changes(workspace):
    path = asks(workspace, grid={"weights.change_m": [0, 300]})
    first = [job.id for job in jobs(path)]
    asks(workspace, list=[{"weights": {"change_m": 300}, "name": "other"}, {"weights.change_m": 0}])
    assert [job.id for job in jobs(path)] == first[::-1], "neither names nor the way of writing matter"
    asks(workspace, grid={"weights.change_m": [0, 300]})
    scenario = workspace / "scenarios/plain.yaml"
    scenario.write_text(PLAIN + "solver: {seed: 1}\n", encoding="utf-8")
    assert [job.id for job in jobs(path)] == first, "a default that is written out changes nothing"
    scenario.write_text(PLAIN + "solver: {seed: 2}\n", encoding="utf-8")
    assert not set(first) & {job.id for job in jobs(path)}
    scenario.write_text(PLAIN, encoding="utf-8")
    Town(workspace / "inputs/town").csv("residents", "block_id,age,count", "B0,6,11")
    assert not set(first) & {job.id for job in jobs(path)}


def test_a_rule_that_is_switched_off_is_another_question_than_one_left_alone(workspace):
    assert len({job.id for job in jobs(asks(workspace, list=[{}, {"policy.school_size": None}]))}) == 2


def test_ids_do_not_depend_on_where_the_command_is_called(workspace, monkeypatch):
    path = asks(workspace, grid={"weights.change_m": [0, 300]})
    first = [job.id for job in jobs(path)]
    monkeypatch.chdir(workspace / "inputs")
    assert [job.id for job in jobs(Path("../sweep.yaml"))] == first


def test_a_plan_that_is_a_file_counts_by_its_content(workspace):
    (workspace / "plan.csv").write_text("block_id,school_id\nB0,S1\n", encoding="utf-8")
    path = asks(workspace, list=[{"plan": "plan.csv"}])
    (first,) = jobs(path)
    assert first.resolved is not None
    assert Path(str(first.resolved.plan.file if hasattr(first.resolved.plan, "file") else first.resolved.plan)).exists()
    (workspace / "plan.csv").write_text("block_id,school_id\nB0,S2\n", encoding="utf-8")
    assert jobs(path)[0].id != first.id


def test_counties_are_folders_of_the_base_or_scenarios_of_their_own(workspace):
    (workspace / "scenarios/plain.yaml").write_text(PLAIN.replace("county:", "# county:"), encoding="utf-8")
    (workspace / "scenarios/north.yaml").write_text(PLAIN, encoding="utf-8")
    (workspace / "inputs/south").mkdir()
    places = ["inputs/town", {"path": "inputs/south", "name": "South"}, "scenarios/north.yaml"]
    found = jobs(asks(workspace, counties=places, grid={"weights.change_m": [0, 300]}))
    assert [job.county for job in found] == ["town", "town", "South", "South", "north", "north"]
    folders = [Path(str(job.resolved.inputs)).name for job in found if job.resolved]
    assert folders == ["town", "town", "south", "south", "town", "town"]


def test_a_county_whose_scenario_is_faulty_does_not_stop_the_others(workspace):
    (workspace / "scenarios/bad.yaml").write_text(PLAIN + "levle: junior\nweights: {change_m: -1}\n", encoding="utf-8")
    (workspace / "scenarios/torn.yaml").write_text("a: [", encoding="utf-8")
    path = workspace / "sweep.yaml"
    path.write_text("counties: [scenarios/plain.yaml, scenarios/bad.yaml, scenarios/torn.yaml]\n", encoding="utf-8")
    good, bad, torn = jobs(path)
    assert good.reason == ""
    assert bad.resolved is None
    assert "line 5 (levle): unknown key `levle`. Did you mean `level`?" in bad.reason
    assert "line 6 (weights.change_m)" in bad.reason
    assert torn.resolved is None
    assert "this is not YAML" in torn.reason


def test_the_scenario_of_a_run_says_the_same_wherever_it_is_written(workspace):
    (job,) = jobs(asks(workspace, list=[{"weights.change_m": 7, "policy.school_size": None}]))
    assert job.resolved is not None
    for folder in (workspace / "deep/down", None):
        path = workspace / "deep/down/again.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(resolved(job.resolved, folder)), encoding="utf-8")
        faults = Faults()
        again = load_scenario(path, faults)
        assert not len(faults)
        assert again is not None
        assert again.scenario.weights == job.resolved.weights
        assert again.scenario.policy.model_fields_set == {"school_size"}
        assert Path(str(again.scenario.inputs)).resolve() == Path(str(job.resolved.inputs)).resolve()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gird: {weights.change_m: [0]}\n", ["line 2 (gird): unknown key `gird`. Did you mean `grid`?"]),
        ("grid:\n  weights.chnage_m: [0]\n", ["line 3 (weights.chnage_m): unknown key `chnage_m`. Did you mean `change_m`?"]),
        ("grid:\n  wieghts.change_m: [0]\n", ["line 3 (wieghts): unknown key `wieghts`. Did you mean `weights`?"]),
        ("grid:\n  solver.work:\n    - 1\n    - -5\n    - many\n", ["line 5 (solver.work)", "line 6 (solver.work)"]),
        ("grid: {weights.change_m: []}\n", ["line 2 (grid.weights.change_m)"]),
        ("list:\n  - {rollout: never}\n", ["line 3 (rollout)"]),
        ("list:\n  - weights:\n      change_m: x\n", ["line 4 (weights.change_m)"]),
        ("draws: {count: 3, key: projection.seeed}\n", ["line 2 (projection.seeed)", "Did you mean `seed`?"]),
        ("draws: none\n", ["line 2 (draws)"]),
        ("counties: [inputs/nowhere]\n", ["line 2 (counties.0): there is no folder of inputs inputs/nowhere"]),
        ("counties: [inputs/town]\n", ["line 2 (counties.0): the base names files of its own (county.schools)"]),
        ("counties: [scenarios/plain.yaml]\n", ["`base` is not used"]),
        ("grid: {weights.change_m: [0, 300, 300.0]}\n", ["run 3 (weights.change_m = 300.0) asks the same as run 2"]),
        ("draws: 100000\ngrid: {solver.seed: [1, 2]}\n", ["200,000 runs"]),
    ],
)
def test_mistakes_are_told_with_their_lines(workspace, text, words):
    path = workspace / "sweep.yaml"
    path.write_text("base: scenarios/plain.yaml\n" + text, encoding="utf-8")
    said = "\n".join(told(path))
    for word in words:
        assert word in said, said


def test_a_sweep_without_a_base_or_with_a_missing_or_faulty_one(workspace):
    path = workspace / "sweep.yaml"
    path.write_text("grid: {weights.change_m: [0]}\n", encoding="utf-8")
    assert "`base` does not say" in told(path)[0]
    path.write_text("base: scenarios/none.yaml\n", encoding="utf-8")
    assert told(path) == [f"{path}, line 1 (base): there is no scenario file scenarios/none.yaml. Correct the path."]
    (workspace / "scenarios/plain.yaml").write_text(PLAIN + "levle: junior\n", encoding="utf-8")
    said = told(asks(workspace, grid={"weights.change_m": [0, 1, 2]}))
    assert len(said) == 1
    assert "plain.yaml, line 5 (levle)" in said[0]


def test_the_page_of_the_docs_names_every_key_and_its_example_runs(workspace):
    page = (Path(__file__).parents[1] / "docs/sweep.md").read_text(encoding="utf-8")
    assert [key for key in Sweep.model_fields if f"`{key}`" not in page] == []
    example = page.split("```yaml")[1].split("```")[0]
    assert yaml.safe_load(example)["base"] == "scenarios/rezone.yaml"
    path = workspace / "prices.yaml"
    path.write_text(example.replace("rezone.yaml", "plain.yaml"), encoding="utf-8")
    assert len(jobs(path)) == 60


def test_overrides_read_as_a_sentence():
    assert label({"weights.change_m": 300, "projection.variants": ["low"], "rollout": "all_grades"}) == (
        "weights.change_m = 300, projection.variants = [low], rollout = all_grades"
    )

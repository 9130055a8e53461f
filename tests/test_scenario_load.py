"""Scenario files: merging, paths, and every fault told at once with its line."""

from pathlib import Path

import pytest

from optimizer.faults import Faults
from optimizer.scenario import Scenario, load


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(path: Path) -> Scenario:
    faults = Faults()
    found = load(path, faults)
    faults.raise_if_any()
    assert found is not None
    return found.scenario


def told(path: Path) -> list[str]:
    faults = Faults()
    load(path, faults)
    return [str(fault) for fault in faults]


def test_a_scenario_extends_another_and_wins_key_by_key(tmp_path):
    write(tmp_path, "base.yaml", "name: base\ninputs: data\nhorizon: {base_year: 2027, years: 4}\nweights: {change_m: 7}\n")
    scenario = loaded(write(tmp_path, "mine.yaml", "extends: base.yaml\nhorizon: {years: 6}\n"))
    assert (scenario.name, scenario.horizon.base_year, scenario.horizon.years) == ("mine", 2027, 6)
    assert scenario.weights.change_m == 7


def test_paths_are_relative_to_the_file_they_stand_in(tmp_path):
    (tmp_path / "sub").mkdir()
    write(tmp_path, "base.yaml", "inputs: data\ncounty: {roads: {file: roads.gpkg}}\n")
    text = "extends: ../base.yaml\ncounty: {births: {file: births.csv}}\nplan: plans/a.csv\n"
    scenario = loaded(write(tmp_path / "sub", "mine.yaml", text))
    assert Path(str(scenario.inputs)) == tmp_path / "sub" / ".." / "data"
    assert scenario.county.births is not None
    assert Path(scenario.county.births.file) == tmp_path / "sub" / "births.csv"
    assert Path(str(scenario.plan)) == tmp_path / "sub" / "plans" / "a.csv"


def test_a_rule_set_to_null_is_told_from_one_left_out(tmp_path):
    scenario = loaded(write(tmp_path, "a.yaml", "inputs: data\npolicy: {school_size: null}\n"))
    assert "school_size" in scenario.policy.model_fields_set
    assert "class_size" not in scenario.policy.model_fields_set


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("inputs: data\nlevle: primary\n", ["line 2 (levle)", "unknown key `levle`", "Did you mean `level`?"]),
        ("inputs: data\nhorizon:\n  yeers: 3\n", ["line 3 (horizon.yeers)", "Did you mean `years`?"]),
        ("inputs: data\nhorizon: {years: many}\n", ["line 2 (horizon.years)", "many"]),
        ("inputs: data\nwishes:\n  lock:\n    - {blocks: [B1], scool: S1}\n", ["line 4", "Did you mean `school`?"]),
        ("inputs: data\nprojection: {variants: [low, low]}\n", ["line 2", "named twice"]),
        ("level: primary\n", ["neither `inputs` nor"]),
        ("inputs: data\nlevel: [unclosed\n", ["line", "not YAML"]),
        ("inputs: data\nlevel: primary\nlevel: junior\n", ["line 3 (level)", "stands twice"]),
        ("- a list\n", ["holds no keys"]),
        ("extends: a.yaml\n", ["in a circle"]),
        ("extends: absent.yaml\n", ["cannot be read"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, words):
    faults = told(write(tmp_path, "a.yaml", text))
    assert any(all(word in fault for word in words) for fault in faults), faults


def test_all_faults_are_told_at_once_and_the_rest_is_still_read(tmp_path):
    text = "inputs: data\nlevle: primary\nhorizon: {years: 0}\nsolver: {gap: 2}\nrollout: all_grades\n"
    faults = Faults()
    found = load(write(tmp_path, "a.yaml", text), faults)
    assert len(faults) == 3
    assert found is not None
    assert found.scenario.rollout == "all_grades"


def test_a_faulty_key_that_is_needed_is_not_missed_too(tmp_path):
    text = "inputs: data\nattendance: {other_seats: [{students: -1}, {kind: private}]}\n"
    faults = told(write(tmp_path, "a.yaml", text))
    assert ["other_seats.0.students" in fault for fault in faults] == [True, False]
    assert "`students` is missing" in faults[1]


def test_paths_are_told_without_detours(tmp_path):
    write(tmp_path, "base.yaml", "levle: primary\n")
    (fault,) = told(write(tmp_path, "a.yaml", "inputs: data\nextends: ../" + tmp_path.name + "/base.yaml\n"))
    assert fault.startswith(f"{tmp_path}/base.yaml, ")


def test_a_fault_in_an_extended_file_names_that_file(tmp_path):
    write(tmp_path, "base.yaml", "inputs: data\nhorizon: {years: 0}\n")
    (fault,) = told(write(tmp_path, "a.yaml", "extends: base.yaml\n"))
    assert "base.yaml, line 2 (horizon.years)" in fault


@pytest.mark.parametrize(
    ("title", "english", "chinese"),
    [
        ("", "a", "a"),
        ("title: One\n", "One", "One"),
        ("title: {en: One, zh: 一}\n", "One", "一"),
        ("title: {zh: 一}\n", "一", "一"),
    ],
)
def test_a_title_may_speak_both_languages(tmp_path, title, english, chinese):
    scenario = loaded(write(tmp_path, "a.yaml", f"inputs: data\n{title}"))
    assert (scenario.headline("en"), scenario.headline("zh")) == (english, chinese)

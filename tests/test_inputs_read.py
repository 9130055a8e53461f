"""The whole county: where tables come from, and the real counties."""

from pathlib import Path

import pytest

from optimizer.faults import Faults
from optimizer.inputs import read
from optimizer.inputs.county import County
from optimizer.inputs.notes import NOTES
from optimizer.scenario.model import Scenario
from tests.inputs_town import Town, notes, told


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def test_sources_name_and_hash_each_file(town: Town) -> None:
    county = town.read()
    assert [(source.table, source.rows) for source in county.sources] == [("blocks", 9), ("schools", 1), ("residents", 9)]
    assert all(len(source.sha256) == 64 and source.path.startswith(str(town.folder)) for source in county.sources)


def test_two_files_for_one_table_are_a_fault(town: Town) -> None:
    town.blocks(suffix="geojson")
    assert "blocks.geojson and blocks.gpkg could both be the table blocks" in told(town.faults())


def test_the_scenario_wins_over_the_folder(town: Town) -> None:
    town.csv("other", "block_id,age,count", "B0,7,3")
    county = town.read(county={"residents": town.table("other.csv")})
    assert county.residents is not None
    assert county.residents.to_numpy().tolist() == [["B0", 7, 3]]


@pytest.mark.parametrize("table", ["blocks.gpkg", "schools.csv"])
def test_a_table_that_must_be_there_is_missed(town: Town, table: str) -> None:
    (town.folder / table).unlink()
    name = table.split(".", maxsplit=1)[0]
    assert f"there is no table {name}. Put {name}.gpkg, .csv" in told(town.faults(county={"schools": None}))


def test_a_folder_that_is_not_there_is_a_fault(town: Town) -> None:
    faults = town.faults(inputs=str(town.folder / "nowhere"), county={"schools": None})
    assert [fault.what for fault in faults] == ["the inputs folder does not exist"]


def test_blocks_that_cannot_be_read_do_not_hide_other_mistakes(town: Town) -> None:
    (town.folder / "blocks.gpkg").write_bytes(b"spoilt")
    town.csv("residents", "block_id,age,count", "B0,six,10")
    town.csv("births", "year,births", "2020,many")
    faults = told(town.faults())
    assert "blocks.gpkg: the file cannot be opened" in faults
    assert "age is 'six'" in faults
    assert "births is 'many'" in faults


def test_notes_have_a_sentence_in_both_languages() -> None:
    for key, sentences in NOTES.items():
        assert set(sentences) == {"en", "zh"}, key
        for sentence in sentences.values():
            assert sentence.format(count=3, names="a, b")
        assert ("{names}" in sentences["en"]) == ("{names}" in sentences["zh"]), key


def said_in_full(county: County) -> None:
    for note in county.notes:
        assert note.what in NOTES
        assert note.kind in {"repaired", "assumed", "left_out"}
        assert note.count > 0


def test_gongyi_is_read_as_it_is(shared_data: Path) -> None:
    folder = shared_data / "gongyi"
    columns = {"block_id": "ID", "students": "demand1"}
    places = {"x": "easting_m", "y": "northing_m"}
    scenario = Scenario.model_validate(
        {
            "name": "gongyi",
            "county": {
                "blocks": {"file": str(folder / "gongyi_blocks.shp"), "crs": "EPSG:4497", "columns": columns},
                "schools": {"file": str(folder / "gongyi_schools.csv"), "crs": "EPSG:4497", "columns": places},
            },
            "travel": {"mode": "straight_line"},
        }
    )
    faults = Faults()
    county = read(scenario, faults)
    assert county is not None, list(faults)
    said_in_full(county)
    assert len(county.blocks) == 1_276
    assert county.blocks["students"].sum() == 40_995
    assert county.schools["seats"].sum() == 41_900
    assert county.blocks.is_valid.all()
    found = notes(county)
    assert found["invalid_polygons_repaired"] == (4, ("12", "153", "1101", "1124"))
    assert found["plane_crs"][1] == ("CGCS2000 / Gauss-Kruger zone 19 (EPSG:4497)",)
    assert found["level_from_scenario"][0] == 22


def test_baltimore_is_read_as_it_is(shared_data: Path) -> None:
    folder = shared_data / "bcps"
    plans = str(folder / "plans.csv")
    scenario = Scenario.model_validate(
        {
            "name": "baltimore",
            "county": {
                "blocks": {"file": str(folder / "blocks.geojson")},
                "schools": {"file": str(folder / "schools.csv"), "columns": {"seats": "seats_2017"}},
                "current_zones": {"file": plans, "columns": {"school_id": "current"}},
            },
            "plan": {"file": plans, "columns": {"school_id": "final_option1"}},
            "travel": {"mode": "straight_line"},
        }
    )
    faults = Faults()
    county = read(scenario, faults)
    assert county is not None, list(faults)
    said_in_full(county)
    assert county.crs == "EPSG:32618"
    assert county.blocks["students"].sum() == 5_443
    assert county.schools["seats"].sum() == 6_109
    assert county.current_zones is not None
    assert county.plan is not None
    assert len(county.blocks) == len(county.current_zones) == len(county.plan) == 181
    assert notes(county)["blocks_without_shape"] == (1, ("451",))


def test_the_sample_county_is_read_without_repairs() -> None:
    faults = Faults()
    county = read(Scenario(name="sample", inputs=str(Path(__file__).parents[1] / "inputs" / "sample")), faults)
    assert county is not None, list(faults)
    said_in_full(county)
    assert {note.kind for note in county.notes} == {"assumed"}


def test_a_path_from_the_inputs_folder_is_told(town: Town) -> None:
    (town.folder / "inputs").mkdir()
    (town.folder / "residents.csv").rename(town.folder / "inputs" / "people.csv")
    said = told(town.faults(inputs=str(town.folder / "inputs"), county={"residents": town.table("people.csv")}))
    assert "people.csv: the file does not exist. Paths are relative to the scenario file, not to `inputs`" in said


def test_residents_that_cannot_be_read_are_not_missed(town: Town) -> None:
    (town.folder / "residents.csv").unlink()
    (town.folder / "residents.xlsx").write_bytes(b"PK")
    said = told(town.faults())
    assert "residents.xlsx: the workbook cannot be opened" in said
    assert "nothing says where the children live" not in said

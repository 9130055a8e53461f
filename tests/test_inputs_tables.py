"""Raw reading: encodings, separators, row numbers, and files that cannot be read."""

from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from optimizer.faults import Faults
from optimizer.inputs.tables import read_frame, sha256

TEXT = "编号,名称\n01,东门小学\n02,西门小学\n"


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ","),  # as Excel saves "CSV UTF-8"
        ("gb18030", ","),  # as Excel saves "CSV" on a Chinese Windows
        ("utf-16", "\t"),  # as Excel saves "Unicode text"
        ("utf-8", ";"),
        ("gb18030", "\t"),
    ],
)
def test_a_table_of_text_is_read_in_any_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "schools.csv"
    path.write_bytes(TEXT.replace(",", separator).encode(encoding))
    frame = read_frame(str(path), Faults())
    assert frame is not None
    assert list(frame.columns) == ["编号", "名称"]
    assert frame["编号"].tolist() == ["01", "02"]
    assert frame["名称"].tolist() == ["东门小学", "西门小学"]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a, b\n1,2\n\n"3\n4", x \n,\n5,\n')
    frame = read_frame(str(path), Faults())
    assert frame is not None
    assert frame.index.name == "row"
    assert frame.index.tolist() == [2, 4, 6]
    assert frame["b"].tolist() == ["2", "x", ""]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no column names"),
        (b"\n\n1,2\n", "no column names"),
        (b"a,b,a\n1,2,3\n", "a stands there twice"),
        (b"a,b\n1,2\n1,2,3\n", "row 3: there are 3 values, but 2 column names"),
        (b'a,b\n"1,2\n', "quotation marks"),
        (b"a,b\n\xff\xff,1\n", "row 2: the text is neither UTF-8 nor GB18030"),
        (b"\xff\xfea\x00,\x00b\x00\n", "the text is not UTF-16"),
    ],
)
def test_a_spoilt_table_of_text_is_a_fault(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    faults = Faults()
    assert read_frame(str(path), faults) is None
    assert what in "\n".join(map(str, faults))


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("none.csv", None, "does not exist"),
        ("t.docx", b"x", "files ending in .docx cannot be read"),
        ("t.gpkg", b"not a database", "cannot be opened"),
        ("t.geojson", b"{]", "cannot be opened"),
        ("t.shp", b"x", "parts .shx and .dbf of the shapefile are missing"),
        ("t.zip", b"x", "cannot be opened"),
        ("t.osm.pbf", b"x", "cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path, name: str, content: bytes | None, what: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    faults = Faults()
    assert read_frame(str(tmp_path / name), faults) is None
    assert what in "\n".join(map(str, faults))


def test_a_missing_file_names_its_like(tmp_path: Path) -> None:
    (tmp_path / "schools.xls").touch()
    faults = Faults()
    read_frame(str(tmp_path / "schools.csv"), faults)
    assert "there is schools.xls" in str(next(iter(faults)))


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    faults = Faults()
    assert read_frame(str(tmp_path), faults) is None
    assert "a folder" in str(next(iter(faults)))


def test_values_of_layers_are_strings_as_a_person_writes_them(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"n": [1, 2], "f": [1.0, None], "g": [0.5, 2.0], "b": [True, False], "s": [" x ", None]},
        geometry=[Point(0, 0, 5), Point(1, 1, 5)],
        crs=4326,
    )
    frame.to_file(tmp_path / "t.gpkg")
    raw = read_frame(str(tmp_path / "t.gpkg"), Faults())
    assert isinstance(raw, gpd.GeoDataFrame)
    assert raw.index.tolist() == [1, 2]
    assert raw.drop(columns="geometry").to_numpy().tolist() == [["1", "1", "0.5", "yes", "x"], ["2", "", "2", "no", ""]]
    assert not raw.has_z.any()


def test_a_layer_is_chosen_by_name(tmp_path: Path) -> None:
    path = str(tmp_path / "t.gpkg")
    for layer in ("roads", "blocks"):
        gpd.GeoDataFrame({"name": [layer]}, geometry=[box(0, 0, 1, 1)], crs=4543).to_file(path, layer=layer)
    faults = Faults()
    assert read_frame(path, faults, layer="roads")["name"].tolist() == ["roads"]
    assert read_frame(path, faults, prefer="blocks")["name"].tolist() == ["blocks"]
    assert not len(faults)
    assert read_frame(path, faults) is None
    assert read_frame(path, faults, layer="river") is None
    assert [fault.what for fault in faults] == ["there are several layers: roads, blocks", "there is no layer river"]


def test_the_hash_of_a_shapefile_covers_all_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "t.shp"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=4326).to_file(path)
    before = sha256(str(path))
    assert sha256(str(path)) == before
    path.with_suffix(".prj").write_text("")
    assert sha256(str(path)) != before


def test_a_zipped_shapefile_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.shp.zip"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=4326).to_file(path, driver="ESRI Shapefile")
    assert read_frame(str(path), Faults())["a"].tolist() == ["1"]

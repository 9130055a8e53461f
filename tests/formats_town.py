"""One tiny county, written as each kind of file a bureau keeps: nine blocks, two schools, children, classes, today's zones."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import prcoords
import shapely

from optimizer.inputs.crs import LOCAL
from tests.inputs_town import CRS, SOUTH, WEST, squares

IDS = [f"00{i}" for i in range(1, 10)]
SCHOOLS = pd.DataFrame({"school_id": ["01", "02"], "name": ["东门小学", "西门小学"], "level": "primary", "classrooms": [12, 12]})
POINTS = [shapely.Point(WEST + 250, SOUTH + 150), shapely.Point(WEST + 50, SOUTH + 150)]
BLOCKS = pd.DataFrame(
    {"block_id": IDS, "name": [f"{n}号小区" for n in "一二三四五六七八九"], "community": "幸福社区", "setting": "city"}
)
RESIDENTS = pd.DataFrame([{"block_id": i, "age": a, "count": 10 + a + int(i)} for i in IDS for a in range(12)])
ENROLMENT = pd.DataFrame(
    [{"school_id": s, "grade": g, "classes": 2, "students": 70 + g} for s in ("01", "02") for g in range(1, 7)]
)
ZONES = pd.DataFrame({"block_id": IDS, "school_id": ["02", "02", "01"] * 3})
TABLES = {"residents": RESIDENTS, "enrolment": ENROLMENT, "current_zones": ZONES}

CHINESE = {
    "block_id": "小区编号",
    "name": "小区名称",
    "community": "社区",
    "setting": "城乡类型",
    "school_id": "学校代码",
    "level": "学段",
    "classrooms": "班级数",
    "age": "年龄",
    "count": "人数",
    "grade": "年级",
    "classes": "班数",
    "students": "在校生数",
    "x": "横坐标",
    "y": "纵坐标",
}
WORDS = {"primary": "小学", "city": "城区"}
GRADES = " 一二三四五六"

County = dict[str, Any]


def blocks(crs: str = CRS) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(BLOCKS, geometry=squares(), crs=CRS).to_crs(crs)


def schools(crs: str = CRS, x: str = "x", y: str = "y") -> pd.DataFrame:
    points = gpd.GeoSeries(POINTS, crs=CRS).to_crs(crs)
    return SCHOOLS.assign(**{x: points.x, y: points.y})


def in_chinese(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.rename(columns=CHINESE | ({"name": "学校名称"} if "school_id" in frame else {}))
    if "年级" in frame:
        frame["年级"] = [f"{GRADES[grade]}年级" for grade in frame["年级"]]
    return frame.replace(WORDS)


def csv_and_geojson(folder: Path) -> County:
    blocks().to_file(folder / "blocks.geojson")
    schools().to_csv(folder / "schools.csv", index=False)
    for name, table in TABLES.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return {"schools": {"file": "schools.csv", "crs": CRS}}


def chinese_semicolons_in_gb18030(folder: Path) -> County:
    blocks().to_file(folder / "blocks.geojson")
    for name, table in (TABLES | {"schools": schools()}).items():
        in_chinese(table).to_csv(folder / f"{name}.csv", index=False, sep=";", encoding="gb18030")
    return {"schools": {"file": "schools.csv", "crs": CRS}}


def tabs_in_utf16(folder: Path) -> County:
    county = csv_and_geojson(folder)
    RESIDENTS.to_csv(folder / "residents.csv", index=False, sep="\t", encoding="utf-16")
    return county


def workbooks_with_titles(folder: Path) -> County:
    """Titles above, merged cells, totals below, and ids that are numbers: 1 for 001."""
    blocks().to_file(folder / "blocks.gpkg")
    for name, table in (TABLES | {"schools": schools()}).items():
        numbers = table.assign(**{c: table[c].astype(int) for c in ("block_id", "school_id") if c in table and name != "schools"})
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append([f"云岭县{name}统计表"])
        sheet.append(["2026年9月"])
        sheet.merge_cells("A1:D1")
        for row in (list(in_chinese(numbers).columns), *in_chinese(numbers).to_numpy().tolist()):
            sheet.append(row)
        if name == "residents":
            for top in range(4, 4 + len(table), 12):
                sheet.merge_cells(start_row=top, end_row=top + 11, start_column=1, end_column=1)
            sheet.append(["合 计", None, int(table["count"].sum())])
        book.create_sheet("填表说明").append(["请按月填报"])
        book.save(folder / f"{name}.xlsx")
    return {"schools": {"file": "schools.xlsx", "crs": CRS}}


def one_workbook_with_wide_tables(folder: Path) -> County:
    blocks().to_file(folder / "blocks.gpkg")
    wide = RESIDENTS.pivot_table(index="block_id", columns="age", values="count").astype(int).add_suffix("岁").reset_index()
    classes = ENROLMENT.pivot_table(index="school_id", columns="grade", values=["classes", "students"]).astype(int)
    classes.columns = [f"{GRADES[grade]}年级{'班数' if what == 'classes' else '人数'}" for what, grade in classes.columns]
    with pd.ExcelWriter(folder / "county.xlsx") as book:
        in_chinese(schools()).to_excel(book, sheet_name="学校", index=False)
        in_chinese(wide).to_excel(book, sheet_name="分年龄人口", index=False)
        in_chinese(classes.reset_index()).to_excel(book, sheet_name="在校生", index=False)
        in_chinese(ZONES).to_excel(book, sheet_name="片区划分", index=False)
    tables = {name: {"file": "county.xlsx"} for name in TABLES}
    return tables | {"schools": {"file": "county.xlsx", "crs": CRS}}


def parquet(folder: Path) -> County:
    blocks().to_parquet(folder / "blocks.parquet")
    gpd.GeoDataFrame(SCHOOLS, geometry=POINTS, crs=CRS).to_parquet(folder / "schools.geoparquet")
    for name, table in TABLES.items():
        table.to_parquet(folder / f"{name}.parquet")
    return {}


def one_geopackage(folder: Path) -> County:
    blocks().to_file(folder / "county.gpkg", layer="blocks")
    gpd.GeoDataFrame(SCHOOLS, geometry=POINTS, crs=CRS).to_file(folder / "county.gpkg", layer="schools")
    for name, table in TABLES.items():
        gpd.GeoDataFrame(table, geometry=[None] * len(table), crs=CRS).to_file(folder / "county.gpkg", layer=name)
    return {name: {"file": "county.gpkg"} for name in ("blocks", "schools", *TABLES)}


def zipped_shapefile_in_gbk(folder: Path) -> County:
    """As an old desktop GIS writes it: names in GBK, no `.cpg`, no `.prj`; the archive's own names are GBK too."""
    county = csv_and_geojson(folder)
    (folder / "blocks.geojson").unlink()
    in_chinese(blocks()).to_file(folder / "b.shp", encoding="gb18030")
    with zipfile.ZipFile(folder / "blocks.zip", "w") as archive:
        for part in ("shp", "shx", "dbf"):
            archive.writestr(_InGbk(f"数据/小区.{part.upper()}"), (folder / f"b.{part}").read_bytes())
    for file in folder.glob("b.*"):
        file.unlink()
    return county | {"blocks": {"file": "blocks.zip", "crs": CRS}}


class _InGbk(zipfile.ZipInfo):
    """A member whose name is written as a Chinese Windows does: in GBK, without saying so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (the library's name)
        return self.filename.encode("gb18030"), self.flag_bits


def shifted(folder: Path, shift: Callable[[tuple[float, float]], tuple[float, float]], crs: str) -> County:
    """Degrees as a web map shows them."""
    county = csv_and_geojson(folder)

    def move(xy: Any) -> Any:
        return [shift((lat, lon))[::-1] for lon, lat in xy]

    layer = blocks("EPSG:4490")
    layer.set_geometry(shapely.transform(layer.geometry.to_numpy(), move), crs=None).to_file(folder / "blocks.geojson")
    table = schools("EPSG:4490", "lon", "lat")
    table[["lon", "lat"]] = move(table[["lon", "lat"]].to_numpy())
    table.to_csv(folder / "schools.csv", index=False)
    return county | {"blocks": {"file": "blocks.geojson", "crs": crs}, "schools": {"file": "schools.csv", "crs": crs}}


def gcj02(folder: Path) -> County:
    return shifted(folder, prcoords.wgs_gcj, "GCJ-02")


def bd09(folder: Path) -> County:
    return shifted(folder, prcoords.wgs_bd, "BD-09")


def degrees(folder: Path) -> County:
    """Longitude and latitude of CGCS2000, the columns of the schools mixed up."""
    county = csv_and_geojson(folder)
    (folder / "blocks.geojson").unlink()
    blocks("EPSG:4490").to_file(folder / "blocks.gpkg")
    schools("EPSG:4490", "lat", "lon").to_csv(folder / "schools.csv", index=False)
    return county | {"schools": {"file": "schools.csv", "crs": "EPSG:4490"}}


def local(folder: Path) -> County:
    """A town's own metres, from a corner that nobody knows."""
    county = csv_and_geojson(folder)
    (folder / "blocks.geojson").unlink()
    east, north = WEST - 1000, SOUTH - 500
    own = blocks().set_crs(LOCAL, allow_override=True)
    own.set_geometry(own.translate(-east, -north)).to_file(folder / "blocks.gpkg")
    table = schools()
    table.assign(x=table["x"] - east, y=table["y"] - north).to_csv(folder / "schools.csv", index=False)
    return county | {"schools": {"file": "schools.csv", "crs": "local"}}


FORMS = (
    csv_and_geojson, chinese_semicolons_in_gb18030, tabs_in_utf16, workbooks_with_titles, one_workbook_with_wide_tables, parquet,
    one_geopackage, zipped_shapefile_in_gbk, gcj02, bd09, degrees, local,
)  # fmt: skip

"""What bars the way in OpenStreetMap, with bridges, tunnels and level crossings open; the checker understands it alike."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pyproj import Transformer

from tests.bureau_town import CRS, IDS, SOUTH, WEST, Town, noted

DEGREES = Transformer.from_crs(CRS, 4326, always_xy=True)

Way = tuple[Sequence[tuple[float, float]], dict[str, str]]

RIVER: Way = ([(400, -100), (400, 700)], {"waterway": "river", "name": "Wu"})
CULVERT: Way = ([(200, -100), (200, 700)], {"waterway": "river", "tunnel": "culvert"})
STREAM: Way = ([(600, -100), (600, 700)], {"waterway": "stream"})
RAILWAY: Way = ([(-100, 200), (300, 200), (900, 200)], {"railway": "rail"})
TRAM: Way = ([(-100, 400), (900, 400)], {"railway": "tram"})
MOTORWAY: Way = ([(-100, 400), (450, 400)], {"highway": "motorway"})
VIADUCT: Way = ([(450, 400), (900, 400)], {"highway": "motorway", "bridge": "yes"})
LAKE: Way = ([(590, -50), (610, -50), (610, 190), (590, 190), (590, -50)], {"natural": "water"})


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town.built(tmp_path)


def openstreetmap(town: Town, *ways: Way, crossing: tuple[float, float] | None = None) -> None:
    """Write ways as OpenStreetMap has them: XML, which GDAL reads under any name."""
    nodes, lines = [], []
    for points, tags in ways:
        refs = []
        for x, y in points:
            lon, lat = DEGREES.transform(WEST + x, SOUTH + y)
            mark = '<tag k="railway" v="level_crossing"/>' if crossing == (x, y) else ""
            again = len(points) > 2 and (x, y) == points[0] and refs
            if not again:
                nodes.append(f'<node id="{len(nodes) + 1}" version="1" lat="{lat:.9f}" lon="{lon:.9f}">{mark}</node>')
            refs.append(refs[0] if again else len(nodes))
        tagged = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(
            f'<way id="{len(lines) + 1}" version="1">{"".join(f"<nd ref={chr(34)}{r}{chr(34)}/>" for r in refs)}{tagged}</way>'
        )
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">', *nodes, *lines, "</osm>"])
    (town.folder / "inputs" / "barriers.osm.pbf").write_text(text, encoding="utf-8")


def neighbours(town: Town) -> set[tuple[str, str]]:
    run, _ = town.judged()
    return {(IDS[a], IDS[b]) for a, b in run.case.problem.edges.tolist()}


EAST_WEST = {(IDS[4 * r + c], IDS[4 * r + c + 1]) for r in range(3) for c in range(3)}
SOUTH_NORTH = {(IDS[i], IDS[i + 4]) for i in range(8)}


@pytest.mark.parametrize(
    ("ways", "parted"),
    [
        ([RIVER], {("B01", "B02"), ("B05", "B06"), ("B09", "B10")}),
        ([CULVERT, STREAM, TRAM], set()),
        ([RAILWAY], {(IDS[i], IDS[i + 4]) for i in range(4)}),
        ([MOTORWAY, VIADUCT], {("B04", "B08"), ("B05", "B09")}),
        ([LAKE], {("B02", "B03")}),
    ],
)
def test_what_bars_the_way(town: Town, ways: list[Way], parted: set[tuple[str, str]]) -> None:
    openstreetmap(town, *ways, RIVER if not parted else ways[0])
    found = neighbours(town)
    if parted:
        assert (EAST_WEST | SOUTH_NORTH) - found == parted
    else:
        assert (EAST_WEST | SOUTH_NORTH) - found == {("B01", "B02"), ("B05", "B06"), ("B09", "B10")}, "the river alone"


def test_a_railway_is_open_at_its_level_crossing(town: Town) -> None:
    openstreetmap(town, RAILWAY, crossing=(300, 200))
    assert SOUTH_NORTH - neighbours(town) == {("B00", "B04"), ("B02", "B06"), ("B03", "B07")}


def test_kinds_may_be_chosen(town: Town) -> None:
    openstreetmap(town, RIVER, RAILWAY)
    town.scenario["travel"]["barriers"] = ["water"]
    assert (EAST_WEST | SOUTH_NORTH) - neighbours(town) == {("B01", "B02"), ("B05", "B06"), ("B09", "B10")}
    assert noted(town.case())["barriers_of_openstreetmap"][1] == ("railway 1", "water 1")

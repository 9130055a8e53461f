"""The map of a run: a folium map that carries everything inside itself."""

from typing import Any

import folium
from branca.element import Figure, MacroElement
from folium.template import Template
from folium.utilities import JsCode

from optimizer.metrics.walking import moved
from optimizer.pages import names
from optimizer.pages.drawing import Drawing, drawing, zone_colors
from optimizer.pages.facts import applicable, class_steps, figure_row, span, straight_line
from optimizer.pages.points import place, school_points
from optimizer.pages.templates import environment
from optimizer.pages.texts import Texts
from optimizer.problem import NO_RULE
from optimizer.run import Run

WALK_BREAKS_M = (500, 1000, 2000, 3000, 5000)
"""Steps of the walking layer: the urban service radius of GB 50099 (500 m, 1,000 m) the rural walking limit (3 km) and beyond."""

_LAYERS = (
    # key, choice of block colors (else a layer of its own), shown at first
    ("zones", False, True),
    ("walk", False, False),
    ("current", False, False),
    ("changed", True, False),
    ("current_lines", True, False),
    ("roads", True, True),
    ("barriers", True, True),
    ("schools", True, True),
)


_NARROW: Any = JsCode("window.innerWidth < 800")
"""Where the layer control is a button. folium hands any option on as JavaScript, whatever its type says."""


_PANEL = ("mean_walk_m", "children_over", "over_seats", "moved")
"""What the head of the map says: the way, the crowding (in classes, else in seats), the change."""


class _Page(Figure):
    """The HTML around the map; folium's own has no language, and styles and scripts only by address."""

    def __init__(self, texts: Texts, title: str, panel: dict[str, Any], data: dict[str, Any]) -> None:
        super().__init__(title=title)
        self.texts, self.panel, self.data = texts, panel, data
        self._template = environment().get_template("map.html.j2")


class _Script(MacroElement):
    """Hands map, layers and data to `map.js`."""

    _template = Template(
        "{% macro script(this, kwargs) %}zoningMap({{ this.map }}, { "
        "{% for key, name in this.layers.items() %}{{ key }}: {{ name }}, {% endfor %}"
        "}, JSON.parse(document.getElementById('zoning-data').textContent));{% endmacro %}"
    )

    def __init__(self, fmap: folium.Map, layers: dict[str, folium.FeatureGroup]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.map = fmap.get_name()
        self.layers = {key: layer.get_name() for key, layer in layers.items()}


def render(run: Run, lang: str) -> str:
    """Return the map of a run as one HTML page.

    Parameters
    ----------
    run
        The run.
    lang
        ``en`` or ``zh``.
    """
    texts = Texts(lang)
    county = run.case.county
    sheet = drawing(county)
    title = texts("map.title", title=run.case.scenario.headline(lang))
    page = _Page(texts, title, _panel(run, texts), map_data(run, texts, sheet))
    fmap = _named(_folium_map(sheet), "zoning")
    page.add_child(fmap)
    layers = {}
    for key, overlay, show in _present(run):
        layers[key] = _named(folium.FeatureGroup(name=texts(f"map.layer.{key}"), overlay=overlay, show=show), key)
        layers[key].add_to(fmap)
    _named(folium.LayerControl(collapsed=_NARROW), "layers").add_to(fmap)
    _Script(fmap, layers).add_to(fmap)
    return str(page.render())


def _named(element: Any, name: str) -> Any:
    """Give an element a name of our own: folium's random ones would make two pages of one run differ."""
    element._id = name  # noqa: SLF001
    return element


def _present(run: Run) -> list[tuple[str, bool, bool]]:
    """Layers that have something to show."""
    county, problem = run.case.county, run.case.problem
    today = bool((problem.current != NO_RULE).any())
    has = {
        "current": today,
        "current_lines": today,
        "changed": bool(moved(problem, run.plan).any()),
        "roads": county.roads is not None and not county.roads.empty,
        "barriers": county.barriers is not None and not county.barriers.empty,
    }
    return [layer for layer in _LAYERS if has.get(layer[0], True)]


def _folium_map(sheet: Drawing) -> folium.Map:
    """Return a map of plane metres: no background is fetched, so nothing needs degrees, and the scale bar is exact."""
    fmap = folium.Map(
        location=[sheet.height / 2, sheet.width / 2],
        tiles=None,
        crs="Simple",
        attribution_control=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
        zoom_start=-5,
    )
    fmap.default_js, fmap.default_css = [], []
    return fmap


def _panel(run: Run, texts: Texts) -> dict[str, Any]:
    """Return the heading, its figures and warnings."""
    scenario = run.case.scenario
    shown = [figure for figure in applicable(run.case.problem) if figure.key in _PANEL]
    if any(figure.key == "children_over" for figure in shown):
        shown = [figure for figure in shown if figure.key != "over_seats"]
    return {
        "title": scenario.headline(texts.lang),
        "subtitle": texts("map.subtitle", level=texts(f"level.{scenario.level}"), years=span(run.case.problem.years)),
        "figures": [figure_row(run, texts, figure) for figure in shown],
        "warning": texts("warning.straight_line") if straight_line(run.case) else "",
    }


def map_data(run: Run, texts: Texts, sheet: Drawing) -> dict[str, Any]:
    """Return what `map.js` draws; geometry once, the layers share it."""
    problem, county = run.case.problem, run.case.county
    label = names.schools(county, problem.zones)
    colors = zone_colors(sheet, [run.plan.zone, problem.current], len(problem.zones))
    return {
        "lang": texts.lang,
        "bounds": sheet.bounds,
        "texts": texts.group("map"),
        "walkBreaks": WALK_BREAKS_M,
        "zones": [{"id": zone, "name": label[zone], "color": color} for zone, color in zip(problem.zones, colors, strict=True)],
        "outlines": sheet.outlines(run.plan.zone, len(problem.zones)),
        "currentOutlines": sheet.outlines(problem.current, len(problem.zones)),
        "blocks": _blocks(run, texts, sheet),
        "schools": school_points(run, sheet),
        "closed": _closed(run, sheet),
        "years": problem.years,
        "variants": [names.variant(texts, name) for name in problem.variants],
        "steps": class_steps(problem),
        "roads": sheet.lines(county.roads),
        "barriers": sheet.lines(county.barriers),
    }


def _blocks(run: Run, texts: Texts, sheet: Drawing) -> list[dict[str, Any]]:
    """Return the blocks: shape, and what its popup says."""
    county, problem, figures = run.case.county.blocks, run.case.problem, run.score.by_block
    settings = {setting: texts(f"setting.{setting}") for setting in ("city", "town", "rural")}
    columns = {
        "shape": [sheet.coordinates(shape) for shape in sheet.blocks],
        "id": list(problem.blocks),
        "name": county["name"].astype(str).tolist(),
        "community": county["community"].astype(str).tolist(),
        "setting": county["setting"].map(settings).tolist(),
        "zone": run.plan.zone.tolist(),
        "current": problem.current.tolist(),
        "students": figures["students"].round(1).tolist(),
        "first": figures["first_year"].tolist(),
        "walk": figures["walk_m"].tolist(),
        "moved": figures["moved"].tolist(),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _closed(run: Run, sheet: Drawing) -> list[dict[str, Any]]:
    """Return the schools that the scenario closes."""
    county = run.case.county
    closed = [school for school in run.case.scenario.wishes.close if school in county.schools.index]
    label = names.schools(county, closed)
    return [{"id": school, "name": label[school], **place(run, sheet, school)} for school in closed]

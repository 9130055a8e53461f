/* Maps that move together, and the blocks that go to another school from one plan to another. */
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("compare-data").textContent);
  const say = (key, values = {}) => data.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const show = (value) => value === null ? "–" : Number(value).toLocaleString(data.lang, { maximumFractionDigits: 1 });
  const from = document.getElementById("from"), to = document.getElementById("to");
  const comparable = data.runs.map((run, index) => index).filter((index) => data.runs[index].shared);
  for (const index of comparable) {
    from.add(new Option(data.runs[index].name, index));
    to.add(new Option(data.runs[index].name, index));
  }
  to.selectedIndex = comparable.length > 1 ? 1 : 0;

  const places = data.runs.map((run) => { /* all of them before the first map: each takes its size from its place */
    const figure = element("figure", null, document.getElementById("maps"));
    element("figcaption", run.name, figure);
    return element("div", null, figure, "map");
  });
  const panels = data.runs.map((run, index) => panel(run, index, places[index]));
  synchronise(panels.filter((one) => one.run.shared).map((one) => one.map));
  const update = () => {
    panels.forEach((one) => one.mark(Number(from.value)));
    list(Number(from.value), Number(to.value));
  };
  from.addEventListener("change", update);
  to.addEventListener("change", update);
  update();
  const view = document.getElementById("view");
  if (view) view.addEventListener("change", () => document.querySelectorAll(".view").forEach((one, index) => { one.hidden = index !== view.selectedIndex; }));

  function panel(run, index, place) {
    const map = L.map(place, { crs: L.CRS.Simple, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: -12, maxZoom: 3 });
    map.fitBounds(run.bounds, { animate: false });
    map.setMinZoom(map.getZoom() - 1);
    L.control.scale({ imperial: false }).addTo(map);
    makePanes(map);
    drawZones(map, run);
    const labels = drawSchools(map, run);
    map.on("zoomend moveend", () => declutter(map, labels));
    declutter(map, labels);
    translate(map, say);
    const renderer = hatching(map);
    const changed = L.layerGroup().addTo(map);
    const mark = (reference) => {
      changed.clearLayers();
      if (!run.shared) return;
      for (const block of data.blocks) {
        if (block.zones[index] === block.zones[reference]) continue;
        L.geoJSON(block.shape, { pane: "changed", renderer, interactive: false,
          style: { className: "changed-block", color: "#111", weight: 0.7, fillColor: "url(#hatch)", fillOpacity: 1 } }).addTo(changed);
      }
    };
    return { map, run, mark };
  }

  function drawZones(map, run) {
    const renderer = L.svg({ pane: "blocks", padding: 0.3 });
    run.outlines.forEach((shape, zone) => {
      if (!shape) return;
      const style = { className: "zone-outline", color: "#333", weight: 1.5, fillColor: data.zones[zone].color, fillOpacity: 0.5 };
      L.geoJSON(shape, { pane: "blocks", renderer, style }).bindPopup(() => card(data.zones[zone].name, [])).addTo(map);
    });
  }

  function drawSchools(map, run) {
    const renderer = L.svg({ pane: "schools", padding: 0.3 });
    const fullest = { variant: -1, year: -1 };
    const rows = run.schools.map((school) => ({ school, row: pick(school, fullest) })).sort((a, b) => (b.row[STUDENTS] || 0) - (a.row[STUDENTS] || 0));
    return rows.map(({ school, row }) => {
      const style = { className: "school", radius: 5, color: "#1d2530", weight: 1.2, fillOpacity: 1, fillColor: crowding(row, run.steps) };
      L.circleMarker([school.y, school.x], { pane: "schools", renderer, ...style })
        .bindPopup(() => card(school.name, figures(row, run))).addTo(map);
      return label(school, map);
    });
  }

  function figures(row, run) {
    const rows = [[say("students"), show(row[STUDENTS])], [say("seats"), show(row[SEATS])]];
    return run.steps.length ? [...rows, [say("largest"), show(row[LARGEST])]] : rows;
  }

  function synchronise(maps) {
    let leading = false;
    for (const map of maps) {
      map.on("move", () => {
        if (leading) return;
        leading = true;
        maps.filter((other) => other !== map).forEach((other) => other.setView(map.getCenter(), map.getZoom(), { animate: false }));
        leading = false;
      });
    }
  }

  function list(first, second) {
    const moves = data.blocks.filter((block) => block.zones[first] !== block.zones[second]);
    moves.sort((a, b) => b.children[second] - a.children[second] || (a.id < b.id ? -1 : 1));
    const children = moves.reduce((sum, block) => sum + block.children[second], 0);
    const values = { blocks: show(moves.length), children: show(Math.round(children)), from: data.runs[first].name, to: data.runs[second].name };
    document.getElementById("moves-said").textContent = say(moves.length ? "moves" : "no_moves", values);
    const body = document.querySelector("#moves tbody");
    body.replaceChildren();
    for (const block of moves) {
      const row = element("tr", null, body);
      row.tabIndex = 0;
      element("th", block.id, row);
      element("td", block.name, row, "text");
      element("td", show(block.children[second]), row);
      element("td", data.zones[block.zones[first]].name, row, "text");
      element("td", data.zones[block.zones[second]].name, row, "text");
      const look = () => panels[second].map.fitBounds(L.geoJSON(block.shape).getBounds().pad(4));
      row.addEventListener("click", look);
      row.addEventListener("keydown", (event) => { if (event.key === "Enter") look(); });
    }
  }
})();

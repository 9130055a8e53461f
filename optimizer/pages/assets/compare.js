/* Two plans side by side on maps that move together; the blocks that move, the walks and classes that change between them. */
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("compare-data").textContent);
  const say = (key, values = {}) => data.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const show = (value, places = 1) => value === null ? "–" : Number(value).toLocaleString(data.lang, { maximumFractionDigits: places });
  const signed = (value, places = 0) => (value > 0 ? "+" : "") + show(value, places).replace("-", "−");
  const percent = (part, whole) => whole ? `${show(100 * part / whole)} %` : "–";
  const from = document.getElementById("from"), to = document.getElementById("to");
  for (const select of [from, to]) data.runs.forEach((run, index) => select.add(new Option(run.name, index)));
  to.selectedIndex = data.to;

  let course = 0;
  const courses = [...document.querySelectorAll("select.course")];
  const before = panel(document.getElementById("map-from")), after = panel(document.getElementById("map-to"));
  synchronise(before.map, after.map);
  const laidOver = () => data.runs[from.selectedIndex].shared && data.runs[to.selectedIndex].shared;
  const update = () => {
    const first = from.selectedIndex, second = to.selectedIndex;
    before.draw(first, second);
    after.draw(second, first);
    list(first, second);
    walks(first, second);
    sizes(first, second);
  };
  for (const select of [from, to]) select.addEventListener("change", update);
  for (const select of courses) {
    select.addEventListener("change", () => {
      course = select.selectedIndex;
      courses.forEach((other) => { other.selectedIndex = course; });
      document.querySelectorAll(".view").forEach((one) => { one.hidden = Number(one.dataset.course) !== course; });
      sizes(from.selectedIndex, to.selectedIndex);
    });
  }
  update();

  function panel(place) {
    const map = L.map(place, { crs: L.CRS.Simple, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: -12, maxZoom: 3 });
    map.fitBounds(data.runs[0].bounds, { animate: false });
    L.control.scale({ imperial: false }).addTo(map);
    makePanes(map);
    const zonesRenderer = L.svg({ pane: "blocks", padding: 0.3 }), schoolsRenderer = L.svg({ pane: "schools", padding: 0.3 });
    const renderer = hatching(map);
    const drawn = L.layerGroup().addTo(map);
    let labels = [], bounds = data.runs[0].bounds;
    map.setMinZoom(map.getZoom() - 1);
    map.on("zoomend moveend", () => declutter(map, labels));
    translate(map, say);
    const draw = (index, other) => {
      const run = data.runs[index];
      drawn.clearLayers();
      if (run.bounds.join() !== bounds.join()) {
        bounds = run.bounds;
        map.setMinZoom(-12).fitBounds(bounds, { animate: false });
      }
      drawZones(drawn, run, zonesRenderer);
      labels = drawSchools(drawn, run, schoolsRenderer);
      declutter(map, labels);
      if (!laidOver()) return;
      for (const block of data.blocks) {
        if (block.zones[index] === block.zones[other]) continue;
        L.geoJSON(block.shape, { pane: "changed", renderer, interactive: false,
          style: { className: "changed-block", color: "#111", weight: 0.7, fillColor: "url(#hatch)", fillOpacity: 1 } }).addTo(drawn);
      }
    };
    return { map, draw };
  }

  function drawZones(layer, run, renderer) {
    run.outlines.forEach((shape, zone) => {
      if (!shape) return;
      const style = { className: "zone-outline", color: "#333", weight: 1.5, fillColor: data.zones[zone].color, fillOpacity: 0.5 };
      L.geoJSON(shape, { pane: "blocks", renderer, style }).bindPopup(() => card(data.zones[zone].name, [])).addTo(layer);
    });
  }

  function drawSchools(layer, run, renderer) {
    const fullest = { variant: -1, year: -1 };
    const rows = run.schools.map((school) => ({ school, row: pick(school, fullest) })).sort((a, b) => (b.row[STUDENTS] || 0) - (a.row[STUDENTS] || 0));
    return rows.map(({ school, row }) => {
      const style = { className: "school", radius: 5, color: "#1d2530", weight: 1.2, fillOpacity: 1, fillColor: crowding(row, run.steps) };
      L.circleMarker([school.y, school.x], { pane: "schools", renderer, ...style })
        .bindPopup(() => card(school.name, figures(row, run))).addTo(layer);
      return label(school, layer);
    });
  }

  function figures(row, run) {
    const rows = [[say("students"), show(row[STUDENTS])], [say("seats"), show(row[SEATS])]];
    return run.steps.length ? [...rows, [say("largest"), show(row[LARGEST])]] : rows;
  }

  function synchronise(one, other) {
    let leading = false;
    for (const [map, follower] of [[one, other], [other, one]]) {
      map.on("move", () => {
        if (leading || !laidOver()) return;
        leading = true;
        follower.setView(map.getCenter(), map.getZoom(), { animate: false });
        leading = false;
      });
    }
  }

  function list(first, second) {
    const body = document.querySelector("#moves tbody"), said = document.getElementById("moves-said");
    body.replaceChildren();
    if (!laidOver()) { said.textContent = say("not_laid_over"); return; }
    const moves = data.blocks.filter((block) => block.zones[first] !== block.zones[second]);
    moves.sort((a, b) => b.children[second] - a.children[second] || (a.id < b.id ? -1 : 1));
    const children = moves.reduce((sum, block) => sum + block.children[second], 0);
    const values = { blocks: show(moves.length), children: show(Math.round(children)), from: data.runs[first].name, to: data.runs[second].name };
    said.textContent = say(moves.length ? "moves" : "no_moves", values);
    for (const block of moves) {
      const row = element("tr", null, body);
      row.tabIndex = 0;
      element("th", block.id, row);
      element("td", block.name, row, "text");
      element("td", show(block.children[second]), row);
      element("td", data.zones[block.zones[first]].name, row, "text");
      element("td", data.zones[block.zones[second]].name, row, "text");
      element("td", show(block.walk[first]), row);
      element("td", show(block.walk[second]), row);
      element("td", signed(block.walk[second] - block.walk[first]), row);
      const look = () => after.map.fitBounds(L.geoJSON(block.shape).getBounds().pad(4));
      row.addEventListener("click", look);
      row.addEventListener("keydown", (event) => { if (event.key === "Enter") look(); });
    }
  }

  function walks(first, second) {
    const pair = data.pairs[`${first}-${second}`], middle = (data.bands.length - 1) / 2;
    const body = document.querySelector("#walk-bands tbody"), settings = document.querySelector("#walk-settings tbody");
    const said = document.getElementById("walks-said"), quantiles = document.getElementById("walks-quantiles");
    for (const node of [body, settings]) node.replaceChildren();
    for (const node of [said, quantiles]) node.textContent = "";
    document.getElementById("walk-settings").hidden = !pair || !pair.setting.length;
    document.getElementById("walk-bands").hidden = !pair;
    if (!pair) { said.textContent = say(laidOver() ? "no_moves" : "not_laid_over", { from: data.runs[first].name, to: data.runs[second].name }); return; }
    said.textContent = say("walks_said", {
      from: data.runs[first].name, to: data.runs[second].name, further: show(Math.round(pair.further)), nearer: show(Math.round(pair.nearer)),
      further_share: percent(pair.further, pair.children), nearer_share: percent(pair.nearer, pair.children),
      same: show(Math.round(pair.bands[middle])), mean: signed(pair.mean, 1),
    });
    if (pair.quantiles.length) {
      const [q10, q25, q50, q75, q90] = pair.quantiles.map((value) => signed(value));
      quantiles.textContent = say("quantiles", { q10, q25, q50, q75, q90 });
    }
    const most = Math.max(1, ...pair.bands.filter((_, index) => index !== middle));
    data.bands.forEach((name, index) => {
      const row = element("tr", null, body, index < middle ? "nearer" : index > middle ? "further" : "same");
      element("th", name, row);
      element("td", show(pair.bands[index]), row);
      const bar = element("td", null, row, "bar");
      if (index !== middle && pair.bands[index]) element("i", null, bar).style.width = `${100 * pair.bands[index] / most}%`;
    });
    for (const [name, ...numbers] of pair.setting) {
      const row = element("tr", null, settings);
      element("th", name, row);
      numbers.forEach((value, index) => element("td", index === 3 ? signed(value, 1) : show(Math.round(value)), row));
    }
  }

  function stack(counts, most, parent) {
    const root = element("div", null, parent, "stack");
    const colors = data.sizeColors.slice(data.sizeColors.length - counts.length);
    counts.forEach((count, index) => {
      if (!count) return;
      const part = element("i", null, root);
      part.style.width = `${100 * count / most}%`;
      part.style.background = colors[index];
      part.title = `${data.sizeNames[index]}: ${show(count)}`;
    });
  }

  function sizes(first, second) {
    const all = document.querySelector("#sizes-all tbody"), schools = document.querySelector("#sizes-schools tbody");
    if (!all) return;
    all.replaceChildren();
    schools.replaceChildren();
    const sum = (counts) => counts.reduce((total, count) => total + count, 0);
    const found = data.runs.map((_, plan) => data.sizes[data.courses[course][plan]][plan]);
    const most = Math.max(1, ...found.filter(Boolean).map((one) => sum(one.all)));
    found.forEach((one, plan) => {
      const row = element("tr", null, all);
      element("th", data.runs[plan].name, row);
      const bar = element("td", one ? null : say("no_sizes"), row);
      if (!one) { bar.className = "text soft"; return; }
      stack(one.all, most, bar);
      one.all.forEach((count) => element("td", show(count), row));
    });
    [first, second].forEach((plan, index) => { document.querySelectorAll("#sizes-schools th.plan")[index].textContent = data.runs[plan].name; });
    const tables = [found[first], found[second]].map((one) => new Map(one ? one.schools.map(([name, ...counts]) => [name, counts]) : []));
    const names = [...new Set(tables.flatMap((table) => [...table.keys()]))];
    const longest = Math.max(1, ...tables.flatMap((table) => [...table.values()].map(sum)));
    for (const name of names) {
      const row = element("tr", null, schools);
      element("th", name, row);
      for (const table of tables) {
        const cell = element("div", null, element("td", null, row), "cell"), counts = table.get(name);
        if (!counts) { element("small", "–", cell); continue; }
        stack(counts, longest, cell);
        element("small", show(sum(counts)), cell);
      }
    }
  }
})();

/* Draws a zoning into a Leaflet map: blocks once, on one canvas, recolored by the layer that is chosen. */
"use strict";

const WALK = ["#ffffd9", "#c7e9b4", "#7fcdbb", "#41b6c4", "#225ea8", "#081d58"];
function zoningMap(map, layers, data) {
  const say = (key, values = {}) => data.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const show = (value) => value === null ? "–" : Number(value).toLocaleString(data.lang, { maximumFractionDigits: 1 });
  const metres = (value) => say("metres", { metres: show(value) });

  makePanes(map);
  map.setMinZoom(-12).setMaxZoom(3); /* zoom 0 is a metre a pixel */
  map.fitBounds(data.bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [window.innerWidth < 800 ? 12 : 250, 12], animate: false });
  map.setMinZoom(Math.floor(map.getZoom()) - 1);
  map.setMaxBounds(L.latLngBounds(data.bounds).pad(0.5));
  L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);

  const painter = paintBlocks(map, layers, data, (block) => blockPopup(block, data, { say, show, metres }));
  drawOutlines(layers, data);
  drawContext(layers, data);
  const schools = drawSchools(layers, data, { say, show });
  const legend = addLegend(map, data, { say }, schools);
  const update = () => { painter.paint(); legend.block(painter.mode()); };
  map.on("baselayerchange", (event) => { painter.choose(event.layer); update(); });
  map.on("zoomend moveend overlayadd", () => declutter(map, schools.labels));
  update();
  translate(map, say);
  declutter(map, schools.labels);
}

function paintBlocks(map, layers, data, popup) {
  const renderer = L.canvas({ pane: "blocks", padding: 0.3 });
  const paths = new Map();
  const group = L.geoJSON(data.blocks.map((block) => ({ type: "Feature", geometry: block.shape, properties: block })), {
    pane: "blocks", renderer, style: { weight: 0.5, color: "#fff", opacity: 0.9 },
    onEachFeature: (feature, path) => paths.set(feature.properties, path),
  }).bindPopup((path) => popup(path.feature.properties), { maxWidth: 340 }).addTo(map);
  const walkColor = (block) => WALK[data.walkBreaks.filter((limit) => block.walk > limit).length];
  const zoneColor = (zone) => zone < 0 ? "#d9d9d9" : data.zones[zone].color;
  const styles = {
    zones: (block) => ({ fillColor: zoneColor(block.zone), fillOpacity: 0.5 }),
    current: (block) => ({ fillColor: zoneColor(block.current), fillOpacity: 0.5 }),
    walk: (block) => ({ fillColor: walkColor(block), fillOpacity: 0.8 }),
  };
  let mode = "zones";
  if (layers.changed) {
    const moved = data.blocks.filter((block) => block.moved);
    const hatch = hatching(map);
    for (const block of moved) {
      L.geoJSON(block.shape, { pane: "changed", renderer: hatch, interactive: false,
        style: { className: "changed-block", color: "#111", weight: 0.8, fillColor: "url(#hatch)", fillOpacity: 1 } }).addTo(layers.changed);
    }
  }
  return {
    choose: (layer) => { mode = Object.keys(styles).find((key) => layers[key] === layer) || mode; },
    mode: () => mode,
    paint: () => paths.forEach((path, block) => path.setStyle(styles[mode](block))),
    group,
  };
}

function drawOutlines(layers, data) {
  const draw = (outlines, layer, style) => outlines.forEach((shape) => {
    if (shape) L.geoJSON(shape, { pane: "lines", interactive: false, style: { fill: false, ...style } }).addTo(layer);
  });
  draw(data.outlines, layers.zones, { className: "zone-outline", color: "#333", weight: 2 });
  draw(data.outlines, layers.walk, { color: "#333", weight: 2 });
  if (layers.current) draw(data.currentOutlines, layers.current, { color: "#333", weight: 2 });
  if (layers.current_lines) draw(data.currentOutlines, layers.current_lines, { color: "#b2182b", weight: 2.5, dashArray: "7 5" });
}

function drawContext(layers, data) {
  const draw = (shape, layer, style) => {
    if (shape && layer) L.geoJSON(shape, { pane: "context", interactive: false, style }).addTo(layer);
  };
  draw(data.roads, layers.roads, { color: "#6d6a66", weight: 0.8, opacity: 0.7 });
  draw(data.barriers, layers.barriers, { color: "#3b7fc4", weight: 3, opacity: 0.8 });
}

function drawSchools(layers, data, tell) {
  const renderer = L.svg({ pane: "schools", padding: 0.3 });
  const choice = { variant: -1, year: -1 };
  const top = Math.max(1, ...data.schools.map((school) => pick(school, choice)[STUDENTS] || 0));
  const radius = (students) => 4 + 12 * Math.sqrt((students || 0) / top);
  const order = [...data.schools].sort((a, b) => (pick(b, choice)[STUDENTS] || 0) - (pick(a, choice)[STUDENTS] || 0));
  const labels = [];
  const marks = order.map((school) => {
    const mark = L.circleMarker([school.y, school.x], { pane: "schools", renderer, className: "school", color: "#1d2530", weight: 1.5, fillOpacity: 1 });
    mark.bindPopup(() => schoolPopup(school, data, choice, tell), { maxWidth: 420 }).addTo(layers.schools);
    labels.push(label(school, layers.schools));
    return { mark, school };
  });
  data.closed.forEach((school) => {
    const cross = L.divIcon({ className: "closed-school", html: "✕", iconSize: [16, 16] });
    L.marker([school.y, school.x], { pane: "schools", icon: cross, title: tell.say("closed", { name: school.name }) }).addTo(layers.schools);
  });
  const update = () => marks.forEach(({ mark, school }) => {
    const row = pick(school, choice);
    mark.setRadius(radius(row[STUDENTS])).setStyle({ fillColor: crowding(row, data.steps) });
  });
  update();
  return { labels, choice, update, top, radius };
}

function blockPopup(block, data, { say, show, metres }) {
  const rows = [
    [say("block_id"), block.id],
    [say("community"), [block.community, block.setting].filter(Boolean).join(" · ")],
    [say("school"), data.zones[block.zone].name],
    [say("walk"), metres(block.walk)],
    [say("children"), say("children_value", { students: show(block.students), first: show(block.first), year: data.years[0] })],
  ];
  if (block.current >= 0) rows.push([say("current_school"), data.zones[block.current].name + (block.moved ? say("changes") : "")]);
  return card(block.name || block.id, rows);
}

function schoolPopup(school, data, choice, { say, show }) {
  const root = card(`${school.name} (${school.id})`, []);
  root.lastChild.remove();
  const table = element("table", null, root, "years");
  const roomy = data.steps.length && school.figures.flat().some((row) => row[ROOMS] !== null);
  const columns = roomy ? { students: STUDENTS, classes: CLASSES, rooms: ROOMS, largest: LARGEST } : { students: STUDENTS, seats: SEATS, over_seats: OVER_SEATS };
  const head = element("tr", null, table);
  ["year", ...Object.keys(columns)].forEach((key) => element("th", say(key), head));
  const variants = choice.variant < 0 ? school.figures.map((_, index) => index) : [choice.variant];
  data.years.forEach((year, index) => {
    const row = element("tr", null, table);
    const worst = pick({ figures: variants.map((variant) => school.figures[variant]) }, { variant: -1, year: index });
    [String(year), ...Object.values(columns).map((column) => show(worst[column]))].forEach((text) => element("td", text, row));
  });
  return root;
}

function addLegend(map, data, { say }, schools) {
  const control = L.control({ position: "bottomright" });
  let blocks;
  control.onAdd = () => {
    const root = element("div", null, null, "legend");
    L.DomEvent.disableClickPropagation(root);
    L.DomEvent.disableScrollPropagation(root);
    const fold = element("details", null, root);
    fold.open = window.innerWidth >= 800;
    element("summary", say("legend"), fold);
    blocks = element("div", null, fold);
    schoolLegend(fold, data, say, schools);
    return root;
  };
  control.addTo(map);
  return { block: (mode) => blockLegend(blocks, mode, data, say) };
}

function blockLegend(root, mode, data, say) {
  root.replaceChildren();
  element("h3", say(`legend_${mode}`), root);
  if (mode !== "walk") {
    element("div", say("legend_zones_note"), root);
    return;
  }
  const limits = [0, ...data.walkBreaks];
  limits.forEach((from, index) => {
    const to = data.walkBreaks[index];
    swatch(root, WALK[index], to ? say("walk_range", { from, to }) : say("walk_above", { from }), { opacity: 0.8 });
  });
}

function schoolLegend(root, data, say, schools) {
  const rows = data.schools.flatMap((school) => school.figures.flat());
  const roomy = data.steps.length && rows.some((row) => row[ROOMS] !== null);
  element("h3", say(roomy ? "legend_schools" : "legend_seats"), root);
  const round = { round: true };
  if (roomy) {
    const [limit, big, huge] = data.steps;
    swatch(root, CROWDING[0], say("crowd_ok", { limit }), round);
    swatch(root, CROWDING[1], say("crowd_range", { from: limit + 1, to: big }), round);
    swatch(root, CROWDING[2], say("crowd_range", { from: big + 1, to: huge }), round);
    swatch(root, CROWDING[3], say("crowd_above", { from: huge + 1 }), round);
  }
  if (!roomy || rows.some((row) => row[ROOMS] === null && row[SEATS] !== null)) {
    swatch(root, CROWDING[0], say("seats_ok"), round);
    swatch(root, CROWDING[2], say("seats_over"), round);
  }
  if (rows.some((row) => row[ROOMS] === null && row[SEATS] === null)) swatch(root, UNKNOWN, say("crowd_unknown"), round);
  swatch(root, "#fff", say("size", { students: schools.top.toLocaleString(data.lang) }), { round: true, radius: 9 });
  if (data.closed.length) {
    const row = element("div", null, root, "row");
    element("span", "✕", row, "key closed-school");
    element("span", say("closed_key"), row);
  }
  if (data.years.length > 1) chooser(root, say("show_year"), [say("fullest_year"), ...data.years], (index) => { schools.choice.year = index - 1; schools.update(); });
  if (data.variants.length > 1) {
    chooser(root, say("show_variant"), [say("fullest_variant"), ...data.variants], (index) => { schools.choice.variant = index - 1; schools.update(); });
  }
}

function chooser(parent, name, options, choose) {
  const row = element("label", null, parent);
  element("span", name, row);
  const select = element("select", null, row);
  options.forEach((text) => element("option", text, select));
  select.addEventListener("change", () => choose(select.selectedIndex));
}

/* What the maps of all pages share: panes, patterns, school symbols, names, popups. */
"use strict";

const CROWDING = ["#2166ac", "#fdd049", "#e6550d", "#67001f"]; /* within the limit, above each of the policy's three steps */
const UNKNOWN = "#8a8f96";
const STUDENTS = 0, CLASSES = 1, ROOMS = 2, SEATS = 3, LARGEST = 4, OVER_SEATS = 5;

/* Only blocks and schools answer the mouse; everything drawn between them lets it through. */
function makePanes(map) {
  const panes = { blocks: 400, context: 405, changed: 408, lines: 410, schools: 450 };
  for (const [name, z] of Object.entries(panes)) {
    const pane = map.createPane(name);
    pane.style.zIndex = z;
    if (name !== "blocks" && name !== "schools") pane.style.pointerEvents = "none";
  }
}

/* Leaflet's own few words, in the language of the page. */
function translate(map, say) {
  const name = (root, selector, key) => root.querySelectorAll(selector).forEach((node) => { node.title = say(key); node.setAttribute("aria-label", say(key)); });
  name(map.getContainer(), ".leaflet-control-zoom-in", "zoom_in");
  name(map.getContainer(), ".leaflet-control-zoom-out", "zoom_out");
  name(map.getContainer(), ".leaflet-control-layers-toggle", "layers");
  map.on("popupopen", (event) => name(event.popup.getElement(), ".leaflet-popup-close-button", "close"));
}

/* An SVG renderer that knows the pattern #hatch: changed blocks are told by a pattern, not by a color alone. */
function hatching(map) {
  const renderer = L.svg({ pane: "changed", padding: 0.3 }).addTo(map);
  const node = (name, attributes, parent) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return parent.appendChild(made);
  };
  const defs = node("defs", {}, renderer._container);
  const pattern = node("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
  node("line", { x1: 1, y1: 0, x2: 1, y2: 7, stroke: "#111", "stroke-width": 2 }, pattern);
  node("line", { x1: 2.6, y1: 0, x2: 2.6, y2: 7, stroke: "#fff", "stroke-width": 1.2 }, pattern);
  return renderer;
}

/* Figures of a school in the chosen variant (or the fullest) and year (or the fullest): the worst of each. */
function pick(school, choice) {
  const variants = choice.variant < 0 ? school.figures : [school.figures[choice.variant]];
  const rows = variants.flatMap((years) => choice.year < 0 ? years : [years[choice.year]]);
  return rows[0].map((_, column) => {
    const known = rows.map((row) => row[column]).filter((value) => value !== null);
    if (!known.length) return null;
    return column === ROOMS || column === SEATS ? Math.min(...known) : Math.max(...known);
  });
}

function crowding(row, steps) {
  if (row[ROOMS] === null && row[SEATS] === null) return UNKNOWN;
  if (row[ROOMS] === null || !steps.length) return row[OVER_SEATS] > 0 ? CROWDING[2] : CROWDING[0];
  return CROWDING[steps.filter((size) => row[LARGEST] > size).length];
}

function label(school, layer) {
  const text = document.createElement("span");
  text.textContent = school.name;
  return L.tooltip({ permanent: true, direction: "top", offset: [0, -10], className: "school-name", interactive: false })
    .setLatLng([school.y, school.x]).setContent(text).addTo(layer);
}

/* Hides names that would lie on a larger school's name. */
function declutter(map, labels) {
  const kept = [];
  for (const tip of labels) {
    const node = tip.getElement();
    if (!node) continue;
    const box = node.getBoundingClientRect();
    const hit = kept.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
    node.classList.toggle("hidden", hit);
    if (!hit) kept.push(box);
  }
}

function element(name, text, parent, className) {
  const node = document.createElement(name);
  if (text !== undefined && text !== null) node.textContent = text;
  if (className) node.className = className;
  if (parent) parent.appendChild(node);
  return node;
}

function card(title, rows) {
  const root = element("div", null, null, "popup");
  element("h2", title, root);
  const table = element("table", null, root);
  for (const [name, value] of rows) {
    const row = element("tr", null, table);
    element("th", name, row);
    element("td", value, row);
  }
  return root;
}

function swatch(parent, color, text, { round = false, radius = 7, opacity = 1 } = {}) {
  const row = element("div", null, parent, "row");
  const key = element("span", null, row, "key");
  const size = round ? 2 * radius + 2 : 14;
  const shape = round ? `<circle cx="${size / 2}" cy="${size / 2}" r="${radius}"` : `<rect width="14" height="14"`;
  key.innerHTML = `<svg width="${size}" height="${size}" aria-hidden="true">${shape} fill="${color}" fill-opacity="${opacity}" stroke="#777"/></svg>`;
  element("span", text, row);
}

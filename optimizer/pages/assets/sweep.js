/* Draws the trade-offs, the chances and the runs of the county that is chosen. */
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const MOST_ROWS = 300;
  const NOTHING = "–";
  const byId = (id) => document.getElementById(id);
  const fill = (said, values) => said.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const grouped = (value, places = 0) => (value === null ? NOTHING
    : value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }).replace("-", "−"));

  function element(name, attributes = {}, text = null, parent = null) {
    const made = name === "svg" || parent instanceof SVGElement ? document.createElementNS(SVG, name) : document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== null) made.textContent = text;
    if (parent !== null) parent.append(made);
    return made;
  }

  /* A round step that makes three to seven ticks over a range. */
  function ticks(least, most) {
    const [low, high] = most > least ? [least, most] : [Math.max(least - 1, 0), most + 1];
    const span = high - low;
    const unit = 10 ** Math.floor(Math.log10(span));
    const step = [0.2, 0.5, 1, 2].map((share) => share * unit).find((size) => span / size <= 6) || 2 * unit;
    const found = [];
    for (let at = Math.floor(low / step); at * step < high + step; at += 1) found.push(+(at * step).toPrecision(12));
    return found;
  }

  const tip = element("div", { class: "tip", hidden: "" }, null, document.body);

  function point(rank, event) {
    document.querySelectorAll("[data-point].on").forEach((node) => node.classList.remove("on"));
    tip.hidden = rank === null;
    if (rank === null) return;
    document.querySelectorAll(`[data-point="${rank}"]`).forEach((node) => node.classList.add("on"));
    const shown = panel().points[rank];
    tip.replaceChildren(element("b", {}, shown.name));
    ["walk", "crowding", "change"].forEach((axis) => {
      element("div", {}, `${county().axes[axis]}: ${grouped(shown[axis], axis === "crowding" ? 1 : 0)}`, tip);
    });
    const right = event.clientX + 360 > window.innerWidth;
    tip.style.left = right ? "" : `${event.clientX + 14}px`;
    tip.style.right = right ? `${window.innerWidth - event.clientX + 14}px` : "";
    tip.style.top = `${Math.min(event.clientY + 14, window.innerHeight - 120)}px`;
  }

  function listen(node, index) {
    node.dataset.point = index;
    node.addEventListener("mouseenter", (event) => point(index, event));
    node.addEventListener("mouseleave", () => point(null));
  }

  function scatter(target, xAxis, yAxis) {
    const [width, height, left, right, top, bottom] = [520, 330, 62, 14, 22, 44];
    const points = panel().points;
    const name = county().axes;
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${name[xAxis]} · ${name[yAxis]}` });
    const range = (axis) => {
      const values = points.map((p) => p[axis]);
      return ticks(Math.min(...values), Math.max(...values));
    };
    const [xs, ys] = [range(xAxis), range(yAxis)];
    const place = (value, at, from, to) => from + (value - at[0]) / (at[at.length - 1] - at[0]) * (to - from);
    const x = (value) => place(value, xs, left, width - right);
    const y = (value) => place(value, ys, height - bottom, top);
    ys.forEach((value) => {
      element("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }, null, svg);
      element("text", { class: "tick", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, grouped(value, value % 1 ? 1 : 0), svg);
    });
    xs.forEach((value) => {
      element("line", { class: "grid", x1: x(value), x2: x(value), y1: top, y2: height - bottom }, null, svg);
      element("text", { class: "tick", x: x(value), y: height - bottom + 16, "text-anchor": "middle" }, grouped(value, value % 1 ? 1 : 0), svg);
    });
    element("text", { class: "axis", x: width - right, y: height - 8, "text-anchor": "end" }, `${name[xAxis]} →`, svg);
    element("text", { class: "axis", x: 2, y: 12 }, `↑ ${name[yAxis]}`, svg);
    [...points.keys()].sort((a, b) => (points[a].rank > 0) - (points[b].rank > 0)).forEach((index) => {
      const p = points[index];
      const group = element("g", { class: "point" }, null, svg);
      element("circle", { class: p.rank ? "efficient" : "", cx: x(p[xAxis]), cy: y(p[yAxis]), r: p.rank ? 6 : 4.5 }, null, group);
      if (p.rank) element("text", { class: "mark", x: x(p[xAxis]) + 8, y: y(p[yAxis]) - 6 }, String(p.rank), group);
      listen(group, index);
    });
    target.replaceChildren(svg);
  }

  function listEfficient() {
    ["walk", "crowding", "change"].forEach((axis) => { document.querySelector(`#efficient th.${axis}`).textContent = county().axes[axis]; });
    const body = document.querySelector("#efficient tbody");
    body.replaceChildren();
    const points = panel().points;
    [...points.keys()].filter((index) => points[index].rank).sort((a, b) => points[a].rank - points[b].rank).forEach((index) => {
      const p = points[index];
      const row = element("tr", {}, null, body);
      element("th", { scope: "row", class: "num" }, String(p.rank), row);
      element("td", { class: "text" }, p.name, row);
      [grouped(p.runs), grouped(p.walk), grouped(p.crowding, 1), grouped(p.change)].forEach((text) => element("td", {}, text, row));
      listen(row, index);
    });
  }

  function drawTrade() {
    point(null);
    const alone = panel().points.length < 2;
    byId("one-setting").hidden = !alone;
    document.querySelector(".scatters").hidden = alone;
    scatter(byId("walk-crowding"), "walk", "crowding");
    scatter(byId("change-crowding"), "change", "crowding");
    listEfficient();
  }

  /* From white over orange to dark red; text turns white where it must. */
  function shade(share) {
    const stops = [[255, 255, 255], [253, 212, 158], [227, 100, 70], [140, 20, 20]];
    const at = share / 100 * (stops.length - 1);
    const [low, rest] = [Math.min(Math.floor(at), stops.length - 2), at - Math.min(Math.floor(at), stops.length - 2)];
    const mixed = stops[low].map((value, i) => Math.round(value + (stops[low + 1][i] - value) * rest));
    return `background: rgb(${mixed.join(",")}); color: ${share > 55 ? "#fff" : "var(--ink)"}`;
  }

  function drawHeat() {
    const heat = county().heats[byId("setting").value || 0];
    byId("heat-said").textContent = heat.said;
    byId("heat-never").hidden = heat.schools.length > 0;
    byId("heat").hidden = heat.schools.length === 0;
    const head = element("tr");
    element("th", {}, DATA.texts.school, head);
    heat.years.forEach((year) => element("th", { scope: "col" }, String(year), head));
    document.querySelector("#heat thead").replaceChildren(head);
    document.querySelector("#heat tbody").replaceChildren(...heat.schools.map((school) => {
      const row = element("tr");
      const cell = element("th", { scope: "row" }, school.name, row);
      if (school.id !== school.name) element("small", {}, school.id, cell);
      school.chance.forEach((share) => {
        const said = share === null ? NOTHING : share === 0 ? "" : fill(DATA.texts.percent, { share });
        element("td", share ? { style: shade(share) } : {}, said, row);
      });
      return row;
    }));
  }

  function listRuns() {
    const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const status = byId("status").value;
    const found = DATA.runs.filter((run) => (!status || run[4] === status)
      && words.every((word) => `${run[0]} ${run[1]} ${run[2]} ${run[10]}`.toLowerCase().includes(word)));
    document.querySelector("#runs tbody").replaceChildren(...found.slice(0, MOST_ROWS).map((run) => {
      const [number, place, overrides, draw, result, walk, crowding, change, gap, seconds, id] = run;
      const row = element("tr", { title: id });
      element("th", { scope: "row", class: "num" }, String(number), row);
      if (HAS.counties) element("td", { class: "text" }, place, row);
      element("td", { class: "text" }, overrides, row);
      if (HAS.draws) element("td", {}, draw === null ? NOTHING : String(draw), row);
      element("td", { class: result === "done" ? "text" : "text bad" }, DATA.texts[`status.${result}`], row);
      [grouped(walk), grouped(crowding, 1), grouped(change), gap === null ? NOTHING : `${grouped(gap, 2)} %`, grouped(seconds, 1)]
        .forEach((text) => element("td", {}, text, row));
      return row;
    }));
    byId("runs-said").textContent = fill(DATA.texts.shown, { shown: grouped(Math.min(found.length, MOST_ROWS)), count: grouped(found.length) });
  }

  const county = () => DATA.counties[byId("county").value || 0];
  const panel = () => county().panels[byId("future").value || 0];

  /* Fills a choice; one that leaves nothing to choose is not shown. */
  function offer(id, names) {
    byId(id).replaceChildren(...names.map((name, index) => element("option", { value: index }, name)));
    byId(`${id}-choice`).hidden = names.length < 2;
  }

  function chooseCounty() {
    offer("future", county().panels.map((one) => one.name));
    offer("setting", county().heats.map((heat) => heat.name));
    drawTrade();
    drawHeat();
  }

  if (DATA.counties.length) {
    offer("county", DATA.counties.map((one) => one.name));
    byId("county").addEventListener("change", chooseCounty);
    byId("future").addEventListener("change", drawTrade);
    byId("setting").addEventListener("change", drawHeat);
    chooseCounty();
  }
  byId("words").addEventListener("input", listRuns);
  byId("status").addEventListener("change", listRuns);
  listRuns();
})();

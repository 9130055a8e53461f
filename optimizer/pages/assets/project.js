/* The tables of a case show the projection that is chosen. */
"use strict";

document.querySelectorAll("select.variant").forEach((select) => select.addEventListener("change", () => {
  select.closest("article").querySelectorAll("tbody[data-variant]").forEach((body) => { body.hidden = body.dataset.variant !== select.value; });
}));

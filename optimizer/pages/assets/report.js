/* The table of schools shows the year and the projection that are chosen. */
"use strict";

(() => {
  const year = document.getElementById("year");
  const variant = document.getElementById("variant");
  const bodies = [...document.querySelectorAll("table.schools tbody")];
  const update = () => bodies.forEach((body) => {
    body.hidden = body.dataset.year !== year.value || (variant !== null && body.dataset.variant !== variant.value);
  });
  [year, variant].filter(Boolean).forEach((select) => select.addEventListener("change", update));
})();

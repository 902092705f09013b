"use strict";
(() => {
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("tr[data-outcome], tr[data-bug]"),
    (row) => ({ row, layer: row.dataset.layer, outcome: row.dataset.outcome, text: row.textContent.toLowerCase() }));
  for (const entry of rows) {
    const head = entry.row.parentElement.querySelector(".head");
    if (head) {
      entry.text += " " + head.textContent.toLowerCase();
    }
  }
  const groups = Array.from(document.querySelectorAll("table.rows tbody"));
  const cells = Array.from(document.querySelectorAll("a.cell"));
  const fits = (wanted, value) => !wanted || value === undefined || value === wanted;

  function apply() {
    const layer = form.elements.layer.value;
    const outcome = form.elements.outcome.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const filtered = Boolean(layer || outcome || words.length);
    let shown = 0;
    let all = 0;
    for (const entry of rows) {
      const fit = fits(layer, entry.layer) && fits(outcome, entry.outcome)
        && words.every((word) => entry.text.includes(word));
      entry.row.hidden = !fit;
      if (entry.outcome !== undefined) {
        all += 1;
        shown += fit ? 1 : 0;
      }
    }
    for (const group of groups) {
      group.hidden = filtered && !group.querySelector("tr:not(.head):not([hidden])");
    }
    for (const cell of cells) {
      const target = document.getElementById(cell.hash.slice(1));
      cell.classList.toggle("dim", Boolean(target && target.hidden));
    }
    form.querySelector("output").textContent = filtered ? shown + " of " + all + " workers shown" : "";
  }

  function reveal() {
    const target = document.getElementById(location.hash.slice(1));
    if (target && (target.hidden || (target.parentElement && target.parentElement.hidden))) {
      form.reset();
      apply();
      target.scrollIntoView();
    }
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", reveal);
  apply();
})();

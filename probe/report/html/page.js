// Draws the charts, and sorts the tables. Data is only ever inserted as text, never as markup.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);

  function specification(chart) {
    const made = structuredClone(data.kinds[chart.kind]);
    made.datasets = chart.data;
    if (chart.height !== null) made.height = chart.height;
    for (const each of made.params ?? []) if (each.name === "most" && chart.most !== null) each.value = chart.most;
    return made;
  }

  // Vega's own tooltip writes markup; this one writes text.
  function tooltip() {
    const shown = document.getElementById("tooltip");
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") shown.hidden = true;
    });
    return (_, event, __, told) => {
      shown.hidden = !told;
      if (!told) return;
      shown.textContent = told;
      const { width, height } = shown.getBoundingClientRect();
      const left = Math.min(event.clientX + 12, document.documentElement.clientWidth - width - 4);
      const top = event.clientY + 16 + height > window.innerHeight ? event.clientY - height - 10 : event.clientY + 16;
      shown.style.left = `${Math.max(4, left)}px`;
      shown.style.top = `${Math.max(4, top)}px`;
    };
  }

  async function draw() {
    // ast: Vega interprets expressions, because the page's policy forbids eval.
    const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: tooltip() };
    for (const place of document.querySelectorAll(".chart")) {
      await window.vegaEmbed(place, specification(data.charts[place.dataset.chart]), options);
    }
    document.documentElement.dataset.drawn = "yes";
    document.dispatchEvent(new Event("drawn"));
  }

  const ROLES = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  const order = new Intl.Collator("en", { numeric: true });

  // On a phone the cells of a row stand below each other (page.css), each with its head. Roles keep it a table.
  function label(table) {
    const heads = [...table.tHead.rows[0].cells].map((each) => each.textContent);
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody, tr, td")) part.setAttribute("role", ROLES[part.tagName]);
    for (const head of table.querySelectorAll("th")) {
      head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
    }
    for (const row of table.querySelectorAll("tbody tr")) {
      for (const cell of row.cells) {
        if (cell.tagName === "TD" && cell.colSpan === 1) cell.dataset.label = heads[cell.cellIndex];
      }
    }
  }

  // A click on a head sorts: numbers from the largest, words from A; the next turns it round, the third restores.
  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      const first = head.classList.contains("number") ? "descending" : "ascending";
      const states = ["none", first, first === "ascending" ? "descending" : "ascending"];
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const state = states[(states.indexOf(head.getAttribute("aria-sort") ?? "none") + 1) % states.length];
        for (const each of heads) each.removeAttribute("aria-sort");
        if (state !== "none") head.setAttribute("aria-sort", state);
        const detail = { column, sign: { none: 0, ascending: 1, descending: -1 }[state] };
        table.dispatchEvent(new CustomEvent("sort", { detail }));
      });
    });
  }

  // Sorts rows, or the bodies of a table that has several. A figure counts up to the first sign that is no digit.
  function sortRows(table) {
    const parts = table.tBodies.length > 1 ? [...table.tBodies] : [...table.tBodies[0].rows];
    const above = parts[0].parentNode;
    table.addEventListener("sort", ({ detail: { column, sign } }) => {
      const isNumber = table.tHead.rows[0].cells[column].classList.contains("number");
      const worth = (part) => {
        const text = (part.rows?.[0] ?? part).cells[column].textContent.trim();
        return isNumber ? parseFloat(text.replaceAll(",", "")) || 0 : text;
      };
      const compare = isNumber ? (one, two) => one - two : order.compare;
      above.append(...(sign ? [...parts].sort((one, two) => sign * compare(worth(one), worth(two))) : parts));
    });
  }

  // Folded parts cannot be opened on paper, so print them unfolded.
  window.addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((each) => {
    each.open = true;
    each.dataset.forPrint = "";
  }));
  window.addEventListener("afterprint", () => document.querySelectorAll("details[data-for-print]").forEach((each) => {
    each.open = false;
    delete each.dataset.forPrint;
  }));
  for (const table of document.querySelectorAll("table")) {
    label(table);
    if (table.id === "list") sortable(table);
    else if (table.querySelectorAll("tbody > tr").length > 1) {
      sortable(table);
      sortRows(table);
    }
  }
  draw();
})();

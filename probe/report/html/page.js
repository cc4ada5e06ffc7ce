// Draws the charts and lists the recipients. Data is only ever inserted as text, never as markup.
(() => {
  "use strict";
  const STEP = 25;
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
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function list({ classifiers, outcomes, texts, rows }) {
    const form = document.getElementById("search");
    const table = document.getElementById("list");
    const body = table.tBodies[0];
    const more = document.getElementById("more");
    const found = document.getElementById("found");
    const haystacks = [];
    let hits = rows;
    let shown = 0;

    const kinds = [["all listed", () => true]];
    for (const [outcome, words] of Object.entries(outcomes)) {
      const number = texts.indexOf(outcome);
      kinds.push([words, (row) => row[3] === number]);
    }
    const isAlive = (row) => texts[row[4]].startsWith("alive");
    classifiers.forEach((name, number) => {
      const isWrong = (row) => row[6].includes(number);
      kinds.push([`alive, suppressed by ${name}`, (row) => isWrong(row) && isAlive(row)]);
      kinds.push([`gone, kept by ${name}`, (row) => isWrong(row) && !isAlive(row)]);
    });
    kinds.forEach(([words], number) => form.elements.kind.append(element("option", words, { value: number })));

    function haystack(number) {
      haystacks[number] ??= `${rows[number].slice(0, 6).map((each) => texts[each]).join("\n")}\n${story(rows[number])}`.toLowerCase();
      return haystacks[number];
    }

    function story(row) {
      return row[7].map((each) => (typeof each === "string" ? `${each}  ` : `${texts[each]}\n`)).join("");
    }

    function rowOf(row) {
      const made = element("tr");
      const head = element("th", "", { scope: "row" });
      const button = element("button", "", { type: "button", "aria-expanded": "false" });
      button.append(element("bdi", texts[row[0]]));
      const where = [texts[row[2]], texts[row[1]]].filter(Boolean).join(", ");
      head.append(button, element("div", where, { class: "where" }));
      const wrong = cell(row[6].map((number) => classifiers[number]).join(", "));
      // On narrow screens there is no room for names, so the number of wrong classifiers is shown; the history names them.
      wrong.append(element("span", row[6].length ? `${row[6].length} of ${classifiers.length}` : ""));
      made.append(head, cell(texts[row[4]]), cell(texts[row[5]]), wrong);
      button.addEventListener("click", () => toggle(button, made, row));
      return made;
    }

    function cell(text) {
      const made = element("td");
      made.append(element("bdi", text));
      return made;
    }

    function toggle(button, above, row) {
      const isOpen = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) {
        above.nextElementSibling.remove();
        return;
      }
      const whole = element("td", "", { colspan: "4" });
      whole.append(element("pre", story(row), { class: "story" }));
      const below = element("tr");
      below.append(whole);
      above.after(below);
    }

    function showMore() {
      body.append(...hits.slice(shown, shown + STEP).map(rowOf));
      shown = Math.min(hits.length, shown + STEP);
      more.hidden = shown === hits.length;
      const all = hits.length.toLocaleString("en");
      found.textContent = shown < hits.length ? `${all} found, ${shown.toLocaleString("en")} shown` : `${all} found`;
    }

    function search() {
      const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const isOfKind = kinds[form.elements.kind.value][1];
      hits = rows.filter((row, number) => isOfKind(row) && words.every((word) => haystack(number).includes(word)));
      body.replaceChildren();
      shown = 0;
      showMore();
    }

    form.addEventListener("input", search);
    form.addEventListener("submit", (event) => event.preventDefault());
    more.addEventListener("click", showMore);
    form.hidden = false;
    table.hidden = false;
    search();
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
  list(data.recipients);
  draw();
})();

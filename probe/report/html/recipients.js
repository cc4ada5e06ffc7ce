// Lists the recipients, and those to un-suppress. Data is only ever inserted as text, never as markup.
(() => {
  "use strict";
  const STEP = 25;
  const data = JSON.parse(document.getElementById("data").textContent);
  const { classifiers, outcomes, texts, rows, living } = data.recipients;
  const form = document.getElementById("search");
  const table = document.getElementById("list");
  const body = table.tBodies[0];
  const more = document.getElementById("more");
  const found = document.getElementById("found");
  const heads = [...table.tHead.rows[0].cells].map((each) => each.textContent);
  const order = new Intl.Collator("en", { numeric: true });
  const haystacks = new Map();
  const buttons = new Map();
  let sorted = { column: 0, sign: 0 };
  let hits = rows;
  let shown = 0;
  let chosen = "";

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  const isAlive = (row) => texts[row[4]].startsWith("alive");
  const nameOf = (row) => [texts[row[1]], texts[row[0]]].filter(Boolean).join("/");
  const wrongOf = (row) => row[6].map((number) => classifiers[number]).join(", ");

  // The kinds of recipients by what the address of the page calls them.
  const kinds = new Map([["", { words: "all listed", isOne: () => true }]]);
  for (const [outcome, words] of Object.entries(outcomes)) {
    const number = texts.indexOf(outcome);
    kinds.set(outcome, { words, isOne: (row) => row[3] === number });
  }
  classifiers.forEach((name, number) => {
    const isWrong = (row) => row[6].includes(number);
    const suppressed = { words: `alive, suppressed by ${name}`, isOne: (row) => isWrong(row) && isAlive(row) };
    const kept = { words: `gone, kept by ${name}`, isOne: (row) => isWrong(row) && !isAlive(row) };
    kinds.set(`suppressed:${name}`, suppressed).set(`kept:${name}`, kept);
  });

  function story(row) {
    return row[7].map((each) => (typeof each === "string" ? `${each}  ` : `${texts[each]}\n`)).join("");
  }

  function haystack(row) {
    if (!haystacks.has(row)) {
      const cells = row.slice(0, 6).map((each) => texts[each]);
      haystacks.set(row, `${cells.join("\n")}\n${story(row)}`.toLowerCase());
    }
    return haystacks.get(row);
  }

  function rowOf(row) {
    const made = element("tr", "", { role: "row" });
    const head = element("th", "", { scope: "row", role: "rowheader" });
    const button = element("button", "", { type: "button", "aria-expanded": "false" });
    button.append(element("bdi", texts[row[0]]));
    head.append(button, element("div", [texts[row[2]], texts[row[1]]].filter(Boolean).join(", "), { class: "where" }));
    made.append(head);
    [texts[row[4]], texts[row[5]], wrongOf(row)].forEach((text, number) => {
      const cell = element("td", "", { role: "cell", "data-label": heads[number + 1] });
      cell.append(element("bdi", text || "none", text ? {} : { class: "nobody" }));
      made.append(cell);
    });
    button.addEventListener("click", () => {
      toggle(row);
      remember();
    });
    buttons.set(row, button);
    return made;
  }

  function toggle(row) {
    const button = buttons.get(row);
    const above = button.closest("tr");
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      above.nextElementSibling.remove();
      if (chosen === nameOf(row)) chosen = "";
      return;
    }
    const below = element("tr", "", { role: "row" });
    const whole = element("td", "", { role: "cell", colspan: "4" });
    whole.append(element("pre", story(row), { class: "story" }));
    below.append(whole);
    above.after(below);
    chosen = nameOf(row);
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
    const { isOne } = kinds.get(form.elements.kind.value);
    const { column, sign } = sorted;
    const worth = [(row) => texts[row[0]], (row) => texts[row[4]], (row) => texts[row[5]], wrongOf][column];
    hits = rows.filter((row) => isOne(row) && words.every((word) => haystack(row).includes(word)));
    if (sign) hits.sort((one, two) => sign * order.compare(worth(one), worth(two)));
    body.replaceChildren();
    buttons.clear();
    shown = 0;
    chosen = "";
    showMore();
  }

  // The fragment of the page's address holds the search and the recipient, so that a link shows the same.
  function remember() {
    const state = { words: form.elements.words.value, kind: form.elements.kind.value, recipient: chosen };
    const told = new URLSearchParams(Object.entries(state).filter(([, value]) => value)).toString();
    if (told || location.hash.includes("=")) {
      history.replaceState(null, "", told ? `#${told}` : `${location.pathname}${location.search}`);
    }
  }

  function recall() {
    if (!location.hash.includes("=")) return;
    const told = new URLSearchParams(location.hash.slice(1));
    const kind = told.get("kind") ?? "";
    const wanted = told.get("recipient");
    form.elements.words.value = told.get("words") ?? "";
    form.elements.kind.value = kinds.has(kind) ? kind : "";
    search();
    if (wanted !== null) {
      const row = rows.find((each) => nameOf(each) === wanted);
      if (row === undefined) {
        found.textContent = `${wanted} is not listed; ${found.textContent}`;
      } else {
        if (!hits.includes(row)) {
          form.elements.words.value = form.elements.kind.value = "";
          search();
        }
        while (!buttons.has(row)) showMore();
        toggle(row);
        buttons.get(row).focus({ preventScroll: true });
        buttons.get(row).scrollIntoView({ block: "center" });
        return;
      }
    }
    form.scrollIntoView();
  }

  function unsuppress() {
    const panel = document.getElementById("unsuppress");
    const told = document.getElementById("copied");
    const by = panel.elements.by;
    const all = [...rows.filter(isAlive), ...living];
    const of = (number) => all.filter((row) => row[6].includes(number));
    classifiers.forEach((name, number) => {
      const size = of(number).length;
      if (size) by.append(element("option", `${name} (${size.toLocaleString("en")})`, { value: number }));
    });
    if (!by.options.length) return;
    panel.hidden = false;
    panel.addEventListener("submit", (event) => event.preventDefault());
    by.addEventListener("input", () => (told.textContent = ""));
    panel.elements.copy.addEventListener("click", async () => {
      const addresses = [...new Set(of(Number(by.value)).map((row) => texts[row[0]]))];
      const size = addresses.length.toLocaleString("en");
      const isCopied = await copied(addresses.join("\n"));
      told.textContent = isCopied ? `${size} copied` : "The browser does not allow to copy; save them as CSV.";
    });
    panel.elements.save.addEventListener("click", () => {
      const number = Number(by.value);
      const lines = of(number).map((row) => [row[0], row[1], row[2], row[4]].map((each) => texts[each]));
      save([["recipient", "campaign", "gateway", "truth"], ...lines], `unsuppress-${classifiers[number]}.csv`);
      told.textContent = `${lines.length.toLocaleString("en")} saved`;
    });
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // A page from an address without TLS may not write to the clipboard; what is selected can be copied.
      const area = element("textarea", "", { class: "unseen" });
      area.value = text;
      document.body.append(area);
      area.select();
      const isCopied = document.execCommand("copy");
      area.remove();
      return isCopied;
    }
  }

  function save(lines, name) {
    // A spreadsheet takes what begins with these signs for a formula, unless a quotation mark stands before it.
    const cell = (text) => `"${text.replace(/^[=+\-@]/, "'$&").replaceAll('"', '""')}"`;
    const text = lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    element("a", "", { href: address, download: name.replace(/[^\w.-]+/g, "-") }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  for (const [value, { words }] of kinds) form.elements.kind.append(element("option", words, { value }));
  form.addEventListener("input", () => {
    search();
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  table.addEventListener("sort", ({ detail }) => {
    sorted = detail;
    search();
    remember();
  });
  more.addEventListener("click", showMore);
  window.addEventListener("hashchange", recall);
  form.hidden = false;
  table.hidden = false;
  search();
  unsuppress();
  recall();
  // The charts are drawn later, and move what is below them.
  const recalled = buttons.get(rows.find((each) => nameOf(each) === chosen));
  if (recalled) document.addEventListener("drawn", () => recalled.scrollIntoView({ block: "center" }), { once: true });
})();

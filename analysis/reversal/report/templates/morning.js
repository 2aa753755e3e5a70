"use strict";
(() => {
  // A print has everything; what was closed is closed again after it.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => { for (const part of opened) part.open = false; });
})();
// Sort, filter and search the table of cells. Without this script the table shows every cell in the order of the sheet.
(() => {
  const table = document.getElementById("all-cells");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const filters = [...tools.querySelectorAll("select")];
  const words = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  tools.hidden = false;
  tools.addEventListener("submit", event => event.preventDefault());

  function show() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = filters.every(filter => !filter.value || row.dataset[filter.dataset.filter] === filter.value)
        && wanted.every(word => words.get(row).includes(word));
      row.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${rows.length} rows`;
  }

  function key(row, column) {
    if (column === 2 || column === 3) return row.dataset.keys.split("|")[column - 2];
    return (row.cells[column === 4 ? 5 : column].textContent).trim();
  }

  function compare(a, b, column, direction) {
    const [x, y] = [key(a, column), key(b, column)];
    if (!x || !y) return (x ? 0 : 1) - (y ? 0 : 1);
    if (column === 2 || column === 3) return direction * (Number(x) - Number(y));
    return direction * x.localeCompare(y, undefined, {numeric: true});
  }

  for (const head of table.querySelectorAll("th[data-key]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      const column = Number(head.dataset.key);
      body.append(...[...rows].sort((a, b) => compare(a, b, column, direction)));
    });
  }
  search.addEventListener("input", show);
  for (const filter of filters) filter.addEventListener("change", show);
  show();
})();

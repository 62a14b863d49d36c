// Columns and rows → a table that can be sorted, with a link to the same as CSV.

import { button, fill, h } from "./dom.js";
import { figure, valueOf } from "./figures.js";

export class Table {
  /**
   * Make a table.
   * @param columns list of {key, title, text (true: a text, not a number), wide (true: not on a
   *   phone), cell (row → element)}
   */
  constructor(title, columns, { csv = null, empty = "Nothing yet.", sort = null } = {}) {
    this.columns = columns;
    this.rows = [];
    this.sorted = sort ?? { key: null, falling: true };
    this.head = h("tr", {});
    this.body = h("tbody", {});
    this.none = h("p", { class: "muted" }, empty);
    this.csv = csv && h("a", { class: "quiet", href: csv, download: true }, "CSV");
    this.scroll = h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      h("table", {}, h("caption", { class: "unseen" }, title), h("thead", {}, this.head), this.body),
    );
    this.element = h(
      "div",
      { class: "panel table" },
      h("header", {}, h("h2", {}, title), this.csv),
      this.scroll,
      this.none,
    );
    this.drawHead();
  }

  /** Show other rows, in the order chosen before. */
  update(rows, csv) {
    this.rows = rows;
    this.scroll.hidden = !rows.length;
    this.none.hidden = rows.length > 0;
    if (csv && this.csv) this.csv.setAttribute("href", csv);
    this.drawBody();
  }

  drawHead() {
    const heads = this.columns.map((column) => {
      const { key, falling } = this.sorted;
      const state = key !== column.key ? "none" : falling ? "descending" : "ascending";
      const arrow = h(
        "span",
        { "aria-hidden": "true" },
        { none: "", ascending: " ▲", descending: " ▼" }[state],
      );
      const sort = button({ data: { key: column.key } }, column.title, arrow);
      sort.addEventListener("click", () => this.sortBy(column));
      return h("th", { scope: "col", "aria-sort": state, class: classOf(column) }, sort);
    });
    fill(this.head, heads);
  }

  sortBy(column) {
    const again = this.sorted.key === column.key;
    this.sorted = { key: column.key, falling: again ? !this.sorted.falling : !column.text };
    const focused = document.activeElement?.dataset.key === column.key;
    this.drawHead();
    this.drawBody();
    if (focused)
      [...this.head.querySelectorAll("button")].find(({ dataset }) => dataset.key === column.key).focus();
  }

  drawBody() {
    const rows = this.order().map((row) => this.columns.map((column) => cellOf(column, row)));
    const there = this.body.rows;
    if (there.length !== rows.length || this.columns.some(({ cell }) => cell)) {
      fill(
        this.body,
        rows.map((cells) => h("tr", {}, cells)),
      );
      return;
    }
    rows.forEach((cells, index) => fill(there[index], cells));
  }

  order() {
    const { key, falling } = this.sorted;
    if (key === null) return this.rows;
    const sign = falling ? -1 : 1;
    return [...this.rows].sort((one, other) => sign * compare(valueOf(one[key]), valueOf(other[key])));
  }
}

function cellOf(column, row) {
  const content = column.cell ? column.cell(row) : figure(row[column.key]);
  return h("td", { class: classOf(column) }, content);
}

function classOf({ text, wide }) {
  return [text && "text", wide && "long"].filter(Boolean).join(" ") || null;
}

/** Compare what a column has; what is missing is the least. */
function compare(one, other) {
  if (one === other) return 0;
  if (one === null || one === undefined) return -1;
  if (other === null || other === undefined) return 1;
  return typeof one === "string" ? one.localeCompare(other) : one - other;
}

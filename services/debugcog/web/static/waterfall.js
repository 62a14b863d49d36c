// Parts of a call → a table with a bar for each: when it began, how long it took, what is inside.

import { fill, h } from "./dom.js";
import { human } from "./units.js";

const HEADS = [
  ["Part", "text"],
  ["Along the time", "track"],
  ["Took", null],
  ["Itself", "long"],
  ["Begins", "long"],
];
const DEPTH_MAX = 8;
const LEAST = 0.4;
/** Percent of the width that the shortest bar has. */

export class Waterfall {
  constructor() {
    this.body = h("tbody", {});
    const heads = HEADS.map(([text, kind]) => h("th", { scope: "col", class: kind }, text));
    this.element = h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Parts of the call" },
      h(
        "table",
        { class: "waterfall" },
        h("caption", { class: "unseen" }, "Parts of the call, in the order in which they began"),
        h("thead", {}, h("tr", {}, heads)),
        this.body,
      ),
    );
  }

  /** Show parts, the whole first; `slowest` is the number of the one to look at, or null. */
  update(parts, slowest) {
    const text = JSON.stringify([parts, slowest]);
    if (text === this.shown) return; // a selection stays
    this.shown = text;
    const total = Math.max(...parts.map(({ start_ms: start, ms }) => start + ms), 1e-9);
    fill(
      this.body,
      parts.map((part, index) => rowOf(part, total, index === slowest)),
    );
  }
}

function rowOf(part, total, slowest) {
  const { label, start_ms: start, ms, own_ms: own, depth, failed } = part;
  const notes = [slowest && "slowest", failed && "❌ failed"].filter(Boolean).join(", ");
  const name = h("th", { scope: "row", class: "text", data: { depth: Math.min(depth, DEPTH_MAX) } }, label);
  if (notes) name.append(h("span", { class: "muted" }, ` ${notes}`));
  const bar = h("div", { class: `bar${slowest ? " slowest" : ""}${failed ? " failed" : ""}` });
  const width = Math.max(LEAST, (100 * ms) / total);
  bar.style.setProperty("margin-left", `${Math.min((100 * start) / total, 100 - width)}%`);
  bar.style.setProperty("width", `${width}%`);
  return h(
    "tr",
    {},
    name,
    h("td", { class: "track" }, h("div", { "aria-hidden": "true" }, bar)),
    h("td", {}, human(ms, "ms")),
    h("td", { class: "long" }, human(own, "ms")),
    h("td", { class: "long" }, human(start, "ms")),
  );
}

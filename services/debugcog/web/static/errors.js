// Error groups → a list: what was raised, where, how often, when last.

import { h } from "./dom.js";
import { textOf } from "./figures.js";
import { ago, iso } from "./times.js";

/** Draw error groups; a sentence where there are none. */
export function errorList(groups) {
  if (!groups.length) return h("p", { class: "muted" }, "No errors.");
  return h("ul", { class: "errors" }, groups.map(errorLine));
}

function errorLine({ id, title, place, count, last_seen: last, state, mark }) {
  const seen = h("time", { datetime: iso(last), title: iso(last) }, ago(last));
  return h(
    "li",
    {},
    h("strong", {}, title),
    h("span", { class: "count" }, `${textOf(count)}×`),
    h("span", { class: "muted where" }, place),
    h("span", { class: "muted when" }, seen, ` · ${mark} ${state} · ${id}`),
  );
}

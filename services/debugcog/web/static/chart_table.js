// Chart's data → a table behind it, for screen readers and for who wants the numbers.

import { fill, h } from "./dom.js";
import { iso, moment } from "./times.js";
import { human } from "./units.js";

/** Make the part that opens to a table; it is filled only while it is open. */
export function chartTable(title, specOf) {
  const body = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${title}: values` });
  const details = h("details", { class: "behind" }, h("summary", {}, "Values"), body);
  const draw = () => details.open && fill(body, tableOf(specOf()));
  details.addEventListener("toggle", draw);
  return { element: details, draw };
}

function tableOf(spec) {
  const times = new Map();
  spec.lines.forEach(({ points }, index) => {
    for (const [time, value] of points) {
      if (!times.has(time)) times.set(time, new Array(spec.lines.length).fill(null));
      times.get(time)[index] = value;
    }
  });
  const newest = [...times].sort(([one], [other]) => other - one);
  const heads = ["Time", ...spec.lines.map(({ label }) => label)];
  return h(
    "table",
    {},
    h("caption", {}, `${spec.title}, newest first`),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((text) => h("th", { scope: "col" }, text)),
      ),
    ),
    h(
      "tbody",
      {},
      newest.map(([time, values]) => row(time, values, spec.unit)),
    ),
  );
}

function row(time, values, unit) {
  const at = h("time", { datetime: iso(time) }, moment(time));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, at),
    values.map((value) => h("td", {}, value === null ? "no data" : human(value, unit))),
  );
}

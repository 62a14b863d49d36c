// Log line → a row that opens to what is below it.

import { h } from "./dom.js";
import { clockTimeMilliseconds, iso, moment } from "./times.js";

/** Draw a line. */
export function rowOf(line) {
  const { time, level, logger, message, below, sequence } = line;
  const head = h(
    "div",
    { class: "head" },
    h("span", { class: "time" }, time === null ? "" : clockTimeMilliseconds(time)),
    h("span", { class: "level" }, level),
    h("span", { class: "logger" }, logger),
    h("span", { class: "text" }, message),
    below.length > 0 && h("span", { class: "muted" }, `+${below.length}`),
  );
  const data = { level, sequence };
  const row = h(
    "div",
    { class: "line", role: "treeitem", "aria-expanded": "false", tabindex: -1, data },
    head,
  );
  row.line = line;
  return row;
}

/** Draw a place where lines are missing. */
export function gapOf(missed) {
  const text = `${missed.toLocaleString("en-US")} lines came too fast to be shown; they are in the file`;
  return h("div", { class: "line gap muted", role: "treeitem", tabindex: -1 }, text);
}

/** Open a row, or close it. */
export function toggle(row, open = row.getAttribute("aria-expanded") !== "true") {
  if (!row.line) return;
  row.setAttribute("aria-expanded", String(open));
  row.querySelector(".below")?.remove();
  if (open) row.append(belowOf(row.line));
}

function belowOf({ time, level, logger, below, sequence }) {
  const facts = [
    time !== null && `${moment(time)} (${iso(time)})`,
    level,
    logger,
    sequence && `line ${sequence}`,
  ];
  const text = below.length ? h("pre", {}, below.join("\n")) : h("p", { class: "muted" }, "No traceback.");
  return h("div", { class: "below" }, h("p", { class: "muted" }, facts.filter(Boolean).join(" · ")), text);
}

/** Write a line as the file has it. */
export function textOfLine({ time, level, logger, message, below }) {
  const first = `${time === null ? "" : iso(time)} [${level}] ${logger}: ${message}`;
  return [first, ...below.map((text) => `    ${text}`), ""].join("\n");
}

// Request log → the list in the drawer, newest first.

import { fill, h } from "./dom.js";

/** Draw the drawer's content; details stay open while the list grows. */
export function drawRequests(element, { requests, violations }) {
  const opened = [...element.querySelectorAll("details[open]")];
  const open = new Set(opened.map(({ dataset }) => dataset.key));
  const broken = violations.map((text) => h("li", {}, text));
  const problems = broken.length > 0 && [
    h("h3", { class: "bad" }, `Not as Discord describes it — ${broken.length}`),
    h("ul", { class: "violations" }, broken),
  ];
  const rows = requests.map((request) => drawRequest(request, open));
  const empty = !rows.length && h("p", { class: "muted" }, "The bot has asked nothing yet.");
  const focused = document.activeElement.closest?.("details")?.dataset.key;
  fill(element, problems, rows, empty);
  if (!focused) return;
  const again = rows.find(({ dataset }) => dataset.key === focused);
  again?.querySelector("summary").focus({ preventScroll: true });
}

function drawRequest(request, open) {
  const key = `${request.at} ${request.method} ${request.path}`;
  const at = new Date(request.at * 1000).toLocaleTimeString("en-GB");
  const kind = request.status >= 400 || request.status === 0 ? "bad" : "good";
  const summary = h(
    "summary",
    {},
    h("span", { class: "muted" }, at),
    h("b", {}, request.method),
    h("span", { class: "path" }, shortened(request.path)),
    h("span", { class: kind }, String(request.status || "none")),
    h("span", { class: "muted" }, `${request.milliseconds.toFixed(1)} ms`),
  );
  const details = h("pre", { tabindex: 0 }, request.details || "No body.");
  return h("details", { data: { key }, open: open.has(key) }, summary, details);
}

/** Cut tokens out of a path, and ids down to their end. */
function shortened(path) {
  return path.replace(/[\w-]{40,}/g, "…").replace(/\d{11,}(\d{4})/g, "…$1");
}

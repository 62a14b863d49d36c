// Figure of the API → elements: its mark and its text, both as the server wrote them.

import { h } from "./dom.js";

/** Return the text of a figure; other values are written as they are, none as a dash. */
export function textOf(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "object") return value.text ?? "–";
  return typeof value === "number" ? value.toLocaleString("en-US") : String(value);
}

/** Return what a column is sorted by. */
export function valueOf(value) {
  return value !== null && typeof value === "object" ? (value.value ?? null) : value;
}

/** Draw the mark of a severity, with the severity in words for those who cannot see it. */
export function mark(figure) {
  if (!figure?.mark) return null;
  const word = figure.severity ?? "";
  return h("span", { class: "mark", role: "img", "aria-label": word, title: word }, figure.mark);
}

/** Draw a figure: mark and text. */
export function figure(value) {
  const severity = value?.severity ?? "none";
  return h("span", { class: "figure", data: { severity } }, mark(value), textOf(value));
}

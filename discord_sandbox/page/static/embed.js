// An embed as the application sent it → its card.

import { colour, h, link } from "./dom.js";
import { picture } from "./files.js";
import { line, prose } from "./prose.js";
import { sent } from "./times.js";

/** Render one embed. */
export function embed(told, world) {
  const style = told.color === undefined ? {} : { "border-left-color": colour(told.color) };
  const text = h(
    "div",
    { class: "embed-text" },
    author(told.author, world),
    title(told, world),
    told.description && h("div", { class: "embed-description" }, prose(told.description, world)),
    fields(told.fields ?? [], world),
  );
  const thumbnail = told.thumbnail && picture(told.thumbnail, world, "embed-thumbnail");
  return h(
    "article",
    { class: "embed", style },
    h("div", { class: "embed-top" }, text, thumbnail),
    told.image && picture(told.image, world, "embed-image"),
    footer(told),
  );
}

function author(told, world) {
  if (!told?.name) return null;
  const icon = told.icon_url && picture({ url: told.icon_url }, world, "embed-icon");
  return h("div", { class: "embed-author" }, icon, link(told.url, told.name) ?? told.name);
}

function title(told, world) {
  if (!told.title) return null;
  const shown = line(told.title, world);
  return h("div", { class: "embed-title" }, (told.url && link(told.url, shown)) || shown);
}

function fields(told, world) {
  if (!told.length) return null;
  const cells = told.map((field, index) => {
    const name = h("div", { class: "field-name" }, line(field.name, world));
    const value = h("div", { class: "field-value" }, prose(field.value, world));
    const span = field.inline ? `field in-${rowLength(told, index)}` : "field";
    return h("div", { class: span }, name, value);
  });
  return h("div", { class: "fields" }, cells);
}

/** Return how many inline fields share the row of one: up to three in a run. */
function rowLength(told, index) {
  let first = index;
  while (first > 0 && told[first - 1].inline) first--;
  let end = index;
  while (end < told.length && told[end].inline) end++;
  const start = first + Math.floor((index - first) / 3) * 3;
  return Math.min(3, end - start);
}

function footer(told) {
  const at = told.timestamp && sent(told.timestamp);
  const parts = [told.footer?.text, at].filter(Boolean);
  return parts.length ? h("footer", { class: "embed-footer" }, parts.join(" • ")) : null;
}

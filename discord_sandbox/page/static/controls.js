// A message's components → buttons, selects, and the parts of a layout.

import { button, colour, h, link } from "./dom.js";
import { attachment, picture } from "./files.js";
import { prose } from "./prose.js";
import { select } from "./select.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };
const LINK = 5;

/** Render the components of a message; `use(action, fields)` performs what a person does with one. */
export function controls(message, world, use) {
  return message.components.map((part) => render(part, { message, world, use }));
}

function render(part, context) {
  return RENDERERS[part.type]?.(part, context) ?? null;
}

const RENDERERS = {
  1: (part, context) => h("div", { class: "row" }, all(part, context)),
  2: push,
  3: pick,
  5: pick,
  6: pick,
  7: pick,
  8: pick,
  9: (part, context) =>
    h(
      "div",
      { class: "section" },
      h("div", { class: "section-text" }, all(part, context)),
      render(part.accessory, context),
    ),
  10: (part, context) => h("div", { class: "display" }, prose(part.content, context.world)),
  11: (part, context) => veiled(part, picture(media(part), context.world, "thumbnail")),
  12: (part, context) =>
    h(
      "div",
      { class: "gallery" },
      part.items.map((item) => veiled(item, picture(media(item), context.world, "gallery-item"))),
    ),
  13: (part, context) => veiled(part, attachment(file(part), context.world)),
  14: (part) => h("hr", { class: `separator ${part.divider === false ? "bare" : ""}` }),
  17: (part, context) => {
    const tint = part.accent_color ?? null;
    const style = tint === null ? {} : { "border-left-color": colour(tint) };
    return veiled(part, h("div", { class: "container", style }, all(part, context)));
  },
};

function all(part, context) {
  return part.components.map((each) => render(each, context));
}

function media(item) {
  return { ...item.media, description: item.description };
}

function file(part) {
  const name = decodeURIComponent(part.file.url.split("?")[0].split("/").pop());
  return { ...part.file, filename: part.name ?? name, size: part.size ?? part.file.size ?? 0 };
}

function veiled(part, element) {
  if (part.spoiler && element) {
    element.classList.add("veiled");
    const unveil = (event) => {
      if (!element.classList.contains("veiled")) return;
      event.preventDefault();
      event.stopPropagation();
      element.classList.remove("veiled");
    };
    element.addEventListener("click", unveil, true);
  }
  return element;
}

function push(part, { message, use }) {
  const face = [part.emoji && emoji(part.emoji), part.label];
  const kind = `push ${STYLES[part.style]}`;
  if (part.style === LINK) {
    const made = link(part.url, face, h("span", { "aria-hidden": "true" }, " ↗"));
    made?.classList.add(...kind.split(" "));
    return made;
  }
  const click = async ({ currentTarget }) => {
    currentTarget.classList.add("busy");
    await use("click", { message: message.id, name: part.custom_id });
    currentTarget.classList.remove("busy");
  };
  return button({ class: kind, disabled: part.disabled, on: { click } }, face);
}

function pick(part, { message, world, use }) {
  const send = (values) => use("choose", { message: message.id, name: part.custom_id, values });
  return select(part, world, send).element;
}

function emoji(told) {
  const text = told.id ? `:${told.name}:` : told.name;
  return h("span", { class: "emoji", "aria-hidden": "true" }, text);
}

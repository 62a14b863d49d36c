// Text and world → DOM nodes of what Discord makes of the text.

import { ansi } from "./ansi.js";
import { button, colour, h, link } from "./dom.js";
import { inline, parse } from "./markdown.js";
import { moment } from "./times.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strike: "s" };

/** Render a text with blocks. */
export function prose(text, world) {
  return parse(text).map((node) => render(node, world));
}

/** Render a line. */
export function line(text, world) {
  return inline(text).map((node) => render(node, world));
}

function render(node, world) {
  if (typeof node === "string") return node;
  if (node.type in TAGS) return h(TAGS[node.type], {}, all(node.children, world));
  return RENDERERS[node.type](node, world);
}

function all(nodes, world) {
  return nodes.map((node) => render(node, world));
}

const RENDERERS = {
  text: (node, world) => h("span", { class: "text" }, all(node.children, world)),
  code: (node) => h("code", { class: "code" }, node.text),
  fence,
  spoiler,
  quote: (node, world) => h("blockquote", {}, all(node.children, world)),
  header: (node, world) => h(`h${node.level + 1}`, { class: "heading" }, all(node.children, world)),
  small: (node, world) => h("small", {}, all(node.children, world)),
  list: (node, world) => h("ul", {}, node.items.map((item) => listItem(item, world))),
  link: (node, world) => link(node.url, all(node.children, world)) ?? h("span", {}, node.url),
  user: (node, world) => mention(`@${world.nameOf(node.id)}`, { user: node.id }),
  role,
  channel: (node, world) => channelMention(node.id, world),
  time,
  emoji: (node) => h("span", { class: "emoji" }, `:${node.name}:`),
  command: (node) => h("span", { class: "mention" }, `/${node.name}`),
  everyone: (node) => h("span", { class: "mention" }, `@${node.name}`),
};

function fence(node) {
  const coloured = node.language === "ansi";
  const parts = coloured ? ansi(node.text) : [{ text: node.text, classes: [] }];
  const shown = parts.map(({ text, classes }) => h("span", { class: classes.join(" ") }, text));
  return h("pre", { data: { language: node.language }, tabindex: 0 }, h("code", {}, shown));
}

function spoiler(node, world) {
  const reveal = (event) => {
    event.currentTarget.classList.add("revealed");
    event.currentTarget.removeAttribute("role");
  };
  const onKey = (event) => {
    if (event.key === "Enter" || event.key === " ") reveal(event);
  };
  const properties = { class: "spoiler", role: "button", tabindex: 0, "aria-label": "Spoiler" };
  const hidden = h("span", { class: "hidden-text" }, all(node.children, world));
  return h("span", { ...properties, on: { click: reveal, keydown: onKey } }, hidden);
}

function listItem(item, world) {
  const style = { "--depth": item.depth };
  return h("li", { style, data: { mark: item.mark } }, all(item.children, world));
}

function mention(text, data) {
  return button({ class: "mention", data }, text);
}

function channelMention(id, world) {
  const found = world.channels.get(id);
  return mention(found ? `#${found.name}` : "#unknown", found ? { channel: id } : {});
}

function role(node, world) {
  const found = world.role(node.id);
  const tint = found?.colour ? colour(found.colour) : null;
  const style = tint ? { color: tint, "background-color": `${tint}1a` } : {};
  return h("span", { class: "mention", style }, `@${found ? found.name : "unknown-role"}`);
}

function time(node) {
  const text = moment(node.seconds, node.style);
  const title = moment(node.seconds, "F");
  const data = node.style === "R" ? { relative: node.seconds } : {};
  return h("time", { class: "moment", title, data }, text);
}

// World, unread marks → the rail of servers and the list of channels.

import { avatar } from "./avatars.js";
import { button, fill, h } from "./dom.js";
import { CATEGORY, FORUM, THREADS, VOICE, isText } from "./world.js";

const SIGNS = { 2: "♪", 5: "📣", 11: "⌙", 12: "⌙", 15: "▤" };

/** Draw the rail. */
export function drawRail(element, world, { go, direct }) {
  const home = server("⌘", "Direct messages", !world.guild, direct);
  const servers = world.guilds.map((guild) => {
    const first = guild.channels.find(isText);
    return server(initials(guild.name), guild.name, guild === world.guild, () => go(first?.id));
  });
  fill(element, home, h("hr"), servers);
}

function server(text, name, active, click) {
  const current = active ? "page" : null;
  const properties = { class: "server", title: name, "aria-label": name, "aria-current": current };
  return button({ ...properties, on: { click } }, text);
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.map((word) => [...word][0]).slice(0, 3).join("") || "?";
}

/** Draw the channels, and at the foot who one is. */
export function drawSidebar(element, world, unread, { go, identity }) {
  const name = world.guild?.name ?? "Direct messages";
  const items = ordered(world).map((channel) => item(channel, world, unread.get(channel.id), go));
  const list = h("nav", { class: "channels", "aria-label": "Channels" }, items);
  fill(element, h("header", { class: "bar" }, h("h1", {}, name)), list, panel(world, identity));
}

/** Mark a channel's button: there is something new, and `loud` times the person was called. */
export function markChannel(element, { loud }) {
  element.classList.add("unread");
  element.querySelector(".badge")?.remove();
  if (loud) element.append(h("span", { class: "badge" }, String(loud)));
}

/** Put each channel below its category, each thread below its channel, without archived ones. */
export function ordered({ guild, directs, channel: open }) {
  if (!guild) return directs;
  const channels = guild.channels.filter(({ id, archived }) => !archived || id === open?.id);
  const byPosition = [...channels].sort((one, other) => one.position - other.position);
  const below = (parent) =>
    byPosition
      .filter((each) => each.parent === parent)
      .sort((one, other) => (one.type === CATEGORY) - (other.type === CATEGORY))
      .flatMap((each) => [each, ...below(each.id)]);
  const known = new Set(channels.map(({ id }) => id));
  const orphans = byPosition.filter(({ parent }) => parent && !known.has(parent));
  return [...orphans, ...below(null)];
}

function item(channel, world, mark, go) {
  if (channel.type === CATEGORY) return h("h2", { class: "category" }, channel.name);
  const sign = SIGNS[channel.type] ?? (world.guild ? "#" : "@");
  const properties = {
    class: THREADS.includes(channel.type) ? "channel thread" : "channel",
    "aria-current": channel.id === world.channel?.id ? "page" : null,
    disabled: channel.type === VOICE || channel.type === FORUM,
    data: { channel: channel.id },
  };
  const label = h("span", { class: "channel-name" }, channel.name);
  const tags = channel.tags.map((tag) => h("span", { class: "post-tag" }, tag));
  const lock = channel.locked ? h("span", { title: "Locked" }, "🔒") : null;
  const signed = h("span", { class: "sign", "aria-hidden": "true" }, sign);
  const made = button({ ...properties, on: { click: () => go(channel.id) } }, signed, label, lock, tags);
  if (mark) markChannel(made, mark);
  return made;
}

function panel(world, identity) {
  const user = world.user(world.me);
  const rank = world.ranksOf(world.me)[0] ?? world.rolesOf(world.me)[0]?.name ?? "member";
  const name = h("span", { class: "panel-name" }, world.nameOf(world.me));
  const texts = h("span", { class: "panel-texts" }, name, h("span", { class: "muted" }, rank));
  const label = `You are ${world.nameOf(world.me)}. Be someone else`;
  const click = (event) => identity(event.currentTarget);
  const properties = { class: "me", "aria-label": label, "aria-haspopup": "menu" };
  const face = avatar(user, world.nameOf(world.me), "small");
  const sign = h("span", { class: "switch", "aria-hidden": "true" }, "⇅");
  const made = button({ ...properties, on: { click } }, face, texts, sign);
  return h("footer", { class: "panel" }, made);
}

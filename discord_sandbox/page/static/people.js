// World → the list of members, and the list of users that one can act as.

import { avatar } from "./avatars.js";
import { button, colour, fill, h } from "./dom.js";
import { Popup } from "./popup.js";

const LIMIT = 200; // members that the list shows

/** Draw the members, the bot first. */
export function drawMembers(element, world, online, open) {
  const ids = world.guild ? [...world.guild.byId.keys()] : [world.bot, world.me];
  const bots = ids.filter((id) => world.user(id).bot);
  const people = ids.filter((id) => !world.user(id).bot);
  const draw = (name, members) => section(name, members, world, online, open);
  fill(element, draw("Bot", bots), draw("People", people));
}

function section(name, ids, world, online, open) {
  const heading = h("h2", { class: "category" }, `${name} — ${ids.length}`);
  const more = ids.length > LIMIT && h("p", { class: "muted" }, `and ${ids.length - LIMIT} more`);
  return [heading, ids.slice(0, LIMIT).map((id) => person(id, world, online, open)), more];
}

function person(id, world, online, open) {
  const user = world.user(id);
  const tint = world.colourOf(id);
  const style = tint ? { color: colour(tint) } : {};
  const off = user.bot && !online;
  const name = h("span", { class: "name", style }, world.nameOf(id));
  const tag = user.bot && h("span", { class: "tag" }, "APP");
  const note = h("span", { class: "muted" }, off ? "not connected" : ranks(world, id));
  const click = (event) => open(id, event.currentTarget);
  const texts = h("span", { class: "person-texts" }, h("span", {}, name, tag), note);
  const face = avatar(user, world.nameOf(id), `small ${off ? "off" : "on"}`);
  return button({ class: `person ${off ? "off" : ""}`, on: { click } }, face, texts);
}

function ranks(world, id) {
  const roles = world.rolesOf(id).map((role) => role.name);
  return [...world.ranksOf(id), ...roles].join(", ");
}

/** Open the list of people to be. */
export function identityMenu(world, anchor, become) {
  const menu = new Popup(anchor, [], { kind: "menu identities", label: "Be someone" });
  const items = world.people().map((id) => {
    const click = () => {
      menu.close();
      become(id);
    };
    const note = h("span", { class: "muted" }, ranks(world, id) || "no roles");
    const texts = h("span", { class: "person-texts" }, h("span", {}, world.nameOf(id)), note);
    const face = avatar(world.user(id), world.nameOf(id), "small");
    const chosen = String(id === world.me);
    const properties = { class: "person", "aria-selected": chosen, data: { be: id } };
    return button({ ...properties, on: { click } }, face, texts);
  });
  fill(menu.content, h("div", { class: "menu-heading" }, "Be someone"), items);
  menu.show();
}

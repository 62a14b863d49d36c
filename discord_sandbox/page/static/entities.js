// Type of a select or option, and the world → the users, roles or channels to pick from.

import { colour } from "./dom.js";

/** Select types by what they offer; options of commands have other numbers for the same. */
export const OF_SELECT = { 5: "user", 6: "role", 7: "mentionable", 8: "channel" };
export const OF_OPTION = { 6: "user", 7: "channel", 8: "role", 9: "mentionable" };

/** List what can be picked: { value, label, note, tint }. */
export function entities(kind, world, channelTypes = []) {
  if (kind === "channel") return channels(world, channelTypes);
  const found = [];
  if (kind !== "role") found.push(...users(world));
  if (kind !== "user") found.push(...roles(world));
  return found;
}

function users(world) {
  const ids = world.guild ? [...world.guild.byId.keys()] : [world.me, world.bot];
  return ids.map((id) => {
    const tint = world.colourOf(id);
    const { username } = world.user(id);
    const label = world.nameOf(id);
    const note = username === label ? "" : username;
    return { value: id, label, note, tint: tint ? colour(tint) : null, mark: "@" };
  });
}

function roles(world) {
  return (world.guild?.roles ?? []).map((role) => ({
    value: role.id,
    label: role.name,
    note: "role",
    tint: role.colour ? colour(role.colour) : null,
    mark: "@",
  }));
}

function channels(world, types) {
  const all = world.guild?.channels ?? [];
  const found = types.length ? all.filter((each) => types.includes(each.type)) : all;
  return found.map(({ id, name }) => ({ value: id, label: name, note: "", tint: null, mark: "#" }));
}

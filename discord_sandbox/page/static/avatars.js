// A user's id and name → a coloured disc with an initial.

import { h } from "./dom.js";

const COLOURS = ["#5865f2", "#3ba55c", "#c27c0e", "#ad1457", "#1f8b4c", "#7289da", "#e67e22"];

/** Render the disc; the bot has a sign of its own. */
export function avatar(user, name, extra = "") {
  const index = Number(BigInt(user.id) % BigInt(COLOURS.length));
  const style = { "background-color": user.bot ? COLOURS[0] : COLOURS[(index % 6) + 1] };
  const letter = user.bot ? "⌘" : ([...name][0] ?? "?").toUpperCase();
  return h("span", { class: `avatar ${extra}`, style, "aria-hidden": "true" }, letter);
}

// Message or user, and the place of the click → a context menu.

import { avatar } from "./avatars.js";
import { button, colour, fill, h } from "./dom.js";
import { Popup } from "./popup.js";

const MESSAGE = 3, USER = 2;
const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "✅"];
const EPHEMERAL = 1 << 6;

/** Open the menu of a message; `app` has world, ask, composer and the actions. */
export async function messageMenu(app, message, anchor) {
  const { world } = app;
  const { can } = world.channel;
  const whisper = Boolean(message.flags & EPHEMERAL);
  const mayDelete = !whisper && (can.manage || message.author.id === world.me);
  const commands = await offered(app, MESSAGE);
  const menu = new Popup(anchor, [], { kind: "menu", label: "Message" });
  const item = (text, action, kind = "") => entry(menu, text, action, kind);
  const use = ({ name }) => app.run(name, { action: "use", message: message.id });
  fill(
    menu.content,
    !whisper && can.react && quickReactions(menu, (emoji) => app.react(message, emoji)),
    !whisper && can.send && item("Reply", () => app.composer.answer(message)),
    message.content && item("Copy text", () => copy(message.content)),
    item("Copy message ID", () => copy(message.id)),
    apps(commands, item, use),
    mayDelete && item("Delete message", () => app.deleteMessage(message), "danger"),
  );
  menu.show();
}

/** Open the card of a person: roles, permissions in this channel, and what can be done. */
export async function personCard(app, id, anchor) {
  const { world } = app;
  const user = world.user(id);
  const other = !user.bot && id !== world.me;
  const told = app.profile(id);
  const commands = await offered(app, USER);
  const card = new Popup(anchor, [], { kind: "card", label: world.nameOf(id) });
  const item = (text, action, kind = "") => entry(card, text, action, kind);
  const use = ({ name }) => app.run(name, { action: "use", user: id });
  const { may = [], commands: slash = [] } = await told;
  fill(
    card.content,
    h("header", {}, avatar(user, world.nameOf(id), "large"), title(world, id)),
    roles(world, id),
    facts("Slash commands offered here", slash.length ? slash.join("  ") : "none"),
    facts("May do in this channel", may.map(readable).join(", ")),
    h(
      "div",
      { class: "card-actions" },
      other && item(`Be ${world.nameOf(id)}`, () => app.become(id), "primary"),
      item("Mention", () => app.composer.insert(`@${world.nameOf(id)} `)),
      item("Copy user ID", () => copy(id)),
      apps(commands, item, use),
    ),
  );
  card.show();
}

async function offered(app, kind) {
  const all = await app.offered().catch(() => []);
  return all.filter(({ type }) => type === kind);
}

function apps(commands, item, use) {
  if (!commands.length) return null;
  const items = commands.map((each) => item(each.name, () => use(each)));
  return [h("div", { class: "menu-heading" }, "Apps"), items];
}

function entry(menu, text, action, kind) {
  const click = () => {
    menu.close();
    action();
  };
  return button({ class: `menu-item ${kind}`, on: { click } }, text);
}

function quickReactions(menu, react) {
  const made = QUICK.map((emoji) => {
    const entry_ = entry(menu, emoji, () => react(emoji), "quick");
    entry_.setAttribute("aria-label", `React with ${emoji}`);
    return entry_;
  });
  return h("div", { class: "quick-row" }, made);
}

function title(world, id) {
  const user = world.user(id);
  const ranks = world.ranksOf(id).map((rank) => h("span", { class: "rank" }, rank));
  const tag = user.bot && h("span", { class: "tag" }, "APP");
  const name = h("div", { class: "card-name" }, world.nameOf(id), tag);
  return h("div", {}, name, h("div", { class: "muted" }, user.username), ranks);
}

function roles(world, id) {
  const found = world.rolesOf(id);
  if (!found.length) return null;
  const pills = found.map((role) => {
    const style = { "--role": role.colour ? colour(role.colour) : "#99aab5" };
    return h("span", { class: "role-pill", style }, role.name);
  });
  return h("div", { class: "role-pills" }, pills);
}

function facts(name, text) {
  return h("div", { class: "card-facts" }, h("h4", {}, name), h("p", {}, text));
}

/** Write VIEW_CHANNEL as "View channel". */
function readable(name) {
  const words = name.toLowerCase().replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

function copy(text) {
  navigator.clipboard?.writeText(text).catch(() => {});
}

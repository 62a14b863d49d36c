// A message and the one before it → its row in the channel.

import { avatar } from "./avatars.js";
import { button, colour, h } from "./dom.js";
import { controls } from "./controls.js";
import { embed } from "./embed.js";
import { attachment } from "./files.js";
import { line, prose } from "./prose.js";
import { moment, sent } from "./times.js";

export const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const TOGETHER_MS = 7 * 60 * 1000;
const EXCERPT = 120;

/** Render a row; `actions` has use, react, dismiss, more and jump. */
export function row(message, previous, world, actions) {
  const compact = follows(message, previous);
  const classes = ["message", compact && "compact", marks(message, world)].filter(Boolean);
  const properties = { class: classes.join(" "), data: { id: message.id }, tabindex: -1 };
  return h(
    "article",
    { ...properties, "aria-label": `Message of ${nameOf(message, world)}` },
    !compact && above(message, world, actions),
    h(
      "div",
      { class: "message-body" },
      h("div", { class: "gutter" }, compact ? smallTime(message) : face(message, world)),
      h(
        "div",
        { class: "message-content" },
        !compact && head(message, world),
        body(message, world, actions),
      ),
    ),
    tools(message, actions),
  );
}

/** Return whether a message stands under the head of the one before. */
export function follows(message, previous) {
  if (!previous || previous.author.id !== message.author.id) return false;
  if (previous.author.username !== message.author.username) return false;
  if (message.referenced_message !== undefined || message.interaction) return false;
  if (message.local) return false;
  if ((message.flags ^ previous.flags) & EPHEMERAL) return false;
  return new Date(message.timestamp) - new Date(previous.timestamp) < TOGETHER_MS;
}

function nameOf(message, world) {
  const { id, username } = message.author;
  const known = id in world.users && !(message.webhook_id && !message.application_id);
  return known ? world.nameOf(id) : username;
}

function marks(message, world) {
  const roles = world.rolesOf(world.me).map((role) => role.id);
  const calls =
    message.mention_everyone ||
    message.mentions.some(({ id }) => id === world.me) ||
    message.mention_roles.some((id) => roles.includes(id));
  return [calls && "calls", message.flags & EPHEMERAL && "whisper"].filter(Boolean).join(" ");
}

function above(message, world, actions) {
  if (message.interaction) {
    const { user, name } = message.interaction;
    const command = h("span", { class: "mention" }, `${message.type === 23 ? "" : "/"}${name}`);
    return h("div", { class: "above" }, person(user, world), " used ", command);
  }
  const answered = message.referenced_message;
  if (answered === undefined) return null;
  if (answered === null) {
    return h("div", { class: "above" }, h("em", {}, "Original message was deleted"));
  }
  const text = answered.content.split("\n", 1)[0].slice(0, EXCERPT);
  const shown = text ? line(text, world) : "Click to see the embed or attachment";
  const jump = () => actions.jump(answered.id);
  const properties = { class: "excerpt", role: "button", tabindex: 0, on: { click: jump } };
  const quote = h("span", properties, shown);
  return h("div", { class: "above" }, person(answered.author, world), " ", quote);
}

function person(user, world) {
  const name = world.nameOf(user.id);
  const style = tint(user.id, world);
  return [avatar(user, name, "tiny"), h("span", { class: "name", style }, name)];
}

function tint(id, world) {
  const found = world.colourOf(id);
  return found ? { color: colour(found) } : {};
}

function face(message, world) {
  return avatar(message.author, nameOf(message, world));
}

function head(message, world) {
  const { author } = message;
  const style = message.webhook_id && !message.application_id ? {} : tint(author.id, world);
  const name = button({ class: "name", style, data: { user: author.id } }, nameOf(message, world));
  const tag = author.bot && h("span", { class: "tag" }, "APP");
  return h("header", { class: "head" }, name, tag, when(message));
}

function when(message) {
  const title = moment(Date.parse(message.timestamp) / 1000, "F");
  return h("time", { class: "when", title, datetime: message.timestamp }, sent(message.timestamp));
}

function smallTime(message) {
  return h("time", { class: "when small" }, moment(Date.parse(message.timestamp) / 1000, "t"));
}

function body(message, world, actions) {
  const use = (...did) => actions.use(message, ...did);
  const edited = message.edited_timestamp && h("span", { class: "edited" }, "(edited)");
  return [
    content(message, world, edited),
    message.embeds.map((each) => embed(each, world)),
    message.attachments.map((each) => attachment(each, world)),
    message.components.length > 0 && controls(message, world, use),
    reactions(message, actions),
    !message.content && edited,
    message.local && h("div", { class: message.quiet ? "thinking" : "failure" }, message.local),
    message.trouble && h("div", { class: "failure", role: "alert" }, message.trouble),
    message.flags & EPHEMERAL ? whisper(message, actions) : null,
  ];
}

function content(message, world, edited) {
  if (message.flags & LOADING) {
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    return h("div", { class: "thinking" }, dots, `${nameOf(message, world)} is thinking…`);
  }
  if (!message.content) return null;
  return h("div", { class: "prose" }, prose(message.content, world), edited && " ", edited);
}

function reactions(message, actions) {
  if (!message.reactions?.length) return null;
  const made = message.reactions.map(({ emoji, count, me }) => {
    const text = emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name;
    const face = h("span", { class: "emoji" }, emoji.id ? `:${emoji.name}:` : emoji.name);
    const click = () => actions.react(message, text);
    const label = `${emoji.name}, ${count}`;
    const properties = { class: "reaction", "aria-pressed": String(me), "aria-label": label };
    return button({ ...properties, on: { click } }, face, h("span", {}, String(count)));
  });
  return h("div", { class: "reactions" }, made);
}

function whisper(message, actions) {
  const click = () => actions.dismiss(message);
  const dismiss = button({ class: "as-link", on: { click } }, "Dismiss message");
  return h("div", { class: "whisper-note" }, "👁 Only you can see this • ", dismiss);
}

function tools(message, actions) {
  if (message.local) return null;
  const open = (event) => actions.more(message, event.currentTarget);
  const properties = { class: "tool", "aria-label": "More", "aria-haspopup": "menu" };
  const more = button({ ...properties, on: { click: open } }, "⋯");
  return h("div", { class: "tools" }, more);
}

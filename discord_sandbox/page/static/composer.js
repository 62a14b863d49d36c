// What the user types → messages and commands, with suggestions above the text field.

import { leaves, matching, named } from "./commands.js";
import { button, fill, h } from "./dom.js";
import { entities } from "./entities.js";
import { Slash } from "./slash.js";
import { Suggestions } from "./suggestions.js";
import { Tray, packed } from "./uploads.js";

const SHOWN = 20;
const TYPING_MS = 8000; // between two notes that one types
const HEADINGS = { "@": "Members and roles", "#": "Channels" };
const MENTIONS = { user: ["@", "@"], role: ["@", "@&"], channel: ["#", "#"] };

export class Composer {
  /** `actions`: say(text, to), typing(), offered(), run(name, options), complete(fields), lines(step). */
  constructor(actions) {
    this.actions = actions;
    this.suggestions = new Suggestions();
    this.area = h("textarea", { rows: 1, maxlength: 2000, "aria-label": "Message", disabled: true });
    this.area.setAttribute("aria-controls", "suggestions");
    this.answering = h("div", { class: "answering", hidden: true });
    this.tray = new Tray();
    const attach = { click: () => this.tray.input.click() };
    const properties = { class: "tool plus", "aria-label": "Attach files", disabled: true };
    this.plus = button({ ...properties, on: attach }, "+");
    this.line = h("div", { class: "composer-line" }, this.plus, this.area, this.tray.input);
    this.box = h("div", { class: "composer-box" }, this.answering, this.tray.element, this.line);
    this.note = h("div", { class: "composer-note", role: "alert" });
    this.element = h("div", { class: "composer" }, this.suggestions.element, this.box, this.note);
    this.area.addEventListener("input", () => this.onInput());
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    this.area.addEventListener("paste", (event) => this.tray.add(event.clipboardData.files));
    this.area.addEventListener("blur", () => this.suggestions.hide());
    this.leaves = [];
    this.slash = null;
    this.to = null;
    this.typedAt = -Infinity;
  }

  /** Be in a channel. */
  enter(world) {
    const moved = this.world?.channel?.id !== world.channel?.id || this.world?.me !== world.me;
    this.world = world;
    const { channel } = world;
    const mark = channel?.guild ? "#" : "@";
    const may = Boolean(channel?.can.send);
    this.area.disabled = this.plus.disabled = !may;
    const refusal = "You do not have permission to send messages in this channel.";
    const closed = world.readOnly ? "This is a replay: it can be looked at only." : refusal;
    this.area.placeholder = may ? `Message ${mark}${channel.name}` : closed;
    if (!moved) return;
    this.leaves = [];
    this.typedAt = -Infinity;
    this.cancel("");
    this.answer(null);
  }

  /** Reply to a message with what is written next. */
  answer(message) {
    this.to = message;
    this.answering.hidden = !message;
    if (!message) return;
    const name = h("b", {}, this.world.nameOf(message.author.id));
    const click = () => this.answer(null);
    const stop = button({ class: "tool", "aria-label": "Do not reply", on: { click } }, "✕");
    fill(this.answering, h("span", {}, "Replying to ", name), stop);
    this.area.focus();
  }

  insert(text) {
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.focus();
    this.onInput();
  }

  async onInput() {
    this.grow();
    this.note.textContent = "";
    const text = this.area.value;
    this.tellTyping(text);
    if (text.startsWith("/") && !text.includes("\n")) await this.suggestCommands(text);
    else this.suggestMentions();
  }

  /** Tell of a text that is being written, as clients do; of commands nobody is told. */
  tellTyping(text) {
    const now = performance.now();
    if (!text.trim() || text.startsWith("/") || now - this.typedAt < TYPING_MS) return;
    this.typedAt = now;
    this.actions.typing();
  }

  grow() {
    this.area.style.setProperty("height", "auto");
    this.area.style.setProperty("height", `${Math.min(this.area.scrollHeight, 240)}px`);
  }

  async suggestCommands(text) {
    if (text === "/" || !this.leaves.length) this.leaves = leaves(await this.actions.offered());
    if (this.area.value !== text) return;
    const typed = text.slice(1);
    const whole = named(this.leaves, typed);
    const longer = this.leaves.some(({ name }) => name.startsWith(`${typed.trim()} `));
    if (whole && typed.length > whole.leaf.name.length && !longer) {
      this.enterCommand(whole.leaf, whole.rest);
      return;
    }
    const found = matching(this.leaves, typed).slice(0, SHOWN);
    const heading = found.length ? "Commands" : "No command matches.";
    this.suggestions.show(found.map((leaf) => this.commandItem(leaf)), heading);
  }

  commandItem(leaf) {
    const options = leaf.options.map(({ name, required }) =>
      h("span", { class: `option-hint ${required ? "needed" : ""}` }, name),
    );
    const name = h("span", { class: "suggestion-name" }, `/${leaf.name}`);
    const app = this.world.nameOf(this.world.bot);
    return {
      draw: () => [
        h("span", { class: "suggestion-main" }, name, options),
        h("span", { class: "suggestion-note" }, leaf.description),
        h("span", { class: "suggestion-app" }, app),
      ],
      pick: () => this.enterCommand(leaf, ""),
    };
  }

  enterCommand(leaf, rest) {
    this.suggestions.hide();
    this.area.value = "";
    this.line.hidden = true;
    this.slash = new Slash(leaf, rest, {
      world: this.world,
      suggestions: this.suggestions,
      complete: this.actions.complete,
      send: (options) => this.run(leaf.name, options),
      cancel: (text) => this.cancel(text),
    });
    this.box.append(this.slash.element);
    this.slash.focus();
  }

  /** Go back to plain text. */
  cancel(text) {
    const hadFocus = this.slash?.element.contains(document.activeElement);
    this.slash?.element.remove();
    this.slash = null;
    this.line.hidden = false;
    this.area.value = text;
    this.suggestions.hide();
    this.grow();
    if (hadFocus) this.area.focus();
    if (text) this.onInput();
  }

  run(name, options) {
    this.cancel("");
    this.actions.run(name, options);
  }

  suggestMentions() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    const found = /(?:^|\s)([@#])([\w.-]*)$/.exec(before);
    if (!found) {
      this.suggestions.hide();
      return;
    }
    const [, mark, typed] = found;
    const all = entities(mark === "@" ? "mentionable" : "channel", this.world);
    const fitting = all.filter(({ label }) => label.toLowerCase().startsWith(typed.toLowerCase()));
    const items = fitting.slice(0, 8).map((item) => this.mentionItem(item, mark, typed));
    this.suggestions.show(items, items.length ? HEADINGS[mark] : "");
  }

  mentionItem(item, mark, typed) {
    const style = item.tint ? { color: item.tint } : {};
    const pick = () => {
      const end = this.area.selectionStart;
      this.area.setRangeText(`${mark}${item.label} `, end - typed.length - 1, end, "end");
      this.suggestions.hide();
    };
    return {
      draw: () => [
        h("span", { class: "suggestion-name", style }, `${mark}${item.label}`),
        h("span", { class: "suggestion-note" }, item.note),
      ],
      pick,
    };
  }

  onKey(event) {
    if (event.isComposing) return;
    const handled = this.suggestions.open ? this.onListKey(event) : this.onPlainKey(event);
    if (handled) event.preventDefault();
  }

  onListKey({ key }) {
    if (key === "ArrowDown") this.suggestions.move(1);
    else if (key === "ArrowUp") this.suggestions.move(-1);
    else if (key === "Enter" || key === "Tab") this.suggestions.pick();
    else if (key === "Escape") this.suggestions.hide();
    else return false;
    return true;
  }

  onPlainKey({ key, shiftKey }) {
    if (key === "Enter" && !shiftKey) this.send();
    else if (key === "Escape" && this.to) this.answer(null);
    else if (key === "ArrowUp" && !this.area.value) this.actions.lines(-1);
    else return false;
    return true;
  }

  async send() {
    const text = this.area.value.trim();
    const { to, tray } = this;
    const { files } = tray;
    if (!text && !files.length) return;
    tray.set([]);
    this.area.value = "";
    this.grow();
    this.answer(null);
    this.typedAt = -Infinity;
    try {
      await this.actions.say(resolved(text, this.world), to?.id, await packed(files));
    } catch (error) {
      this.note.textContent = error.message;
      if (!this.area.value) this.area.value = text;
      tray.add(files);
    }
  }
}

/** Turn @name and #name into the mentions that Discord sends. */
function resolved(text, world) {
  let result = text;
  for (const [kind, [mark, sign]] of Object.entries(MENTIONS)) {
    const all = entities(kind, world).filter(({ label }) => !label.startsWith("@"));
    all.sort((one, other) => other.label.length - one.label.length);
    for (const { label, value } of all) {
      const pattern = new RegExp(`(^|\\s)${mark}${escaped(label)}(?![\\w-])`, "g");
      result = result.replace(pattern, (_, before) => `${before}<${sign}${value}>`);
    }
  }
  return result;
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

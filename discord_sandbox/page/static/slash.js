// Picked command → its options as fields, filled in by keyboard, validated before it is sent.

import { ATTACHMENT, KINDS, knownChoices, pasted, problem, valueOf } from "./commands.js";
import { button, fill, h } from "./dom.js";
import { OF_OPTION, entities } from "./entities.js";
import { packed } from "./uploads.js";

const SHOWN = 25;
const PAUSE_MS = 150;

export class Slash {
  /** `deps`: world, suggestions, complete(fields) → choices, send(options), cancel(). */
  constructor(leaf, rest, deps) {
    this.leaf = leaf;
    this.deps = deps;
    this.entries = new Map();
    this.strip = h("div", { class: "slash-fields" });
    this.more = h("div", { class: "slash-more" });
    this.trouble = h("div", { class: "slash-trouble", role: "alert" });
    const name = h("span", { class: "slash-name" }, `/${leaf.name}`);
    const row = h("div", { class: "slash-row", tabindex: 0 }, name, this.strip, this.more);
    this.element = h("div", { class: "slash" }, row, this.trouble);
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.row = row;
    this.begin(pasted(leaf, rest));
  }

  begin(given) {
    for (const option of this.leaf.options) {
      if (option.required || option.name in given) this.add(option, given[option.name] ?? "");
    }
    this.drawMore();
  }

  focus() {
    const open = [...this.entries.values()].find(({ input }) => !input.value);
    (open?.input ?? this.row).focus();
    if (!open) this.describe();
  }

  add(option, text = "") {
    const input = h("input", {
      class: "slash-input",
      "aria-label": `${option.name}${option.required ? ", required" : ""}`,
      autocomplete: "off",
      spellcheck: "false",
      role: "combobox",
      "aria-controls": "suggestions",
    });
    input.value = text;
    const entry = { option, input, text, value: undefined };
    if (option.type === ATTACHMENT) this.takeFile(entry);
    const label = h("span", { class: "slash-label" }, option.name);
    entry.pill = h("label", { class: "slash-pill" }, label, input);
    input.addEventListener("input", () => this.typed(entry));
    input.addEventListener("focus", () => this.suggest(entry));
    input.addEventListener("blur", () => this.leave(entry));
    this.entries.set(option.name, entry);
    this.strip.append(entry.pill);
    this.fit(entry);
    return entry;
  }

  /** Let the field take a file instead of a text. */
  takeFile(entry) {
    const { input } = entry;
    input.type = "file";
    input.value = entry.text = "";
    input.classList.add("file-input");
    input.addEventListener("change", async () => {
      [entry.value] = await packed(input.files);
      entry.pill.classList.remove("wrong");
      this.trouble.textContent = "";
      this.row.focus();
    });
  }

  typed(entry) {
    if (entry.option.type === ATTACHMENT) return;
    entry.text = entry.input.value;
    entry.value = undefined;
    this.fit(entry);
    this.suggest(entry);
  }

  fit(entry) {
    if (entry.input.type === "file") return;
    const size = Math.max(2, [...entry.input.value].length + 1);
    entry.input.style.setProperty("width", `${Math.min(size, 40)}ch`);
    entry.pill.classList.remove("wrong");
    this.trouble.textContent = "";
  }

  drawMore() {
    const left = this.leaf.options.filter(({ name }) => !this.entries.has(name));
    const chips = left.map((option) => {
      const click = () => this.addNext(option);
      const title = option.description;
      return button({ class: "chip", tabindex: -1, title, on: { click } }, `+ ${option.name}`);
    });
    fill(this.more, chips);
  }

  addNext(option = this.leaf.options.find(({ name }) => !this.entries.has(name))) {
    if (!option) return false;
    const entry = this.add(option);
    this.drawMore();
    entry.input.focus();
    return true;
  }

  async suggest(entry) {
    const { option } = entry;
    if (option.autocomplete) {
      await this.ask(entry);
      return;
    }
    const kind = OF_OPTION[option.type];
    const all = kind ? entities(kind, this.deps.world, option.channel_types) : knownChoices(option);
    const wanted = entry.value === undefined ? entry.text.trim().toLowerCase() : "";
    const found = all.filter(({ label }) => label.toLowerCase().includes(wanted));
    this.offer(entry, found);
  }

  async ask(entry) {
    const asked = (entry.asked = Symbol("asked"));
    this.offer(entry, [], "Loading options…");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (entry.asked !== asked) return;
    let choices = [];
    let trouble = null;
    try {
      const options = this.filled(entry.option.name);
      const fields = { command: this.leaf.name, option: entry.option.name, value: entry.text };
      choices = await this.deps.complete({ ...fields, options });
    } catch (error) {
      trouble = `Loading options failed: ${error.message}`;
    }
    const here = document.activeElement === entry.input;
    if (entry.asked !== asked || !here) return;
    const items = choices.map(({ name, value }) => ({ label: name, value }));
    this.offer(entry, items, trouble ?? (items.length ? null : "No options match your search."));
  }

  offer(entry, found, note = null) {
    const items = found.slice(0, SHOWN).map((item) => ({
      draw: () => drawItem(item),
      pick: () => this.choose(entry, item),
    }));
    this.deps.suggestions.show(items, heading(entry.option, note), firstPick(entry, found));
  }

  describe() {
    const { name, description } = this.leaf;
    this.deps.suggestions.show([], [h("b", {}, `/${name}`), ` ${description}`]);
  }

  choose(entry, item) {
    entry.value = item.value;
    entry.text = entry.input.value = item.label;
    this.fit(entry);
    this.next(entry) || this.row.focus();
    if (document.activeElement === this.row) this.describe();
  }

  next(entry) {
    const all = [...this.entries.values()];
    const open = all.slice(all.indexOf(entry) + 1).find(({ input }) => !input.value);
    open?.input.focus();
    return Boolean(open);
  }

  leave(entry) {
    entry.asked = null;
    const wrong = entry.text && problem(entry.option, entry);
    entry.pill.classList.toggle("wrong", Boolean(wrong));
  }

  onKey(event) {
    const entry = [...this.entries.values()].find(({ input }) => input === event.target);
    const handled = KEYS[event.key]?.(this, entry, event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  remove(entry) {
    if (entry.option.required) return false;
    this.entries.delete(entry.option.name);
    entry.pill.remove();
    this.drawMore();
    const left = [...this.entries.values()];
    (left.at(-1)?.input ?? this.row).focus();
    return true;
  }

  filled(except) {
    const options = {};
    for (const [name, entry] of this.entries) {
      const value = name === except ? undefined : valueOf(entry.option, entry);
      if (value !== undefined) options[name] = value;
    }
    return options;
  }

  submit() {
    for (const entry of this.entries.values()) {
      const wrong = problem(entry.option, entry);
      if (!wrong) continue;
      entry.input.focus();
      entry.pill.classList.add("wrong");
      this.trouble.textContent = `${entry.option.name}: ${wrong}`;
      return true;
    }
    this.deps.send(this.filled());
    return true;
  }
}

const KEYS = {
  Enter: (slash, entry) => (undecided(slash, entry) ? pickFirst(slash) : slash.submit()),
  Tab: (slash, entry, event) => {
    if (event.shiftKey) return false;
    const wanted = entry && (entry.text || entry.option.required);
    if (wanted && undecided(slash, entry)) return pickFirst(slash);
    return (entry && slash.next(entry)) || slash.addNext();
  },
  Escape: (slash) => {
    if (slash.deps.suggestions.open) slash.deps.suggestions.hide();
    else slash.deps.cancel(`/${slash.leaf.name}`);
    return true;
  },
  ArrowDown: (slash) => moved(slash, 1),
  ArrowUp: (slash) => moved(slash, -1),
  Backspace: (slash, entry) => {
    if (entry?.input.value) return false;
    if (entry && slash.remove(entry)) return true;
    slash.deps.cancel(`/${slash.leaf.name}`);
    return true;
  },
};

function pickFirst(slash) {
  slash.deps.suggestions.pick();
  return true;
}

function moved(slash, step) {
  slash.deps.suggestions.move(step);
  return true;
}

/** Return whether Enter and Tab pick from the list: nothing was picked, or nothing fits so far. */
function undecided(slash, entry) {
  if (!entry || !slash.deps.suggestions.open || entry.value !== undefined) return false;
  return Boolean(entry.option.autocomplete) || valueOf(entry.option, entry) === undefined;
}

function firstPick(entry, found) {
  const at = found.findIndex(({ value }) => value === entry.value);
  return at < 0 ? 0 : at;
}

function drawItem({ label, note, tint, mark }) {
  const style = tint ? { color: tint } : {};
  return [
    h("span", { class: "suggestion-name", style }, mark ?? "", label),
    note && h("span", { class: "suggestion-note" }, note),
  ];
}

function heading(option, note) {
  const required = option.required && h("span", { class: "required" }, "required");
  return [
    h("b", {}, option.name),
    h("span", { class: "kind" }, KINDS[option.type]),
    required,
    h("span", {}, option.description),
    note && h("div", { class: "muted" }, note),
  ];
}

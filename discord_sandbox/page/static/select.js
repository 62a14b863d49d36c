// A select component → its closed field, and the list that it opens.

import { button, fill, h } from "./dom.js";
import { OF_SELECT, entities } from "./entities.js";
import { Popup } from "./popup.js";

const LIST_ALL = 10;

/** Make a select; `send(values)` is called when something was picked. */
export function select(part, world, send) {
  const state = new Choice(part, world, send);
  return { element: state.field, values: () => [...state.picked] };
}

class Choice {
  constructor(part, world, send) {
    this.part = part;
    this.send = send;
    this.low = part.min_values ?? 1;
    this.high = part.max_values ?? 1;
    this.items = part.type in OF_SELECT ? pickable(part, world) : part.options.map(fromOption);
    this.picked = new Set(preset(part));
    this.field = button({
      class: "select",
      disabled: part.disabled,
      "aria-haspopup": "listbox",
      "aria-label": part.placeholder ?? "Make a selection",
      on: { click: () => this.open() },
    });
    this.draw();
  }

  draw() {
    const labels = this.items.filter(({ value }) => this.picked.has(value)).map((it) => it.label);
    const text = labels.join(", ") || (this.part.placeholder ?? "Make a selection");
    const shown = h("span", { class: labels.length ? "" : "placeholder" }, text);
    fill(this.field, shown, h("span", { class: "arrow", "aria-hidden": "true" }, "⌄"));
  }

  open() {
    const before = [...this.picked].join();
    const list = h("div", { class: "options", role: "listbox" });
    const search = h("input", { class: "search", placeholder: "Search", "aria-label": "Search" });
    search.addEventListener("input", () => this.fillList(list, search.value));
    const long = this.items.length > LIST_ALL || this.part.type in OF_SELECT;
    const closed = () => {
      if ([...this.picked].join() !== before && this.high > 1) this.finish(before);
    };
    this.popup = new Popup(this.field, [long && search, list, this.hint()], { closed });
    this.fillList(list, "");
    this.popup.show();
  }

  hint() {
    if (this.high === 1) return null;
    const text = this.low === this.high ? `${this.low}` : `${this.low} to ${this.high}`;
    const done = button({ class: "push primary", on: { click: () => this.popup.close() } }, "Done");
    return h("div", { class: "hint" }, `Pick ${text}`, done);
  }

  fillList(list, typed) {
    const wanted = typed.toLowerCase();
    const shown = this.items.filter(({ label }) => label.toLowerCase().includes(wanted));
    fill(list, shown.map((item) => this.option(item, list)));
  }

  option(item, list) {
    const chosen = this.picked.has(item.value);
    const texts = h("span", { class: "option-texts" }, label(item), note(item));
    const tick = this.high > 1 && h("span", { class: "tick" }, chosen ? "☑" : "☐");
    const click = () => this.toggle(item, list);
    const properties = { class: "option", role: "option", "aria-selected": String(chosen) };
    return button({ ...properties, on: { click } }, item.emoji, texts, tick);
  }

  toggle(item, list) {
    if (this.high === 1) {
      const again = this.picked.has(item.value) && this.low === 0;
      this.picked = new Set(again ? [] : [item.value]);
      this.draw();
      this.popup.close();
      this.send([...this.picked]);
      return;
    }
    if (this.picked.has(item.value)) this.picked.delete(item.value);
    else if (this.picked.size < this.high) this.picked.add(item.value);
    const focused = [...list.children].indexOf(document.activeElement);
    this.fillList(list, this.popup.content.querySelector(".search")?.value ?? "");
    list.children[focused]?.focus();
    this.draw();
  }

  finish(before) {
    if (this.picked.size >= this.low) {
      this.send([...this.picked]);
      return;
    }
    this.picked = new Set(before ? before.split(",") : []);
    this.draw();
  }
}

function pickable(part, world) {
  return entities(OF_SELECT[part.type], world, part.channel_types);
}

function preset(part) {
  if (part.type in OF_SELECT) return (part.default_values ?? []).map(({ id }) => String(id));
  return part.options.filter((option) => option.default).map((option) => option.value);
}

function fromOption(option) {
  const told = option.emoji;
  const emoji = told && h("span", { class: "emoji" }, told.id ? `:${told.name}:` : told.name);
  return { value: option.value, label: option.label, note: option.description, emoji };
}

function label(item) {
  const style = item.tint ? { color: item.tint } : {};
  return h("span", { class: "option-label", style }, item.mark ?? "", item.label);
}

function note(item) {
  return item.note ? h("span", { class: "option-note" }, item.note) : null;
}

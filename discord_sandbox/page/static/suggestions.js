// Items to pick from → a list above the composer, navigated with the arrow keys.

import { fill, h } from "./dom.js";

export class Suggestions {
  /** `field` is the element that owns the list for assistive technology. */
  constructor() {
    this.heading = h("div", { class: "suggestions-heading" });
    this.list = h("div", { class: "suggestions-list", role: "listbox", id: "suggestions" });
    this.element = h("div", { class: "suggestions", hidden: true }, this.heading, this.list);
    this.items = [];
    this.index = -1;
  }

  /** Show items: { draw(): children, pick() }. Without any, only the heading is shown, if given. */
  show(items, heading = "", selected = 0) {
    this.items = items;
    this.index = items.length ? selected : -1;
    fill(this.heading, heading);
    fill(this.list, items.map((item, index) => this.draw(item, index)));
    this.element.hidden = !items.length && !heading;
    this.mark();
  }

  hide() {
    this.show([]);
  }

  get open() {
    return !this.element.hidden && this.items.length > 0;
  }

  move(step) {
    if (!this.items.length) return;
    this.index = (this.index + step + this.items.length) % this.items.length;
    this.mark();
  }

  pick() {
    this.items[this.index]?.pick();
  }

  draw(item, index) {
    const properties = { class: "suggestion", role: "option", id: `suggestion-${index}` };
    const choose = (event) => {
      event.preventDefault(); // the field keeps the focus
      item.pick();
    };
    return h("div", { ...properties, on: { mousedown: choose } }, ...item.draw());
  }

  mark() {
    [...this.list.children].forEach((each, index) => {
      each.setAttribute("aria-selected", String(index === this.index));
    });
    this.list.children[this.index]?.scrollIntoView({ block: "nearest" });
    const active = this.index >= 0 ? `suggestion-${this.index}` : "";
    document.activeElement?.setAttribute?.("aria-activedescendant", active);
  }
}

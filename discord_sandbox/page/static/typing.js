// Typing events → a line below the channel, until they expire.

import { fill, h } from "./dom.js";

const LASTS_MS = 10_000; // docs/resources/channel#trigger-typing-indicator

export class Typing {
  constructor(world) {
    this.world = world;
    this.until = new Map();
    this.element = h("div", { class: "typing", "aria-live": "polite" });
  }

  begin(user) {
    if (user === this.world().me) return;
    clearTimeout(this.until.get(user));
    this.until.set(user, setTimeout(() => this.end(user), LASTS_MS));
    this.draw();
  }

  end(user) {
    clearTimeout(this.until.get(user));
    if (this.until.delete(user)) this.draw();
  }

  clear() {
    for (const user of [...this.until.keys()]) this.end(user);
  }

  draw() {
    const names = [...this.until.keys()].map((id) => this.world().nameOf(id));
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    const verb = names.length > 1 ? "are" : "is";
    const who = names.length > 2 ? "Several people" : h("b", {}, names.join(" and "));
    const words = h("span", {}, who, ` ${verb} typing…`);
    fill(this.element, names.length ? [dots, words] : []);
  }
}

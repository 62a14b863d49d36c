// Drawer at the right: the requests of the bot, or the faults.

import { button, fill, h } from "./dom.js";
import { drawFaults, drawNow } from "./faults.js";
import { drawRequests } from "./requests.js";

const TITLES = { requests: "Requests of the bot", faults: "Faults" };

export class Drawer {
  constructor(element, app) {
    this.element = element;
    this.app = app;
    this.kind = null;
    this.body = h("div", { class: "drawer-body" });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(this.kind);
    });
  }

  toggle(kind) {
    this.kind = this.kind === kind ? null : kind;
    this.element.hidden = !this.kind;
    document.getElementById("app").classList.toggle("with-drawer", Boolean(this.kind));
    if (!this.kind) return;
    const close = button(
      { class: "tool", "aria-label": "Close", on: { click: () => this.toggle(this.kind) } },
      "✕",
    );
    const bar = h("header", { class: "bar" }, h("h2", {}, TITLES[this.kind]), close);
    this.body.replaceChildren();
    fill(this.element, bar, this.body);
    close.focus();
    this.draw();
  }

  /** Draw what may have changed; the form for a new fault is left as it is. */
  async refresh() {
    if (this.kind === "requests") this.draw();
    else if (this.kind === "faults") this.drawNow((await this.app.ask("faults")).now);
  }

  /** Draw the faults in force, where they are shown. */
  drawNow(now) {
    const waiting = this.body.querySelector(".waiting");
    if (waiting) drawNow(waiting, now);
  }

  async draw() {
    const { kind } = this;
    const told = await this.app.ask(kind);
    if (this.kind !== kind) return; // it was closed, or turned to the other kind
    if (kind === "requests") drawRequests(this.body, told);
    else this.drawFaults(told);
  }

  drawFaults(told) {
    const { app } = this;
    const now = ({ now }) => this.drawNow(now);
    const ask = (action, fields) => app.ask(action, fields).then(now, (error) => app.frame.tell(error));
    drawFaults(this.body, {
      told,
      clear: () => ask("clear_faults", {}),
      cause: (fault, values, { here } = {}) => {
        const place = here ? { channel: app.world.channel?.id } : {};
        return ask("fault", { fault, values: { ...values, ...place } });
      },
    });
  }
}

// What came last, and when → the dot that says how far the page can be trusted.

import { h, write } from "./dom.js";
import { duration } from "./units.js";

const FRESH_SECONDS = 5;

export class Live {
  constructor() {
    this.answered = null;
    this.error = null;
    this.age = 0;
    this.paused = false;
    this.dot = h("span", { class: "dot", "aria-hidden": "true" });
    this.text = h("span", {});
    this.element = h("p", { class: "live", title: "State of the data" }, this.dot, this.text);
    this.spoken = h("span", { class: "unseen", role: "status" });
    setInterval(() => this.draw(), 1000);
    this.draw();
  }

  /** Note an answer, and how old its figures were already. */
  answer(age) {
    Object.assign(this, { answered: performance.now(), error: null, age });
    this.draw();
  }

  /** Note that there was none. */
  fail(error) {
    this.error = error;
    this.draw();
  }

  pause(paused) {
    this.paused = paused;
    this.draw();
  }

  draw() {
    const { state, text, title } = this.now();
    this.element.dataset.state = state;
    this.element.title = title ?? text;
    write(this.text, text);
    write(
      this.spoken,
      { live: "", paused: "Paused", lost: "No answer from the dashboard", old: "The bot's figures are old" }[
        state
      ] ?? "",
    );
  }

  now() {
    const since = this.answered === null ? null : (performance.now() - this.answered) / 1000 + this.age;
    const old = since === null ? "" : ` · ${duration(since)} old`;
    if (this.error)
      return {
        state: "lost",
        text: `${this.error.status ? "No data" : "No answer"}${old}`,
        title: this.error.message,
      };
    if (this.paused) return { state: "paused", text: `Paused${old}` };
    if (since === null) return { state: "starting", text: "Loading" };
    if (this.age > FRESH_SECONDS) return { state: "old", text: `Bot silent${old}` };
    return { state: "live", text: "Live" };
  }
}

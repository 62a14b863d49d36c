// Stream and filter → what is shown now, what waits while held, and how much of it.

import { ROWS_MAX } from "./log_list.js";

const DRAW_MS = 250;
const WAITING_MAX = 5000;

/** What is shown and what waits. */
export class LogFlow {
  /** Call `draw` with the entries to show, and `count` with how many wait. */
  constructor({ draw, count, failed }) {
    Object.assign(this, { draw, count, failed });
    this.recent = [];
    this.waiting = [];
    this.held = 0;
    this.known = 0;
    this.reasons = new Set();
    this.order = Promise.resolve();
    this.timer = setInterval(() => this.flush(), DRAW_MS);
  }

  /** Take lines that came; those that the filter takes are shown, or wait. */
  take(lines, missed) {
    if (lines[0].sequence <= (this.recent.at(-1)?.sequence ?? 0)) this.known = 0; // another run
    this.recent.push(...lines);
    if (this.recent.length > 2 * WAITING_MAX) this.recent = this.recent.slice(-WAITING_MAX);
    const { filter } = this;
    this.order = this.order.then(() => this.add(filter, lines, missed));
  }

  /** Leave out what comes up to a line: it is shown already. */
  skipTo(sequence) {
    this.known = Math.max(this.known, sequence);
    this.waiting = this.waiting.filter((entry) => entry.missed || entry.sequence > this.known);
    this.held = Math.min(this.held, this.waiting.length);
  }

  /** Hold lines back for a reason, or no longer for it. */
  hold(reason, held) {
    if (held) this.reasons.add(reason);
    else this.reasons.delete(reason);
    this.flush();
  }

  /** Filter what comes from now on by something else; what is here already is the list's. */
  use(filter) {
    if (this.filter !== filter) this.filter?.close();
    this.filter = filter;
    this.waiting = [];
    this.held = 0;
    this.known = this.recent.at(-1)?.sequence ?? 0;
    this.count(0);
  }

  close() {
    clearInterval(this.timer);
    this.filter?.close();
  }

  async add(filter, lines, missed) {
    try {
      const taken = await filter.match(lines);
      if (filter !== this.filter) return;
      if (missed) this.waiting.push({ missed });
      const fresh = taken.filter(({ sequence }) => sequence > this.known);
      this.waiting.push(...fresh);
      this.held += fresh.length;
    } catch (error) {
      if (filter === this.filter) this.failed(error);
    }
  }

  flush() {
    const held = this.reasons.size > 0;
    const brief = this.reasons.size === 1 && this.reasons.has("pressed");
    this.count(held && !brief ? this.held : 0);
    if (held) this.waiting = this.waiting.slice(-WAITING_MAX);
    if (held || !this.waiting.length) return;
    this.draw(this.waiting.slice(-ROWS_MAX));
    this.waiting = [];
    this.held = 0;
  }
}

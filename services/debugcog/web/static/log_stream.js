// Stream of the API → log lines as they come; closed while hidden, it goes on where it ended.

import { pathOf } from "./api.js";

const AGAIN_MS = 2000;

export class LogStream {
  /** Call `came` with each list of lines, and `state` with whether the stream is open. */
  constructor({ came, state }) {
    this.came = came;
    this.state = state;
    this.last = 0;
    this.source = null;
    this.closing = new AbortController();
    const { signal } = this.closing;
    document.addEventListener("visibilitychange", () => this.turn(), { signal });
  }

  /** Open it behind a line. */
  start(last) {
    this.last = last;
    this.started = true;
    this.turn();
  }

  close() {
    this.closing.abort();
    this.started = false;
    this.turn();
  }

  turn() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    if (this.started && !document.hidden) this.open();
  }

  open() {
    const source = new EventSource(pathOf("logs/stream", { after: this.last }));
    this.source = source;
    source.addEventListener("open", () => this.state(true));
    source.addEventListener("lines", ({ data }) => this.take(JSON.parse(data)));
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      this.state(false);
      source.close();
      this.timer = setTimeout(() => this.turn(), AGAIN_MS);
    });
  }

  /** Hand lines on. Numbers that begin anew are those of another run of the bot. */
  take(lines) {
    const first = lines[0].sequence;
    const missed = this.last && first > this.last ? first - this.last - 1 : 0;
    this.last = lines.at(-1).sequence;
    this.came(lines, missed);
  }
}

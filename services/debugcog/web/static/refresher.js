// Question of a page → its answer every 5 s, while somebody looks.

import { ask } from "./api.js";

export const SECONDS = 5;

/** Asks again and again; never twice at a time. */
export class Refresher {
  /** Call `answered` with each answer, and `failed` with each error. */
  constructor(question, { answered, failed }) {
    this.question = question;
    this.answered = answered;
    this.failed = failed;
    this.paused = false;
    this.number = 0;
    this.timer = null;
    document.addEventListener("visibilitychange", () => this.turn());
  }

  /** Ask now, and from now on. What an earlier question brings is no longer wanted. */
  restart() {
    this.number += 1;
    clearTimeout(this.timer);
    this.run(this.number);
  }

  /** Ask no more until asked to go on. */
  pause(paused) {
    this.paused = paused;
    this.turn();
  }

  turn() {
    if (this.paused || document.hidden) clearTimeout(this.timer);
    else this.restart();
  }

  async run(number) {
    const told = await this.tell();
    if (number !== this.number) return;
    if (!this.paused && !document.hidden) this.timer = setTimeout(() => this.run(number), SECONDS * 1000);
    told();
  }

  /** Ask, and return what has to be called with what came of it. */
  async tell() {
    const { name, parameters } = this.question();
    try {
      const answer = await ask(name, parameters);
      return () => this.answered(answer);
    } catch (error) {
      return () => this.failed(error);
    }
  }
}

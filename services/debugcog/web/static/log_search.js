// Level, logger and text → what the files of the log have of it, page by page back in time.

import { ask } from "./api.js";

/** One search; it remembers how far back it has come. */
export class LogSearch {
  constructor(chosen) {
    this.chosen = chosen;
    this.cursor = "";
    this.count = 0;
    this.until = null;
    this.trouble = "";
  }

  /** Tell whether there may be more further back. */
  get more() {
    return this.cursor !== "";
  }

  /** Return lines further back, the oldest first; `trouble` says why some are missing. */
  async next() {
    const { answer } = await ask("logs/search", { ...this.chosen, before: this.cursor });
    this.cursor = answer.cursor;
    this.count += answer.lines.length;
    this.until = answer.until ?? this.until;
    this.trouble = answer.trouble ?? this.trouble;
    return answer.lines;
  }
}

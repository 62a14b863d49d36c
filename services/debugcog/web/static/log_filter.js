// Level, logger, and text or /regex/ → which log lines are shown; an expression runs in a worker.

const LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 };
const DEADLINE_MS = 1000;
const TEXT_MAX = 2000;
const EXPRESSION = /^\/(.+)\/(i?)$/s;

/** What keeps an expression from being used, for people. */
export class FilterProblem extends Error {}

export class LogFilter {
  constructor({ level = "", logger = "", text = "" }) {
    Object.assign(this, { level, logger, text });
    this.lowest = LEVELS[level] ?? 0;
    this.wanted = text.toLowerCase();
    this.expression = expressionOf(text);
    this.worker = null;
    this.next = 1;
  }

  /** Tell whether all lines are shown. */
  get all() {
    return !this.level && !this.logger && !this.text;
  }

  /** Return the lines that are shown. Throws a FilterProblem where an expression takes too long. */
  async match(lines) {
    const asked = lines.filter((line) => this.takes(line));
    if (!this.expression || !asked.length) return asked;
    const taken = await this.test(asked.map(textOf));
    return asked.filter((_, index) => taken[index]);
  }

  /** End the worker. */
  close() {
    this.worker?.terminate();
    this.worker = null;
  }

  takes(line) {
    if (this.level && !((LEVELS[line.level] ?? 0) >= this.lowest)) return false;
    if (this.logger && !`${line.logger}.`.startsWith(`${this.logger}.`)) return false;
    if (this.expression || !this.wanted) return true;
    return textOf(line).toLowerCase().includes(this.wanted);
  }

  /** Test texts in the worker. One that it does not end in time would never end: it is killed. */
  test(texts) {
    if (this.broken) throw this.broken;
    this.worker ??= new Worker("/static/log_matcher.js");
    const { worker, expression } = this;
    const number = this.next;
    this.next += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.close();
        this.broken = new FilterProblem("This expression takes too long on these lines; try a simpler one.");
        reject(this.broken);
      }, DEADLINE_MS);
      worker.addEventListener("message", function answer({ data }) {
        if (data.number !== number) return;
        clearTimeout(timer);
        worker.removeEventListener("message", answer);
        resolve(data.taken);
      });
      worker.postMessage({ number, ...expression, texts });
    });
  }
}

function expressionOf(text) {
  const found = EXPRESSION.exec(text);
  if (!found) return null;
  const [, source, flags] = found;
  try {
    new RegExp(source, flags);
  } catch (error) {
    throw new FilterProblem(error.message);
  }
  return { source, flags };
}

function textOf({ logger, message, below }) {
  return [message, logger, ...below].map((text) => text.slice(0, TEXT_MAX)).join("\n");
}

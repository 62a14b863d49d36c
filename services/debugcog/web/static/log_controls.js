// Level, logger, text or /regex/ → the form above the log; the address keeps what is chosen.

import { fill, h } from "./dom.js";
import { change, place } from "./router.js";

const LEVELS = {
  "": "All levels",
  DEBUG: "Debug +",
  INFO: "Info +",
  WARNING: "Warning +",
  ERROR: "Error +",
  CRITICAL: "Critical",
};
const WAIT_MS = 250;
const LOGGERS_MAX = 200;

/** The form. */
export class LogControls {
  constructor(changed) {
    const { parameters } = place();
    const asked = (name) => parameters.get(name) ?? "";
    this.changed = changed;
    this.loggers = new Set();
    this.names = h("datalist", { id: "loggers" });
    this.level = h(
      "select",
      { id: "level" },
      Object.entries(LEVELS).map(([value, text]) =>
        h("option", { value, selected: value === asked("level") }, text),
      ),
    );
    this.logger = field({
      id: "logger",
      list: "loggers",
      value: asked("logger"),
      placeholder: "All loggers",
    });
    this.text = field({
      id: "text",
      class: "text",
      type: "search",
      value: asked("text"),
      placeholder: "Text or /regex/",
      maxlength: 200,
    });
    const labelled = (input, text) => h("div", {}, h("label", { for: input.id }, text), input);
    this.element = h(
      "form",
      { class: "filter", role: "search", on: { submit: (event) => event.preventDefault() } },
      labelled(this.level, "Level"),
      labelled(this.logger, "Logger"),
      labelled(this.text, "Text"),
      this.names,
    );
    this.element.addEventListener("input", () => this.wait());
  }

  /** Return what is chosen. */
  get chosen() {
    return { level: this.level.value, logger: this.logger.value.trim(), text: this.text.value.trim() };
  }

  /** Offer the loggers of lines. */
  offer(lines) {
    const before = this.loggers.size;
    for (const { logger } of lines) if (logger && this.loggers.size < LOGGERS_MAX) this.loggers.add(logger);
    if (this.loggers.size === before) return;
    fill(
      this.names,
      [...this.loggers].sort().map((value) => h("option", { value })),
    );
  }

  /** Take what was typed as it is now, without waiting for more. */
  settle() {
    clearTimeout(this.timer);
    change(this.chosen);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.settle();
      this.changed();
    }, WAIT_MS);
  }
}

function field(properties) {
  return h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...properties });
}

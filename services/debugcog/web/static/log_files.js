// List of log files → links that download them.

import { ask } from "./api.js";
import { fill, h } from "./dom.js";
import { ago } from "./times.js";
import { human } from "./units.js";

const MEGABYTE = 1024 ** 2;

export class LogFiles {
  constructor() {
    this.list = h("ul", { class: "lines" });
    const details = h("details", { class: "panel files" }, h("summary", {}, "Log files"), this.list);
    details.addEventListener("toggle", () => details.open && this.load());
    this.element = details;
  }

  async load() {
    try {
      const { answer } = await ask("logs/files");
      fill(this.list, answer.files.map(fileLine));
      if (!answer.files.length) fill(this.list, h("li", { class: "muted" }, answer.trouble ?? "No file."));
    } catch (error) {
      fill(this.list, h("li", { class: "problem" }, error.message));
    }
  }
}

function fileLine({ name, size, changed }) {
  const address = `/api/v1/logs/files/${encodeURIComponent(name)}`;
  return h(
    "li",
    {},
    h("a", { href: address, download: name }, name),
    h("span", { class: "muted" }, ` ${human(size / MEGABYTE, "MB")} · changed ${ago(changed)}`),
  );
}

/** Save texts as a file of the reader's. */
export function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = h("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

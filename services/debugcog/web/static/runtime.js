// Address → one part of what /debug loop, gateway, tasks and trace show: what the bot does inside.

import { h } from "./dom.js";
import { addressOf, place } from "./router.js";
import { GatewayPart } from "./runtime_gateway.js";
import { LoopPart } from "./runtime_loop.js";
import { TasksPart } from "./runtime_tasks.js";
import { TracesPart } from "./runtime_traces.js";

const PARTS = {
  loop: ["Event loop", LoopPart],
  gateway: ["Gateway", GatewayPart],
  tasks: ["Tasks", TasksPart],
  traces: ["Traces", TracesPart],
};
const FIRST = "loop";

/** Shows one part at a time, and asks for no other. */
export class RuntimePage {
  constructor(frame) {
    const asked = place().parameters.get("part");
    const name = Object.hasOwn(PARTS, asked) ? asked : FIRST;
    const [title, Part] = PARTS[name];
    this.part = new Part(frame);
    this.kept = { part: name === FIRST ? "" : name };
    this.ranged = this.part.ranged;
    this.search = this.part.search;
    const links = Object.entries(PARTS).map(([each, [text]]) =>
      h(
        "a",
        {
          href: addressOf("runtime", { part: each === FIRST ? "" : each }),
          data: { page: "" },
          "aria-current": each === name && "page",
        },
        text,
      ),
    );
    const parts = h("nav", { class: "parts", "aria-label": "Parts" }, links);
    this.trouble = h("p", { class: "problem", role: "status" });
    this.element = h(
      "div",
      { class: "page runtime" },
      parts,
      h("h2", { class: "unseen" }, title),
      this.trouble,
      this.part.element,
    );
  }

  question() {
    return this.part.question();
  }

  update(answer) {
    this.trouble.textContent = answer.trouble ?? "";
    this.part.update(answer);
  }

  close() {
    this.part.close?.();
  }
}

// Lines of a chart → buttons that hide and show them, each with its last value.

import { strokeOf } from "./chart_paint.js";
import { button, fill, h, write } from "./dom.js";
import { human } from "./units.js";

export class Legend {
  constructor(hidden, changed) {
    this.hidden = hidden;
    this.changed = changed;
    this.items = new Map();
    this.element = h("ul", { class: "legend" });
  }

  /** Show the lines of a chart; the buttons stay the same while the lines do. */
  update(spec) {
    const labels = spec.lines.map(({ label }) => label);
    if (labels.join("\n") !== [...this.items.keys()].join("\n")) this.build(labels, spec);
    for (const { label, points } of spec.lines) {
      const last = points.findLast(([, value]) => value !== null);
      write(this.items.get(label).value, last ? human(last[1], spec.unit) : "–");
    }
  }

  build(labels, spec) {
    this.items = new Map(labels.map((label) => [label, this.item(label, spec)]));
    fill(
      this.element,
      [...this.items.values()].map(({ element }) => element),
    );
  }

  item(label, spec) {
    const value = h("b", {});
    const sign = h("span", { class: `sign ${strokeOf(spec, label).sign}`, "aria-hidden": "true" });
    const pressed = String(!this.hidden.has(label));
    const toggle = button(
      { "aria-pressed": pressed, title: `Show or hide ${label}` },
      sign,
      label,
      " ",
      value,
    );
    toggle.addEventListener("click", () => {
      if (!this.hidden.delete(label)) this.hidden.add(label);
      toggle.setAttribute("aria-pressed", String(!this.hidden.has(label)));
      this.changed();
    });
    return { element: h("li", {}, toggle), value };
  }
}

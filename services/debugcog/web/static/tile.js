// Title and figures → a tile: the main figure large, what is beside it small.

import { fill, h } from "./dom.js";
import { figure, mark, textOf } from "./figures.js";

const WORST = ["none", "ok", "warning", "critical"];

export class Tile {
  constructor(title) {
    this.mark = h("dd", { class: "corner" });
    this.main = h("dd", { class: "main" });
    this.more = h("dd", { class: "more" });
    this.title = h("dt", {}, title);
    this.element = h("div", { class: "tile" }, this.title, this.main, this.more, this.mark);
  }

  /** Show figures; `more` is a list of [label, figure, what the label means]. */
  update(main, more) {
    const all = [main, ...more.map(([, value]) => value)];
    const severities = all.map((value) => WORST.indexOf(value?.severity ?? "none"));
    this.element.dataset.severity = WORST[Math.max(...severities)];
    fill(this.mark, mark(main));
    fill(
      this.main,
      h("span", { class: "figure", data: { severity: main?.severity ?? "none" } }, textOf(main)),
    );
    fill(
      this.more,
      more.map(([label, value, title]) => h("span", { title }, `${label} `, figure(value))),
    );
  }
}

// Cursor of a chart → a box beside it with the values at that time.

import { nearest, strokeOf } from "./chart_paint.js";
import { fill, h, write } from "./dom.js";
import { moment } from "./times.js";
import { human } from "./units.js";

const NEAR_PIXELS = 6;
const BESIDE_PIXELS = 12;

export class ChartTip {
  constructor() {
    this.box = h("div", { class: "tip", hidden: true });
    this.spoken = h("div", { class: "unseen", role: "status" });
    this.element = h("div", { class: "tips" }, this.box, this.spoken);
  }

  /** Show the values at a time; nothing where the cursor is outside of the chart. */
  show(drawn, cursor) {
    const inside = cursor !== null && cursor >= drawn.start && cursor <= drawn.end;
    const rows = inside ? rowsOf(drawn, cursor) : [];
    this.box.hidden = !rows.length;
    if (!rows.length) return;
    const time = drawn.shown[0]?.points[nearest(drawn.shown[0].points, cursor)]?.[0] ?? cursor;
    fill(this.box, h("b", {}, moment(time)), rows.map(rowOf), notesOf(drawn, cursor));
    this.put(drawn, cursor);
  }

  /** Have a screen reader read the values. */
  speak() {
    const texts = [...this.box.children].map((child) => child.textContent);
    write(this.spoken, this.box.hidden ? "" : texts.join(", "));
  }

  put({ x, plot }, cursor) {
    const at = x(cursor);
    const { offsetWidth: width } = this.box;
    const right = at + BESIDE_PIXELS + width <= plot.right;
    const left = right ? at + BESIDE_PIXELS : Math.max(0, at - BESIDE_PIXELS - width);
    this.box.style.left = `${left}px`;
  }
}

function rowsOf({ spec, shown }, cursor) {
  return shown.map(({ label, points }) => {
    const value = points[nearest(points, cursor)]?.[1] ?? null;
    const text = value === null ? "no data" : human(value, spec.unit);
    return { label, text, kind: strokeOf(spec, label).sign };
  });
}

function rowOf({ label, text, kind }) {
  const sign = h("span", { class: `sign ${kind}`, "aria-hidden": "true" });
  return h("div", {}, sign, h("span", {}, `${label} `), h("b", {}, text));
}

/** List the marks near the cursor and the incidents around it. */
function notesOf({ spec, x }, cursor) {
  const marks = spec.marks.filter(({ time }) => Math.abs(x(time) - x(cursor)) <= NEAR_PIXELS);
  const spans = spec.spans.filter(({ start, end }) => start <= cursor && cursor <= end);
  return [
    marks.map(({ label }) => h("div", { class: "note" }, label)),
    spans.map(({ severity }) => h("div", { class: "note" }, `incident (${severity})`)),
  ];
}

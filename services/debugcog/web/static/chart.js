// ChartSpec of the API → a chart that one can point at, zoom, and read by keyboard.

import { onColours } from "./chart_colours.js";
import { Legend } from "./chart_legend.js";
import { layout, nearest, paint } from "./chart_paint.js";
import { chartTable } from "./chart_table.js";
import { ChartTip } from "./chart_tip.js";
import { h, write } from "./dom.js";
import { human } from "./units.js";

const DRAG_PIXELS = 6;
const ZOOM_STEP = 0.5;

export class Chart {
  /** Make a chart; `csv` is the address of its values as a file, or null. */
  constructor(group, spec, { csv = null } = {}) {
    this.group = group;
    this.spec = spec;
    this.hidden = new Set();
    this.selection = null;
    this.closing = new AbortController();
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.context = this.canvas.getContext("2d");
    this.tip = new ChartTip();
    this.plot = h("div", { class: "plot", tabindex: 0, role: "img" }, this.canvas);
    this.legend = new Legend(this.hidden, () => this.group.paintSoon());
    this.heading = h("h2", {});
    this.csv = csv && h("a", { class: "quiet", href: csv, download: true }, "CSV");
    this.table = chartTable(spec.title, () => this.spec);
    this.element = h(
      "section",
      { class: "panel chart" },
      h("header", {}, this.heading, this.legend.element),
      h("div", { class: "stage" }, this.plot, this.tip.element),
      h("footer", {}, this.table.element, this.csv),
    );
    this.listen();
    this.update(spec);
    group.add(this);
  }

  /** Show new data; what is hidden, zoomed and pointed at stays. */
  update(spec, csv) {
    this.spec = spec;
    write(this.heading, spec.title);
    this.element.setAttribute("aria-label", spec.title);
    this.plot.setAttribute("aria-label", summaryOf(spec));
    this.legend.update(spec);
    this.table.draw();
    if (csv && this.csv) this.csv.setAttribute("href", csv);
    this.group.paintSoon();
  }

  /** Draw it as it is now. */
  paint() {
    if (!this.resize()) return;
    const [start, end] = this.group.rangeOf(this.spec);
    const { width, height } = this;
    const view = { width, height, start, end, hidden: this.hidden, context: this.context };
    this.drawn = layout(this.spec, view);
    paint(this.context, this.drawn, { cursor: this.group.cursor, selection: this.selection });
    this.tip.show(this.drawn, this.group.cursor);
    this.element.classList.toggle("zoomed", Boolean(this.group.zoom));
  }

  /** End what listens beyond the element. */
  close() {
    this.closing.abort();
    this.observer.disconnect();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (!width || !height) return false;
    const sharp = devicePixelRatio || 1;
    if (this.width !== width || this.height !== height || this.sharp !== sharp) {
      Object.assign(this, { width, height, sharp });
      this.canvas.width = Math.round(width * sharp);
      this.canvas.height = Math.round(height * sharp);
      this.context.setTransform(sharp, 0, 0, sharp, 0, 0);
    }
    return true;
  }

  listen() {
    const { plot, group } = this;
    this.observer = new ResizeObserver(() => group.paintSoon());
    this.observer.observe(plot);
    onColours(() => group.paintSoon(), this.closing.signal);
    plot.addEventListener("pointermove", (event) => this.move(event));
    plot.addEventListener("pointerdown", (event) => this.press(event));
    plot.addEventListener("pointerup", () => this.release());
    plot.addEventListener("pointercancel", () => this.drop());
    plot.addEventListener("pointerleave", () => this.pressed === undefined && group.point(null));
    plot.addEventListener("dblclick", () => group.show(null));
    plot.addEventListener("keydown", (event) => this.key(event));
    plot.addEventListener("blur", () => group.point(null));
  }

  timeAt(event) {
    const { left, right } = this.drawn.plot;
    const at = event.clientX - this.plot.getBoundingClientRect().left;
    return this.drawn.time(Math.min(right, Math.max(left, at)));
  }

  move(event) {
    if (!this.drawn) return;
    const time = this.timeAt(event);
    if (this.pressed !== undefined && Math.abs(event.clientX - this.from) >= DRAG_PIXELS) {
      this.selection = [this.pressed, time].sort((one, other) => one - other);
      this.group.paintSoon();
    }
    this.group.point(time);
  }

  press(event) {
    if (!this.drawn || event.button !== 0) return;
    if (event.pointerType !== "mouse") {
      // a finger moves the cursor; it scrolls the page, too
      this.group.point(this.timeAt(event));
      return;
    }
    this.plot.setPointerCapture(event.pointerId);
    this.pressed = this.timeAt(event);
    this.from = event.clientX;
  }

  release() {
    const chosen = this.selection;
    this.drop();
    if (chosen) this.group.show(chosen);
  }

  drop() {
    this.pressed = undefined;
    this.selection = null;
    this.group.paintSoon();
  }

  key(event) {
    const [start, end] = this.group.rangeOf(this.spec);
    const points = this.drawn?.shown[0]?.points.filter(([time]) => time >= start && time <= end);
    const act = {
      ArrowLeft: () => this.step(points, -1),
      ArrowRight: () => this.step(points, 1),
      Home: () => this.step(points, -Infinity),
      End: () => this.step(points, Infinity),
      "+": () => this.closer(start, end),
      "-": () => this.group.show(null),
      Escape: () => this.group.show(null),
    }[event.key];
    if (!act || !points) return;
    event.preventDefault();
    act();
    this.paint();
    this.tip.speak();
  }

  /** Move the cursor by points, from the newest one where there was none. */
  step(points, by) {
    if (!points.length) return;
    const { cursor } = this.group;
    const from = cursor === null ? points.length - 1 - Math.min(by, 0) : nearest(points, cursor);
    const index = cursor === null && by > 0 ? points.length - 1 : from + by;
    this.group.point(points[Math.min(points.length - 1, Math.max(0, index))][0]);
  }

  closer(start, end) {
    const middle = this.group.cursor ?? (start + end) / 2;
    const half = ((end - start) * ZOOM_STEP) / 2;
    this.group.show([Math.max(start, middle - half), Math.min(end, middle + half)]);
  }
}

/** Say in a sentence what the chart shows. */
function summaryOf({ title, unit, lines }) {
  const told = lines.map(({ label, points }) => {
    const values = points.map(([, value]) => value).filter((value) => value !== null);
    if (!values.length) return `${label}: no data`;
    const most = human(
      values.reduce((one, other) => Math.max(one, other)),
      unit,
    );
    return `${label}: last ${human(values.at(-1), unit)}, highest ${most}`;
  });
  return `Chart of ${title}. ${told.join("; ")}. Arrow keys read the values, plus zooms, Escape shows all.`;
}

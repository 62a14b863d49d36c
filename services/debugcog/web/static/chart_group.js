// Charts of a page → one cursor and one zoom for all of them; the zoom stays in the address.

import { change, place } from "./router.js";

export class ChartGroup {
  constructor() {
    this.charts = [];
    this.cursor = null;
    this.zoom = zoomOfAddress();
    this.planned = false;
  }

  /** Let a chart take part. */
  add(chart) {
    this.charts.push(chart);
  }

  /** Show the cursor of all charts at a time; null hides it. */
  point(time) {
    if (time === this.cursor) return;
    this.cursor = time;
    this.paintSoon();
  }

  /** Show a part of the time only; null shows all of it. */
  show(zoom) {
    this.zoom = zoom;
    const [from, to] = zoom ? zoom.map((time) => time.toFixed(1)) : ["", ""];
    change({ from, to });
    this.paintSoon();
  }

  /** Return what of a chart's time is shown: the zoom, as far as the chart has it. */
  rangeOf({ start, end }) {
    if (!this.zoom) return [start, end];
    const from = Math.max(start, this.zoom[0]);
    const to = Math.min(end, this.zoom[1]);
    return to > from ? [from, to] : [start, end];
  }

  /** Paint all charts before the next frame, once. */
  paintSoon() {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      for (const chart of this.charts) chart.paint();
    });
  }
}

function zoomOfAddress() {
  const { parameters } = place();
  const [from, to] = ["from", "to"].map((name) => Number(parameters.get(name)));
  return from > 0 && to > from ? [from, to] : null;
}

// Log lines → how many came in the last minutes, by severity, as a chart.

import { Chart } from "./chart.js";
import { ChartGroup } from "./chart_group.js";

const BIN_SECONDS = 10;
const BINS = 60;
const TONES = { errors: "critical", warnings: "warning", other: "muted" };

/** Counts lines, and shows the counts of the last ten minutes. */
export class LogHistogram {
  constructor() {
    this.bins = new Map();
    this.group = new ChartGroup();
    this.chart = new Chart(this.group, this.spec());
    this.element = this.chart.element;
    this.timer = setInterval(() => document.hidden || this.chart.update(this.spec()), 1000);
  }

  /** Count lines, each of which is handed over once. */
  count(lines) {
    for (const { time, level } of lines) {
      if (time === null) continue;
      const at = Math.floor(time / BIN_SECONDS) * BIN_SECONDS;
      if (!this.bins.has(at)) this.bins.set(at, { errors: 0, warnings: 0, other: 0 });
      this.bins.get(at)[kindOf(level)] += 1;
    }
  }

  close() {
    clearInterval(this.timer);
    this.chart.close();
  }

  spec() {
    const last = Math.floor(Date.now() / 1000 / BIN_SECONDS) * BIN_SECONDS;
    const first = last - (BINS - 1) * BIN_SECONDS;
    for (const at of this.bins.keys()) if (at < first) this.bins.delete(at);
    const times = Array.from({ length: BINS }, (_, index) => first + index * BIN_SECONDS);
    const known = Math.min(...this.bins.keys());
    const valueOf = (at, kind) => (at < known ? null : (this.bins.get(at)?.[kind] ?? 0));
    return {
      title: `Lines in ${BIN_SECONDS} s`,
      unit: "",
      bars: BIN_SECONDS,
      lines: Object.entries(TONES).map(([label, tone]) => ({
        label,
        tone,
        points: times.map((at) => [at, valueOf(at, label)]),
      })),
      thresholds: [],
      spans: [],
      marks: [],
      start: first,
      end: last + BIN_SECONDS,
    };
  }
}

function kindOf(level) {
  if (level === "ERROR" || level === "CRITICAL") return "errors";
  return level === "WARNING" ? "warnings" : "other";
}

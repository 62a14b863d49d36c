// PerformanceAnswer → charts with one cursor, and the tables of commands and models.

import { pathOf } from "./api.js";
import { Chart } from "./chart.js";
import { ChartGroup } from "./chart_group.js";
import { h, write } from "./dom.js";
import { Models } from "./models.js";
import { place } from "./router.js";
import { Table } from "./table.js";

const COMMANDS = [
  { key: "name", title: "Command", text: true },
  { key: "calls", title: "Calls" },
  { key: "errors", title: "Errors" },
  { key: "mean", title: "Mean", wide: true },
  { key: "p50", title: "p50", wide: true },
  { key: "p95", title: "p95" },
  { key: "slowest", title: "Slowest", wide: true },
  { key: "acknowledged", title: "Acknowledged, p95", wide: true },
  { key: "unacknowledged", title: "Missed" },
];
export class PerformancePage {
  ranged = true;

  constructor() {
    this.group = new ChartGroup();
    this.charts = new Map();
    this.chartBox = h("div", { class: "charts two" });
    this.commands = new Table("Commands", COMMANDS, {
      csv: this.csv("commands"),
      empty: "No command was used in this range.",
    });
    this.models = new Models(this.csv("models"));
    this.trouble = h("p", { class: "problem", role: "status" });
    const hint = h("p", { class: "muted hint" }, "Drag to zoom all charts, double-click to see all again.");
    this.element = h(
      "div",
      { class: "page" },
      this.trouble,
      hint,
      this.chartBox,
      this.commands.element,
      this.models.element,
    );
  }

  question() {
    return { name: "performance", parameters: { window: place().window } };
  }

  update(answer) {
    for (const [key, spec] of Object.entries(answer.charts)) this.drawChart(key, spec);
    this.commands.update(answer.commands);
    this.models.update(answer.models);
    write(this.trouble, answer.trouble ?? "");
  }

  drawChart(key, spec) {
    if (this.charts.has(key)) {
      this.charts.get(key).update(spec);
      return;
    }
    const csv = pathOf("performance.csv", { chart: key, window: place().window });
    const chart = new Chart(this.group, spec, { csv });
    this.charts.set(key, chart);
    this.chartBox.append(chart.element);
  }

  csv(table) {
    return pathOf(`performance.${table}.csv`, { window: place().window });
  }

  close() {
    for (const chart of this.charts.values()) chart.close();
  }
}

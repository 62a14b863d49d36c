// OverviewAnswer → what fires, tiles, two charts, and the last errors.

import { alertLine } from "./banner.js";
import { Chart } from "./chart.js";
import { ChartGroup } from "./chart_group.js";
import { fill, h, write } from "./dom.js";
import { errorList } from "./errors.js";
import { place } from "./router.js";
import { Tile } from "./tile.js";

/** For each tile its title, which of its figures is the large one, and what stands beside it. */
const TILES = {
  active_users: ["Active users", "now", { yesterday: "yesterday" }],
  messages: ["Messages per hour", "hour", { yesterday: "yesterday" }],
  response_time: ["Response time", "average", { p95: "p95" }],
  errors: ["Errors", "count", { rate: "rate" }],
  memory: ["Memory", "now", { cpu: "CPU" }],
  uptime: ["Uptime", "uptime", { latency: "gateway", guilds: "servers" }],
};
const MEANINGS = {
  now: "what the alert rule judges, over its own time",
  yesterday: "in the same hour of yesterday",
  p95: "95 of 100 took no longer",
  rate: "of all messages",
};

export class OverviewPage {
  ranged = true;

  constructor() {
    this.group = new ChartGroup();
    this.charts = new Map();
    this.tiles = new Map(Object.entries(TILES).map(([key, [title]]) => [key, new Tile(title)]));
    this.chartBox = h("div", { class: "charts two" });
    this.errors = h("div", {});
    this.alerts = h("ul", { class: "alerts", "aria-label": "Firing alerts" });
    this.trouble = h("p", { class: "problem", role: "status" });
    this.element = h(
      "div",
      { class: "page" },
      this.alerts,
      this.trouble,
      h(
        "dl",
        { class: "tiles" },
        [...this.tiles.values()].map(({ element }) => element),
      ),
      this.chartBox,
      h(
        "section",
        { class: "panel", "aria-label": "Last errors" },
        h("header", {}, h("h2", {}, "Last errors")),
        this.errors,
      ),
    );
  }

  question() {
    return { name: "overview", parameters: { window: place().window } };
  }

  update(answer) {
    for (const [key, tile] of this.tiles) {
      const [, main, more] = TILES[key];
      const figures = answer.tiles[key];
      const { now } = figures; // what the rule reads, where its mark is not of the window's figure
      const differs = main !== "now" && now?.value != null && now.text !== figures[main].text;
      tile.update(figures[main], [
        ...Object.entries(more).map(([name, label]) => [label, figures[name], MEANINGS[name]]),
        ...(differs ? [["alert value", now, MEANINGS.now]] : []),
      ]);
    }
    write(this.tiles.get("response_time").title, answer.tiles.response_time.title);
    this.drawCharts(answer.charts);
    const none = h("li", { class: "calm" }, "✅ No alert is firing.");
    fill(this.alerts, answer.alerts.length ? answer.alerts.map(alertLine) : none);
    fill(this.errors, errorList(answer.errors));
    write(this.trouble, answer.trouble ?? "");
  }

  drawCharts(charts) {
    for (const [key, spec] of Object.entries(charts)) {
      if (this.charts.has(key)) {
        this.charts.get(key).update(spec);
      } else {
        const chart = new Chart(this.group, spec);
        this.charts.set(key, chart);
        this.chartBox.append(chart.element);
      }
    }
  }

  close() {
    for (const chart of this.charts.values()) chart.close();
  }
}

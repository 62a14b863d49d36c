// GatewayAnswer → connections to Discord, its limits, and whose trouble it looks like.

import { Chart } from "./chart.js";
import { ChartGroup } from "./chart_group.js";
import { fill, h, withCode } from "./dom.js";
import { mark, textOf } from "./figures.js";
import { place } from "./router.js";
import { Table } from "./table.js";
import { Tile } from "./tile.js";
import { ago, iso } from "./times.js";
import { duration, human } from "./units.js";

const TITLES = {
  latency: "Latency",
  sessions: "Resumes",
  starts: "Identifies left",
  invalid: "Invalid requests",
  rest: "Failed requests",
};
const ROWS = 50;
const LAST = { key: "last", title: "Last", cell: ({ last }) => ago(last) };
const SHARDS = [
  { key: "id", title: "Shard" },
  { key: "latency_ms", title: "Latency", cell: ({ latency_ms: ms }) => (ms === null ? "–" : human(ms, "ms")) },
  { key: "down_seconds", title: "Away", cell: ({ down_seconds: away }) => (away === null ? "–" : duration(away)) },
];
const DISCONNECTS = [
  { key: "text", title: "Reason", text: true, cell: reasonOf },
  { key: "code", title: "Code", wide: true, cell: ({ code }) => String(code ?? "–") },
  { key: "count", title: "Times" },
  LAST,
];
const LIMITS = [
  { key: "route", title: "Route", text: true },
  { key: "text", title: "Whose limit", text: true },
  { key: "count", title: "Times" },
  { key: "seconds", title: "To wait", wide: true, cell: ({ seconds }) => (seconds ? human(seconds, "s") : "–") },
  LAST,
];
const EVENTS = [
  { key: "name", title: "Event", text: true },
  { key: "count", title: "Count" },
  { key: "per_minute", title: "A minute", cell: ({ per_minute: rate }) => human(rate, "") },
];

export class GatewayPart {
  ranged = true;

  constructor() {
    this.group = new ChartGroup();
    this.chart = null;
    this.verdict = h("p", { role: "status" });
    this.tiles = new Map(Object.entries(TITLES).map(([key, title]) => [key, new Tile(title)]));
    this.chartBox = h("div", {});
    this.shards = new Table("Shards", SHARDS, { empty: "Not connected yet." });
    this.disconnects = new Table("Disconnects", DISCONNECTS, { empty: "None in this range." });
    this.limits = new Table("Rate limits", LIMITS, { empty: "None in this range." });
    this.events = new Table("Events of Discord", EVENTS, { empty: "None so far." });
    this.since = h("p", { class: "muted" });
    const tiles = [...this.tiles.values()].map(({ element }) => element);
    this.element = h(
      "div",
      { class: "page" },
      this.verdict,
      h("dl", { class: "tiles" }, tiles),
      this.chartBox,
      this.disconnects.element,
      this.limits.element,
      this.shards.element,
      this.events.element,
      this.since,
    );
  }

  question() {
    return { name: "gateway", parameters: { window: place().window } };
  }

  update(answer) {
    const { verdict, chart } = answer;
    const evidence = verdict.evidence.length ? `: ${verdict.evidence.join("; ")}.` : ".";
    const severity = verdict.side === "none" ? "ok" : "trouble";
    fill(this.verdict, mark({ mark: verdict.mark, severity }), h("strong", {}, verdict.text), evidence);
    this.drawTiles(answer);
    if (this.chart) {
      this.chart.update(chart);
    } else {
      this.chart = new Chart(this.group, chart);
      this.chartBox.append(this.chart.element);
    }
    const away = ({ down_seconds: down, latency_ms: ms }) => (down === null ? (ms ?? 0) / 1e9 : 1 + down);
    this.shards.element.hidden = answer.shards.length < 2; // the tile and the banner tell of one
    this.shards.update([...answer.shards].sort((one, other) => away(other) - away(one)).slice(0, ROWS));
    this.disconnects.update(answer.disconnects.slice(0, ROWS));
    this.limits.update(answer.limits.slice(0, ROWS));
    this.events.update(answer.events.slice(0, ROWS));
    const watched = h("time", { datetime: iso(answer.since), title: iso(answer.since) }, ago(answer.since));
    const more = answer.shards.length - ROWS;
    fill(this.since, "Watched since ", watched, more > 0 && ` · ${more} more shards, all faster`);
  }

  drawTiles(answer) {
    const { starts, starts_total: total, starts_reset: reset } = answer;
    const until = reset === null ? null : duration(Math.max(0, reset - Date.now() / 1000));
    const seen = answer.invalid.value !== null;
    this.tiles.get("latency").update(answer.latency, [["shards", answer.shards.length]]);
    this.tiles.get("sessions").update(answer.resumes, [["identifies", answer.identifies]]);
    this.tiles.get("starts").update(
      starts,
      total
        ? [
            ["of", total],
            ["reset in", until],
          ]
        : [["not known yet", ""]],
    );
    this.tiles
      .get("invalid")
      .update(
        answer.invalid,
        seen ? [["of", 10000, "in 10 minutes; then Discord refuses the address"]] : [["not seen", ""]],
      );
    this.tiles
      .get("rest")
      .update(seen ? answer.failed : null, [["of", answer.answered, "answers of the last hour"]]);
  }

  close() {
    this.chart?.close();
  }
}

function reasonOf({ text, code, detail, shards, fix, fatal }) {
  const notes = [
    detail,
    shards.length > 0 && `shard ${shards.slice(0, 5).map(textOf).join(", ")}`,
    fatal && "the bot may not connect again as it is",
    fix && withCode(fix),
  ].filter(Boolean);
  return [
    mark(fatal ? { mark: "🔴", severity: "critical" } : null),
    text,
    code !== null && h("span", { class: "short" }, ` (${code})`),
    h(
      "span",
      { class: "muted notes" },
      notes.map((note, index) => [index > 0 && " · ", note]),
    ),
  ];
}

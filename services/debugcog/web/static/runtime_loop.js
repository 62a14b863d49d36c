// LoopAnswer → how late the event loop is, and who blocked it, with stacks.

import { Chart } from "./chart.js";
import { ChartGroup } from "./chart_group.js";
import { fill, h, withCode, write } from "./dom.js";
import { textOf } from "./figures.js";
import { place } from "./router.js";
import { Tile } from "./tile.js";
import { ago, iso, moment } from "./times.js";
import { human } from "./units.js";

const TITLES = { lag: "Lag, p99", blocked: "Blocked in all", busy: "Busy", limits: "Warning from" };
const BLIND =
  "Code in C that holds the interpreter, such as a regular expression, is not named here: that takes Linux, and a bot that runs in the main thread.";
const OFF = "Metrics are off: `METRICS_ENABLED=false`. Stalls are seen all the same.";
const UNSEEN = "Unknown: no code was seen in it";

export class LoopPart {
  ranged = true;

  constructor() {
    this.group = new ChartGroup();
    this.chart = null;
    this.culprits = new Map();
    this.tiles = new Map(Object.entries(TITLES).map(([key, title]) => [key, new Tile(title)]));
    this.chartBox = h("div", {});
    this.none = h("p", { class: "muted" }, "Nothing has blocked the loop for 0.25 s or longer.");
    this.list = h("ol", { class: "culprits" });
    this.notes = h("div", { class: "muted" });
    const tiles = [...this.tiles.values()].map(({ element }) => element);
    this.element = h(
      "div",
      { class: "page" },
      h("dl", { class: "tiles" }, tiles),
      this.chartBox,
      h(
        "section",
        { class: "panel", "aria-label": "Who blocked it" },
        h("header", {}, h("h2", {}, "Who blocked it, the longest in all first")),
        this.none,
        this.list,
        this.notes,
      ),
    );
  }

  question() {
    return { name: "loop", parameters: { window: place().window } };
  }

  update(answer) {
    this.drawTiles(answer);
    if (this.chart) {
      this.chart.update(answer.chart);
    } else {
      this.chart = new Chart(this.group, answer.chart);
      this.chartBox.append(this.chart.element);
    }
    this.drawCulprits(answer.culprits);
    this.none.hidden = answer.culprits.length > 0;
    const notes = [!answer.enabled && OFF, !answer.sees_c_code && BLIND].filter(Boolean);
    fill(
      this.notes,
      notes.map((text) => h("p", {}, withCode(text))),
    );
  }

  drawTiles(answer) {
    const { lag, culprits } = answer;
    const stalls = culprits.reduce((sum, { count }) => sum + count, 0);
    const now = lag.now.value === null ? [] : [["alert value", lag.now]];
    this.tiles
      .get("lag")
      .update(lag.p99, [...now, ["max", lag.maximum], ["p50", answer.p50], ["latest", answer.last]]);
    this.tiles.get("blocked").update(answer.blocked, [["stalls", stalls]]);
    this.tiles.get("busy").update(answer.busy, [["tasks", answer.tasks, "asyncio tasks of the loop"]]);
    this.tiles.get("limits").update(answer.warning, [["critical from", answer.critical]]);
  }

  drawCulprits(culprits) {
    const known = new Map();
    culprits.forEach((culprit, index) => {
      const shown = this.culprits.get(culprit.key) ?? new Culprit(!this.culprits.size && !index);
      shown.update(culprit, index + 1);
      known.set(culprit.key, shown);
    });
    const same = [...known.keys()].join() === [...this.culprits.keys()].join();
    this.culprits = known;
    if (!same)
      fill(
        this.list,
        [...known.values()].map(({ element }) => element),
      );
  }

  close() {
    this.chart?.close();
  }
}

/** One that blocked the loop; it stays open, and a selection in it stays, while it is updated. */
class Culprit {
  constructor(open) {
    this.who = h("strong", {});
    this.place = h("span", { class: "muted" });
    this.times = h("span", { class: "often" });
    this.hint = h("p", {});
    this.stack = h("pre", { tabindex: 0, "aria-label": "Stack of the longest stall" });
    this.stalls = h("p", { class: "muted" });
    const summary = h("summary", {}, this.who, " ", this.place, this.times);
    this.element = h("li", {}, h("details", { open }, summary, this.hint, this.stack, this.stalls));
  }

  update({ count, seconds, worst, last, stalls }, rank) {
    write(this.who, `#${rank} ${worst.function || UNSEEN}`);
    const thread = worst.thread && `in thread ${worst.thread}`;
    const place = worst.file && `${worst.file}:${worst.line}`;
    write(this.place, [place, thread].filter(Boolean).join(" "));
    const longest = count > 1 ? `, longest ${human(worst.seconds, "s")}` : "";
    const often = `${human(seconds, "s")} in ${textOf(count)} ${count === 1 ? "stall" : "stalls"}`;
    write(this.times, `${often}${longest} · last ${ago(last)}`);
    fill(this.hint, withCode(worst.hint));
    write(this.stack, worst.stack || "No code was seen.");
    const times = stalls.map(({ began, seconds: took }) =>
      h("time", { datetime: iso(began) }, `${moment(began)} ${human(took, "s")}`),
    );
    const more = count - stalls.length;
    fill(
      this.stalls,
      times.flatMap((time, index) => (index ? [" · ", time] : [time])),
      more > 0 && ` and ${textOf(more)} more`,
    );
  }
}

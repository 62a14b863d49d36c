// ModelsAnswer → what the models did in the range, and what they cost today and this month.

import { fill, h } from "./dom.js";
import { Table } from "./table.js";
import { Tile } from "./tile.js";

const COLUMNS = [
  { key: "model", title: "Model", text: true },
  { key: "provider", title: "Provider", text: true, wide: true },
  { key: "requests", title: "Requests" },
  { key: "tokens_input", title: "Tokens in", wide: true },
  { key: "tokens_output", title: "Tokens out", wide: true },
  { key: "tokens_cached", title: "Cached", wide: true },
  { key: "time_to_first_token", title: "First token", wide: true },
  { key: "tokens_per_second", title: "Speed", wide: true },
  { key: "p50", title: "p50", wide: true },
  { key: "p95", title: "p95" },
  { key: "errors", title: "Errors" },
  { key: "cost", title: "Cost" },
];
const COSTS = { today: "Cost today", month: "Cost this month", forecast: "Forecast of this month" };

/** Shown only for a bot that talks to models. */
export class Models {
  constructor(csv) {
    this.table = new Table("Models", COLUMNS, { csv, empty: "No model was called in this range." });
    this.costs = new Map(Object.entries(COSTS).map(([key, title]) => [key, new Tile(title)]));
    this.tiles = h(
      "dl",
      { class: "tiles" },
      [...this.costs.values()].map(({ element }) => element),
    );
    this.notes = h("div", { class: "muted" });
    this.element = h("div", { class: "page", hidden: true }, this.table.element, this.tiles, this.notes);
  }

  /** Show the answer; null, or one without anything in it, where the bot talks to none. */
  update(answer) {
    const known = answer && (answer.models.length || answer.month.value !== null || answer.trouble);
    this.element.hidden = !known;
    if (!known) return;
    this.table.update(answer.models);
    for (const [key, tile] of this.costs) tile.update(answer[key], []);
    const missing =
      answer.unpriced.length > 0 && `Without a price, so not in the costs: ${answer.unpriced.join(", ")}`;
    fill(
      this.notes,
      [answer.trouble, missing].filter(Boolean).map((text) => h("p", {}, text)),
    );
  }
}

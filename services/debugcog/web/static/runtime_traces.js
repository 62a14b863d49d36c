// TracesAnswer → the parts of one call along its time, and the last calls to choose from.

import { Filter } from "./filter.js";
import { fill, h, withCode, write } from "./dom.js";
import { textOf } from "./figures.js";
import { addressOf, change, place } from "./router.js";
import { Table } from "./table.js";
import { iso, moment } from "./times.js";
import { human } from "./units.js";
import { Waterfall } from "./waterfall.js";

const CALLS = [
  { key: "at", title: "When", cell: ({ at }) => timeOf(at) },
  { key: "name", title: "Call", text: true, cell: linkOf },
  { key: "duration", title: "Took" },
  { key: "slowest", title: "What took the time", text: true, wide: true, cell: (row) => withCode(row.slowest) },
];
const NOTHING =
  "No call with timed parts so far. Time them with `metrics.timer(...)` or `@traced(...)`; requests to Discord are timed by themselves.";
const OFF = "Metrics are off: `METRICS_ENABLED=false`.";
const SPLIT = ["gateway", "event loop", "code"];

export class TracesPart {
  ranged = false;

  constructor(frame) {
    this.service = h("select", { id: "service" });
    this.service.addEventListener("change", () => {
      change({ service: this.service.value, call: "" });
      frame.reload();
    });
    const label = h("label", { for: "service" }, "With a part");
    this.filter = new Filter(frame, "Search calls", "Name or id", h("div", {}, label, this.service));
    this.search = this.filter.search;
    this.title = h("h2", {});
    this.latest = h("a", { class: "quiet", data: { page: "" } }, "Latest call");
    this.slowest = h("p", {});
    this.facts = h("p", { class: "muted" });
    this.waterfall = new Waterfall();
    this.left = h("p", { class: "muted" });
    this.trace = h(
      "section",
      { class: "panel", "aria-label": "One call" },
      h("header", {}, this.title, this.latest),
      this.slowest,
      this.facts,
      this.waterfall.element,
      this.left,
    );
    this.none = h("p", { class: "muted" });
    this.calls = new Table("Last calls", CALLS, { empty: "None." });
    this.element = h(
      "div",
      { class: "page" },
      this.filter.element,
      this.none,
      this.trace,
      this.calls.element,
    );
  }

  question() {
    const { parameters } = place();
    const asked = (name) => parameters.get(name) ?? "";
    return {
      name: "traces",
      parameters: { find: asked("find"), service: asked("service"), call: asked("call") },
    };
  }

  update(answer) {
    const { trace, lines, total, services, is_gone: gone, enabled } = answer;
    this.drawServices(services);
    this.filter.tell(`${textOf(total)} ${total === 1 ? "call" : "calls"}`);
    const searched = answer.find || answer.service;
    const missing = searched ? "No call that is kept matches." : NOTHING;
    const notes = [!enabled && OFF, gone && "That call is no longer kept.", !trace && missing];
    fill(this.none, withCode(notes.filter(Boolean).join(" ")));
    this.trace.hidden = !trace;
    if (trace) this.drawTrace(trace);
    this.calls.element.hidden = !lines.length;
    this.calls.update(lines.map(({ call, slowest }) => ({ ...call, slowest })));
  }

  drawServices(services) {
    const asked = place().parameters.get("service") ?? "";
    const names = [...new Set(["", ...services, asked])];
    if (names.join("\n") === this.names || document.activeElement === this.service) return;
    this.names = names.join("\n");
    fill(
      this.service,
      names.map((name) => h("option", { value: name, selected: name === asked }, name || "any")),
    );
  }

  drawTrace({ line, parts, slowest, left_out: left }) {
    const { call } = line;
    const { parameters } = place();
    this.latest.hidden = !parameters.get("call");
    this.latest.setAttribute("href", addressOf("runtime", { part: "traces", ...keptOf(parameters) }));
    write(this.title, `${call.name} · ${human(parts[0].ms, "ms")}`);
    fill(this.slowest, h("strong", {}, withCode(line.slowest)));
    fill(this.facts, timeOf(call.at), ` · ${factsOf(call)}`, userOf(call));
    this.waterfall.update(parts, slowest);
    write(this.left, left ? `${textOf(left)} shorter parts are not drawn.` : "");
    this.left.hidden = !left;
  }
}

function factsOf(call) {
  const waited = call.acknowledged.value !== null;
  const split = call.split.map((part, index) => `${SPLIT[index]} ${textOf(part)}`).join(", ");
  const facts = [
    call.kind,
    call.outcome === "failed" ? `❌ failed${call.error && `, error ${call.error}`}` : call.outcome,
    waited ? `acknowledged after ${textOf(call.acknowledged)} (${split})` : "",
    call.problem,
  ];
  return facts.filter(Boolean).join(" · ");
}

function userOf({ user_id: id }) {
  if (id === null) return null;
  return [" · ", h("a", { href: addressOf("users", { user: id }), data: { page: "" } }, `user ${id}`)];
}

function linkOf({ id, name, outcome, slowest }) {
  const address = addressOf("runtime", { part: "traces", ...keptOf(place().parameters), call: id });
  return [
    h("a", { href: address, data: { page: "" } }, name),
    outcome === "failed" && " ❌",
    h("p", { class: "muted short" }, withCode(slowest)),
  ];
}

function keptOf(parameters) {
  return { find: parameters.get("find"), service: parameters.get("service") };
}

function timeOf(at) {
  return h("time", { datetime: iso(at), title: iso(at) }, moment(at));
}

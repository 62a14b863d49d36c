// What can go wrong → a panel that makes it go wrong.

import { button, fill, h } from "./dom.js";

const METHODS = ["*", "GET", "POST", "PUT", "PATCH", "DELETE"];
const GATEWAY = [
  ["drop", "Drop the gateway", "The connection is cut; the bot resumes its session."],
  ["lose", "Drop it and lose the session", "The bot has to identify anew."],
  ["reconnect", "Ask to reconnect", "Opcode 7, as on Discord's deployments."],
  ["invalidate", "Invalidate the session", "Opcode 9, not resumable."],
];

/** Draw the panel; `ask(deed, fields)` does things, `status` is what is wrong now. */
export function drawFaults(element, { ask, status, told, again, confirmDelete }) {
  const waiting = h("div", { class: "waiting" });
  drawPending(waiting, told.pending);
  fill(
    element,
    h("h3", {}, "Requests of the bot"),
    form(told.troubles, async (fields) => again(await ask("add_fault", fields))),
    waiting,
    h("h3", {}, "Gateway"),
    GATEWAY.map(([what, text, note]) => deed(text, note, () => ask("gateway", { what }))),
    deed(
      status.silent ? "Answer heartbeats again" : "Leave heartbeats unanswered",
      "The bot takes the connection for dead after a while.",
      () => ask("gateway", { what: "silence" }),
    ),
    outage((seconds) => ask("gateway", { what: "outage", seconds })),
    h("h3", {}, "This channel"),
    deed("Take or give back the bot's right to write", "50013 Missing Permissions.", () =>
      ask("revoke"),
    ),
    deed("Delete the channel", "10003 Unknown Channel.", confirmDelete, "danger"),
    h("h3", {}, "All well again"),
    deed("End all faults", "", async () => again(await ask("clear_faults")), "primary"),
  );
}

function deed(text, note, click, kind = "secondary") {
  const made = button({ class: `push ${kind}`, on: { click } }, text);
  return h("div", { class: "fault-deed" }, made, note && h("span", { class: "muted" }, note));
}

function form(troubles, add) {
  const trouble = choice(troubles);
  const method = choice(METHODS);
  const path = h("input", { value: "/channels/*/messages", spellcheck: "false" });
  const times = h("input", { type: "number", min: 0, value: 1 });
  const seconds = h("input", { type: "number", min: 0, step: "0.1", value: 1 });
  const submit = (event) => {
    event.preventDefault();
    add({
      trouble: trouble.value,
      method: method.value,
      path: path.value,
      times: times.valueAsNumber || 0,
      seconds: seconds.valueAsNumber || 0,
    });
  };
  return h(
    "form",
    { class: "fault-form", on: { submit } },
    field("Trouble", trouble),
    field("Method", method),
    field("Path", path),
    field("Times (0: until ended)", times),
    field("Seconds (delay, retry after)", seconds),
    h("button", { type: "submit", class: "push primary" }, "Add fault"),
  );
}

function outage(begin) {
  const seconds = h("input", { type: "number", min: 1, value: 10, "aria-label": "Seconds" });
  const click = () => begin(seconds.valueAsNumber || 10);
  const made = button({ class: "push danger", on: { click } }, "Full outage");
  return h("div", { class: "fault-deed" }, made, seconds, h("span", { class: "muted" }, "seconds"));
}

/** Draw the list of faults that requests will meet. */
export function drawPending(element, faults) {
  const rows = faults.map(({ trouble, method, path, times }) =>
    h("li", {}, `${trouble} for ${times || "all"} of ${method} ${path}`),
  );
  const none = h("p", { class: "muted" }, "No fault is waiting.");
  fill(element, rows.length ? h("ul", { class: "pending" }, rows) : none);
}

function choice(values) {
  return h("select", {}, values.map((value) => h("option", { value }, value)));
}

function field(name, input) {
  return h("label", {}, h("span", {}, name), input);
}

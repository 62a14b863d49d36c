// Table of faults → a panel with a form for each.

import { button, fill, h } from "./dom.js";

const METHODS = ["*", "GET", "POST", "PUT", "PATCH", "DELETE"];
const GROUPS = [
  ["gateway", "Gateway"],
  ["interactions", "Interactions"],
  ["channels", "This channel"],
];
const HERE = "channel"; // the parameter that the open channel is
const SURE = new Set(["deleted-channel"]);

/** Draw the panel; `cause(fault, values)` and `clear()` do things. */
export function drawFaults(element, { cause, clear, told }) {
  const waiting = h("div", { class: "waiting" });
  drawNow(waiting, told.now);
  const of = (group) => told.kinds.filter((kind) => kind.group === group);
  const sections = GROUPS.map(([group, title]) => [
    h("h3", {}, title),
    of(group).map((kind) => action(kind, cause)),
  ]);
  const end = button({ class: "push primary", on: { click: clear } }, "End all faults");
  fill(
    element,
    h("h3", {}, "Now"),
    waiting,
    h("div", { class: "fault-action" }, end),
    h("h3", {}, "Requests of the bot"),
    form(of("requests"), cause),
    sections,
  );
}

/** Draw the list of the faults that there are. */
export function drawNow(element, sentences) {
  const rows = sentences.map((text) => h("li", {}, text));
  const none = h("p", { class: "muted" }, "All is well.");
  fill(element, rows.length ? h("ul", { class: "pending" }, rows) : none);
}

/** Draw a fault that is no request's: a button, its values, a word about what the bot meets. */
function action(kind, cause) {
  const inputs = kind.parameters.filter(({ name }) => name !== HERE).map(value);
  const click = () => {
    if (SURE.has(kind.name) && !confirm(`${kind.title}?`)) return;
    cause(kind.name, Object.fromEntries(inputs.map(({ name, read }) => [name, read()])), {
      here: kind.parameters.some(({ name }) => name === HERE),
    });
  };
  const style = SURE.has(kind.name) || kind.name === "outage" ? "danger" : "secondary";
  const made = button({ class: `push ${style}`, data: { fault: kind.name }, on: { click } }, kind.title);
  const note = h("span", { class: "muted" }, kind.help);
  return h("div", { class: "fault-action" }, made, inputs.map(({ element }) => element), note);
}

/** Draw one value, and tell how it is read. */
function value({ name, default: usual, help, flag }) {
  if (flag) {
    const box = h("input", { type: "checkbox", checked: usual });
    return { name, read: () => box.checked, element: h("label", { title: help }, box, name) };
  }
  const numeric = typeof usual === "number";
  const kind = numeric ? { type: "number", min: 0 } : { spellcheck: "false", class: "wide" };
  const hint = { "aria-label": `${name}: ${help}`, title: help, placeholder: name };
  const input = h("input", { ...kind, ...hint, value: usual ?? "" });
  const element = numeric ? h("label", {}, input, help) : input;
  return { name, read: () => input.value, element };
}

/** Draw the form for a fault of requests. */
function form(kinds, cause) {
  const fault = h("select", {}, kinds.map(({ name, title }) => h("option", { value: name }, title)));
  const method = h("select", {}, METHODS.map((each) => h("option", { value: each }, each)));
  const path = h("input", { value: "/channels/*/messages", spellcheck: "false" });
  const times = h("input", { type: "number", min: 0, value: 1 });
  const seconds = h("input", { type: "number", min: 0, step: "0.1", value: 1 });
  const timed = field("Seconds", seconds);
  const choose = () => {
    const own = kinds.find(({ name }) => name === fault.value).parameters;
    const parameter = own.find(({ name }) => name === "seconds");
    timed.hidden = !parameter;
    timed.firstChild.textContent = capital(parameter?.help ?? "");
  };
  const submit = (event) => {
    event.preventDefault();
    choose();
    const route = `${method.value} ${path.value}`;
    const values = { route, times: times.value };
    cause(fault.value, timed.hidden ? values : { ...values, seconds: seconds.value });
  };
  fault.addEventListener("change", choose);
  choose();
  return h(
    "form",
    { class: "fault-form", on: { submit } },
    field("Trouble", fault),
    field("Method", method),
    field("Path below /api/v10, * for any part", path),
    field("Times (0: until ended)", times),
    timed,
    h("button", { type: "submit", class: "push primary" }, "Add fault"),
  );
}

function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function field(name, input) {
  return h("label", {}, h("span", {}, name), input);
}

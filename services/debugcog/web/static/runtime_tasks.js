// TasksAnswer → the bot's loops and its asyncio tasks by coroutine; or the stacks of one group.

import { Filter } from "./filter.js";
import { fill, h, write } from "./dom.js";
import { textOf } from "./figures.js";
import { pager } from "./pager.js";
import { addressOf, place } from "./router.js";
import { Table } from "./table.js";
import { ago, iso } from "./times.js";
import { duration } from "./units.js";

const LOOPS = [
  { key: "name", title: "Loop", text: true, cell: loopOf },
  { key: "state", title: "State", text: true, cell: stateOf },
  { key: "iterations", title: "Runs" },
  { key: "every", title: "Every", wide: true },
  { key: "next_run", title: "Next run", wide: true, cell: nextOf },
];
const TASKS = [
  { key: "name", title: "Coroutine", text: true, cell: nameOf },
  { key: "count", title: "Tasks" },
  { key: "oldest", title: "Oldest ≥", cell: ({ oldest }) => duration(oldest) },
];

/** Show the list, or the group that the address asks for. */
export class TasksPart {
  ranged = false;

  constructor(frame) {
    const group = place().parameters.get("group");
    this.shown = group ? new TaskGroup(group) : new TaskList(frame);
    this.element = this.shown.element;
    this.search = this.shown.search;
  }

  question() {
    return this.shown.question();
  }

  update(answer) {
    this.element.classList.toggle("stale", Boolean(answer.trouble));
    if (!answer.trouble) this.shown.update(answer);
  }
}

class TaskList {
  constructor(frame) {
    this.filter = new Filter(frame, "Search tasks and loops", "Name or file");
    this.search = this.filter.search;
    this.loops = new Table("Loops", LOOPS, { empty: "No tasks.loop is known." });
    this.tasks = new Table("Tasks", TASKS, { empty: "No task has that in its name or place." });
    this.pages = h("nav", { class: "pager", "aria-label": "Pages of tasks" });
    this.element = h(
      "div",
      { class: "page" },
      this.filter.element,
      this.loops.element,
      this.tasks.element,
      this.pages,
    );
  }

  question() {
    const { parameters } = place();
    const [find, page] = ["find", "page"].map((name) => parameters.get(name) ?? "");
    return { name: "tasks", parameters: { find, page } };
  }

  update(answer) {
    const { tasks, groups } = answer;
    this.filter.tell(`${textOf(tasks)} tasks in ${textOf(groups)} ${groups === 1 ? "group" : "groups"}`);
    this.loops.update(answer.loops);
    this.tasks.update(answer.rows);
    const find = place().parameters.get("find");
    fill(
      this.pages,
      pager(answer, (page) => addressOf("runtime", { part: "tasks", find, page })),
    );
  }
}

class TaskGroup {
  constructor(id) {
    this.id = id;
    this.title = h("h2", {}, "…");
    this.facts = h("p", { class: "muted" });
    this.stacks = h("ol", { class: "stacks" });
    const back = h("a", { href: addressOf("runtime", { part: "tasks" }), data: { page: "" } }, "‹ All tasks");
    this.element = h("div", { class: "page" }, back, this.title, this.facts, this.stacks);
  }

  question() {
    return { name: `tasks/${encodeURIComponent(this.id)}`, parameters: {} };
  }

  update({ value: answer }) {
    const key = JSON.stringify(answer?.stacks.map(({ steps }) => steps));
    write(this.title, answer?.row.name ?? "No such task runs any more.");
    write(this.facts, answer ? factsOf(answer) : "");
    if (key === this.drawn) return; // a selection stays
    this.drawn = key;
    fill(this.stacks, answer?.stacks.map(stackOf) ?? []);
  }
}

function factsOf({ row, left_out: more }) {
  const { count, place: where, oldest, growth } = row;
  const facts = [
    where,
    `${textOf(count)} ${count === 1 ? "task" : "tasks"}, the oldest seen for ≥ ${duration(oldest)}`,
    growth && growthOf(growth),
    "> marks the bot's own code",
    more > 0 && `${textOf(more)} more are not shown`,
  ];
  return facts.filter(Boolean).join(" · ");
}

function stackOf({ steps }, index) {
  const lines = steps.map(({ text, own }) => `${own ? ">" : " "} ${text}`);
  const label = `Stack of task ${index + 1}`;
  return h("li", {}, h("pre", { tabindex: 0, "aria-label": label }, lines.join("\n") || "Written in C: no stack"));
}

function nameOf({ id, name, place: where, growth, waiting }) {
  const address = addressOf("runtime", { part: "tasks", group: id });
  const [first] = waiting;
  const within = first?.within ? ` → ${first.within}` : "";
  return [
    h("a", { href: address, data: { page: "" } }, name),
    h("span", { class: "muted" }, where && ` ${where}`),
    growth && h("p", {}, `⚠️ ${growthOf(growth)}`),
    first && h("p", { class: "muted" }, `at ${first.where}${within}`),
  ];
}

function growthOf({ more, seconds }) {
  return `grows: ${textOf(more)} more than ${duration(seconds)} ago, perhaps a leak`;
}

function loopOf({ name, owner }) {
  return [name, h("span", { class: "muted" }, ` of ${owner}`)];
}

function stateOf({ mark, state, late, error, error_id: id, error_at: at }) {
  const when = at ? ` ${ago(at)}` : "";
  return [
    h("span", { class: "mark", "aria-hidden": "true" }, mark),
    state === "late" ? `late by ${duration(late)}` : state,
    error && h("p", { class: "muted" }, `${error}${when}${id ? ` · error ${id}` : ""}`),
  ];
}

function nextOf({ next_run: next }) {
  if (next === null) return "–";
  const left = next - Date.now() / 1000;
  return h("time", { datetime: iso(next), title: iso(next) }, left > 0 ? `in ${duration(left)}` : "now");
}

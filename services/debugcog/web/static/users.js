// UsersAnswer → a table of users with search and pages; or one user, or one conversation.

import { fill, h, write } from "./dom.js";
import { textOf } from "./figures.js";
import { pager } from "./pager.js";
import { Profile } from "./profile.js";
import { addressOf, change, place } from "./router.js";
import { ago, iso } from "./times.js";

const TITLES = {
  name: "Name",
  affection: "Affection",
  conversations: "Conversations",
  messages: "Messages",
  interactions: "Interactions",
  last_seen: "Last seen",
};
/** What stands in the place of a long title on a phone. */
const SHORT = { conversations: "Chats", affection: "Affect.", messages: "Msgs", last_seen: "Seen" };
const TEXTS = new Set(["name"]);
const WAIT_MS = 250;

/** Show the part of the page that the address asks for. */
export class UsersPage {
  constructor(frame) {
    const { parameters } = place();
    this.part = parameters.get("user") ? new Profile(parameters) : new UserList(frame);
    this.element = this.part.element;
    this.search = this.part.search;
  }

  question() {
    return this.part.question();
  }

  update(answer) {
    this.part.update(answer);
  }

  close() {}
}

/** The list, with its search. */
class UserList {
  constructor({ reload }) {
    this.reload = reload;
    const asked = place().parameters.get("search") ?? "";
    this.search = h("input", {
      type: "search",
      id: "search",
      value: asked,
      placeholder: "Name or id",
      autocomplete: "off",
      maxlength: 100,
    });
    this.search.addEventListener("input", () => this.wait());
    this.total = h("p", { class: "muted", role: "status" });
    this.trouble = h("p", { class: "problem", role: "status", hidden: true });
    this.head = h("tr", {});
    this.body = h("tbody", {});
    this.pages = h("nav", { class: "pager", "aria-label": "Pages of users" });
    const table = h(
      "table",
      {},
      h("caption", { class: "unseen" }, "Users"),
      h("thead", {}, this.head),
      this.body,
    );
    this.table = h(
      "div",
      { class: "panel table" },
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Users" }, table),
    );
    this.element = h(
      "div",
      { class: "page" },
      h(
        "form",
        { class: "filter", role: "search", on: { submit: (event) => event.preventDefault() } },
        h("label", { for: "search" }, "Search users"),
        this.search,
        this.total,
      ),
      this.trouble,
      this.table,
      this.pages,
    );
  }

  question() {
    const { parameters } = place();
    const asked = (name) => parameters.get(name) ?? "";
    return {
      name: "users",
      parameters: { search: asked("search"), sort: asked("sort"), page: asked("page") },
    };
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      change({ search: this.search.value.trim(), page: "" });
      this.reload();
    }, WAIT_MS);
  }

  update(answer) {
    write(this.trouble, answer.trouble ?? "");
    this.trouble.hidden = !answer.trouble;
    const failed = Boolean(answer.trouble) && !answer.users.length;
    this.table.hidden = failed;
    this.total.hidden = failed;
    const seen = answer.kind === "seen" ? " · as this bot has seen them; no contents" : "";
    write(
      this.total,
      `${answer.total.toLocaleString("en-US")} ${answer.total === 1 ? "user" : "users"}${seen}`,
    );
    keepFocus(this.head, () =>
      fill(
        this.head,
        answer.columns.map((key) => headOf(key, answer.sort)),
      ),
    );
    keepFocus(this.body, () => fill(this.body, this.rowsOf(answer)));
    keepFocus(this.pages, () =>
      fill(
        this.pages,
        pager(answer, (page) => addressOf("users", { ...kept(), page })),
      ),
    );
  }

  rowsOf({ users, columns }) {
    if (!users.length)
      return h("tr", {}, h("td", { colspan: columns.length, class: "text muted" }, "No user matches."));
    return users.map((user) =>
      h(
        "tr",
        {},
        columns.map((key) => cellOf(key, user)),
      ),
    );
  }
}

/** Draw the head of a column: a link that sorts by it, the largest first; names from A to Z. */
function headOf(key, sort) {
  const falling = sort === `-${key}`;
  const state = falling ? "descending" : sort === key ? "ascending" : "none";
  const rising = falling || (TEXTS.has(key) && sort !== key);
  const arrow = h("span", { "aria-hidden": "true" }, { none: "", ascending: " ▲", descending: " ▼" }[state]);
  const address = addressOf("users", { ...kept(), sort: rising ? key : `-${key}`, page: "" });
  const link = h("a", { href: address, data: { page: "" } }, titleOf(key), arrow);
  return h("th", { scope: "col", "aria-sort": state, class: TEXTS.has(key) ? "text" : null }, link);
}

function titleOf(key) {
  const title = TITLES[key] ?? key;
  if (!SHORT[key]) return title;
  return [h("span", { class: "long" }, title), h("span", { class: "short" }, SHORT[key])];
}

function kept() {
  return Object.fromEntries(place().parameters);
}

function cellOf(key, user) {
  if (key === "name") {
    const address = addressOf("users", { user: user.id });
    return h(
      "td",
      { class: "text" },
      h("a", { href: address, data: { page: "" } }, user.name || String(user.id)),
    );
  }
  if (key === "last_seen") return h("td", {}, seenAt(user.last_seen));
  return h("td", {}, textOf(user[key]));
}

function seenAt(seen) {
  return seen ? h("time", { datetime: iso(seen), title: iso(seen) }, ago(seen)) : "–";
}

/** Draw anew; the link that had the focus has it again. */
function keepFocus(element, draw) {
  const focused = element.contains(document.activeElement) && document.activeElement.textContent;
  draw();
  if (!focused) return;
  [...element.querySelectorAll("a")].find((link) => link.textContent === focused)?.focus();
}

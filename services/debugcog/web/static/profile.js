// Answer about one user, or one of their conversations → what is known, and the messages.

import { fill, h, write } from "./dom.js";
import { textOf } from "./figures.js";
import { pager } from "./pager.js";
import { addressOf } from "./router.js";
import { ago, iso, moment } from "./times.js";

/** One user, or one conversation of a user. */
export class Profile {
  constructor(parameters) {
    this.user = parameters.get("user");
    this.conversation = parameters.get("conversation") ?? "";
    this.page = parameters.get("page") ?? "";
    this.title = h("h2", {}, "…");
    this.trouble = h("p", { class: "problem", role: "status", hidden: true });
    this.body = h("div", { class: "page" });
    this.pages = h("nav", { class: "pager", "aria-label": "Pages" });
    const back = h(
      "a",
      { href: this.back(), data: { page: "" } },
      this.conversation ? "‹ Back to the user" : "‹ All users",
    );
    this.element = h("div", { class: "page" }, back, this.title, this.trouble, this.body, this.pages);
  }

  question() {
    const user = `users/${encodeURIComponent(this.user)}`;
    if (!this.conversation) return { name: user, parameters: { page: this.page } };
    const name = `${user}/conversations/${encodeURIComponent(this.conversation)}`;
    return { name, parameters: { page: this.page } };
  }

  /** Show the answer; what has not changed is not drawn anew, so that a selection stays. */
  update(answer) {
    const text = JSON.stringify(answer);
    if (text === this.shown) return;
    this.shown = text;
    write(this.trouble, answer.trouble ?? "");
    this.trouble.hidden = !answer.trouble;
    if (this.conversation) this.drawConversation(answer);
    else this.drawUser(answer);
    const address = (page) => addressOf("users", { user: this.user, conversation: this.conversation, page });
    fill(this.pages, pager(answer, address));
  }

  back() {
    return this.conversation ? addressOf("users", { user: this.user }) : addressOf("users");
  }

  drawUser({ kind, user, interactions, conversations, contents, trouble }) {
    write(this.title, user?.name || this.user);
    const unknown = !user && !trouble && h("p", { class: "muted" }, "There is no such user.");
    fill(
      this.body,
      unknown,
      user && h("dl", { class: "facts" }, factsOf(user)),
      kind === "provider" &&
        panel(
          "Conversations",
          conversations.map((each) => this.conversationLine(each, contents)),
          "None.",
        ),
      panel("Recent interactions", interactions.map(interactionLine), "None."),
    );
  }

  conversationLine({ id, title, messages, last_at: seen }, contents) {
    const address = addressOf("users", { user: this.user, conversation: id });
    const name = `Conversation ${id}`;
    const count = `${textOf(messages)} ${messages.value === 1 ? "message" : "messages"}`;
    return h(
      "li",
      {},
      contents ? h("a", { href: address, data: { page: "" } }, title || name) : name,
      h("span", { class: "muted" }, ` ${count}`, seen && ` · ${ago(seen)}`),
    );
  }

  drawConversation({ messages }) {
    write(this.title, `Conversation ${this.conversation}`);
    fill(this.body, h("ol", { class: "messages panel" }, messages.map(messageLine)));
  }
}

const FACTS = {
  id: "Id",
  affection: "Affection",
  conversations: "Conversations",
  messages: "Messages",
  interactions: "Interactions",
  last_seen: "Last seen",
};

function factsOf(user) {
  const known = Object.entries(FACTS).filter(([key]) => user[key] !== null && user[key].value !== null);
  return known.map(([key, title]) => {
    const value = key === "last_seen" ? ago(user[key]) : textOf(user[key]);
    return h("div", {}, h("dt", {}, title), h("dd", {}, value));
  });
}

function panel(title, lines, none) {
  const content = lines.length ? h("ul", { class: "lines" }, lines) : h("p", { class: "muted" }, none);
  return h("section", { class: "panel", "aria-label": title }, h("header", {}, h("h2", {}, title)), content);
}

function interactionLine({ at, text }) {
  return h("li", {}, h("time", { class: "muted", datetime: iso(at) }, moment(at)), ` ${text}`);
}

function messageLine({ at, author, text }) {
  return h(
    "li",
    {},
    h("p", { class: "muted" }, h("b", {}, author), " ", h("time", { datetime: iso(at) }, moment(at))),
    h("p", { class: "message" }, text),
  );
}

// Messages of a channel → rows; only what changes is drawn again, and the end stays in view.

import { button, fill, h } from "./dom.js";
import { follows, row } from "./message.js";

const NEAR = 60; // px from the end that still count as the end
const KEPT = 400; // rows that stay while one is at the end
const PRESSES = [3, 5]; // types of the interactions with a message's buttons and menus, and forms

export class Timeline {
  /** `actions` is what a row can do; `older(before)` promises { messages, more }. */
  constructor(actions, older) {
    this.actions = { ...actions, jump: (id) => this.jump(id) };
    this.older = older;
    this.list = h("div", { class: "rows", role: "log", "aria-label": "Messages" });
    this.start = h("div", { class: "channel-start" });
    this.present = button({ class: "present", hidden: true, on: { click: () => this.toEnd() } });
    this.scroller = h("div", { class: "scroller", tabindex: 0 }, this.start, this.list);
    this.element = h("div", { class: "timeline" }, this.scroller, this.present);
    this.scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.shown = new Map();
    this.queue = [];
    this.atEnd = true;
    this.missed = 0;
    this.seen = measured(this.scroller);
    const sizes = new ResizeObserver(() => this.onResize());
    [this.scroller, this.start, this.list].forEach((each) => sizes.observe(each));
  }

  /** Show a channel anew. */
  reset(world, { messages, more }, introduction) {
    this.world = world;
    this.more = more;
    this.introduction = introduction;
    this.shown.clear();
    this.queue = [];
    fill(this.list, this.rows(messages, null));
    this.drawStart();
    this.toEnd();
  }

  /** Draw all rows again, for the names and colours have changed. */
  redraw(world) {
    this.world = world;
    const messages = [...this.shown.values()].map(({ message }) => message);
    const { scrollTop } = this.scroller;
    this.shown.clear();
    fill(this.list, this.rows(messages, null));
    if (!this.atEnd) this.scroller.scrollTop = scrollTop;
  }

  /** Add a message at the end, with others that come at the same time. */
  add(message) {
    if (!this.queue.length) requestAnimationFrame(() => this.flush());
    this.queue.push(message);
  }

  update(message) {
    const queued = this.queue.findIndex(({ id }) => id === message.id);
    if (queued >= 0) this.queue[queued] = message;
    const entry = this.shown.get(message.id);
    if (!entry) return;
    const made = row(message, entry.previous, this.world, this.actions);
    const hadFocus = entry.element.contains(document.activeElement);
    entry.element.replaceWith(made);
    Object.assign(entry, { message, element: made });
    if (hadFocus) made.focus();
  }

  remove(id) {
    this.queue = this.queue.filter((message) => message.id !== id);
    const entry = this.shown.get(id);
    if (!entry) return;
    const next = this.shown.get(entry.element.nextElementSibling?.dataset.id);
    entry.element.remove();
    this.shown.delete(id);
    if (next) {
      next.previous = entry.previous;
      this.update(next.message);
    }
  }

  get last() {
    return this.shown.get(this.list.lastElementChild?.dataset.id)?.message ?? null;
  }

  flush() {
    const messages = this.queue.filter(({ id }) => !this.shown.has(id));
    this.queue = [];
    if (messages.some((message) => this.answersPress(message))) this.atEnd = true;
    this.list.append(...this.rows(messages, this.last));
    if (this.atEnd) this.trim();
    else this.miss(messages.length);
  }

  /** Return whether a message is the first answer to what the person has pressed or submitted. */
  answersPress({ interaction_metadata: did }) {
    if (!did || did.user.id !== this.world.me || !PRESSES.includes(did.type)) return false;
    const answers = [...this.shown.values()].map(({ message }) => message.interaction_metadata?.id);
    return !answers.includes(did.id);
  }

  trim() {
    while (this.shown.size > KEPT) {
      const first = this.list.firstElementChild;
      this.shown.delete(first.dataset.id);
      first.remove();
      this.more = true;
    }
    this.drawStart();
    this.toEnd();
  }

  rows(messages, before) {
    let previous = before;
    return messages.map((message) => {
      const element = row(message, previous, this.world, this.actions);
      this.shown.set(message.id, { message, element, previous });
      previous = message;
      return element;
    });
  }

  async loadOlder() {
    const first = this.list.firstElementChild;
    if (!this.more || this.loading || !first) return;
    this.loading = true;
    const { world } = this;
    const { messages, more } = await this.older(first.dataset.id).finally(() => {
      this.loading = false;
    });
    if (world.channel?.id !== this.world.channel?.id || !first.isConnected) return;
    const height = this.scroller.scrollHeight;
    this.list.prepend(...this.rows(messages, null));
    this.more = more;
    this.reorder();
    this.drawStart();
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
    const entry = this.shown.get(first.dataset.id);
    entry.previous = messages.at(-1) ?? null;
    if (follows(entry.message, entry.previous)) this.update(entry.message);
  }

  reorder() {
    const order = [...this.list.children].map(({ dataset }) => dataset.id);
    this.shown = new Map(order.map((id) => [id, this.shown.get(id)]));
  }

  drawStart() {
    fill(this.start, this.more ? h("p", { class: "muted" }, "…") : this.introduction);
  }

  /** Only a move up leaves the end: an event that is late finds content that has grown since. */
  onScroll() {
    const before = this.seen;
    const now = (this.seen = measured(this.scroller));
    const resized = now.content !== before.content || now.view !== before.view;
    if (now.content - now.top - now.view < NEAR) {
      this.atEnd = true;
      this.miss(-this.missed);
    } else if (this.atEnd && now.top < before.top && !resized) {
      this.atEnd = false;
    } else if (this.atEnd) {
      this.toEnd();
    }
    if (now.top < 300) this.loadOlder();
  }

  onResize() {
    if (this.atEnd) this.toEnd();
    else this.seen = measured(this.scroller);
  }

  miss(count) {
    this.missed += count;
    this.present.hidden = this.missed === 0;
    this.present.textContent = `${this.missed} new ⌄`;
  }

  toEnd() {
    this.atEnd = true;
    this.miss(-this.missed);
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.seen = measured(this.scroller);
  }

  jump(id) {
    const entry = this.shown.get(id);
    if (!entry) return;
    entry.element.scrollIntoView({ block: "center" });
    entry.element.classList.remove("flash");
    requestAnimationFrame(() => entry.element.classList.add("flash"));
    entry.element.focus({ preventScroll: true });
  }

  /** Move the focus from row to row. */
  step(direction) {
    const focused = document.activeElement.closest?.(".message");
    const next = direction < 0 ? focused?.previousElementSibling : focused?.nextElementSibling;
    const target = focused ? next : this.list.lastElementChild;
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  }
}

function measured({ scrollTop, scrollHeight, clientHeight }) {
  return { top: scrollTop, content: scrollHeight, view: clientHeight };
}

// Log lines → rows in a box that follows the newest one; of many lines only the last are kept.

import { fill, h } from "./dom.js";
import { gapOf, rowOf, toggle } from "./log_row.js";

export const ROWS_MAX = 500;
const OLDER_MAX = 5000;
const END_PIXELS = 24;

/** The list; whoever reads in it is not disturbed. */
export class LogList {
  /** Call `holds` with a reason why lines must not move, and whether that begins or ends. */
  constructor(holds) {
    this.closing = new AbortController();
    this.rows = h("div", { class: "lines", role: "tree", "aria-label": "Log lines" });
    this.element = h("div", { class: "log" }, this.rows);
    this.atEnd = true;
    this.reading = false;
    this.active = null;
    this.holds = holds;
    this.element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.rows.addEventListener("pointerdown", () => holds("pressed", true));
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, () => setTimeout(() => holds("pressed", false)), {
        signal: this.closing.signal,
      });
    }
    this.rows.addEventListener("click", (event) => this.click(event));
    this.rows.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.reading || this.toEnd()).observe(this.element);
  }

  /** Return the lines that are shown, the oldest first. */
  get lines() {
    return [...this.rows.children].map(({ line }) => line).filter(Boolean);
  }

  /** Show other lines; what is open stays so. */
  replace(lines) {
    const open = new Set(this.opened().map(({ line }) => line.sequence));
    fill(this.rows, lines.slice(-ROWS_MAX).map(rowOf));
    for (const row of this.rows.children)
      if (row.line.sequence && open.has(row.line.sequence)) toggle(row, true);
    this.activate(null);
    this.toEnd();
  }

  /** Show newer lines below, with a note where some are missing; let the oldest go. */
  append(entries) {
    const last = entries.slice(-ROWS_MAX);
    this.rows.append(...last.map((entry) => (entry.missed ? gapOf(entry.missed) : rowOf(entry))));
    const many = this.rows.children.length - ROWS_MAX;
    for (let number = 0; number < many; number += 1) this.rows.firstChild.remove();
    if (!this.active?.isConnected) this.activate(null);
    this.toEnd();
  }

  /** Show older lines above; what the reader looks at stays where it is. */
  prepend(lines) {
    const before = this.element.scrollHeight - this.element.scrollTop;
    const room = OLDER_MAX - this.rows.children.length;
    this.rows.prepend(...lines.slice(-room).map(rowOf));
    this.element.scrollTop = this.element.scrollHeight - before;
  }

  /** Go to the newest line. */
  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.atEnd = true;
    this.look();
  }

  /** Close what is open, and follow the newest line again. */
  follow() {
    for (const row of this.opened()) toggle(row, false);
    this.toEnd();
  }

  /** End what listens beyond the element. */
  close() {
    this.closing.abort();
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.atEnd = scrollHeight - scrollTop - clientHeight <= END_PIXELS;
    this.look();
  }

  opened() {
    return [...this.rows.querySelectorAll("[aria-expanded=true]")];
  }

  /** Tell whether somebody reads: has scrolled back, or has a row open. */
  look() {
    const reading = this.opened().length > 0 || !this.atEnd;
    if (reading === this.reading) return;
    this.reading = reading;
    this.holds("reading", reading);
  }

  click(event) {
    const head = event.target.closest(".head");
    if (!head || !getSelection().isCollapsed) return;
    this.activate(head.parentElement);
    toggle(head.parentElement);
    head.parentElement.scrollIntoView({ block: "nearest" });
    this.look();
  }

  key(event) {
    const row = event.target.closest(".line");
    if (!row) return;
    const act = {
      ArrowUp: () => this.focus(row.previousElementSibling),
      ArrowDown: () => this.focus(row.nextElementSibling),
      Home: () => this.focus(this.rows.firstElementChild),
      End: () => this.focus(this.rows.lastElementChild),
      ArrowRight: () => toggle(row, true),
      ArrowLeft: () => toggle(row, false),
      Enter: () => toggle(row),
      " ": () => toggle(row),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    this.look();
  }

  focus(row) {
    if (!row) return;
    this.activate(row);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** Make one row the one that Tab reaches; the last one where none is chosen. */
  activate(row) {
    this.active?.setAttribute("tabindex", "-1");
    this.active = row ?? this.rows.lastElementChild;
    this.active?.setAttribute("tabindex", "0");
  }
}

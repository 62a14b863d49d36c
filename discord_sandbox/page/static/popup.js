// Content and anchor → a box beside it, until Escape, a click elsewhere, or close().

import { h } from "./dom.js";

const GAP = 6;
const FOCUSABLE = "input, [aria-selected=true], button:not(:disabled)";
let current = null;

export class Popup {
  /** `anchor` is an element or a point { x, y }; `closed` is told when the box has gone. */
  constructor(anchor, children, { closed = () => {}, kind = "", label = null } = {}) {
    this.anchor = anchor;
    this.closed = closed;
    const properties = { class: `popup ${kind}`, "aria-label": label, tabindex: -1 };
    this.content = h("div", properties, ...children);
    this.content.addEventListener("keydown", (event) => this.onKey(event));
    this.outside = (event) => {
      if (!this.content.contains(event.target)) this.close(false);
    };
  }

  show() {
    current?.close(false);
    current = this;
    this.before = document.activeElement;
    const dialog = this.anchor.closest?.("dialog"); // outside of it, nothing can be used
    (dialog ?? document.body).append(this.content);
    this.place();
    document.addEventListener("pointerdown", this.outside, true);
    (this.content.querySelector(FOCUSABLE) ?? this.content).focus();
  }

  close(refocus = true) {
    if (current !== this) return;
    current = null;
    document.removeEventListener("pointerdown", this.outside, true);
    this.content.remove();
    if (refocus && this.before?.isConnected) this.before.focus();
    this.closed();
  }

  place() {
    const box = this.content.getBoundingClientRect();
    const at = this.anchor.getBoundingClientRect?.() ?? pointed(this.anchor);
    const below = at.bottom + GAP + box.height <= innerHeight;
    const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - box.height);
    const left = Math.max(GAP, Math.min(at.left, innerWidth - box.width - GAP));
    this.content.style.setProperty("top", `${top}px`);
    this.content.style.setProperty("left", `${left}px`);
    if (this.content.querySelector(".options")) {
      this.content.style.setProperty("min-width", `${Math.min(at.width, innerWidth - 2 * GAP)}px`);
    }
  }

  onKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Escape") this.close();
    else if (event.key === "Tab") this.close();
    else if (event.key in steps) this.move(steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(step) {
    const stops = [...this.content.querySelectorAll("input, button:not(:disabled)")];
    const index = stops.indexOf(document.activeElement);
    stops.at((index + step) % stops.length)?.focus();
  }
}

/** Close the box that is open, if any. */
export function closePopup() {
  current?.close(false);
}

function pointed({ x, y }) {
  return { left: x, top: y, bottom: y, width: 0 };
}

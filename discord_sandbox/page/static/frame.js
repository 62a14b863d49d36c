// Channel, connection and status → the bar above the messages, and the notices below.

import { button, fill, h } from "./dom.js";

const NOTE_MS = 5000;
const SIDES = ["show-sidebar", "turn-members"];

export class Frame {
  constructor(element, app) {
    this.app = app;
    this.isConnected = false;
    this.bar = h("header", { class: "bar chat-bar" });
    this.lost = h("div", { class: "lost", role: "status" }, "Connecting…");
    this.note = h("div", { class: "toast", role: "alert", hidden: true });
    const foot = h("div", { class: "foot" }, app.composer.element, app.typing.element);
    fill(element, this.bar, this.lost, app.timeline.element, foot, this.note);
  }

  draw({ channel, guild, readOnly }) {
    const sign = h("span", { class: "sign", "aria-hidden": "true" }, guild ? "#" : "@");
    const topic = channel?.topic && h("span", { class: "topic" }, channel.topic);
    this.status = h("span", { class: "status" });
    fill(
      this.bar,
      tool("☰", "Channels", () => this.side("show-sidebar"), "narrow"),
      sign,
      h("h2", {}, channel?.name ?? "Nowhere"),
      topic ?? h("span", { class: "topic" }),
      this.status,
      !readOnly && tool("⇄", "Requests", () => this.app.drawer.toggle("requests")),
      !readOnly && tool("⚡", "Faults", () => this.app.drawer.toggle("faults")),
      tool("☺", "Members", () => this.side("turn-members")),
    );
    this.drawStatus(this.app.status);
    document.title = `${guild ? "#" : "@"}${channel?.name ?? "nowhere"} · Sandbox`;
  }

  drawStatus({ online, violations, outage, faults, replay }) {
    if (!this.status) return;
    const broken = violations > 0 && h("span", { class: "bad" }, `${violations} violations`);
    const out = outage && h("span", { class: "bad" }, "outage");
    const waiting = faults > Number(outage) && h("span", { class: "bad" }, "faults");
    const away = replay ? "replay" : !online && "bot not connected";
    const how = replay ? null : "Start it with the three variables that the sandbox has printed.";
    fill(this.status, broken, out, waiting, away && h("span", { class: "muted", title: how }, away));
  }

  connected(is) {
    this.isConnected = is;
    this.lost.hidden = is;
    this.lost.textContent = "The connection was lost. Connecting again…";
  }

  side(name) {
    const root = document.getElementById("app");
    const shown = root.classList.toggle(name);
    if (shown && name === "show-sidebar") root.classList.remove("turn-members");
    if (shown && name === "turn-members") root.classList.remove("show-sidebar");
  }

  /** Put the side lists away where they cover the messages; return whether one did. */
  closeSides() {
    if (!matchMedia("(max-width: 760px)").matches) return false;
    const { classList } = document.getElementById("app");
    const open = SIDES.some((name) => classList.contains(name));
    classList.remove(...SIDES);
    return open;
  }

  tell(error) {
    this.note.textContent = error.message;
    this.note.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.note.hidden = true), NOTE_MS);
  }
}

function tool(sign, label, click, kind = "") {
  const properties = { class: `tool ${kind}`, "aria-label": label, title: label };
  return button({ ...properties, on: { click } }, sign);
}

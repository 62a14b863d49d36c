// FrameAnswer → what is wrong with the bot now, above every page.

import { fill, h, withCode, write } from "./dom.js";
import { mark } from "./figures.js";
import { clockTime } from "./times.js";
import { duration, human } from "./units.js";

const MARKS = { warning: "⚠️", critical: "🔴" };

/** What is wrong with the bot, on every page. */
export class Banner {
  constructor() {
    this.spoken = h("p", { class: "unseen", role: "alert" });
    this.stack = h("pre", { tabindex: 0, "aria-label": "Stack of what holds it up" });
    this.stall = h("strong", {});
    this.hint = h("p", {});
    const summary = h("summary", {}, "Stack of what holds it up");
    this.details = h("details", { open: true }, summary, this.stack);
    this.stallBox = h(
      "div",
      { class: "trouble critical", hidden: true },
      this.stall,
      this.hint,
      this.details,
    );
    this.lines = h("ul", {});
    this.box = h(
      "section",
      { class: "banner", "aria-label": "Troubles", hidden: true },
      this.stallBox,
      this.lines,
    );
    this.element = h("div", {}, this.box, this.spoken);
  }

  /** Show what is wrong; nothing where all is well. A page that lists the alerts itself hides them. */
  update({ stall, gateway_down: down, alerts = [], troubles = [] }, { listed = false } = {}) {
    this.stallBox.hidden = !stall;
    if (stall) {
      const thread = stall.thread && ` in thread ${stall.thread}`;
      const who = stall.function && ` by ${stall.function} (${stall.place})${thread}`;
      write(this.stall, `🔴 Event loop blocked for ${human(stall.seconds, "s")}${who}`);
      fill(this.hint, withCode(stall.hint));
      this.details.hidden = !stall.stack;
      write(this.stack, stall.stack);
    }
    const gateway = down !== null && down !== undefined;
    fill(
      this.lines,
      gateway &&
        h(
          "li",
          { class: "trouble critical" },
          h("strong", {}, `🔴 No connection to Discord for ${human(down, "s")}`),
        ),
      listed ? [] : alerts.map(alertLine),
      troubles.map((text) => h("li", { class: "trouble warning" }, "⚠️ ", withCode(text))),
    );
    const titles = alerts.map(({ title, severity }) => `${title} ${severity}`);
    const told = [
      stall && "Event loop blocked",
      gateway && "No connection to Discord",
      ...titles,
      ...troubles.map((text) => text.replaceAll("`", "")),
    ];
    write(this.spoken, told.filter(Boolean).join(". "));
    this.box.hidden = !stall && !gateway && (listed || !alerts.length) && !troubles.length;
  }
}

/** Draw an open incident: what, how bad, since when, and who takes care. */
export function alertLine(alert) {
  const { id, title, severity, text, since, acknowledged_by: who, silenced } = alert;
  const notes = [
    text,
    since && `since ${clockTime(since)} (${duration(Date.now() / 1000 - since)})`,
    who ? `acknowledged by ${personOf(who)}` : "not acknowledged",
    silenced && "silenced",
  ];
  return h(
    "li",
    { class: `trouble ${severity}` },
    mark({ mark: alert.mark ?? MARKS[severity], severity }),
    " ",
    h("strong", {}, title),
    h("span", { class: "muted" }, ` #${id} `),
    h("span", { class: "notes" }, notes.filter(Boolean).join(" · ")),
  );
}

/** Name a person whom the bot knows by a mention only, which no browser can read. */
function personOf(who) {
  const mention = /^<@(\d+)>$/.exec(who);
  return mention ? `user ${mention[1]}` : who;
}

// Address and answers → the frame around every page: name, state, links, range, troubles.

import { post, toLogin } from "./api.js";
import { Banner } from "./banner.js";
import { button, fill, h, write } from "./dom.js";
import { Live } from "./live.js";
import { LogsPage } from "./logs.js";
import { OverviewPage } from "./overview.js";
import { PerformancePage } from "./performance.js";
import { Refresher } from "./refresher.js";
import { addressOf, followLinks, PAGES, place, WINDOWS } from "./router.js";
import { RuntimePage } from "./runtime.js";
import { UsersPage } from "./users.js";

const MADE = {
  overview: OverviewPage,
  performance: PerformancePage,
  runtime: RuntimePage,
  users: UsersPage,
  logs: LogsPage,
};

export class Frame {
  constructor(app) {
    this.app = app;
    this.page = null;
    this.paused = false;
    this.live = new Live();
    this.banner = new Banner();
    this.name = h("span", { class: "name" }, "…");
    this.version = h("span", { class: "muted" });
    this.pages = h("nav", { class: "pages", "aria-label": "Pages" });
    this.range = h("nav", { class: "range", "aria-label": "Range" });
    const pressed = { "aria-pressed": "false", title: "Pause (p)" };
    this.pauseButton = button({ ...pressed, on: { click: () => this.pause() } }, "Pause");
    this.problem = h("p", { class: "problem", role: "status", hidden: true });
    this.content = h("main", { id: "content", tabindex: -1 });
    this.refresher = new Refresher(() => this.page.question(), {
      answered: (answer) => this.answered(answer),
      failed: (error) => this.failed(error),
    });
  }

  /** Draw the frame, and the page of the address. */
  start() {
    const logOut = button({ on: { click: () => this.logOut() } }, "Log out");
    const top = h(
      "header",
      { class: "top" },
      h("div", { class: "who" }, this.name, this.live.element, this.live.spoken),
      this.pages,
      this.range,
      h("div", { class: "tools" }, this.pauseButton, logOut),
    );
    const keys = h("span", { class: "muted" }, "p pauses · / searches");
    const foot = h("footer", { class: "foot" }, this.version, keys);
    fill(this.app, top, this.banner.element, this.problem, this.content, foot);
    followLinks(this.app);
    window.addEventListener("popstate", () => this.open());
    document.addEventListener("keydown", (event) => this.key(event));
    this.open();
  }

  /** Show the page of the address. */
  open() {
    const { page, window: range } = place();
    this.page?.close();
    this.page = new MADE[page]({ reload: () => this.refresher.restart() });
    this.page.pause?.(this.paused);
    fill(this.content, h("h1", { class: "unseen" }, PAGES[page].title), this.page.element);
    this.content.classList.remove("stale");
    this.drawLinks(page, range);
    this.drawTitle();
    this.refresher.restart();
  }

  drawLinks(page, range) {
    const link = (address, text, current, title) =>
      h("a", { href: address, data: { page: "" }, "aria-current": current, title }, text);
    const pages = Object.entries(PAGES);
    redraw(
      this.pages,
      pages.map(([name, { title }]) => link(addressOf(name), title, name === page && "page")),
    );
    const ranges = Object.entries(WINDOWS);
    redraw(
      this.range,
      ranges.map(([name, words]) =>
        link(addressOf(page, { ...this.page.kept, window: name }), name, name === range && "true", `Last ${words}`),
      ),
    );
    this.range.hidden = !this.page.ranged;
  }

  drawTitle() {
    const { page } = place();
    const alerts = this.frame?.alerts?.length;
    const count = alerts ? `(${alerts}) ` : "";
    document.title = `${count}${PAGES[page].title} · ${this.frame?.name || "DebugCog"}`;
  }

  answered({ frame, answer }) {
    this.frame = frame;
    this.live.answer(frame?.age ?? 0);
    this.content.classList.remove("stale");
    this.problem.hidden = true;
    if (frame) {
      write(this.name, frame.name || "Bot");
      write(
        this.version,
        [frame.release, frame.version && `DebugCog ${frame.version}`].filter(Boolean).join(" · "),
      );
      this.banner.update(frame, { listed: place().page === "overview" });
    }
    this.drawTitle();
    this.page.update(answer);
  }

  /** Keep what is there, greyed; a question that the server refuses says why. */
  failed(error) {
    this.live.fail(error);
    this.content.classList.add("stale");
    write(this.problem, error.message);
    this.problem.hidden = false;
  }

  pause(paused = !this.paused) {
    this.paused = paused;
    this.pauseButton.setAttribute("aria-pressed", String(paused));
    write(this.pauseButton, paused ? "Resume" : "Pause");
    this.live.pause(paused);
    this.page.pause?.(paused);
    this.refresher.pause(paused);
  }

  async logOut() {
    try {
      await post("/logout");
      location.replace("/login");
    } catch (error) {
      if (error.status === 401) toLogin();
      else this.failed(error);
    }
  }

  key(event) {
    const typing = event.target.closest?.("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "p") this.pause();
    if (event.key === "/" && this.page.search) {
      event.preventDefault();
      this.page.search.focus();
      this.page.search.select();
    }
  }
}

/** Put links in the place of others; the one that has the focus keeps it. */
function redraw(nav, links) {
  const at = [...nav.children].indexOf(document.activeElement);
  fill(nav, links);
  if (at >= 0) links[at].focus();
}

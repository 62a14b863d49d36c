// Log of the bot → a live list with filter, pause, search in files, and downloads.

import { ask } from "./api.js";
import { button, fill, h, write } from "./dom.js";
import { errorList } from "./errors.js";
import { LogControls } from "./log_controls.js";
import { LogFiles, save } from "./log_files.js";
import { FilterProblem, LogFilter } from "./log_filter.js";
import { LogFlow } from "./log_flow.js";
import { LogHistogram } from "./log_histogram.js";
import { LogList, ROWS_MAX } from "./log_list.js";
import { textOfLine } from "./log_row.js";
import { LogSearch } from "./log_search.js";
import { LogStream } from "./log_stream.js";
import { moment } from "./times.js";

/** The page Logs. */
export class LogsPage {
  constructor() {
    this.histogram = new LogHistogram();
    this.controls = new LogControls(() => this.refilter());
    this.search = this.controls.text;
    this.list = new LogList((reason, held) => this.flow.hold(reason, held));
    this.flow = new LogFlow({
      draw: (entries) => this.list.append(entries),
      count: (held) => this.showHeld(held),
      failed: (error) => this.problem(error.message),
    });
    this.stream = new LogStream({
      came: (lines, missed) => this.came(lines, missed),
      state: (open) => this.streaming(open),
    });
    this.files = new LogFiles();
    this.build();
    this.start();
  }

  /** What the frame asks for: the error groups; the lines come by the stream. */
  question() {
    return { name: "errors", parameters: {} };
  }

  update(answer) {
    fill(this.errors, errorList(answer.errors));
  }

  /** Hold new lines back; they are counted. */
  pause(paused) {
    this.flow.hold("paused", paused);
  }

  close() {
    this.stream.close();
    this.flow.close();
    this.list.close();
    this.histogram.close();
  }

  build() {
    this.state = h("span", { role: "status" }, "Connecting");
    this.reach = h("span", {});
    this.trouble = h("p", { class: "problem", role: "alert", hidden: true });
    this.held = button({ class: "held strong", hidden: true, on: { click: () => this.goOn() } });
    this.searchFiles = button({ on: { click: () => this.findInFiles() } }, "Search all files");
    this.older = button({ hidden: true, on: { click: () => this.findOlder() } }, "Older");
    this.live = button({ hidden: true, on: { click: () => this.refilter() } }, "Back to live");
    const saveShown = button({ on: { click: () => this.saveShown() } }, "Download shown");
    this.errors = h("div", {});
    const actions = h("div", { class: "actions" }, this.searchFiles, this.older, this.live, saveShown);
    this.element = h(
      "div",
      { class: "page logs" },
      h("div", { class: "controls" }, this.controls.element, actions),
      this.trouble,
      h("section", { class: "panel stream", "aria-label": "Log" }, this.list.element, this.held),
      h("p", { class: "muted state" }, this.state, this.reach),
      this.histogram.element,
      h(
        "section",
        { class: "panel", "aria-label": "Error groups" },
        h("header", {}, h("h2", {}, "Error groups")),
        this.errors,
      ),
      this.files.element,
    );
  }

  /** Show what the bot has kept, then what comes. */
  async start() {
    try {
      this.flow.use(new LogFilter({}));
      const lines = await this.kept();
      this.note(lines);
      this.flow.recent.push(...lines);
      await this.refilter();
      this.stream.start(this.last);
    } catch (error) {
      this.problem(error.message);
    }
  }

  /** Return the latest lines: those in memory, and where these are few, older ones of the files. */
  async kept() {
    const young = (await ask("logs")).answer.lines.length < ROWS_MAX;
    const older = young ? await new LogSearch({}).next().catch(() => []) : [];
    const { lines, last } = (await ask("logs")).answer;
    this.last = last;
    const first = lines[0]?.time ?? Infinity;
    return [...older.filter(({ time }) => (time ?? 0) < first), ...lines];
  }

  came(lines, missed) {
    this.note(lines);
    this.flow.take(lines, missed);
  }

  note(lines) {
    this.histogram.count(lines);
    this.controls.offer(lines);
  }

  /** Show what the filter takes of the lines that are here, then of those that the bot still has. */
  async refilter() {
    const filter = this.filterOf(this.controls.chosen);
    if (!filter) return;
    this.flow.use(filter);
    this.showFound(null);
    this.flow.hold("filtering", true);
    try {
      this.list.replace(await filter.match(this.flow.recent));
      if (!filter.all && !filter.expression) await this.askFiltered(filter);
      this.showReach();
    } catch (error) {
      if (filter === this.flow.filter) this.problem(error.message);
    }
    if (filter === this.flow.filter) this.flow.hold("filtering", false);
  }

  async askFiltered(filter) {
    const { answer } = await ask("logs", this.controls.chosen);
    if (filter !== this.flow.filter || this.found) return;
    this.flow.skipTo(answer.last);
    const here = this.list.lines;
    const older = here.filter(({ sequence }) => !sequence);
    const newer = here.filter(({ sequence }) => sequence > answer.last);
    this.list.replace([...older, ...answer.lines, ...newer]);
  }

  filterOf(chosen) {
    try {
      const filter = new LogFilter(chosen);
      this.problem("");
      this.searchFiles.disabled = Boolean(filter.expression);
      this.searchFiles.title = filter.expression ? "Files are searched for plain text only" : "";
      return filter;
    } catch (error) {
      if (!(error instanceof FilterProblem)) throw error;
      this.problem(error.message);
      return null;
    }
  }

  /** Show what the files have, in the place of the live lines, which wait. */
  async findInFiles() {
    this.controls.settle();
    const filter = this.filterOf(this.controls.chosen);
    if (!filter || filter.expression) return;
    this.flow.use(filter);
    this.showFound(new LogSearch(this.controls.chosen));
    this.list.replace([]);
    await this.findOlder();
  }

  async findOlder() {
    const { found } = this;
    write(this.state, "Searching");
    try {
      const lines = await found.next();
      if (found !== this.found) return;
      this.list.prepend(lines);
      this.problem(found.trouble);
    } catch (error) {
      if (found === this.found) this.problem(error.message);
    }
    if (found === this.found) this.showFound(found);
  }

  showFound(found) {
    this.found = found;
    this.flow.hold("files", Boolean(found));
    this.live.hidden = !found;
    this.older.hidden = !found?.more;
    this.streaming(this.open);
    this.showReach();
    if (!found) return;
    const since = found.until ? `, back to ${moment(found.until)}` : "";
    write(
      this.state,
      `${found.count.toLocaleString("en-US")} lines found in the files${since}${found.more ? "" : ": all searched"}`,
    );
  }

  goOn() {
    if (this.found) {
      this.refilter();
      return;
    }
    this.list.follow();
  }

  showHeld(held) {
    this.held.hidden = !held;
    write(this.held, `${held.toLocaleString("en-US")} new ${held === 1 ? "line" : "lines"} ↓`);
  }

  showReach() {
    const first = this.list.lines.find(({ time }) => time !== null);
    write(
      this.reach,
      first && !this.found ? ` · shown back to ${moment(first.time)}; search all files for more` : "",
    );
  }

  streaming(open) {
    this.open = open;
    if (!this.found) write(this.state, open ? "Live" : "Connecting");
  }

  problem(text) {
    write(this.trouble, text);
    this.trouble.hidden = !text;
  }

  saveShown() {
    save("log-shown.txt", this.list.lines.map(textOfLine).join(""));
  }
}

// The page: events of the server and actions of the user → the state, and the views drawn from it.

import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { Drawer } from "./drawer.js";
import { EVENTS } from "./events.js";
import { Frame } from "./frame.js";
import { messageMenu, personCard } from "./menus.js";
import { openModal } from "./modal.js";
import { notice } from "./notices.js";
import { drawMembers, identityMenu } from "./people.js";
import { drawRail, drawSidebar, markChannel, ordered } from "./places.js";
import { closePopup } from "./popup.js";
import { Refusal, Socket } from "./socket.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { NOWHERE, World, findUser, introduction, isText } from "./world.js";

export class App {
  constructor(document) {
    const part = (id) => document.getElementById(id);
    this.parts = { rail: part("rail"), sidebar: part("sidebar"), members: part("members") };
    this.unread = new Map();
    this.dismissed = new Set();
    this.status = { online: false };
    this.world = NOWHERE;
    this.arrived = false;
    this.visits = 0;
    this.timeline = new Timeline(this.rowActions(), (before) => this.here("older", { before }));
    this.composer = new Composer(this.composerActions());
    this.typing = new Typing(() => this.world);
    this.drawer = new Drawer(part("drawer"), this);
    this.frame = new Frame(part("chat"), this);
    document.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("click", (event) => this.onClick(event));
    document.addEventListener("contextmenu", (event) => this.onContextMenu(event));
    addEventListener("hashchange", () => this.arrive());
    addEventListener("unhandledrejection", (event) => this.onRefusal(event));
  }

  start() {
    this.socket = new Socket({
      heard: (frame) => this.hear(frame),
      opened: () => this.arrive(),
      closed: () => {
        this.arrived = false;
        this.frame.connected(false);
      },
    });
  }

  /** Apply an event, unless the world that is still to come on this connection includes it. */
  hear(frame) {
    if (this.arrived || frame.event === "status") EVENTS[frame.event]?.(this, frame);
  }

  ask(action, fields) {
    return this.socket.ask(action, fields);
  }

  /** Perform an action in the open channel. */
  here(action, fields = {}) {
    return this.ask(action, { channel: this.world.channel?.id, ...fields });
  }

  /** Act as the user that the address names, in the channel that it names, by id or name. */
  async arrive() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    let told = await this.ask("become", {});
    const user = findUser(told, wanted.get("as"));
    if (user && user !== told.me) told = await this.ask("become", { user });
    this.arrived = true;
    this.frame.connected(true);
    this.world = new World(told, null);
    const named = [...this.world.channels.values()].find(
      ({ id, name }) => [id, name].includes(wanted.get("channel")),
    );
    await this.go(named?.id ?? this.world.channel?.id);
  }

  async become(user) {
    const before = this.world.channel?.id;
    this.world = new World(await this.ask("become", { user }), before);
    this.unread.clear();
    await this.go(this.world.channel?.id);
  }

  async go(channelId) {
    closePopup();
    this.frame.closeSides();
    this.world.go(channelId);
    this.unread.delete(this.world.channel?.id);
    this.draw();
    const { channel } = this.world;
    const visit = ++this.visits;
    const told = channel ? await this.here("enter") : { messages: [], more: false };
    if (visit !== this.visits) return; // another channel, or the same anew, is being opened
    told.messages = told.messages.filter(({ id }) => !this.dismissed.has(id));
    this.timeline.reset(this.world, told, welcome(this.world));
    this.typing.clear();
    const address = new URLSearchParams({ as: this.world.me, channel: channel?.id ?? "" });
    history.replaceState(null, "", `#${address}`);
    if (!matchMedia("(pointer: coarse)").matches) this.composer.area.focus();
  }

  async goDirect() {
    const { channel } = await this.ask("direct");
    const told = await this.ask("become", {});
    this.world = new World(told, channel);
    await this.go(channel);
  }

  /** Draw all but the messages. */
  draw() {
    const { world, parts } = this;
    const go = (id) => this.go(id);
    drawRail(parts.rail, world, { go, direct: () => this.goDirect() });
    const identity = (anchor) => identityMenu(world, anchor, (id) => this.become(id));
    drawSidebar(parts.sidebar, world, this.unread, { go, identity });
    this.drawMembers();
    this.frame.draw(world);
    this.composer.enter(world);
  }

  drawMembers() {
    const open = (id, anchor) => personCard(this, id, anchor);
    drawMembers(this.parts.members, this.world, this.status.online, open);
  }

  /** Take over a world that has changed; messages are drawn again, for names may be others. */
  redraw(told) {
    const before = this.world.channel?.id;
    this.world = new World(told, before);
    if (this.world.channel?.id !== before) {
      this.go(this.world.channel?.id);
      return;
    }
    this.draw();
    this.timeline.redraw(this.world);
  }

  offered() {
    return this.here("offered").then(({ commands }) => commands);
  }

  profile(user) {
    return this.here("profile", { user });
  }

  /** Show a refusal that nobody else has handled. */
  onRefusal(event) {
    if (!(event.reason instanceof Refusal)) return;
    event.preventDefault();
    if (this.frame.isConnected) this.frame.tell(event.reason);
  }

  /** Run a command; its result shows in the channel, or a notice says why not. */
  async run(command, fields) {
    const { action = "run", ...rest } = fields;
    const text = action === "run" ? `/${command}` : command;
    const waiting = notice(this.world, text);
    const timer = setTimeout(() => this.timeline.add(waiting.sending), 300);
    this.timeline.toEnd();
    const done = () => {
      clearTimeout(timer);
      this.timeline.remove(waiting.sending.id);
    };
    try {
      const result = await this.here(action, { command, ...rest });
      done();
      this.form(result);
    } catch (error) {
      done();
      this.timeline.add(waiting.failed(error.message));
    }
  }

  /** Open the form that an answer brought, if it did. */
  form({ modal }) {
    if (!modal) return;
    openModal(modal, this.world, {
      submit: async (values) => this.form(await this.ask("submit", { modal: modal.id, values })),
      dismissed: () => this.ask("close", { modal: modal.id }).catch(() => {}),
    });
  }

  rowActions() {
    return {
      use: (message, action, fields) => this.use(message, action, fields),
      react: (message, emoji) => this.react(message, emoji),
      dismiss: (message) => this.dismiss(message),
      more: (message, anchor) => messageMenu(this, message, anchor),
    };
  }

  async use(message, action, fields) {
    try {
      this.form(await this.here(action, fields));
    } catch (error) {
      const entry = this.timeline.shown.get(message.id);
      if (!entry) return;
      const text = `This interaction failed: ${error.message}`;
      this.timeline.update({ ...entry.message, trouble: text });
    }
  }

  react(message, emoji) {
    return this.attempt("react", { message: message.id, emoji });
  }

  deleteMessage(message) {
    return this.attempt("delete", { message: message.id });
  }

  /** Perform an action in the open channel, and show a refusal. */
  attempt(action, fields) {
    return this.here(action, fields).catch((error) => this.frame.tell(error));
  }

  dismiss(message) {
    this.dismissed.add(message.id);
    this.timeline.remove(message.id);
    this.composer.area.focus();
  }

  composerActions() {
    return {
      say: (text, to, files) => {
        this.timeline.toEnd();
        return this.here("say", { text, to, files });
      },
      typing: () => this.here("typing").catch(() => {}), // it is no matter if nobody hears of it
      offered: () => this.offered(),
      run: (command, options) => this.run(command, { options }),
      complete: (fields) => this.here("complete", fields).then(({ choices }) => choices),
      lines: (step) => this.timeline.step(step),
    };
  }

  mark(channel, loud) {
    if (channel === this.world.channel?.id) return; // it is being opened
    const mark = { loud: (this.unread.get(channel)?.loud ?? 0) + (loud ? 1 : 0) };
    this.unread.set(channel, mark);
    const shown = this.parts.sidebar.querySelector(`.channel[data-channel="${channel}"]`);
    if (shown) markChannel(shown, mark);
  }

  onClick(event) {
    const mention = event.target.closest?.(".message [data-user], .message [data-channel]");
    if (!mention) return;
    if (mention.dataset.channel) this.go(mention.dataset.channel);
    else personCard(this, mention.dataset.user, mention);
  }

  /** Open a message's menu at the other button's click; links and texts keep the browser's. */
  onContextMenu(event) {
    const row = event.target.closest?.(".message");
    const entry = row && this.timeline.shown.get(row.dataset.id);
    const theirs = event.target.closest?.("a, img, input, textarea, pre");
    if (!entry || entry.message.local || theirs || String(getSelection())) return;
    event.preventDefault();
    messageMenu(this, entry.message, { x: event.clientX, y: event.clientY });
  }

  onKey(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest?.(".message");
    if (step && event.altKey) this.goBy(step);
    else if (step && row === event.target) this.timeline.step(step);
    else if (row && row === event.target && event.key === "Enter") openMenu(row);
    else if (event.key === "Escape" && row) this.composer.area.focus();
    else if (event.key !== "Escape" || !this.frame.closeSides()) return;
    event.preventDefault();
  }

  goBy(step) {
    const channels = ordered(this.world).filter(isText);
    if (!channels.length) return;
    const index = channels.findIndex(({ id }) => id === this.world.channel?.id);
    this.go(channels.at((index + step) % channels.length)?.id);
  }
}

function openMenu(row) {
  row.querySelector(".tool")?.click();
}

function welcome(world) {
  const [title, text] = introduction(world);
  return [h("h2", {}, title), h("p", { class: "muted" }, text)];
}

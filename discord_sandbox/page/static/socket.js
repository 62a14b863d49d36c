// WebSocket: actions → promises of replies; frames of the server → events. It reconnects by itself.

const SHORTEST_WAIT = 250;
const LONGEST_WAIT = 5000;

/** What the server refuses, or what could not be asked. */
export class Refusal extends Error {}

export class Socket {
  /** `heard` gets every event; `opened` and `closed` tell of the connection. */
  constructor({ heard, opened, closed }) {
    this.heard = heard;
    this.opened = opened;
    this.closed = closed;
    this.open = new Map();
    this.count = 0;
    this.wait = SHORTEST_WAIT;
    this.connect();
  }

  /** Send an action; the promise is rejected with the text of a refusal. */
  ask(action, fields = {}) {
    return new Promise((resolve, reject) => {
      if (this.socket.readyState !== WebSocket.OPEN) {
        reject(new Refusal("the sandbox is not connected"));
        return;
      }
      const id = ++this.count;
      this.open.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ ...fields, do: action, id }));
    });
  }

  connect() {
    const socket = new WebSocket(`ws://${location.host}/page/live`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.wait = SHORTEST_WAIT;
      this.opened();
    });
    socket.addEventListener("message", (event) => this.receive(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.lose());
  }

  receive(frame) {
    if (!("reply" in frame)) {
      this.heard(frame);
      return;
    }
    const asked = this.open.get(frame.reply);
    this.open.delete(frame.reply);
    if (!asked) return;
    if ("error" in frame) asked.reject(new Refusal(frame.error));
    else asked.resolve(frame.result);
  }

  lose() {
    for (const { reject } of this.open.values()) reject(new Refusal("the connection was lost"));
    this.open.clear();
    this.closed();
    setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }
}

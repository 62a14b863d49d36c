// Files that the user picked → what goes over the socket, and the chips that show them.

import { button, fill, h } from "./dom.js";

const PIECE = 0x8000; // bytes at once; String.fromCharCode takes only so many arguments

/** Read files as { name, data }, data in base64. */
export function packed(files) {
  const pack = async (file) => ({ name: file.name, data: await base64(file) });
  return Promise.all([...files].map(pack));
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}

/** The files that the next message will have. */
export class Tray {
  constructor() {
    this.files = [];
    this.element = h("div", { class: "tray", hidden: true });
    this.input = h("input", { type: "file", multiple: true, hidden: true, tabindex: -1 });
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
  }

  add(files) {
    this.set([...this.files, ...files].slice(0, 10));
  }

  set(files) {
    this.files = files;
    this.element.hidden = !files.length;
    fill(this.element, files.map((file) => this.chip(file)));
  }

  chip(file) {
    const drop = () => this.set(this.files.filter((each) => each !== file));
    const label = `Remove ${file.name}`;
    const stop = button({ class: "tool", "aria-label": label, on: { click: drop } }, "✕");
    return h("span", { class: "tray-file" }, file.name, stop);
  }
}

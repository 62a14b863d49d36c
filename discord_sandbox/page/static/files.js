// Pictures and files of a message → thumbnails and cards; only the sandbox's own are loaded.

import { button, h, link } from "./dom.js";
import { Popup } from "./popup.js";

const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const LARGEST = { width: 550, height: 400 };
const UNITS = ["bytes", "KB", "MB", "GB"];

/** Render one attachment. */
export function attachment(told, world) {
  const shown = PICTURE.test(told.content_type ?? "") && told.width;
  return shown ? picture(told, world, "attached") : card(told, world);
}

/** Render a picture that opens large, or say where it is when it is not the sandbox's. */
export function picture(told, world, kind) {
  const address = own(told.url, world);
  if (!address) return elsewhere(told.url);
  const description = told.description ?? "";
  const properties = { src: address, alt: description, title: description || null };
  const image = h("img", { ...properties, loading: "lazy", ...fitted(told) });
  const label = description ? `Picture: ${description}` : "Picture";
  const open = () => enlarge(address, description);
  const shown = button({ class: "picture", "aria-label": label, on: { click: open } }, image);
  return h("div", { class: `picture-frame ${kind}` }, shown, description && altBadge(description));
}

/** Render Discord's ALT badge: it shows the alt text under the pointer, and at a click or tap. */
function altBadge(description) {
  const click = (event) => {
    new Popup(event.currentTarget, [h("p", { class: "alt-text" }, description)], {
      label: "Alt text",
    }).show();
  };
  const properties = { class: "alt-badge", title: description, "aria-label": "Show the alt text" };
  return button({ ...properties, on: { click } }, "ALT");
}

/** Return the address of a file of this sandbox on this page's own host, or null. */
export function own(address, world) {
  if (!String(address).startsWith(`${world.base}/`)) return null;
  const url = new URL(address);
  return url.pathname + url.search;
}

function elsewhere(address) {
  const shown = link(address, address);
  const note = "A picture elsewhere, which the sandbox does not load: ";
  return shown ? h("div", { class: "elsewhere" }, note, shown) : null;
}

function fitted({ width, height }) {
  if (!width || !height) return {};
  const scale = Math.min(1, LARGEST.width / width, LARGEST.height / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function enlarge(address, description) {
  const shown = h("img", { src: address, alt: description });
  const dialog = h("dialog", { class: "lightbox", "aria-label": description || "Picture" }, shown);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function card(told, world) {
  const address = own(told.url, world);
  const properties = { href: address, download: told.filename, class: "file-name" };
  const name = h("a", properties, told.filename);
  const facts = h("div", { class: "file-size" }, size(told.size));
  const icon = h("span", { class: "file-icon", "aria-hidden": "true" }, "▤");
  const shown = { class: "file", title: told.description };
  return h("div", shown, icon, h("div", { class: "file-facts" }, name, facts));
}

function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit ? value.toFixed(2) : value} ${UNITS[unit]}`;
}

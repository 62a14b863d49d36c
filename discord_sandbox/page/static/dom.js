// Tag, properties, children → a DOM element. Texts become text nodes, never markup.

/** Make an element; `on`, `data` and `style` are objects, false and null leave things out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  append(element, children);
  return element;
}

/** Append texts and elements, lists of them too. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** Put children in the place of those that are there. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** Make a button that only ever does what its handler says. */
export function button(properties, ...children) {
  return h("button", { type: "button", ...properties }, ...children);
}

/** Make a link that leads out, or null for an address that is not http or https. */
export function link(address, ...children) {
  const url = safeUrl(address);
  if (!url) return null;
  const properties = { href: url, target: "_blank", rel: "noopener noreferrer", title: url };
  return h("a", properties, ...children);
}

/** Return an http or https address as the browser reads it, or null. */
function safeUrl(address) {
  try {
    const url = new URL(String(address));
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Return a colour number as CSS. */
export function colour(number) {
  return `#${(number & 0xffffff).toString(16).padStart(6, "0")}`;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (name === "style") {
    for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

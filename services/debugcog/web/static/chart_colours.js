// Custom properties of the style sheet → colours for a canvas, which cannot read them itself.

const NAMES = ["text", "muted", "line", "surface", "accent", "warning", "critical"];
/** Lines differ by dash too, for those who cannot tell the colours. */
export const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3], [1, 2], [12, 4]];
const LINES = DASHES.length;
const dark = matchMedia("(prefers-color-scheme: dark)");
let known = null;

dark.addEventListener("change", () => {
  known = null;
});

/** Return the colours of now. */
export function colours() {
  known ??= read();
  return known;
}

/** Call a function whenever the colours change; the signal ends it. */
export function onColours(call, signal) {
  dark.addEventListener("change", call, { signal });
}

function read() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const found = Object.fromEntries(NAMES.map((name) => [name, value(name)]));
  found.lines = Array.from({ length: LINES }, (_, index) => value(`chart-${index + 1}`));
  found.font = `12px ${style.fontFamily}`;
  return found;
}

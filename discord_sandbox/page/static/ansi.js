// Text with ANSI colours → a list of { text, classes }, as a ```ansi block shows it.

const CODES = /\u001b\[([\d;]*)m/g;

/** Cut a text at its colour codes. */
export function ansi(text) {
  const parts = [];
  let style = {};
  let at = 0;
  for (const found of text.matchAll(CODES)) {
    push(parts, text.slice(at, found.index), style);
    style = apply(style, found[1]);
    at = found.index + found[0].length;
  }
  push(parts, text.slice(at), style);
  return parts;
}

function push(parts, text, style) {
  if (text) parts.push({ text, classes: Object.values(style).filter(Boolean) });
}

function apply(style, codes) {
  const next = { ...style };
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) Object.keys(next).forEach((key) => delete next[key]);
    else if (code === 1) next.bold = "ansi-bold";
    else if (code === 4) next.line = "ansi-underline";
    else if (code >= 30 && code <= 37) next.front = `ansi-${code}`;
    else if (code >= 40 && code <= 47) next.back = `ansi-${code}`;
    else if (code === 39) delete next.front;
    else if (code === 49) delete next.back;
  }
  return next;
}

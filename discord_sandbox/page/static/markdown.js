// Text as Discord's messages have it → a tree of nodes: texts and { type, … }.

const FENCE = /```(?:([\w+.-]+)\n)?\n*([\s\S]*?[^\s][\s\S]*?)\n*```/g;
const DEPTH = 8;
const SPECIAL = /[\\`|*_~[<h@]/;
const inside = (type) => (found, depth) => ({ type, children: inline(found[1], depth + 1) });

const RULES = [
  [/\\([^0-9A-Za-z\s])/y, (found) => found[1]],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (found) => ({ type: "code", text: found[2].trim() })],
  [/\|\|([\s\S]+?)\|\|/y, inside("spoiler")],
  [/\*\*([\s\S]+?)\*\*(?!\*)/y, inside("bold")],
  [/__([\s\S]+?)__(?!_)/y, inside("underline")],
  [/\*(?=\S)([^*]*(?:\*\*[^*]+\*\*[^*]*)*?\S|\S)\*(?!\*)/y, inside("italic")],
  [/_(?=\S)((?:\\[\s\S]|__[^_]+__|[^\\_])+?)_(?!\w)/y, inside("italic")],
  [/~~([\s\S]+?)~~(?!~)/y, inside("strike")],
  [/\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: +(?:"[^"\n]*"|'[^'\n]*'))?\)/y, named],
  [/<(https?:\/\/[^\s>]+)>/y, (found) => ({ type: "link", url: found[1], children: [found[1]] })],
  [/https?:\/\/[^\s<]+[^\s<.,:;"'\])|*_~]/y, bare],
  [/<@!?(\d{1,20})>/y, (found) => ({ type: "user", id: found[1] })],
  [/<@&(\d{1,20})>/y, (found) => ({ type: "role", id: found[1] })],
  [/<#(\d{1,20})>/y, (found) => ({ type: "channel", id: found[1] })],
  [/<t:(-?\d{1,14})(?::([tTdDfFsSR]))?>/y, time],
  [/<a?:(\w{2,32}):\d{1,20}>/y, (found) => ({ type: "emoji", name: found[1] })],
  [/<\/([^:>\n]{1,100}):\d{1,20}>/y, (found) => ({ type: "command", name: found[1] })],
  [/@(everyone|here)\b/y, (found) => ({ type: "everyone", name: found[1] })],
];

/** Parse a text with blocks: code, headers, quotes, lists. */
export function parse(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(FENCE)) {
    nodes.push(...blocks(text.slice(at, found.index), nodes.length > 0, true));
    nodes.push({ type: "fence", language: (found[1] ?? "").toLowerCase(), text: found[2] });
    at = found.index + found[0].length;
  }
  return [...nodes, ...blocks(text.slice(at), nodes.length > 0, false)];
}

/** Parse what stands in a line: a title, the name of a field. */
export function inline(text, depth = 0) {
  if (depth > DEPTH) return [text];
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const found = SPECIAL.test(text[at]) ? match(text, at, depth) : null;
    if (found) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(found.node);
      at = found.end;
    } else if (SPECIAL.test(text[at]) && /\w/.test(text[at])) {
      const word = /\w+/y;
      word.lastIndex = at;
      plain += word.exec(text)[0];
      at = word.lastIndex;
    } else {
      plain += text[at++];
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function match(text, at, depth) {
  for (const [rule, build] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    if (found) return { end: at + found[0].length, node: build(found, depth) };
  }
  return null;
}

function named(found, depth) {
  return { type: "link", url: found[2], children: inline(found[1], depth + 1) };
}

function bare(found) {
  return { type: "link", url: found[0], children: [found[0]] };
}

function time(found) {
  return { type: "time", seconds: Number(found[1]), style: found[2] ?? "f" };
}

function blocks(text, follows, leads) {
  let source = text;
  if (follows) source = source.replace(/^\n/, "");
  if (leads) source = source.replace(/\n$/, "");
  return source ? lines(source.split("\n")) : [];
}

function lines(rows, quoted = false) {
  const nodes = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push({ type: "text", children: inline(plain.join("\n")) });
    plain = [];
  };
  for (let index = 0; index < rows.length; ) {
    const block = blockAt(rows, index, quoted);
    if (block) {
      flush();
      nodes.push(block.node);
      index = block.next;
    } else {
      plain.push(rows[index++]);
    }
  }
  flush();
  return nodes;
}

function blockAt(rows, index, inQuote) {
  const row = rows[index];
  const header = /^(#{1,3}|-#) +(\S.*)$/.exec(row);
  if (header) return { node: headed(header), next: index + 1 };
  const quote = inQuote ? null : quoteAt(rows, index);
  if (quote) return quote;
  const items = run(rows, index, /^( {0,10})([-*]|\d{1,9}\.) +(\S.*)$/);
  return items.length ? { node: listed(items), next: index + items.length } : null;
}

function quoteAt(rows, index) {
  let quoted = [rows[index].slice(4), ...rows.slice(index + 1)];
  if (!rows[index].startsWith(">>> ")) {
    quoted = run(rows, index, /^> (.*)$/).map((found) => found[1]);
  }
  const node = { type: "quote", children: lines(quoted, true) };
  return quoted.length ? { node, next: index + quoted.length } : null;
}

function run(rows, index, pattern) {
  const found = [];
  for (let at = index; at < rows.length; at++) {
    const match_ = pattern.exec(rows[at]);
    if (!match_) break;
    found.push(match_);
  }
  return found;
}

function headed(found) {
  const small = found[1] === "-#";
  const children = inline(found[2]);
  return small ? { type: "small", children } : { type: "header", level: found[1].length, children };
}

function listed(items) {
  const rows = items.map(([, indent, mark, text]) => ({
    depth: Math.floor(indent.length / 2),
    mark: /\d/.test(mark) ? mark : "•",
    children: inline(text),
  }));
  return { type: "list", items: rows };
}

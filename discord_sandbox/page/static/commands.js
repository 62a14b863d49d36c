// Commands as the server offers them → what the picker lists, and what is wrong with a value.

export const ATTACHMENT = 11;
const STRING = 3, INTEGER = 4, BOOLEAN = 5, NUMBER = 10;
const SUBCOMMAND = 1, GROUP = 2, SLASH = 1;
const LONGEST_TEXT = 6000;
export const KINDS = {
  3: "Text", 4: "Whole number", 5: "True or false", 6: "User", 7: "Channel", 8: "Role",
  9: "User or role", 10: "Number", 11: "File",
};

/** List what can be typed: each command without subcommands, each subcommand of the others. */
export function leaves(commands) {
  return commands.filter(({ type }) => type === SLASH).flatMap((command) => below(command, ""));
}

function below(node, path) {
  const name = path ? `${path} ${node.name}` : node.name;
  const options = node.options ?? [];
  const inner = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (inner.length) return inner.flatMap((each) => below(each, name));
  return [{ name, description: node.description, options }];
}

/** List the commands that what is typed so far may mean, the likeliest first. */
export function matching(all, typed) {
  const wanted = typed.toLowerCase().replace(/\s+/g, " ").trimStart();
  const scored = all.map((leaf) => ({ leaf, score: score(leaf.name, wanted) }));
  const found = scored.filter(({ score }) => score > 0);
  return found.sort((one, other) => other.score - one.score).map(({ leaf }) => leaf);
}

function score(name, wanted) {
  if (name.startsWith(wanted)) return 3;
  if (name.split(" ").some((word) => word.startsWith(wanted.trim()))) return 2;
  return name.includes(wanted.trim()) ? 1 : 0;
}

/** Return the command that a text names whole, with what follows it. */
export function named(all, text) {
  const fitting = all.filter(({ name }) => `${text} `.startsWith(`${name} `));
  const leaf = fitting.sort((one, other) => other.name.length - one.name.length)[0];
  return leaf ? { leaf, rest: text.slice(leaf.name.length).trim() } : null;
}

/** Read pasted options, `name:value name:value`. */
export function pasted(leaf, rest) {
  const names = leaf.options.map(({ name }) => name).join("|");
  if (!names || !rest) return {};
  const found = {};
  const pattern = new RegExp(`(?:^|\\s)(${names}):\\s*(.*?)(?=\\s(?:${names}):|$)`, "gs");
  for (const [, name, value] of rest.matchAll(pattern)) found[name] = value;
  return found;
}

/** Return the choices that a client knows by itself. */
export function knownChoices(option) {
  if (option.type === BOOLEAN) {
    return [{ value: true, label: "True" }, { value: false, label: "False" }];
  }
  return (option.choices ?? []).map(({ name, value }) => ({ value, label: name }));
}

/** Return the value that a field's text stands for; undefined where it is none. */
export function valueOf(option, entry) {
  if (entry.value !== undefined) return entry.value;
  const text = entry.text.trim();
  if (text === "" || mustPick(option)) return byLabel(option, text);
  if (option.type === INTEGER) return /^-?\d+$/.test(text) ? Number(text) : undefined;
  if (option.type === NUMBER) return Number.isFinite(Number(text)) ? Number(text) : undefined;
  return text;
}

function byLabel(option, text) {
  const wanted = text.toLowerCase();
  return knownChoices(option).find(({ label }) => label.toLowerCase() === wanted)?.value;
}

function mustPick(option) {
  const free = [STRING, INTEGER, NUMBER].includes(option.type);
  return !free || Boolean(option.choices?.length);
}

/** Say what is wrong with a field, as the client does before it sends; null when nothing is. */
export function problem(option, entry) {
  const value = valueOf(option, entry);
  if (value === undefined) return entry.text.trim() ? unfit(option) : missing(option);
  if (option.type === STRING) {
    const low = option.min_length ?? 0, high = option.max_length ?? LONGEST_TEXT;
    const size = [...value].length;
    return size < low || size > high ? `Enter ${low} to ${high} characters.` : null;
  }
  const low = option.min_value ?? -Infinity, high = option.max_value ?? Infinity;
  return typeof value === "number" && (value < low || value > high) ? range(low, high) : null;
}

function range(low, high) {
  if (low === -Infinity) return `Enter a number up to ${high}.`;
  if (high === Infinity) return `Enter a number from ${low}.`;
  return `Enter a number from ${low} to ${high}.`;
}

function missing(option) {
  return option.required ? "This option is required. Specify a value." : "Specify a value.";
}

function unfit(option) {
  if (mustPick(option)) return "Pick one of the list.";
  return option.type === INTEGER ? "Enter a whole number." : "Enter a number.";
}

// Values with units → texts, as services/debugcog/units.py writes them; for axes and cursors only:
// figures come with their text.

const ZERO = 1e-6;
/** Digits after the first one with which every number in question is written exactly. */
const EXACT = 100;
const TIMES = { µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 };
const UNITS = {
  ms: Object.fromEntries(Object.entries(TIMES).map(([name, size]) => [name, 1000 * size])),
  s: TIMES,
  MB: { B: 1 / 1024 ** 2, KB: 1 / 1024, MB: 1, GB: 1024, TB: 1024 ** 2 },
  "%": { "%": 1 },
  "": { "": 1, k: 1e3, M: 1e6, B: 1e9 },
};
/** Units of a host's that are names in these: which, and their size in it. */
const OTHER_NAMES = { bytes: ["MB", UNITS.MB.B] };
for (const unit of ["s", "MB"])
  for (const [name, size] of Object.entries(UNITS[unit]))
    if (!Object.hasOwn(UNITS, name)) OTHER_NAMES[name] = [unit, size];

/** Write a value for people, with three digits in the unit that suits its size. */
export function human(value, unit) {
  if (value === null || value === undefined) return "–";
  if (Object.hasOwn(OTHER_NAMES, unit)) {
    const [known, size] = OTHER_NAMES[unit];
    return human(value * size, known);
  }
  if (!Object.hasOwn(UNITS, unit)) return `${human(value, "")} ${unit}`;
  if (unit === "s" && value >= TIMES.min) return duration(value);
  const least = Math.min(ZERO, Math.min(...Object.values(UNITS[unit])) / 1000);
  if (Math.abs(value) < least) return `0${suffix(unit, unit)}`;
  const [size, name] = scale(value, unit);
  return digits(value / size) + suffix(name, unit);
}

/** Write a span of time in its two largest units. */
export function duration(seconds) {
  const total = whole(seconds);
  for (const [name, smaller] of [
    ["d", "h"],
    ["h", "min"],
    ["min", "s"],
  ]) {
    if (total < TIMES[name]) continue;
    const rest = Math.floor((total % TIMES[name]) / TIMES[smaller]);
    return `${Math.floor(total / TIMES[name])} ${name}${rest ? ` ${rest} ${smaller}` : ""}`;
  }
  return `${total} s`;
}

/** Return the size of the unit that suits a value, and its name. */
export function scale(value, unit) {
  const sizes = Object.entries(UNITS[Object.hasOwn(UNITS, unit) ? unit : ""]);
  const fitting = sizes.filter(([, size]) => Math.abs(value) >= size * 0.9995);
  const [name, size] = fitting.at(-1) ?? sizes[0];
  return [size, name];
}

function suffix(name, unit) {
  return unit === "%" || unit === "" ? name : ` ${name}`;
}

function digits(number) {
  const size = Math.abs(number);
  if (size >= 1e6)
    return rounded(number, 2)
      .toExponential(1)
      .replace("+", "")
      .replace(/e(\d)$/, "e0$1");
  if (size >= 999.5) return whole(number).toLocaleString("en-US");
  return String(rounded(number, 3));
}

/** Round to a whole number; what lies just between two of them to the even one, as Python does. */
function whole(number) {
  const low = Math.floor(number);
  return number - low === 0.5 ? low + Math.abs(low % 2) : Math.round(number);
}

/** Round to so many digits, likewise. */
function rounded(number, count) {
  const [written, power] = number.toExponential(EXACT).split("e");
  const figures = written.replace(/[-.]/g, "");
  const between = /^50*$/.test(figures.slice(count));
  if (!between || Number(figures[count - 1]) % 2) return Number(number.toPrecision(count));
  return Math.sign(number) * Number(`${figures[0]}.${figures.slice(1, count)}e${power}`);
}

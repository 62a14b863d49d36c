// Range of times or values → the ticks of an axis, at round numbers.

import { clockTime, clockTimeSeconds, dayOf } from "./times.js";
import { human, scale } from "./units.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

/** Return the ticks of a value axis from zero to at least `highest`, and where it ends. */
export function valueTicks(highest, unit, count) {
  const top = highest > 0 ? highest : 1;
  const [size] = scale(top, unit);
  const step = roundStep(top / size / count) * size;
  const ticks = [];
  const last = Math.ceil(top / step - 1e-9);
  for (let number = 0; number <= last; number += 1) {
    ticks.push({ at: number * step, text: number ? human(number * step, unit) : "0" });
  }
  return { ticks, end: last * step };
}

/** Return the ticks of a time axis, at round times of the reader's own clock. */
export function timeTicks(start, end, count) {
  const step = STEPS.find((each) => (end - start) / each <= count) ?? STEPS.at(-1);
  const offset = new Date(start * 1000).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((start - offset) / step) * step + offset;
  const ticks = [];
  for (let at = first; at <= end; at += step) ticks.push({ at, text: textOf(at, step) });
  return ticks;
}

function textOf(at, step) {
  if (step >= DAY) return dayOf(at);
  const time = step < MINUTE ? clockTimeSeconds(at) : clockTime(at);
  return time === "00:00" ? dayOf(at) : time;
}

/** Return the smallest of 1, 2, 5, 10, 20 … that is not below a number. */
function roundStep(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  const step = [1, 2, 5, 10].find((each) => each * power >= number * (1 - 1e-9)) ?? 10;
  return step * power;
}

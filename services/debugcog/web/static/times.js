// Unix seconds → texts in the reader's time zone; spans of time → ages.

import { duration } from "./units.js";

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY = { day: "numeric", month: "short" };
const clock = new Intl.DateTimeFormat("en-GB", CLOCK);
const clockSeconds = new Intl.DateTimeFormat("en-GB", { ...CLOCK, second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", DAY);

/** Write the time of day, to the minute. */
export function clockTime(seconds) {
  return clock.format(seconds * 1000);
}

/** Write the time of day, to the second. */
export function clockTimeSeconds(seconds) {
  return clockSeconds.format(seconds * 1000);
}

/** Write the time of day of a log line, to the millisecond. */
export function clockTimeMilliseconds(seconds) {
  const rest = Math.floor((seconds % 1) * 1000);
  return `${clockTimeSeconds(seconds)}.${String(rest).padStart(3, "0")}`;
}

/** Write the day, without the year. */
export function dayOf(seconds) {
  return day.format(seconds * 1000);
}

/** Write a moment: the time today, with the day before that. */
export function moment(seconds, now = Date.now() / 1000) {
  const time = clockTimeSeconds(seconds);
  return dayOf(seconds) === dayOf(now) ? time : `${dayOf(seconds)} ${time}`;
}

/** Write how long ago something was, in its largest unit. */
export function ago(seconds, now = Date.now() / 1000) {
  const age = now - seconds;
  return age < 1 ? "just now" : `${duration(age).split(" ").slice(0, 2).join(" ")} ago`;
}

/** Write a moment as machines read it, for titles and `datetime`. */
export function iso(seconds) {
  return new Date(seconds * 1000).toISOString();
}

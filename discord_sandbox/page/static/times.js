// Unix seconds and a style letter → the text that Discord shows for it.

const SHOW = (options) => new Intl.DateTimeFormat("en-GB", options);
const FORMATS = {
  t: SHOW({ timeStyle: "short" }),
  T: SHOW({ timeStyle: "medium" }),
  d: SHOW({ dateStyle: "short" }),
  D: SHOW({ dateStyle: "long" }),
  f: SHOW({ dateStyle: "long", timeStyle: "short" }),
  F: SHOW({ dateStyle: "full", timeStyle: "short" }),
  s: SHOW({ dateStyle: "short", timeStyle: "short" }),
  S: SHOW({ dateStyle: "short", timeStyle: "medium" }),
};
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const LAST_SECOND = 8_640_000_000_000;

/** Write a moment in one of Discord's styles: t, T, d, D, f, F, s, S, R. */
export function moment(seconds, style, now = Date.now() / 1000) {
  if (Math.abs(seconds) > LAST_SECOND) return "Invalid Date";
  if (style === "R") return relative(seconds - now);
  return (FORMATS[style] ?? FORMATS.f).format(new Date(seconds * 1000));
}

/** Write how far away a moment is. */
export function relative(difference) {
  const [unit, size] = UNITS.find(([, each]) => Math.abs(difference) >= each) ?? ["second", 1];
  return RELATIVE.format(Math.round(difference / size), unit);
}

/** Write when a message was sent: today, yesterday, or the date. */
export function sent(iso, now = new Date()) {
  const at = new Date(iso);
  const clock = FORMATS.t.format(at);
  const days = (midnight(now) - midnight(at)) / 86_400_000;
  if (days === 0) return `Today at ${clock}`;
  return Math.round(days) === 1 ? `Yesterday at ${clock}` : FORMATS.s.format(at);
}

/** Let every relative time in the document go on, once a second. */
export function keepTicking() {
  setInterval(() => {
    if (document.hidden) return;
    for (const each of document.querySelectorAll("time[data-relative]")) {
      const text = moment(Number(each.dataset.relative), "R");
      if (each.textContent !== text) each.textContent = text;
    }
  }, 1000);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

// Chart's data and view → pixels of its canvas.

import { bars, highestBar } from "./chart_bars.js";
import { colours, DASHES } from "./chart_colours.js";
import { timeTicks, valueTicks } from "./chart_scale.js";
import { human } from "./units.js";

const TOP = 18;
const BOTTOM = 22;
const RIGHT = 10;
const TICK_HEIGHT = 44;
const TICK_WIDTH = 84;
const NEAR = 2.5;
const GAP = 6;

/** Work out where times and values stand on a canvas of this size. */
export function layout(spec, { width, height, start, end, hidden, context }) {
  const shown = spec.lines.filter(({ label }) => !hidden.has(label));
  const highest = (spec.bars ? highestBar : highestOf)(shown, start, end);
  const near = spec.thresholds.filter(({ value }) => value <= highest * NEAR || !highest);
  const top = Math.max(highest * 1.05, ...near.map(({ value }) => value * 1.05));
  const rows = Math.max(2, Math.floor((height - TOP - BOTTOM) / TICK_HEIGHT));
  const { ticks, end: most } = valueTicks(top, spec.unit, rows);
  context.font = colours().font;
  const left = Math.ceil(Math.max(...ticks.map(({ text }) => context.measureText(text).width))) + 10;
  const plot = { left, top: TOP, right: width - RIGHT, bottom: height - BOTTOM };
  const x = (time) => left + ((time - start) / (end - start)) * (plot.right - left);
  const y = (value) => plot.bottom - (value / most) * (plot.bottom - TOP);
  const time = (at) => start + ((at - left) / (plot.right - left)) * (end - start);
  return { spec, shown, ticks, near, plot, x, y, time, start, end };
}

/** Draw the whole chart. */
export function paint(context, drawn, { cursor, selection }) {
  const { plot } = drawn;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.font = colours().font;
  grid(context, drawn);
  inside(context, plot, () => {
    spans(context, drawn);
    thresholds(context, drawn);
    if (drawn.spec.bars) bars(context, drawn, (label) => strokeOf(drawn.spec, label).colour);
    else lines(context, drawn);
  });
  if (!drawn.shown.some(({ points }) => points.some(([, value]) => value !== null))) empty(context, plot);
  thresholdLabels(context, drawn);
  marks(context, drawn);
  if (selection) select(context, drawn, selection);
  if (cursor !== null) cross(context, drawn, cursor);
}

/** Return the index of the point of a line that is nearest to a time; -1 where there is none. */
export function nearest(points, time) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] < time) low = middle + 1;
    else high = middle;
  }
  if (low === points.length) return low - 1;
  return low > 0 && time - points[low - 1][0] < points[low][0] - time ? low - 1 : low;
}

/** Return the colour and dash of a line, by its tone or its place among all lines of the chart. */
export function strokeOf(spec, label) {
  const index = spec.lines.findIndex((line) => line.label === label);
  const { tone } = spec.lines[index];
  const place = index % DASHES.length;
  if (tone) return { colour: colours()[tone], dash: [], sign: `tone-${tone}` };
  return { colour: colours().lines[place], dash: DASHES[place], sign: `line-${place + 1}` };
}

function highestOf(shown, start, end) {
  let highest = 0;
  for (const { points } of shown) {
    for (const [time, value] of points) {
      if (value > highest && time >= start && time <= end) highest = value;
    }
  }
  return highest;
}

function inside(context, { left, top, right, bottom }, draw) {
  context.save();
  context.beginPath();
  context.rect(left, top - 2, right - left, bottom - top + 4);
  context.clip();
  draw();
  context.restore();
}

function grid(context, { ticks, plot, x, y, start, end }) {
  const { muted, line } = colours();
  context.fillStyle = muted;
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const { at, text } of ticks) {
    const height = Math.round(y(at)) + 0.5;
    stroke(context, [
      [plot.left, height],
      [plot.right, height],
    ]);
    context.fillText(text, plot.left - 6, height);
  }
  context.textBaseline = "alphabetic";
  const count = Math.max(2, Math.floor((plot.right - plot.left) / TICK_WIDTH));
  for (const { at, text } of timeTicks(start, end, count)) {
    const half = context.measureText(text).width / 2;
    const middle = Math.min(x(at), plot.right + RIGHT - half - 1);
    context.textAlign = "center";
    context.fillText(text, middle, plot.bottom + 16);
    stroke(context, [
      [Math.round(x(at)) + 0.5, plot.bottom],
      [Math.round(x(at)) + 0.5, plot.bottom + 4],
    ]);
  }
}

function empty(context, { left, right, top, bottom }) {
  context.textAlign = "center";
  context.fillStyle = colours().muted;
  context.fillText("No data in this range", (left + right) / 2, (top + bottom) / 2);
}

function spans(context, { spec, plot, x }) {
  for (const { start, end, severity } of spec.spans) {
    const from = x(start);
    const width = Math.max(2, x(end) - from);
    context.fillStyle = colours()[severity];
    context.globalAlpha = 0.14;
    context.fillRect(from, plot.top, width, plot.bottom - plot.top);
    context.globalAlpha = 1;
    context.fillRect(from, plot.bottom - 2, width, 2);
  }
}

function thresholds(context, { near, plot, y }) {
  context.lineWidth = 1;
  for (const { value, severity } of near) {
    context.strokeStyle = colours()[severity];
    context.setLineDash([4, 4]);
    stroke(context, [
      [plot.left, Math.round(y(value)) + 0.5],
      [plot.right, Math.round(y(value)) + 0.5],
    ]);
  }
  context.setLineDash([]);
}

function thresholdLabels(context, { spec, near, plot, y }) {
  context.textAlign = "right";
  const labelOf = ({ label, value }) => `${label} ${human(value, spec.unit)}`;
  for (const threshold of near) {
    context.fillStyle = colours()[threshold.severity];
    plate(context, labelOf(threshold), plot.right - 4, y(threshold.value) - 4);
  }
  const far = spec.thresholds.filter((threshold) => !near.includes(threshold));
  if (!far.length) return;
  const next = far.reduce((one, other) => (other.value < one.value ? other : one));
  context.fillStyle = colours()[next.severity];
  const text = `${labelOf(next)} ↑`;
  plate(context, text, plot.left + 4 + context.measureText(text).width, plot.top + 10);
}

/** Write a text on a plate of the background's colour, so that lines do not cross it. */
function plate(context, text, right, bottom) {
  const width = context.measureText(text).width;
  const ink = context.fillStyle;
  context.fillStyle = colours().surface;
  context.globalAlpha = 0.8;
  context.fillRect(right - width - 3, bottom - 11, width + 6, 14);
  context.globalAlpha = 1;
  context.fillStyle = ink;
  context.fillText(text, right, bottom);
}

function lines(context, drawn) {
  const { spec, shown, x, y, plot } = drawn;
  context.lineWidth = 2; // less may lie across two rows of pixels and look faint
  context.lineJoin = "round";
  for (const { label, points } of shown) {
    const { colour, dash } = strokeOf(spec, label);
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.setLineDash(dash);
    for (const run of runsOf(points, drawn)) {
      const at = run.map(([time, value]) => [x(time), y(value)]);
      if (shown.length === 1 && at.length > 1) area(context, at, plot.bottom);
      if (at.length === 1) dot(context, ...at[0], 2);
      else stroke(context, at);
    }
  }
  context.setLineDash([]);
}

/** Cut a line at its gaps; of what is outside the view only the neighbours stay. */
function runsOf(points, { start, end }) {
  const runs = [];
  let run = [];
  points.forEach((point, index) => {
    const next = points[index + 1]?.[0] ?? point[0];
    const before = points[index - 1]?.[0] ?? point[0];
    if (point[1] === null) {
      if (run.length) runs.push(run);
      run = [];
    } else if (next >= start && before <= end) {
      run.push(point);
    }
  });
  if (run.length) runs.push(run);
  return runs;
}

function area(context, at, bottom) {
  context.beginPath();
  context.moveTo(at[0][0], bottom);
  for (const [left, top] of at) context.lineTo(left, top);
  context.lineTo(at.at(-1)[0], bottom);
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
}

function marks(context, { spec, plot, x, start, end }) {
  context.strokeStyle = colours().muted;
  context.fillStyle = colours().muted;
  let free = -Infinity;
  const seen = spec.marks.filter(({ time }) => time >= start && time <= end);
  for (const { time, label } of seen) {
    const at = Math.round(x(time)) + 0.5;
    context.setLineDash([2, 3]);
    stroke(context, [
      [at, plot.top - 4],
      [at, plot.bottom],
    ]);
    const width = context.measureText(label).width;
    const right = at + width > plot.right;
    const left = right ? at - width : at;
    if (left < free) continue;
    context.textAlign = "left";
    context.fillText(label, left, plot.top - 7);
    free = left + width + GAP;
  }
  context.setLineDash([]);
}

function select(context, { plot, x }, [from, to]) {
  context.fillStyle = colours().accent;
  context.globalAlpha = 0.2;
  context.fillRect(x(from), plot.top, x(to) - x(from), plot.bottom - plot.top);
  context.globalAlpha = 1;
}

function cross(context, { spec, shown, plot, x, y }, cursor) {
  const at = Math.round(x(cursor)) + 0.5;
  if (at < plot.left || at > plot.right + 1) return;
  context.strokeStyle = colours().text;
  context.lineWidth = 1;
  stroke(context, [
    [at, plot.top],
    [at, plot.bottom],
  ]);
  for (const { label, points } of spec.bars ? [] : shown) {
    const point = points[nearest(points, cursor)];
    if (!point || point[1] === null) continue;
    context.fillStyle = strokeOf(spec, label).colour;
    dot(context, x(point[0]), y(point[1]), 3.5);
  }
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function stroke(context, points) {
  context.beginPath();
  points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

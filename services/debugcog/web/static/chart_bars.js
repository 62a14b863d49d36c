// Counts of equal spans of time → bars, one line's on top of another's.

/** Return the height of the highest bar between two times. */
export function highestBar(shown, start, end) {
  return sums(shown).reduce(
    (most, [time, sum]) => (time >= start && time <= end ? Math.max(most, sum) : most),
    0,
  );
}

/** Draw the bars; each begins at its time and is `spec.bars` seconds wide. */
export function bars(context, { spec, shown, x, y }, colourOf) {
  const below = new Map();
  for (const { label, points } of shown) {
    context.fillStyle = colourOf(label);
    for (const [time, value] of points) {
      if (!value) continue;
      const from = below.get(time) ?? 0;
      const left = x(time);
      const width = Math.max(1, x(time + spec.bars) - left - 1);
      context.fillRect(left, y(from + value), width, y(from) - y(from + value));
      below.set(time, from + value);
    }
  }
}

function sums(shown) {
  const found = new Map();
  for (const { points } of shown) {
    for (const [time, value] of points) found.set(time, (found.get(time) ?? 0) + (value ?? 0));
  }
  return [...found];
}

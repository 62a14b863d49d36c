"""FlameSpec: frozen description of where the time of a profile went, and its alt text."""

from __future__ import annotations

import json
from typing import Any

from services.debugcog.charting.chart_spec import MAX_ALT_TEXT, MAX_TEXT, check_count, one_line
from services.debugcog.frozen import frozen
from services.debugcog.units import human

MAX_FRAMES = 600
MAX_DEPTH = 24
NAMED = 6
ROUNDING = 1e-6
MAX_MS = 1e9


@frozen
class Frame:
    """One function on one stack.

    Attributes:
        label: of the function.
        start: where it begins, as a share of the whole time, 0 to 1.
        width: how much of the whole time was spent in it and in what it called, 0 to 1.
        depth: 0 for the outermost one, up to 24.
        own: whether it is the host's code.
    """

    label: str
    start: float
    width: float
    depth: int
    own: bool = False

    def __post_init__(self) -> None:
        if self.start < 0 or self.width < 0 or not self.start + self.width <= 1 + ROUNDING:
            raise ValueError(f"a frame must lie in 0 to 1, not {self.start!r} + {self.width!r}")
        if not 0 <= self.depth <= MAX_DEPTH:
            raise ValueError(f"the depth of a frame must be 0 to {MAX_DEPTH}, not {self.depth!r}")


@frozen
class FlameSpec:
    """The stacks of a profile, callers above what they called, as wide as the time they took.

    Attributes:
        title: drawn above; shortened where it does not fit.
        total_ms: ms that the whole width stands for.
        frames: 600 at most; too narrow ones are not drawn.

    Raises:
        ValueError: if something is out of bounds, or not a real number.
    """

    title: str
    total_ms: float
    frames: tuple[Frame, ...]

    def __post_init__(self) -> None:
        check_count("frames", len(self.frames), MAX_FRAMES)
        if not 0 <= self.total_ms <= MAX_MS:
            raise ValueError(f"a profile must take 0 to {MAX_MS:g} ms, not {self.total_ms!r}")


def encode(spec: FlameSpec) -> bytes:
    """Write a spec as JSON."""
    frames = [
        [one.label[:MAX_TEXT], one.start, one.width, one.depth, one.own] for one in spec.frames
    ]
    document = {"title": spec.title[:MAX_TEXT], "total_ms": spec.total_ms, "frames": frames}
    return json.dumps(document).encode()


def decode(fields: Any) -> FlameSpec:
    """Read the JSON that ``encode`` wrote."""
    frames = tuple(Frame(*values) for values in fields["frames"])
    return FlameSpec(fields["title"], fields["total_ms"], frames)


def alt_text(spec: FlameSpec) -> str:
    """Say in words what the picture shows: the host's functions that took most of the time."""
    title, total = one_line(spec.title, 100), human(spec.total_ms, "ms")
    shares: dict[str, float] = {}
    for frame in spec.frames:
        if frame.own:
            shares[frame.label] = shares.get(frame.label, 0.0) + frame.width
    widest = sorted(shares.items(), key=lambda one: -one[1])[:NAMED]
    if not widest:
        return f"{title}, {total}: no code of the host took time."
    named = ", ".join(
        f"{one_line(label, 60)} {human(100 * min(share, 1.0), '%')}" for label, share in widest
    )
    return one_line(f"{title}, {total}. Of that, in the host's code: {named}.", MAX_ALT_TEXT)

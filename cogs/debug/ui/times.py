"""Spans and times → short text for people; values with a unit are written by ``human``."""

from __future__ import annotations


def seconds(value: float) -> str:
    """Give a span in its two largest units: ``45 s``, ``2 min 5 s``, ``6 d 1 h``."""
    total = round(value)
    for unit, size, smaller, smaller_size in (
        ("d", 86_400, "h", 3600),
        ("h", 3600, "min", 60),
        ("min", 60, "s", 1),
    ):
        if total >= size:
            rest = total % size // smaller_size
            return f"{total // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{total} s"


def ago(unix_seconds: float) -> str:
    """Let Discord say how long ago, in the reader's language."""
    return f"<t:{round(unix_seconds)}:R>"


def at(unix_seconds: float) -> str:
    """Let Discord say when, in the reader's time zone."""
    return f"<t:{round(unix_seconds)}:f>"

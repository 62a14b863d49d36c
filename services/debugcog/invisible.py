"""Text of people → the same without what nobody sees of it; whether any of it is seen."""

from __future__ import annotations

from services.debugcog.patterns import late_pattern

CONTROLS = late_pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
"""C0 and C1 controls but tab and line break, bidi marks and overrides, invisible spaces."""
TERMINAL = late_pattern(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
)
"""Sequences for a terminal, as a whole: colours and the like (CSI), titles and links (OSC)."""
BLANKS = frozenset(("\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"))
"""Letters by their class that are drawn as nothing, such as the fillers of Hangul."""


def without_controls(text: str) -> str:
    """Take out control and bidi characters; those that join letters and emojis stay.

    Of what is for a terminal, such as a colour, the letters that follow the escape go, too.
    """
    return CONTROLS.sub("", TERMINAL.sub("", text))


def visible_name(name: str) -> str:
    """Return a name; empty where there is nothing of it to be seen."""
    seen = (
        letter.isprintable() and not letter.isspace() and letter not in BLANKS for letter in name
    )
    return name if any(seen) else ""

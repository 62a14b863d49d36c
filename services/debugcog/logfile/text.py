r"""Any text → log-safe text: redacted, on one line, impossible to mistake for a record.

The commands of docs/logs.md read the log by lines and words (``grep ERROR``, ``grep "user_id="``),
so a text must not bring lines of its own, and a line below a record must not bring those words.
Both are escaped in Python's notation: a line break reads ``\n``, ``ERROR`` reads ``\x45RROR``. A
backslash stays as it is, for the sake of Windows paths.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from services.debugcog.patterns import late_pattern

Redact = Callable[[str], str]

REDACTED = "[redacted]"
MESSAGE_MAX = 8_000
"""Characters of one message or exception text that are written."""
NAME_MAX = 200
"""Characters of a logger's name."""
MARGIN = 8_000
"""Longer than any secret: a text is cut this much behind its limit, redacted, then cut at it."""

# C0 and C1 controls (line breaks, ANSI escapes), bidi marks and overrides, lone surrogates.
TO_ESCAPE = late_pattern(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
LINE_BREAK = late_pattern("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

COUNTED = {
    "ERROR": r"\x45RROR",
    "user_id=": r"user_id\x3d",
    "response_time": r"response\x5ftime",
    "memory_usage": r"memory\x5fusage",
    "Slow LLM": r"Slow\x20LLM",
}
"""Words that the commands of docs/logs.md count → how they are written where they must not."""
COUNTED_WORD = late_pattern("|".join(COUNTED))
MEASURED_WORD = late_pattern("(?<=total_)response_time|memory_usage(?=_mb)")
ENDS_IN_NUMBER = late_pattern(r"\s-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\Z", re.ASCII)


def written_name(name: str, redact: Redact = str) -> str:
    """Keep a logger's name to one ``:``-field, so that ``cut -d: -f4`` finds the message."""
    return uncounted(without_secrets(name, redact, NAME_MAX)).replace(":", r"\x3a")


def without_secrets(
    text: str, redact: Redact, limit: int = MESSAGE_MAX, left_out: int | None = 0
) -> str:
    """Redact a text and cut it to ``limit`` characters, saying how many there were.

    Args:
        text: of which more than ``limit + MARGIN`` characters make no difference.
        redact: takes the secrets out of it.
        limit: characters that are left.
        left_out: how many it was longer before somebody cut it; None where nobody counted them.
    """
    clean, is_whole = shortened(text, redact, limit)
    if is_whole:
        return clean
    number = f"more than {len(text)}" if left_out is None else f"{len(text) + left_out}"
    return f"{clean}… ({number} characters)"


def shortened(text: str, redact: Redact, limit: int) -> tuple[str, bool]:
    """Redact a text and cut it to ``limit`` characters, never through a secret.

    Returns:
        The text, and whether it is whole.
    """
    is_whole = len(text) <= limit + MARGIN
    try:
        clean = redact(text if is_whole else text[: limit + MARGIN])
    except Exception:  # noqa: BLE001 - a redactor that fails must not let the text through
        return REDACTED, True
    if not is_whole:
        clean = clean[:-MARGIN]  # where a secret may have been cut in two
    return clean[:limit], is_whole and len(clean) <= limit


def escaped(text: str) -> str:
    r"""Write controls, line breaks and bidi overrides as ``\n``, ``\x1b``, ``\u202e``."""
    if text.isascii() and text.isprintable():
        return text
    return TO_ESCAPE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def uncounted(text: str) -> str:
    """Escape a text and the words that the commands of docs/logs.md count."""
    return COUNTED_WORD.sub(lambda match: COUNTED[match[0]], escaped(text))


def split_lines(
    text: str, redact: Redact, limit: int = MESSAGE_MAX, left_out: int | None = 0
) -> list[str]:
    """Return the lines of a text whose breaks are not from outside, fit to stand below a record."""
    whole = without_secrets(text, redact, limit, left_out)
    return [uncounted(line) for line in whole.split("\n")]


def first_line(text: str, level: str) -> str:
    """Escape a message so that each command of docs/logs.md counts its line for what it is.

    ``ERROR`` is what ``grep ERROR`` should find in records of that level alone: a user who types
    it must not set off the admin's mail. ``total_response_time`` and ``memory_usage_mb`` stay in
    lines that end in the bare number that ``awk`` adds up. What follows a line break counts for
    nothing.
    """
    border = LINE_BREAK.search(text)
    head = escaped(text if border is None else text[: border.start()])
    if "ERROR" in head and "ERROR" not in level:
        head = head.replace("ERROR", COUNTED["ERROR"])
    if border is None:
        return head if ENDS_IN_NUMBER.search(head) else _unmeasured(head)
    return _unmeasured(head) + uncounted(text[border.start() :])


def _unmeasured(text: str) -> str:
    return MEASURED_WORD.sub(lambda match: COUNTED[match[0]], text)

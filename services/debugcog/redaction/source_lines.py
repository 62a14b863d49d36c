"""A place in a text → whether it is code in a source line that a traceback shows."""

from __future__ import annotations

LONGEST_LINE = 400
MOST_LINES = 8
"""Lines of one statement that a traceback of Python 3.13 shows, at the most."""


def is_code(text: str, at: int) -> bool:
    """Tell whether a traceback's source line has the key as a name, not inside a string."""
    line = text[_line_start(text, at) : at]
    outside = line.count('"') % 2 == 0 and line.count("'") % 2 == 0
    return outside and _is_source(text, at)


def _is_source(text: str, at: int) -> bool:
    """Tell whether a traceback shows the line as source: somewhere below a ``File "`` line."""
    for lines in range(MOST_LINES + 1):
        start = _line_start(text, at)
        if text[start:at].lstrip(" |").startswith('File "'):
            return lines > 0
        if not start or not text.startswith(("    ", "  |"), start):
            return False
        at = start - 1
    return False


def _line_start(text: str, at: int) -> int:
    """Return where the line begins, or the longest line that is looked at."""
    furthest = max(0, at - LONGEST_LINE)
    return max(furthest, text.rfind("\n", furthest, at) + 1)
